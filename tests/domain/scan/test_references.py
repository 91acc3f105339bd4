"""Order numbers as customers write them, cued or only joined."""

import pytest

from newel.domain.scan.references import orders


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("where are 10113 and 10413?", ["10113", "10413"]),
        ("10113, 10413 & 10500 please", ["10113", "10413", "10500"]),
        ("orders 10113/10413", ["10113", "10413"]),
        ("order 10113, and what about 10413", ["10113", "10413"]),
        ("#10113", ["10113"]),
        ("it cost £10000 and 20000 were left", []),
        ("call 020 7946 0123 or 0161 496 0000", []),
        ("in 2024 and 2025", []),
        ("where is 10113", []),
    ],
)
def test_SCN_6_orders_by_number(text: str, named: list[str]) -> None:
    assert list(orders(text)) == named
