"""What sentences mean: heard beside the words, never against them, and said where it is missing."""

from collections.abc import Iterator, Sequence
from importlib.resources import files
from typing import Any, cast

import numpy as np
import pytest

from newel.ai import gloss, meaning, signal
from newel.ai.encoder import WIDTH, Encoder
from newel.ai.features import Floats
from newel.ai.fitted import Ears
from newel.ai.lesson import Lesson, held_back, table_of
from newel.ai.meaning import MOST, TOGETHER, Second
from newel.ai.signal import LABELS, LANGUAGES
from newel.ai.understood import spoken, understood
from newel.domain.policy.parse import load_bundle
from newel.domain.scan.features import ENCODER, HEARD, ScanInput, Signal
from newel.domain.scan.lexicon import shipped_lexicon
from newel.domain.scan.scanner import compile_scanner

TEXTS = (
    "Where is my parcel? It was to come on Monday.",
    "Is there a soul at your place who could look into this with me?",
    "My dad passed on Friday and I have no strength for these forms.",
    "I have told you all of this before. Nobody listens. I give up.",
    "Thanks, the mug is lovely!",
    "",
)


class Counted:
    """Reads like the encoder that it wraps, or as nothing, and keeps what it was asked."""

    def __init__(self, reads: Encoder | None = None) -> None:
        self.asked: list[str] = []
        self._reads = reads

    def encode(self, texts: Sequence[str]) -> Floats:
        self.asked += texts
        return self._reads.encode(texts) if self._reads else np.zeros((len(texts), WIDTH), np.float32)


@pytest.fixture
def second() -> Second:
    found = meaning.second()
    assert found is not None, "make setup installs the encoder, python -m newel.ai.teach what reads it"
    return found


@pytest.fixture
def afresh() -> Iterator[None]:
    meaning.second.cache_clear()
    yield
    meaning.second.cache_clear()


def told(second: Second | None, text: str) -> tuple[Signal, ...]:
    return Ears(signal.hearing(), second=second).signals(ScanInput(text=text))


def scores(given: tuple[Signal, ...]) -> dict[str, float]:
    return {label: score for each in given for label, score in each.scores.items()}


def counted(second: Second, text: str) -> list[str]:
    """The sentences that are read of a text."""
    reads = Counted()
    told(Second(second.meaning, cast(Encoder, reads)), text)
    return reads.asked


def test_the_shipped_one_belongs_to_the_shipped_models() -> None:
    shipped = meaning.unpacked(files("newel.ai").joinpath(meaning.FILE).read_bytes())
    assert shipped.version == meaning.version(), "run python -m newel.ai.teach"
    assert [each.table.shape for each in shipped.tables] == [(WIDTH, len(LABELS) + 1)] * len(TOGETHER)


@pytest.mark.parametrize("text", TEXTS)
def test_it_can_only_raise_a_score(second: Second, text: str) -> None:
    alone, both = scores(told(None, text)), scores(told(second, text))
    assert alone.keys() == both.keys()
    assert all(both[label] >= alone[label] for label in alone)


def test_what_no_word_gives_away_is_heard(second: Second) -> None:
    for text, label in (
        ("The parcel sits with the border people and they ask for papers.", "customs"),
        ("She is twelve and typed in my card.", "minors"),
    ):
        assert scores(told(None, text))[label] < 0.2
        assert scores(told(second, text))[label] > 0.6


def test_a_score_says_who_was_asked(second: Second) -> None:
    alone, both = told(None, TEXTS[0]), told(second, TEXTS[0])
    assert ENCODER not in {each.name for each in alone}
    assert next(each for each in both if each.name == ENCODER).version == second.meaning.version
    assert {each.version for each in both if each.name in HEARD} == {
        f"{alone[0].version}+{second.meaning.version}"
    }


def test_only_doubtful_sentences_are_read(second: Second) -> None:
    assert counted(second, "Where is my parcel? " + TEXTS[2]) == [TEXTS[2]]
    assert counted(second, "") == []


def test_spanish_and_french_are_read_in_the_english_of_their_glossaries(second: Second) -> None:
    for text, language in (
        ("¿Hay alguien en su casa que pueda mirar esto conmigo, por favor?", "es"),
        ("Y a-t-il quelqu'un chez vous qui pourrait regarder cela avec moi ?", "fr"),
    ):
        assert counted(second, text)[0] == gloss.glossed(text, language)


def test_of_another_language_nothing_is_read(second: Second, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meaning, "DOUBT", -100.0)
    assert counted(second, "Where do I find the nearest shop in town, please?") != []
    assert counted(second, "Gibt es bei Ihnen jemanden, der sich das mit mir ansehen könnte?") == []


def test_of_a_long_message_so_many_sentences_are_read_and_no_more(second: Second) -> None:
    text = " ".join(f"{TEXTS[2][:-1]}, number {at}." for at in range(1_000))
    assert len(text) > 70_000
    assert len(counted(second, text)) == MOST


def test_where_it_is_missing_the_words_decide_and_the_receipt_says_so(
    second: Second,
) -> None:
    policy = files("newel.domain.policy").joinpath("default.yaml").read_text("utf-8")
    scanner = compile_scanner(load_bundle(policy, "default.yaml"), shipped_lexicon())
    alone, both = (
        scanner.scan(ScanInput(text=TEXTS[3], language="en", signals=told(each, TEXTS[3])))
        for each in (None, second)
    )
    assert alone.not_evaluated == (ENCODER,)
    assert both.not_evaluated == ()
    assert alone.tier_floor <= both.tier_floor


def test_where_reading_fails_the_words_decide(second: Second) -> None:
    class Broken:
        def encode(self, texts: Sequence[str]) -> Floats:
            raise MemoryError

    broken = Second(second.meaning, cast(Encoder, Broken()))
    assert told(broken, TEXTS[2]) == told(None, TEXTS[2])


@pytest.mark.usefixtures("afresh")
@pytest.mark.parametrize(
    ("where", "name", "value"),
    [
        (meaning, "FILE", "nowhere.npz"),
        (meaning, "version", lambda: "another"),
        (meaning.encoder, "encoder", lambda: None),
    ],
)
def test_what_does_not_belong_together_is_none(
    monkeypatch: pytest.MonkeyPatch, where: Any, name: str, value: Any
) -> None:
    monkeypatch.setattr(where, name, value)
    assert meaning.second() is None


def test_it_is_learnt_weighed_and_packed() -> None:
    """From English whose numbers say what it is, and Spanish and French whose words alone say it."""
    rings = np.random.default_rng(1).random(720) < 0.5
    truth = table_of(LABELS, [["request"] if each else [] for each in rings])
    truth = np.concatenate([truth, truth.max(1, keepdims=True)], axis=1)
    texts = tuple(f"{'ring me' if each else 'a mug'} {at}" for at, each in enumerate(rings))
    taken = Lesson(texts, truth, np.arange(len(texts)))
    told = set(np.array(texts)[spoken(taken, ["en"])])

    class Plain(Counted):
        def encode(self, texts: Sequence[str]) -> Floats:
            rows = super().encode(texts)
            rows[:, 0] = [(1 if text.startswith("ring") else -1) * (text in told) for text in texts]
            return rows

    reads = Plain()
    words = np.where(spoken(taken, ["en"])[:, None], 0, 2 * truth - 1)
    found = understood(words[held_back(taken)], taken, cast(Encoder, reads))
    again = meaning.unpacked(meaning.packed(found))
    assert sorted(reads.asked) == sorted(texts), "none is learnt from and weighed on"
    assert again.version == meaning.version()

    silent, sure = np.zeros((2, truth.shape[1]), np.float32), np.array([[1.0], [-1.0]], np.float32)
    numbers = np.zeros((2, WIDTH), np.float32)
    numbers[:, :1] = sure
    said = np.repeat(sure, truth.shape[1], axis=1)
    at = LABELS.index("request")
    for language in LANGUAGES:
        by_numbers = again.odds(language, silent, numbers)[:, at]
        by_words = again.odds(language, said, np.zeros_like(numbers))[:, at]
        decides, mute = (by_numbers, by_words) if language == "en" else (by_words, by_numbers)
        assert decides[0] > 0 > decides[1]
        assert mute[0] == pytest.approx(mute[1])
