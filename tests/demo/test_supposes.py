"""The shop holds what the labelled tickets suppose, and what their playbooks ask of it."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from newel.demo.shapes import Customer, Item, Order, Product
from newel.demo.views import RETURN_DAYS, days_late
from newel.demo.world import World, generate

TODAY = date(2026, 11, 20)
WRITTEN = Path(__file__).parents[2] / "benchmarks" / "sets" / "tickets_written.jsonl"
TICKETS = [json.loads(line) for line in WRITTEN.read_text("utf-8").splitlines()]
FACTS = [(t, fact, value) for t in TICKETS for fact, value in t.get("supposes", {}).items()]
CATEGORIES = {"candle": "candles", "cookware": "cookware", "furniture": "furniture", "lamp": "lamps"}
LATE_ENOUGH = 3
SMALL_MINOR = 2_500


class Shop:
    """The world, looked up by key."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.orders = {o.no: o for o in world.orders}
        self.products = {p.sku: p for p in world.products}
        self.customers = {c.ref: c for c in world.customers}

    def order(self, ticket: dict[str, Any]) -> Order:
        return self.orders[str(ticket["order"])]

    def lines(self, ticket: dict[str, Any]) -> list[Item]:
        """The lines of the order that are what the ticket calls them."""
        word = ticket["supposes"]["item"]
        return [i for i in self.order(ticket).items if self.is_a(self.products[i.sku], word)]

    def is_a(self, product: Product, word: str) -> bool:
        named = CATEGORIES.get(word) or word in product.name
        return named in (True, product.category)


@pytest.fixture(scope="module")
def shop() -> Shop:
    return Shop(generate(TODAY))


def holds_item(shop: Shop, ticket: dict[str, Any], _: str) -> bool:
    """Exactly one line of the order can be meant."""
    return len(shop.lines(ticket)) == 1


def holds_at_most(shop: Shop, ticket: dict[str, Any], most: str) -> bool:
    """One piece in all, and what was paid for it, delivery included, is under the lowest ceiling."""
    order = shop.order(ticket)
    pieces = sum(item.quantity for item in order.items)
    return pieces == 1 and order.total.amount_minor <= SMALL_MINOR == int(most.replace(".", ""))


def holds_state(shop: Shop, ticket: dict[str, Any], state: str) -> bool:
    order, late = shop.order(ticket), days_late(shop.order(ticket), TODAY)
    returnable = bool(order.delivered_on and order.delivered_on + RETURN_DAYS >= TODAY)
    return {
        "delivered": returnable,
        "overdue": order.state == "dispatched" and late >= LATE_ENOUGH,
        "delivered_late": returnable and late > 0 and order.shipping.amount_minor > 0,
        "open": order.state in ("placed", "packed"),
    }[state]


def holds_card(shop: Shop, ticket: dict[str, Any], code: str) -> bool:
    return [c.customer for c in shop.world.gift_cards if c.code == code] == [ticket["customer_ref"]]


def holds_subscription(shop: Shop, ticket: dict[str, Any], state: str) -> bool:
    """One, in that state, sent inside the United Kingdom."""
    customer = shop.customers[ticket["customer_ref"]]
    found = [s.state for s in shop.world.subscriptions if s.customer == customer.ref]
    return found == [state] and customer.address.country == "GB"


def holds_appointment(shop: Shop, ticket: dict[str, Any], _: str) -> bool:
    """One, of the kind that the ticket names."""
    kind = "assembly" if "assembly" in ticket["text"] else "showroom_visit"
    return [a.type for a in shop.world.appointments if a.customer == ticket["customer_ref"]] == [kind]


HOLDS = {
    "item": holds_item,
    "at_most": holds_at_most,
    "state": holds_state,
    "gift_card": holds_card,
    "subscription": holds_subscription,
    "appointment": holds_appointment,
}


def name(given: object) -> str:
    return given["id"] if isinstance(given, dict) else str(given)


@pytest.mark.parametrize(("ticket", "fact", "value"), FACTS, ids=name)
def test_the_shop_holds_what_a_ticket_supposes(
    shop: Shop, ticket: dict[str, Any], fact: str, value: str
) -> None:
    assert HOLDS[fact](shop, ticket, value)


def supposing(*reasons: str) -> list[dict[str, Any]]:
    return [t for t in TICKETS if t["expected_reason"] in reasons and "supposes" in t]


def test_every_ticket_is_about_an_order_of_its_customer(shop: Shop) -> None:
    for ticket in (t for t in TICKETS if t["order"]):
        assert shop.order(ticket).customer == ticket["customer_ref"], ticket["id"]


def test_supposing_customers_read_english(shop: Shop) -> None:
    customers: list[Customer] = [shop.customers[t["customer_ref"]] for t in TICKETS if "supposes" in t]
    assert {c.language for c in customers} == {"en"}


def test_nothing_was_given_back_on_an_order_that_money_is_asked_for(shop: Shop) -> None:
    paid_back = {r.order for r in shop.world.refunds}
    asked = supposing("refund_damaged", "refund_not_received", "goodwill_credit_late")
    assert len(asked) == 8
    assert not [t["id"] for t in asked if str(t["order"]) in paid_back]


def test_what_is_to_be_sent_again_is_on_the_shelf(shop: Shop) -> None:
    asked = supposing("reship_damaged", "reship_missing_item")
    assert len(asked) == 6
    for ticket in asked:
        (line,) = shop.lines(ticket)
        assert shop.products[line.sku].stock > 0, ticket["id"]
        assert ticket["expected_reason"] == "reship_missing_item" or line.quantity == 1, ticket["id"]


def test_a_warranty_that_is_asked_for_is_the_only_one_and_runs(shop: Shop) -> None:
    asked = supposing("warranty_check")
    assert len(asked) == 4
    for ticket in asked:
        (found,) = (w for w in shop.world.warranties if w.order == str(ticket["order"]))
        assert [line.sku for line in shop.lines(ticket)] == [found.sku]
        assert found.ends_on > TODAY


@pytest.mark.parametrize("day", range(7))
def test_an_appointment_can_be_moved_on_every_day_of_the_week(day: int) -> None:
    today = date(2026, 11, 16 + day)
    shop = Shop(generate(today))
    taken = [a.slot for a in shop.world.appointments]
    assert len(set(taken)) == len(taken)
    for ticket in supposing("appointment_change"):
        (booked,) = (a for a in shop.world.appointments if a.customer == ticket["customer_ref"])
        assert booked.on > today
        assert booked.on.weekday() != 6
