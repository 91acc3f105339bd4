"""Facts against facts: an amount on record and the digits that somebody read."""

from datetime import UTC, datetime
from typing import Any

import pytest

from newel.domain.playbook import all_hold
from newel.domain.policy.playbook import Condition

NOW = datetime(2026, 11, 20, tzinfo=UTC)
BOOKED = {"amount_minor": 123400, "currency": "GBP"}


@pytest.mark.parametrize(
    ("read", "same"),
    [
        ("1234.00", True),
        ("1234", True),
        (1234, True),
        (1234.0, True),
        (BOOKED, True),
        ("1234.01", False),
        ("123400", False),
        ("twelve", False),
        ({**BOOKED, "currency": "EUR"}, False),
        ("NaN", False),
    ],
)
def test_an_amount_on_record_is_the_same_as_its_digits(read: Any, same: bool) -> None:
    tree = {"fields": {"amount": read}, "invoice": {"amount": BOOKED}}
    for one, other in (("fields.amount", "invoice.amount"), ("invoice.amount", "fields.amount")):
        assert all_hold([Condition(fact=one, same_as=other)], tree, NOW) is same
        assert all_hold([Condition(fact=one, differs_from=other)], tree, NOW) is not same


def test_what_is_absent_neither_is_the_same_nor_differs() -> None:
    tree = {"invoice": {"amount": BOOKED}}
    read, booked = "fields.amount", "invoice.amount"
    for condition in (
        Condition(fact=read, same_as=booked),
        Condition(fact=read, differs_from=booked),
        Condition(fact=booked, same_as=read),
        Condition(fact=booked, differs_from=read),
    ):
        assert not all_hold([condition], tree, NOW)
