"""What a message is about: courtesy and slips of the pen change nothing, other matters do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newel.ai.courtesy import asking, matter, names
from newel.ai.spelling import Spelling
from newel.ai.synonyms import plainly


@pytest.mark.parametrize(
    "text",
    [
        "do you gift wrap?",
        "Hello, do you gift wrap?",
        "Dear Hearthwick,\n\ndo you gift wrap?\n\nKind regards,\nA. Person",
        "Hi there! Sorry to trouble you. do you gift wrap? Many thanks, Ines",
        "I hope this finds you well. do you gift wrap?\nBest wishes",
        "A quick question: do you gift wrap? No rush.",
        "If you have a minute, do you gift wrap?\n\nOlu",
    ],
)
def test_courtesy_is_not_the_matter(text: str) -> None:
    assert matter(text).lower().strip(" .:") == "do you gift wrap?"


def test_what_is_only_courtesy_stays_whole() -> None:
    assert matter("Many thanks") == "Many thanks"
    assert matter("") == ""


def test_the_sentences_that_ask() -> None:
    assert (
        asking("I bought a lamp. Which bulb does it take? It is for my desk.") == "Which bulb does it take?"
    )
    assert asking("we moved house\ncan you tell me when you open") == "can you tell me when you open"
    assert asking("Which bulb does it take?") == ""
    assert asking("I bought a lamp. It is lovely.") == ""


def test_names_inside_a_sentence() -> None:
    assert names("Does IKEA sell it in Leeds? Please ask John") == ["ikea", "leeds", "john"]
    assert names("Where is it?") == []


KNOWN = Spelling(
    [
        "the",
        "delivery",
        "takes",
        "days",
        "feather",
        "order",
        "where",
        "when",
        "which",
        "your",
        "please",
        "parcel",
    ]
)


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("teh", "the"),
        ("delivary", "delivery"),
        ("wich", "which"),
        ("yuor", "your"),
        ("oder", "order"),
        ("parcell", "parcel"),
        ("delivery", "delivery"),
        ("weather", "weather"),
        ("xorder", "xorder"),
        ("it", "it"),
        ("quark", "quark"),
    ],
)
def test_a_slip_of_the_pen_is_the_word_that_was_meant(word: str, meant: str) -> None:
    assert KNOWN.corrected(word) == meant


def test_endings_of_known_words_are_known() -> None:
    assert KNOWN.knows("deliveries")
    assert not KNOWN.knows("weather")


@given(st.text("abcdefghijklmnopqrstuvwxyz", max_size=12))
def test_a_correction_is_a_known_word_or_the_word_itself(word: str) -> None:
    assert KNOWN.corrected(word) == word or KNOWN.knows(KNOWN.corrected(word))


def test_words_that_mean_the_same_are_the_same_word() -> None:
    assert plainly("How much is postage?") == plainly("how much is shipping")


@given(st.text(max_size=200))
def test_no_text_is_too_odd(text: str) -> None:
    assert isinstance(matter(text), str)
    assert isinstance(asking(text), str)
