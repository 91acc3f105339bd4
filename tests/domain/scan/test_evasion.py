"""What people do to a word so that it is not seen, undone; and the way back to the raw text."""

from collections.abc import Iterator

import pytest

from newel.domain.scan.features import ScanInput
from newel.domain.scan.lexicon import shipped_lexicon
from newel.domain.scan.matcher import CompiledEntry, Verdict
from newel.domain.scan.normalise import views
from newel.domain.scan.scanner import Scanner
from newel.domain.scan.view import View

LAWYER = [
    "LaWyEr",
    "l a w y e r",
    "l.a.w.y.e.r",
    "l-a-w-y-e-r",
    "l_a_w_y_e_r",
    "law-yer",
    "l4wyer",
    "1awyer",
    "l@wy3r",
    "laaawyerrr",
    "lаwуer",
    "ｌａｗｙｅｒ",
    "𝓵𝓪𝔀𝔂𝓮𝓻",
    "ⓛⓐⓦⓨⓔⓡ",
    "🅛🅐🅦🅨🅔🅡",
    "🇱🇦🇼🇾🇪🇷",
    "ʟᴀᴡʏᴇʀ",
    "láwÿér",
    "la\u0301wye\u0308r",
    "law\u200byer",
    "law\u00adyer",
    "l\u202ea\u202cwyer",
    "law\x00yer",
    "l 4 w y 3 r",
    "l a a a w y e r",
]


@pytest.mark.parametrize("word", LAWYER)
def test_SCN_5_evasion_does_not_escape(scanner: Scanner, word: str) -> None:
    text = f"I will tell my {word} about it."
    receipt = scanner.scan(ScanInput(text=text))
    marker = next(marker for marker in receipt.markers if marker.id == "legal.dictionary")
    shown = marker.evidence[0]
    assert shown.start == text.index(word)
    assert shown.end is not None
    assert shown.end >= text.index(word) + len(word) - 3


@pytest.mark.parametrize(
    "text",
    [
        "s p e a k  t o  a  h u m a n",
        "i w a n t t o s p e a k t o a h u m a n",
        "speak-to-a-human",
        "speaktoahuman",
        "sp3ak to a hum4n",
        "I want\u00a0a\u2003human",
        "get me a l a w y e r",
    ],
)
def test_evasion_of_whole_phrases(scanner: Scanner, text: str) -> None:
    assert scanner.scan(ScanInput(text=text)).locked


@pytest.mark.parametrize(
    "text",
    ["The issue with item HW-101 is e-mail only", "call 1 2 3 4 5 6", "suede", "pursue", "e.g. 2nd 10am"],
)
def test_undoing_evasion_invents_nothing(scanner: Scanner, text: str) -> None:
    assert scanner.scan(ScanInput(text=text)).markers == ()


@pytest.mark.parametrize("text", ["on december 1st", "the 31st, or the 100th", "it was $700", "$145!"])
def test_a_number_is_no_word_in_disguise(text: str) -> None:
    assert [view.name for view in views(text, shipped_lexicon().spellings["en"])] == ["plain"]


def test_ordinary_text_has_one_view_with_its_own_positions() -> None:
    (only,) = views("Where is my order, please?")
    assert only.offsets is None
    assert only.raw(9, 11) == (9, 11)


@pytest.mark.parametrize(
    "unit",
    ["a", "a-", "a b c ", "l4w ", "é", "aaa ", "ﷺ", "sue ", "> x\n", "--\n", "On 2020 ", "order 1234,", "?",
     "!?", "HELLO ", "privacy policy |\n", "speak to a ", "don't want ", "\u200b", "1234 ", "From: a\n",
     "&#97;", "%61", "\\x61", "6c 61 77 ", "bGF3eWVy ", "<b>", "\u202eab\u202c", "laywer ", "&amp;"],
)  # fmt: skip
def test_a_hundred_kilobytes_are_read_in_a_bounded_number_of_steps(
    scanner: Scanner, monkeypatch: pytest.MonkeyPatch, unit: str
) -> None:
    steps = [0, 0]
    looked = CompiledEntry.verdicts

    def counted(entry: CompiledEntry, view: View, raw: str) -> Iterator[Verdict]:
        for verdict in looked(entry, view, raw):
            steps[1] += 1
            yield verdict

    monkeypatch.setattr(CompiledEntry, "verdicts", counted)
    text = (unit * 100_000)[:100_000]
    steps[0] = sum(len(view.data) for view in views(text, scanner.reader.spelling("en")))
    scanner.scan(ScanInput(text=text))
    assert steps[0] <= 60 * len(text)
    assert steps[1] <= 100_000
