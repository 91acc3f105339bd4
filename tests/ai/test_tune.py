"""A model is fitted on labelled messages, judged on those it had not seen, and kept in a file."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from newel.ai import encoder, signal
from newel.ai.encoder import Reads
from newel.ai.features import Floats
from newel.ai.fitted import Ears, Fitted, ears, file_name, packed, unpacked
from newel.ai.meaning import MOST, Second, second
from newel.ai.tune import Heard, fit, heard, judged
from newel.bootstrap import LazyListener
from newel.domain.scan.features import FITTED, ScanInput

# Words of a trade that no shipped model knows: what is a grumble there, and what is praise.
GRUMBLES = ("the {} came out flocculent", "such a muddy {}, it gushed", "my {} is skunked and hazy")
PRAISE = ("the {} came out crisp", "such a lively {}, it sparkled", "my {} is bright and clear")
BEERS = ("porter", "saison", "mild", "stout", "gose", "lambic", "pilsner", "bock", "tripel", "kolsch")


# The same feelings in words that share nothing.
GLOOM = (
    "I cried over the {}",
    "the {} broke my heart",
    "so unhappy since the {}",
    "the {} leaves me desolate",
)
CHEER = (
    "I laughed over the {}",
    "the {} made my day",
    "so cheerful since the {}",
    "the {} leaves me content",
)


def messages(of: tuple[str, ...]) -> list[str]:
    return [line.format(beer) + f" on day {day}" for line in of for beer in BEERS for day in range(2)]


@pytest.fixture(scope="module")
def given() -> Heard:
    texts = messages(GRUMBLES) + messages(PRAISE) * 3
    return heard(texts, [True] * 60 + [False] * 180, signal.hearing())


@pytest.fixture(scope="module")
def model(given: Heard) -> Fitted:
    return fit(given, "en", "").model


def test_SCN_3_it_learns_what_the_operators_messages_say(given: Heard) -> None:
    unseen = fit(given, "en", "")
    yes, no = unseen.scores[given.shows], unseen.scores[~given.shows]
    assert np.quantile(yes, 0.1) > np.quantile(no, 0.9)
    new = ["the dubbel came out flocculent", "the dubbel came out crisp"]
    hazy, crisp = judged(unseen.model, heard(new, [True, False], signal.hearing()))
    assert hazy > 0.5 > crisp


def test_labels_that_mean_nothing_teach_nothing_of_what_is_unseen() -> None:
    texts = [f"order {number} {beer}" for number in range(8) for beer in BEERS]
    shows = np.random.default_rng(3).permutation([True, False] * 40).tolist()
    unseen = fit(heard(texts, shows, None), "en", "")
    found = np.corrcoef(unseen.scores, shows)[0, 1]
    assert abs(found) < 0.5


def test_the_same_labels_make_the_same_model(given: Heard, model: Fitted) -> None:
    assert fit(given, "en", "").model.version == model.version
    assert fit(given, "es", "").model.version != model.version


def test_a_loud_sentence_in_a_long_message_is_heard(model: Fitted) -> None:
    calm = "The parcel has a blue label. " * 20
    text = calm + "My porter is skunked and hazy. " + calm
    [signal_] = Ears(None, {"v": model}).signals(ScanInput(text=text))
    assert signal_.scores["emotion"] > 0.5
    start, end = signal_.places["emotion"]
    assert "skunked" in text[start:end]


def test_a_file_holds_the_model_and_is_named_by_what_it_holds(model: Fitted, tmp_path: Path) -> None:
    again = unpacked(packed(model))
    assert again.version == model.version
    (tmp_path / file_name(model.version)).write_bytes(packed(model))
    assert set(ears(tmp_path).fitted) == {model.version}
    (tmp_path / file_name("0123456789ab")).write_bytes(packed(model))
    (tmp_path / file_name("00000000000a")).write_bytes(b"no model")
    assert set(ears(tmp_path).fitted) == {model.version}


@pytest.fixture(scope="module")
def also() -> Second:
    found = second()
    assert found is not None, "make setup installs requirements-encoder.lock"
    return found


@pytest.fixture(scope="module")
def moved(also: Second) -> Heard:
    texts = messages(GLOOM) + messages(CHEER)
    return heard(texts, [True] * 80 + [False] * 80, None, also.reads)


def test_SCN_3_with_the_encoder_it_hears_what_none_of_its_words_say(moved: Heard, also: Second) -> None:
    new = ["Weeping all night. Utterly miserable.", "Smiling all night. Utterly delighted."]
    asked = heard(new, [True, False], None, also.reads)
    model = fit(moved, "en", "", encoder.version()).model
    sad, glad = judged(model, asked)
    assert sad > 0.5 > glad
    said = [Ears(None, {"v": model}, also).signals(ScanInput(text=text))[0].scores["emotion"] for text in new]
    assert said == pytest.approx([sad, glad], abs=1e-4)
    unread = judged(fit(moved, "en", "").model, asked)
    assert sad - glad > unread[0] - unread[1]


def test_without_its_encoder_a_model_is_not_heard(moved: Heard, also: Second, tmp_path: Path) -> None:
    for reads, heard_ in ((encoder.version(), 1), ("another", 0)):
        model = fit(moved, "en", "", reads).model
        (tmp_path / file_name(model.version)).write_bytes(packed(model))
        assert unpacked(packed(model)).version == model.version
        assert len(ears(tmp_path, [file_name(model.version)]).fitted) == heard_
    for ears_ in (Ears(None, {"v": model}), Ears(None, {"v": model}, Second(also.meaning, Failing()))):
        assert ears_.signals(ScanInput(text="I cried all night")) == ()


def test_what_needs_no_encoder_is_heard_where_reading_fails(model: Fitted, also: Second) -> None:
    [told] = Ears(None, {"v": model}, Second(also.meaning, Failing())).signals(ScanInput(text="so muddy"))
    assert told.name == FITTED


def test_of_a_long_message_few_sentences_are_read(moved: Heard, also: Second) -> None:
    counts = Counting(also.reads)
    model = fit(moved, "en", "", encoder.version()).model
    long = ScanInput(text=" ".join(f"I cried all night {at}." for at in range(500)))
    Ears(None, {"v": model}, Second(also.meaning, counts)).signals(long)
    assert counts.read == MOST


def test_the_scan_and_a_fitted_model_read_a_sentence_once_together(moved: Heard, also: Second) -> None:
    counts = Counting(also.reads)
    model = fit(moved, "en", "", encoder.version()).model
    text = ScanInput(text="My dad passed on Friday. I have no strength for these forms.")
    Ears(signal.hearing(), {"v": model}, Second(also.meaning, counts)).signals(text)
    assert counts.read == 2


class Failing:
    """An encoder that cannot read."""

    def encode(self, texts: Sequence[str]) -> Floats:
        raise RuntimeError("out of memory")


class Counting:
    """An encoder that tells how much it has read."""

    def __init__(self, reads: Reads) -> None:
        self._reads, self.read = reads, 0

    def encode(self, texts: Sequence[str]) -> Floats:
        self.read += len(texts)
        return self._reads.encode(texts)


@pytest.mark.parametrize("content", [b"", b"no model", b"PK\x03\x04"])
def test_what_is_no_model_is_told(content: bytes) -> None:
    with pytest.raises(ValueError, match="holds no fitted model"):
        unpacked(content)


def test_fitted_beside_another_shipped_model_it_is_not_heard(given: Heard, tmp_path: Path) -> None:
    hearing = signal.hearing()
    assert hearing is not None
    for beside, heard_ in ((hearing.version, 1), ("another", 0)):
        model = fit(given, "en", beside).model
        (tmp_path / file_name(model.version)).write_bytes(packed(model))
        assert len(ears(tmp_path, [file_name(model.version)]).fitted) == heard_


def test_a_file_that_is_put_there_is_heard_from_the_next_message_on(model: Fitted, tmp_path: Path) -> None:
    listener = LazyListener(tmp_path / "signals")
    message = ScanInput(text="my porter is skunked")
    names = [signal_.name for signal_ in listener.signals(message)]
    assert FITTED not in names
    (tmp_path / "signals").mkdir()
    (tmp_path / "signals" / file_name(model.version)).write_bytes(packed(model))
    [told] = [signal_ for signal_ in listener.signals(message) if signal_.name == FITTED]
    assert told.version == model.version


@pytest.mark.parametrize("text", ["", " ", "...", "\n\n", "\ud800", "🙂" * 50, "x" * 5000])
def test_no_text_is_too_odd(model: Fitted, text: str) -> None:
    [told] = Ears(None, {"v": model}).signals(ScanInput(text=text))
    assert 0 <= told.scores["emotion"] <= 1
