"""Whose language a page speaks, and how each language writes figures."""

import json
from datetime import date

import msgspec
import pytest

from newel.domain.policy.playbook import Condition, Need, Path, Pick, Playbook, Slot
from newel.domain.policy.steps import steps
from newel.domain.scan.receipt import Evidence, stated
from newel.domain.sentence import Figure, Sentence, Share, Sum, joined
from newel.domain.words import RiskClass
from newel.web import page
from newel.web.page import trigger
from newel.web.tongue import CONSOLE, CUSTOMERS, accepted, chosen, tongue


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        ("", []),
        ("es", ["es"]),
        ("en;q=0.5, fr-CH, *;q=0.1", ["fr", "en"]),
        ("de;q=0, ar;q=1.0", ["ar"]),
        ("es;q=2, ;;;, <script>, fr;q=0.9", ["fr"]),
        (",".join(["de"] * 500) + ",es", ["de"] * 20),
    ],
)
def test_what_a_browser_accepts_is_read_by_weight_and_rubbish_is_passed_over(
    header: str, wanted: list[str]
) -> None:
    assert accepted(header) == wanted


def test_the_first_language_that_is_there_is_chosen() -> None:
    assert getattr(chosen(["", "pt-BR", "es-MX", "fr"], CONSOLE), "code", "") == "es"
    assert getattr(chosen(["AR"], CUSTOMERS), "dir", "") == "rtl"
    assert chosen(["ar"], CONSOLE) is None


def test_figures_are_written_as_the_language_does() -> None:
    assert [tongue(code).money(123456) for code in CUSTOMERS] == [
        "1,234.56 GBP",
        "1.234,56 GBP",
        "1\u202f234,56 GBP",
        "1,234.56 GBP",
    ]
    assert tongue("fr").money(None) == "–"
    assert [tongue("es").size(n) for n in (1, 900, 2048, 2_500_000)] == [
        "1 byte",
        "900 bytes",
        "2 kB",
        "2,4 MB",
    ]
    assert [tongue(code).name for code in CUSTOMERS] == ["English", "Español", "Français", "العربية"]


def test_what_counts_takes_the_form_of_its_number() -> None:
    one, other = "%(num)s new message in the chat", "%(num)s new messages in the chat"
    assert tongue("en").ngettext(one, other, 1) == "1 new message in the chat"
    assert tongue("fr").ngettext(one, other, 0) == "0 nouveau message dans la discussion"
    assert tongue("ar").ngettext(one, other, 3) == "3 رسائل جديدة في المحادثة"


def test_a_word_beyond_ascii_reaches_the_pages_script_through_a_header() -> None:
    sent = trigger(toast="Rien ne vous attend pour l’instant. العربية")["hx-trigger"]
    assert sent.isascii()
    assert json.loads(sent) == {"toast": "Rien ne vous attend pour l’instant. العربية"}


def test_a_sentence_is_said_with_its_values_as_the_language_writes_them() -> None:
    over = Sentence("lifetime value %(value)s is over %(limit)s")
    one = over.of(value=Sum(98765432100, "GBP"), limit=Sum(200000, "GBP"))
    assert tongue("en").sentence(one) == "lifetime value 987,654,321.00 GBP is over 2,000.00 GBP"
    assert tongue("es").sentence(one) == "el valor del cliente, 987.654.321,00 GBP, supera 2.000,00 GBP"
    assert tongue("fr").value(Share(0.9731, 1)) == "97,3\u00a0%"
    assert tongue("fr").value(Figure(0.7)) == "0,70"
    assert tongue("es").value(joined([Sentence("yes"), "x", 7, 0.5])) == "sí, x, 7, 0,5"


def test_figures_that_differ_in_a_late_digit_are_not_written_as_the_same() -> None:
    figures = (0.9996, 0.9999, 1234567.25, 0.00001, 5, 0.1 + 0.2, 1e22)
    assert [tongue("en").value(one) for one in figures] == [
        "0.9996",
        "0.9999",
        "1,234,567.25",
        "0.00001",
        "5",
        "0.3",
        "10,000,000,000,000,000,000,000",
    ]
    assert [tongue(code).value(1000.9996) for code in ("es", "fr")] == ["1.000,9996", "1\u202f000,9996"]


def test_a_fact_is_said_in_the_readers_language_and_an_old_one_as_it_was_written() -> None:
    seen = stated(Sentence("segment: %(segment)s").of(segment="gold"))
    kept = msgspec.to_builtins(seen)
    assert page.stated(tongue("es"), seen) == page.stated(tongue("es"), kept) == "segmento: gold"
    assert page.stated(tongue("fr"), Evidence(fact="value 7 is over 6")) == "value 7 is over 6"
    hidden = kept | {"says": {"type": "[name]", "text": "segment"}}
    assert page.stated(tongue("fr"), hidden) == "segment: gold"


def test_WRK_9_the_steps_of_a_playbook_are_read_in_the_readers_language() -> None:
    made = steps(
        Playbook(
            owner="Ivan",
            date=date(2026, 11, 20),
            title="Where is it?",
            risk=RiskClass.LOW,
            slots={"order": Slot(kind="order", sources=("text", "latest_order"))},
            needs={"order": Need(call="shop.order", optional=True)},
            picks={"line": Pick(among="order.items", slot="item", first=True)},
            paths=(
                Path(when=(Condition(fact="order.late", eq=True, older_than_days=1200),), reply="Soon."),
                Path(reply="", to_person=True, note="two"),
            ),
        )
    )
    spanish = [tongue("es").value(one) for one in (*made.asks, *made.looks_up, *made.ways[0].when)]
    assert spanish == [
        "Order: lo que escribió el cliente; si no, su último pedido. Si no, lo tiene una persona.",
        "Order: order en shop, si existe.",
        "Line: de order items, el que el cliente indica con item, o el primero.",
        "order late es sí y tiene más de 1.200 días",
    ]
    assert tongue("fr").value(made.ways[1].to_person) == "Une personne s’en charge : two."
