"""What a model hears of a message: each sentence, what an evasion hides, and what stands beside the text."""

import base64
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newel.ai.said import said
from newel.domain.scan.features import ScanInput
from newel.domain.scan.lexicon import shipped_lexicon
from newel.domain.scan.normalise import views
from newel.domain.scan.reader import goes_on
from newel.domain.scan.view import View

ASKED = "please let me talk to a manager"
WORDS = st.sampled_from(
    ["please", "let me", " talk", "to a", "manager", ".", "!", "…", ",", "\n", " ", "> so"]
)
PARTS = st.lists(WORDS, max_size=5).map("".join)


def wordings(message: ScanInput) -> set[str]:
    heard = said(message)
    texts = ("".join(heard.pieces[first:last]) for first, last in heard.windows)
    return {" ".join(text.lower().split()).strip(" .") for text in texts}


@pytest.mark.parametrize(
    "text",
    [
        "please let me talk to a m a n a g e r",
        "please let me talk to a m.a.n.a.g.e.r",
        "please let me talk to a mаnаger",
        "please let me talk to a mana\u200bger",
        "please let me talk to a m4nager",
        "please let me talk to a mangaer",
        "please let me talk to a &#109;anager",
        base64.b64encode(ASKED.encode()).decode(),
    ],
)
def test_what_an_evasion_hides_is_heard(text: str) -> None:
    assert ASKED in wordings(ScanInput(text=text))


@pytest.mark.parametrize(
    "text",
    ["Mi pedido, ¿cuándo llega?", "Ayer yo no estaba en casa", "Où en est mon colis ?"],
)
def test_a_plain_word_is_no_slip_of_an_english_one_nor_of_one_of_its_own_language(text: str) -> None:
    assert wordings(ScanInput(text=text)) == {text.lower().strip(" .")}


@pytest.mark.parametrize(
    ("text", "meant"),
    [("Quiero hablar con un abogdao", "abogado"), ("Je veux parler à un avoact", "avocat")],
)
def test_a_slip_is_mended_in_the_language_that_is_written(text: str, meant: str) -> None:
    assert any(meant in each for each in wordings(ScanInput(text=text)))


def test_what_stands_beside_the_text_is_heard() -> None:
    beside = ScanInput(text="See above.", subject=ASKED, attachments=("please_let_me_talk_to_a_manager.pdf",))
    assert ASKED in wordings(beside)
    named = ScanInput(text="See above.", attachments=("please_let_me_talk_to_a_manager.pdf",))
    assert ASKED in wordings(named)


@pytest.mark.parametrize(
    ("previous", "text"),
    [
        (("please let me",), "talk to a manager"),
        (("please let me talk to a man",), "ager"),
        (("The mug is blue.", "please let me talk"), "to a manager"),
    ],
)
def test_a_sentence_over_several_messages_is_heard(previous: tuple[str, ...], text: str) -> None:
    assert ASKED in wordings(ScanInput(text=text, previous=previous))


@given(st.lists(PARTS, max_size=3), PARTS)
def test_where_no_sentence_goes_on_nothing_is_heard_of_what_came_before(
    previous: list[str], text: str
) -> None:
    alone, after = ScanInput(text=text), ScanInput(text=text, previous=tuple(previous))
    assert goes_on(previous, text) or wordings(after) == wordings(alone)


def test_what_came_before_is_not_heard_again() -> None:
    assert wordings(ScanInput(text="Is it blue?", previous=("I want a lawyer.",))) == {"is it blue?"}


def test_a_place_points_at_the_text() -> None:
    text = "The mug is blue. please let me talk to a m\u0430nager"
    places = {text[place[0] : place[1]].strip() for place in said(ScanInput(text=text)).places if place}
    assert "please let me talk to a m\u0430nager" in places


def test_plain_words_are_heard_as_they_stand_alone() -> None:
    heard = said(ScanInput(text="Where is it? When is it here?"))
    assert heard.pieces == ["Where is it?", " When is it here?"]
    assert heard.windows == [(0, 1), (0, 2), (1, 2)]
    assert heard.whole == (0, 29)


def test_quoted_words_are_not_heard() -> None:
    quoted = "Thanks!\n\nOn Mon, 3 Nov 2025 at 10:00, Ann wrote:\n> please let me talk to a m\u0430nager\n"
    assert not any("manager" in each for each in wordings(ScanInput(text=quoted)))


RANGES = st.lists(st.integers(0, 60), max_size=12).map(
    lambda ends: tuple(zip(*[iter(sorted(ends))] * 2, strict=False))
)


@given(RANGES, st.integers(0, 60), st.integers(1, 20))
def test_a_range_is_read_again_where_a_change_lies_in_it(
    changed: tuple[tuple[int, int], ...], start: int, length: int
) -> None:
    found = View("leet", b"", changed=changed).rewrites(start, start + length)
    assert found == (not changed or any(a < start + length and b > start for a, b in changed))


class Counted(tuple[tuple[int, int], ...]):
    """Ranges that count how often one is looked at."""

    looked = 0

    def __getitem__(self, at: Any) -> Any:
        self.looked += 1
        return super().__getitem__(at)


def test_of_many_changes_few_are_looked_at() -> None:
    changed = Counted((at, at + 1) for at in range(0, 100_000, 2))
    assert not View("leet", b"", changed=changed).rewrites(70_001, 70_002)
    assert 0 < changed.looked < 40


ODD = st.sampled_from(
    [
        "pelase ",
        "l4wyer",
        "mana\u200bger ",
        "&#109;",
        "l a w ",
        " ",
        ". ",
        "aGVsbG8gd29ybGQgdGhpcw== ",
        "ﬁ",
        "yesss ",
    ]
)


@given(st.lists(ODD, max_size=30).map("".join))
def test_changes_stand_in_order(text: str) -> None:
    for view in views(text, shipped_lexicon().spellings["en"]):
        assert all(first[1] <= then[0] for first, then in pairwise(view.changed))
