"""Facts of record as people say them."""

from datetime import date
from typing import Any

import pytest

from newel.domain.fact import called, dated, shown, written
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


@pytest.mark.parametrize(
    ("text", "english", "french"),
    [
        (
            "Delivered 2026-11-20, due 2026-12-04.",
            "Delivered 20 Nov 2026, due 4 Dec 2026.",
            "due 4 déc. 2026.",
        ),
        ("2026-11-03T00:00:00: late", "3 Nov 2026: late", "3 nov. 2026: late"),
        ("", "", ""),
        ("No day, 10023.", "No day, 10023.", "No day"),
        ("2026-13-45 is none", "2026-13-45 is none", "2026-13-45"),
        ("PO-2026-11-20, 2026-11-20-1", "PO-2026-11-20, 2026-11-20-1", "2026-11-20-1"),
        ("at 2026-11-20T09:30", "at 2026-11-20T09:30", "2026-11-20T09:30"),
        ("of x/2026-11-20/y", "of x/2026-11-20/y", "2026-11-20"),
    ],
)
def test_a_day_within_a_text_is_written_as_the_language_does(text: str, english: str, french: str) -> None:
    assert str(dated(text)) == english
    assert french in tongue("fr").value(dated(text))
