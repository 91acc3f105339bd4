"""What the contact form takes, says in plain words, and makes of it."""

import pytest
from benchmarks.demo_policy import customer_support
from hypothesis import given
from hypothesis import strategies as st

from newel.domain.help import (
    LONGEST_SEARCH,
    MARK,
    UNMARK,
    Contact,
    Piece,
    is_order,
    looked_for,
    order_patterns,
    pieces,
    plain,
    problems,
    said,
    tidy,
)

WHOLE = Contact(name="Priya Nair", email="priya@example.com", order="10023", message="Where is it?")


def changed(**fields: str) -> Contact:
    return Contact(**{**{n: getattr(WHOLE, n) for n in Contact.__struct_fields__}, **fields})


def test_a_whole_form_has_nothing_to_mend_and_an_order_is_not_needed() -> None:
    assert problems(WHOLE) == {}
    assert problems(changed(order="")) == {}


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("name", ""),
        ("name", "P" * 101),
        ("name", "a\x00b"),
        ("name", "half \ud800"),
        ("email", ""),
        ("email", "priya"),
        ("email", "priya@"),
        ("email", "priya@example"),
        ("email", "priya @example.com"),
        ("email", "a@b.c, d@e.f"),
        ("email", "a" * 250 + "@example.com"),
        ("order", "my blue one"),
        ("order", "10023 or 10024"),
        ("order", "12"),
        ("order", "1" * 41),
        ("message", ""),
        ("message", "m" * 20_001),
        ("message", "a\x07b"),
    ],
)
def test_what_is_wrong_is_said_for_its_field_alone(field: str, text: str) -> None:
    assert list(problems(changed(**{field: text}))) == [field]


@pytest.mark.parametrize("number", ["10023", "#10023", "# 10023", "HW-10023", "hw-10023"])
def test_an_order_number_has_the_shape_that_the_scan_knows(number: str) -> None:
    assert is_order(number)


def test_the_policys_own_pattern_of_an_order_goes_before() -> None:
    own = (r"\b([A-Z]{2}/\d{3})\b",)
    assert is_order("ab/123", own)
    assert not is_order("10023", own)
    assert order_patterns(customer_support()) == ()


def test_the_message_names_the_order_once() -> None:
    assert said(WHOLE) == "Where is it?\n\nOrder 10023"
    assert said(changed(order="#10023")) == "Where is it?\n\nOrder 10023"
    assert said(changed(message="Where is 10023?")) == "Where is 10023?"
    assert said(changed(message="Where is 100234?")) == "Where is 100234?\n\nOrder 10023"
    assert said(changed(order="")) == "Where is it?"


def test_white_space_around_what_was_typed_is_nothing() -> None:
    typed = Contact(name="  Priya \t Nair ", email=" p@example.com ", order=" 1 ", message=" a\r\nb\rc \n")
    assert tidy(typed) == Contact(name="Priya Nair", email="p@example.com", order="1", message="a\nb\nc")


def test_found_words_stand_apart() -> None:
    told = f"Care of {MARK}cast{UNMARK} iron"
    assert list(pieces(told)) == [Piece("Care of ", False), Piece("cast", True), Piece(" iron", False)]


@given(st.text(), st.text())
def test_whatever_is_typed_is_judged_and_searched(one: str, two: str) -> None:
    problems(tidy(Contact(name=one, email=two, order=one, message=two)))
    asked = plain(one)
    assert len(asked) <= LONGEST_SEARCH
    assert "\x00" not in asked
    assert not any(set(word) & set(" &|!:*'()<>\\") for word in looked_for(asked))
