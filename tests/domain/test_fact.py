"""Facts of record as people say them."""

from datetime import date
from typing import Any

import pytest

from newel.domain.fact import called, shown, written
from newel.domain.sentence import Day
from newel.web.tongue import tongue


@pytest.mark.parametrize(
    ("fact", "said"),
    [
        ("order.state", "the order's state"),
        ("order.refundable.amount_minor", "what may be paid back"),
        ("rooms.booked_on", "rooms booked on"),
        ("slots.item", "item"),
    ],
)
def test_a_fact_has_a_name_and_no_path(fact: str, said: str) -> None:
    assert str(called(fact)) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"amount_minor": 123_456_789, "currency": "GBP"}, "1234567.89 GBP"),
        (True, "yes"),
        (None, "–"),
        (3, "3"),
        (0.25, "0.25"),
        (["a", "b"], "2 of them"),
        ("out_for_delivery", "out for delivery"),
        ("HW-163", "HW-163"),
        ("2026-13-45", "2026-13-45"),
        ("2026-11-13", "13 Nov 2026"),
        ("2026-11-03T00:00:00", "3 Nov 2026"),
    ],
)
def test_a_value_reads_as_people_write_it(value: Any, said: str) -> None:
    found = shown(value)
    assert (f"{found:g}" if isinstance(found, float) else str(found)) == said


def test_each_language_writes_a_day_and_an_amount_its_own_way() -> None:
    assert written("2026-11-13") == Day(date(2026, 11, 13))
    assert tongue("fr").value(Day(date(2026, 11, 13))) == "13 nov. 2026"
    assert tongue("es").value(called("order.state")) == "el estado del pedido"
    assert tongue("en").value(shown({"amount_minor": 123_456_789, "currency": "GBP"})) == "1,234,567.89 GBP"
