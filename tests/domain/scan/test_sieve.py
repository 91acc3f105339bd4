"""The sieve hides no phrase: what it names holds whatever a search of every phrase would find."""

import re

import pytest

from newel.domain.scan.lexicon import shipped_lexicon
from newel.domain.scan.matcher import Gate, Matcher
from newel.domain.scan.sieve import Sieve, needed
from newel.domain.scan.view import View

PHRASES = [
    r"lawyers?",
    r"child['`]?s?? (?:account|card)",
    r"(?:a|an|the) (?:[a-z]+ ){0,2}(?:court|judge)",
    r"(?:no|not)(?: [a-z]+){0,3} (?:reply|answer)",
    r"[*x]+rated",
    r"\(sic\)|vide",
]


def texts() -> list[str]:
    """The examples of the lexicon, one by one and side by side."""
    said = [
        text for each in shipped_lexicon().entries for text in (*each.phrases.fires, *each.phrases.spares)
    ]
    return [*said[::7], " ".join(said[::31])]


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return Matcher(shipped_lexicon().entries)


def test_the_gate_names_the_entries_that_a_search_of_all_would_find(matcher: Matcher) -> None:
    for text in texts():
        data = text.lower().encode("latin-1", "replace")
        found = [index for index, entry in enumerate(matcher.shared.entries) if entry.expression.search(data)]
        assert [index for index, _ in matcher.present(View("plain", data))] == found, text


@pytest.mark.parametrize("phrase", PHRASES)
@pytest.mark.parametrize(
    "text",
    ["my lawyer", "childs card", "child's card", "child account", "before a fair judge", "the court",
     "no reply", "not one single answer", "xxrated", "quote (sic)", "vide", "nothing of it", ""],
)  # fmt: skip
def test_what_occurs_is_among_the_candidates(phrase: str, text: str) -> None:
    if re.search(phrase, text):
        assert Sieve([phrase]).candidates(text.encode()) == [0]


def test_a_text_without_the_needed_letters_is_not_looked_at() -> None:
    assert needed("lawyers? (?:letter|will)")
    assert Sieve(["lawyers?", "(?:sue|court)"]).candidates(b"where is my order") == []
    assert Sieve(["lawyers?", "(?:sue|court)"]).candidates(b"in court") == [1]


def test_what_can_be_anything_is_always_looked_for() -> None:
    assert needed("[a-z]+") == ()
    assert Sieve(["[a-z]+", "court"]).candidates(b"") == [0]


def test_a_gate_without_entries_names_none() -> None:
    assert list(Gate([]).present(b"lawyer")) == []


@pytest.mark.parametrize(
    "phrase", ["{}", "my {}", "{} now", "(?:a|my) {}", "(?:no|my {}|yes)", "{}|vide", "vide|{}"]
)
@pytest.mark.parametrize("depth", [3, 15, 16, 17, 18, 40])
def test_what_lies_in_many_brackets_is_among_the_candidates(phrase: str, depth: int) -> None:
    deep = phrase.format("(?:" * depth + "sue|lawyer(?:s|ed)?" + ")" * depth)
    for text in ("my sue now", "a lawyer now", "my lawyered now", "vide"):
        if re.search(deep, text):
            assert Sieve([deep]).candidates(text.encode()) == [0]
    assert needed("(?:" * 9 + "lawyer" + ")" * 9) == (frozenset({"lawyer"}),)
