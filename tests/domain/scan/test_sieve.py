"""The sieve hides no phrase: what it names holds whatever a search of every phrase would find."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newel.domain.scan.lexicon import shipped_lexicon
from newel.domain.scan.matcher import Gate, Matcher
from newel.domain.scan.phrase import loosely, whole_words
from newel.domain.scan.sieve import Sieve, breaks, needed
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


def numbers(phrases: list[str], data: bytes) -> list[int]:
    return [number for number, _ in Sieve(phrases).candidates(data)]


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return Matcher(shipped_lexicon().entries)


def test_the_gate_names_the_entries_that_a_search_of_all_would_find(matcher: Matcher) -> None:
    for text in texts():
        data = text.lower().encode("latin-1", "replace")
        found = [index for index, entry in enumerate(matcher.entries) if entry.expression.search(data)]
        assert [index for index, _ in matcher.present(View("plain", data))] == found, text


@pytest.mark.parametrize("phrase", PHRASES)
@pytest.mark.parametrize(
    "text",
    ["my lawyer", "childs card", "child's card", "child account", "before a fair judge", "the court",
     "no reply", "not one single answer", "xxrated", "quote (sic)", "vide", "nothing of it", ""],
)  # fmt: skip
def test_what_occurs_is_among_the_candidates(phrase: str, text: str) -> None:
    if re.search(phrase, text):
        [(_, places)] = Sieve([phrase]).candidates(text.encode())
        assert any(re.search(phrase, text[start:end]) for start, end in places)


def test_a_text_without_the_needed_letters_is_not_looked_at() -> None:
    assert needed("lawyers? (?:letter|will)")
    assert Sieve(["lawyers?", "(?:sue|court)"]).candidates(b"where is my order") == []
    assert numbers(["lawyers?", "(?:sue|court)"], b"in court") == [1]


def test_what_can_be_anything_is_always_looked_for() -> None:
    assert needed("[a-z]+") == ()
    assert numbers(["[a-z]+", "court"], b"") == [0]


def test_a_gate_without_entries_names_none() -> None:
    assert list(Gate([]).present(b"lawyer")) == []


@pytest.mark.parametrize(
    ("phrase", "most"),
    [
        ("lawyers?", 0), ("my lawyer", 1), ("to <2> human", 3), ("(a|to the) court", 2), ("don't", 0),
        ("rm -rf", 2), ("x[^%]{1,80}y", 80), ("[a-z0-9-]* no", None), ("a( b)* c", None), (r"\bno\.", 1),
    ],
)  # fmt: skip
def test_it_is_known_how_many_words_a_phrase_spans(phrase: str, most: int | None) -> None:
    assert breaks(loosely(phrase)) == most


def test_what_stands_too_far_apart_is_not_looked_for() -> None:
    phrases = [loosely("speak <2> human"), loosely("court")]
    filler = b" of the mug and" * 40
    assert numbers(phrases, b"speak" + filler + b" human") == []
    assert numbers(phrases, b"court" + filler + b" speak to a human") == [0, 1]
    [(_, places), _] = Sieve(phrases).candidates(b"court" + filler + b" speak to a human")
    assert all(end - start < 400 for start, end in places)


@given(st.lists(st.sampled_from([*["speak", "human", "to", "a", "court"], "o'k", "''", "-", "/", "x" * 90])))
def test_whatever_stands_between_a_phrase_that_occurs_is_found(said: list[str]) -> None:
    data = " ".join(said).encode()
    for phrase in ("speak <2> human", "to a <4> court", "a (court|human) <1> court"):
        entry = re.compile(whole_words(loosely(phrase)))
        [*found] = Sieve([loosely(phrase)]).candidates(data)
        if entry.search(data):
            assert any(entry.search(data[start:end]) for _, places in found for start, end in places)
