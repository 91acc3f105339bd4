"""The models of the scan: shipped as they are taught, heard sentence by sentence, calibrated."""

import functools
import gc
from collections import Counter
from collections.abc import Iterator

import numpy as np
import pytest

from newel.ai import said, signal, teach
from newel.ai.examples import Example, read, readings, shipped
from newel.ai.intent import Intent
from newel.ai.lesson import Lesson, calibrated, learn, table_of, unseen
from newel.ai.traits import seen_in, seen_of, weighed, whole
from newel.domain.scan.features import HEARD, ScanInput

SAMPLE = """= request
(ring|phone) me (back|please|today)
get me somebody real
= none
where is my parcel
= grief bereavement
my dad died
"""


def scores(text: str, subject: str = "") -> dict[str, float]:
    hearing = signal.hearing()
    assert hearing is not None
    said = hearing.signals(ScanInput(text=text, subject=subject))
    return {family: score for each in said for family, score in each.scores.items()}


def test_a_written_line_is_read_once_for_each_of_its_choices() -> None:
    assert list(readings("(ring|phone) me (back|please|today)")) == [
        "ring me back", "phone me please", "ring me today",
    ]  # fmt: skip
    found = list(read(SAMPLE))
    assert [each.labels for each in found] == [("request",)] * 4 + [(), ("grief", "bereavement")]
    assert len({each.line for each in found}) == 4


def test_the_shipped_examples_name_only_labels_that_the_scan_asks_for() -> None:
    labels = {label for example in shipped("en") for label in example.labels}
    assert labels == {family for families in HEARD.values() for family in families}


def test_the_shipped_model_is_made_from_the_shipped_examples() -> None:
    hearing = signal.hearing()
    assert hearing is not None, "run python -m newel.ai.teach"
    assert hearing.version == signal.version()


def test_a_model_of_other_examples_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signal, "version", lambda: "another")
    signal.hearing.cache_clear()
    assert signal.hearing() is None
    signal.hearing.cache_clear()


def test_a_missing_model_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signal, "FILE", "nowhere.npz")
    signal.hearing.cache_clear()
    assert signal.hearing() is None
    signal.hearing.cache_clear()


def test_what_was_never_written_down_is_understood() -> None:
    heard = scores("Is there anyone on your team I could speak with about it?")
    assert heard["request"] > 0.8
    assert scores("Where did my parcel go?")["request"] < 0.2


def test_spanish_and_french_are_heard_too() -> None:
    assert scores("¿Me puede llamar alguien de su equipo esta tarde?")["request"] > 0.5
    assert scores("Est-ce que quelqu'un de chez vous peut me rappeler ?")["request"] > 0.5
    assert scores("¿Cuándo llega mi paquete?")["request"] < 0.2
    assert scores("Quand arrive mon colis ?")["request"] < 0.2


def test_one_sentence_in_a_long_message_counts_as_it_would_alone() -> None:
    around = "The blue mug is lovely. It arrived on Monday. " * 40
    alone, inside = "Someone at your desk must ring me back.", " Someone at your desk must ring me back. "
    assert scores(around + inside + around)["request"] >= scores(alone)["request"]


def test_it_says_where() -> None:
    text = "The mug is lovely. Someone must ring me back! It is blue."
    hearing = signal.hearing()
    assert hearing is not None
    told = next(s for s in hearing.signals(ScanInput(text=text)) if s.name == "request_model")
    start, end = told.places["request"]
    assert "ring me back" in text[start:end]
    assert told.languages == ("en", "es", "fr")


def test_the_subject_is_heard_and_a_quotation_is_not() -> None:
    said = "Someone at your desk must ring me back."
    assert scores("See above.", subject=said)["request"] > 0.5
    quoted = f"Thanks, the mug is lovely.\n\nOn Mon, 3 Nov 2025 at 10:00, Ann wrote:\n> {said}\n"
    assert scores(quoted)["request"] < 0.3


@pytest.mark.parametrize("text", ["", " ", "...", "\n\n", "\ud800", "🙂" * 50, "x" * 5000, "?!" * 900])
def test_no_text_is_too_odd(text: str) -> None:
    assert all(0 <= score <= 1 for score in scores(text).values())


def test_a_lesson_is_learnt_calibrated_and_packed() -> None:
    words = {
        "ring": ("ring me now", "please ring", "ring today"),
        "": ("a blue mug", "two mugs", "a lamp"),
    }
    texts = tuple(f"{text} {number}x" for number in range(4) for group in words.values() for text in group)
    labels = [[name] if name else [] for _ in range(4) for name, group in words.items() for _ in group]
    lesson = Lesson(texts, table_of(("ring",), labels), np.arange(len(texts)))
    learnt, asked = learn(lesson), ["ring ring", "a blue lamp"]
    ring, lamp = learnt.scores(weighed(seen_of(asked), learnt.scale))[:, 0]
    assert ring > 0 > lamp
    held = unseen(lesson)
    assert 0 < len(held.part.texts) < len(texts)
    [(slope, _)] = calibrated(held.scores, held.part.truth, held.part.counts)
    assert slope > 0
    again = learn(lesson, held.model)
    assert np.allclose(again.table, learnt.table, atol=0.05 * np.abs(learnt.table).max())


def test_a_label_that_two_models_half_hear_is_heard() -> None:
    """Odd words tell that a person must lead sooner than they tell why."""
    first, other = signal.LED[:2]
    read = np.full((2, len(signal.LABELS) + 1), -9, np.float32)
    read[0, first], read[:, -1] = -1, 3
    read[1, other] = -8
    even = np.ones(read.shape[1] + 1, np.float32)
    odds = signal.raised(read, even, 0 * even)
    assert odds[0, first] == 1
    assert odds[0, other] == -9
    assert odds[1].max() < 0


def test_without_a_label_each_part_of_a_text_is_none_either() -> None:
    texts = {each.text for each in teach.parts(Example("Hi Ann, where is it? I wonder.", (), 1))}
    assert {"Hi Ann", "where is it?", "I wonder."} <= texts
    assert len([*teach.parts(Example("My dad died, sadly. Cancel it.", ("bereavement",), 2))]) == 1
    taken = teach.lesson()
    assert taken.truth[:, -1].any()
    assert not taken.truth[~taken.truth[:, :-1].any(1), -1].any()


def test_no_language_is_a_sign_by_itself() -> None:
    labelled = np.array([True, False, False, True, True, False])
    often = teach.balanced(labelled, np.array([0, 0, 0, 1, 1, 1]))
    assert often.tolist() == [1, 1, 1, 1, 1, 4]
    taken = teach.lesson()
    assert taken.counts[taken.truth.any(1)].max() == 1


def test_a_text_counts_as_often_as_the_lesson_says() -> None:
    truth = np.array([[1, 0], [0, 0]], np.float32)
    lesson = Lesson(("ring me", "a mug"), truth, np.arange(2), np.array([1, 3], np.float32))
    assert lesson.weights[1].tolist() == [3, 3]
    assert lesson.part(np.array([1])).weights.tolist() == [[3, 3]]


def test_a_text_twice_as_long_has_twice_the_sentences() -> None:
    half, whole = (list(said.windows("Where is it? I wonder; 2 mugs!\n" * times)) for times in (1_000, 2_000))
    assert len(whole) <= 2 * len(half) + 1
    assert max(end - start for start, end in whole) == max(end - start for start, end in half)


def test_every_sentence_and_every_two_neighbours_are_a_window() -> None:
    text = "Where is it? I wonder;  \n\n 2 mugs"
    assert [text[start:end].strip() for start, end in said.windows(text)] == [
        "Where is it?", "Where is it? I wonder;", "I wonder;", "I wonder;  \n\n 2 mugs", "2 mugs",
    ]  # fmt: skip


def test_what_goes_on_without_a_stop_is_heard_to_its_end() -> None:
    filler = "the parcel has a blue label and the mug is lovely and " * 30
    asked = scores(filler + "i want to talk to a real human being please")["request"]
    assert asked > 0.5 > 5 * scores(filler)["request"]


def test_windows_judged_together_are_judged_as_each_alone() -> None:
    hearing = signal.hearing()
    assert hearing is not None
    pieces = ["Where is it?", "", "My dad died.", "Ring me back!!", "I don't know, I'm so so tired"]
    together = hearing.scores(seen_in(pieces, [*whole(pieces), (2, 4)]))
    alone = [hearing.scores(seen_of([text]))[0] for text in (*pieces, " ".join(pieces[2:4]))]
    assert np.allclose(together, alone, atol=1e-4)


def test_of_a_text_nothing_is_remembered_but_single_words() -> None:
    words = "Quetzal zanzibar ordered the marmalade"
    hearing = signal.hearing()
    assert hearing is not None
    hearing.signals(ScanInput(text=f"{words}. {words}!", subject=words))
    Intent({"jam": ["where is my marmalade", "jam please"]}, ["what is the weather"]).match(words)
    kept = [text.lower() for text in remembered() if "zanzibar" in text.lower()]
    assert kept
    assert not [text for text in kept if "quetzal" in text or "ordered" in text or " " in text]


def remembered() -> Iterator[str]:
    """Every text that the caches of functions hold."""
    found = [each for each in gc.get_objects() if isinstance(each, functools._lru_cache_wrapper)]
    seen: set[int] = set()
    for _ in range(5):
        found = [
            part
            for each in found
            for part in gc.get_referents(each)
            if isinstance(part, str | tuple | list | dict | Counter)
        ]
        yield from (part for part in found if isinstance(part, str))
        found = [part for part in found if id(part) not in seen and not isinstance(part, str)]
        seen.update(map(id, found))


def test_of_a_very_long_text_beginning_and_end_are_heard() -> None:
    listener = signal.hearing()
    assert listener is not None
    filler = "The parcel has a blue label. " * 400
    asking = "I want to talk to a real human being please. "
    heard = [
        max(
            signal.scores["request"]
            for signal in listener.signals(ScanInput(text=text))
            if "request" in signal.scores
        )
        for text in (asking + filler, filler + asking)
    ]
    assert min(heard) > 0.8
    assert len(said.said(ScanInput(text=filler)).pieces) < 400
