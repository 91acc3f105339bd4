"""A macro's places are of a known list, and what nobody knows stays open."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newel.domain.errors import Invalid
from newel.domain.macro import PLACES, Filled, check, fill


@pytest.mark.parametrize(
    "body",
    ["", " \n", "Hello {customer.email}", "Hello {", "}", "{}", "{{order}}", "{order", "{order {order}"],
)
def test_a_text_with_other_places_is_refused(body: str) -> None:
    with pytest.raises(Invalid):
        check(body)


def test_every_known_place_is_taken() -> None:
    check(" ".join(f"{{{place}}}" for place in PLACES))


def test_what_is_not_known_stays_open_and_is_named() -> None:
    found = fill(
        "Hello {customer.first_name}, {order} and {order}", {"customer.first_name": "Priya", "order": ""}
    )
    assert found == Filled("Hello Priya, {order} and {order}", ("order",))


@given(st.text())
def test_a_customers_name_is_never_a_place_itself(name: str) -> None:
    found = fill("Hello {customer.name}", {"customer.name": f"{{order}}{name}", "order": "10023"})
    assert found.text == f"Hello {{order}}{name}"
