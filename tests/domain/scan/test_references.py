"""Order numbers as customers write them, cued or only joined."""

import pytest

from newel.domain.scan.references import orders, single_order, single_product


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


@pytest.mark.parametrize(
    "text",
    [
        "Can I book a delivery slot for my sofa? Order 10396",
        "Order 10396: where is it?",
        "Where is order 10396? I asked for 10396 on Friday.",
        "¿Dónde está mi pedido 10396?",
        "Où en est ma commande 10396 ?",
    ],
)
def test_one_number_and_no_hint_of_another_is_a_single_order(text: str) -> None:
    assert single_order(text)


@pytest.mark.parametrize(
    "text",
    [
        "Can I book a delivery slot for my sofa?",
        "Order 10396 and order 10413",
        "Order 10396 came in the box of the other one",
        "Order 10396 is late, and both of the earlier ones were too",
        "10396 was merged with my wife's orders: order 10396",
        "El pedido 10396 y el anterior",
        "La commande 10396 et une autre",
    ],
)
def test_no_number_two_or_a_hint_of_another_is_no_single_order(text: str) -> None:
    assert not single_order(text)


def test_one_article_is_single_unless_something_is_joined_to_it() -> None:
    assert single_product("HW-101 arrived chipped")
    assert not single_product("HW-101 arrived chipped and the jug leaks")
    assert not single_product("the jug leaks")
    assert not single_product("HW-101 for HW-115")
