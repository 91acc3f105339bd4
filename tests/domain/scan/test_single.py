"""One order or article alone: only then a model's score of several says nothing."""

import pytest

from newel.domain.scan.features import ScanInput, Signal
from newel.domain.scan.scanner import Scanner
from newel.domain.scan.single import single_order, single_product

ONE_ORDER = "Order 10113 came broken."
ONE_ARTICLE = "HW-101 arrived chipped"


def alarmed(scanner: Scanner, family: str, message: ScanInput) -> bool:
    receipt = scanner.scan(message)
    return f"complexity.{family}" in {marker.id for marker in receipt.markers}


def heard(family: str) -> tuple[Signal, ...]:
    return (Signal("request_model", "v1", {family: 0.97}),)


@pytest.mark.parametrize(
    "text",
    [
        "Can I book a delivery slot for my sofa? Order 10396",
        "Order 10396: where is it?",
        "Where is order 10396? I asked for 10396 on Friday.",
        "¿Dónde está mi pedido 10396?",
        "Où en est ma commande 10396 ?",
        ONE_ORDER,
    ],
)
def test_one_number_and_no_hint_of_another_is_a_single_order(scanner: Scanner, text: str) -> None:
    assert single_order(text)
    assert not alarmed(scanner, "several_orders", ScanInput(text=text, signals=heard("several_orders")))


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
        "Order 10396 arrived broken. The order I placed in May never came.",
        "Order 10396 arrived broken. What I bought at Easter never came.",
        "Order 10396 arrived broken, the May one never came.",
        "Order 10396 arrived broken, the sofa from May never came.",
        "Order 10396 arrived broken. The parcel to my mother never came.",
        "Order 10396 arrived broken, ref 77120 never came",
        "Order 10396 arrived broken, the o.t.h.e.r never came",
        "Ma commande 10396 n'est pas arrivée, celle de mai également",
        "Ma commande 10396 n'est pas arrivée, également mai",
        "Ma commande 10396 n'est pas arrivée, mai e\u0301galement",
        "Mi pedido 10396 no llegó, lo de mayo además",
        "Mi pedido 10396 no llegó, en mayo también",
        "Mi pedido 10396 no llego, en mayo tambien",
        "Mi pedido 10396 no llegó, los demás sí",
        "La commande 10396 manque, la précédente",
        "Bestellung 10396 fehlt, die andere auch",
        "Bestellung 10396 fehlt",
        "L'ordine 10396 manca",
    ],
)
def test_what_hints_at_another_order_lets_the_score_count(scanner: Scanner, text: str) -> None:
    assert not single_order(text)
    assert alarmed(scanner, "several_orders", ScanInput(text=text, signals=heard("several_orders")))


@pytest.mark.parametrize(
    "hint", ["también", "demás", "además", "également", "précédente", "première", "même"]
)
def test_a_hint_counts_with_its_accents_and_without(hint: str) -> None:
    bare = hint.translate(str.maketrans("áéèê", "aeee"))
    assert single_order("Order 10396 came broken")
    assert not single_order(f"Order 10396 came broken, {hint}")
    assert not single_order(f"Order 10396 came broken, {bare}")


@pytest.mark.parametrize(
    "beside",
    [
        {"subject": "Orders 10113 and 10413"},
        {"subject": "My order from May"},
        {"subject": "Order 10413"},
        {"subject": "10413"},
        {"attachments": ("order_10413.pdf",)},
        {"attachments": ("BothOrders.pdf",)},
        {"previous": ("My order of the lamp never came.",)},
        {"previous": ("Hello", "There is another thing.")},
    ],
)
def test_an_order_that_stands_beside_the_text_lets_the_score_count(
    scanner: Scanner, beside: dict[str, str]
) -> None:
    message = ScanInput(text=ONE_ORDER, signals=heard("several_orders"), **beside)  # type: ignore[arg-type]
    assert alarmed(scanner, "several_orders", message)


@pytest.mark.parametrize("subject", ["", "Order 10113", "Order no. 10113: broken", "Help please"])
def test_what_stands_beside_may_name_the_same_order(scanner: Scanner, subject: str) -> None:
    message = ScanInput(text=ONE_ORDER, subject=subject, signals=heard("several_orders"))
    assert not alarmed(scanner, "several_orders", message)


@pytest.mark.parametrize("language", ["de", "it", "pt"])
def test_in_a_language_whose_hints_are_not_known_the_score_counts(scanner: Scanner, language: str) -> None:
    for family, text in (("several_orders", ONE_ORDER), ("several_products", ONE_ARTICLE)):
        message = ScanInput(text=text, language=language, signals=heard(family))
        assert alarmed(scanner, family, message)


@pytest.mark.parametrize("text", [ONE_ARTICLE, "HW-101 is chipped.", "¿Llega HW-101 mañana?"])
def test_one_sentence_about_one_article_is_of_a_single_one(scanner: Scanner, text: str) -> None:
    assert single_product(text)
    assert not alarmed(scanner, "several_products", ScanInput(text=text, signals=heard("several_products")))


@pytest.mark.parametrize(
    "text",
    [
        "the jug leaks",
        "HW-101 arrived chipped and the jug leaks",
        "HW-101 for HW-115",
        "HW-101 for hw-115",
        "HW-101 arrived chipped. The teapot is missing its lid.",
        "HW-101 arrived chipped\nThe teapot is missing its lid",
        "HW-101 arrived chipped - the teapot leaks",
        "HW-101 arrived chipped — the teapot leaks",
        "HW-101 arrived chipped (the teapot leaks)",
        "HW-101 arrived without the teapot",
        "HW-101 est ébréchée, la théière également",
    ],
)
def test_what_may_be_a_further_article_lets_the_score_count(scanner: Scanner, text: str) -> None:
    assert not single_product(text)
    assert alarmed(scanner, "several_products", ScanInput(text=text, signals=heard("several_products")))


def test_words_beside_may_be_of_a_further_article(scanner: Scanner) -> None:
    for subject, counts in (("The teapot", True), ("HW-115", True), ("HW-101", False)):
        message = ScanInput(text=ONE_ARTICLE, subject=subject, signals=heard("several_products"))
        assert alarmed(scanner, "several_products", message) is counts
