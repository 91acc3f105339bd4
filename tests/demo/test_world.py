"""The world is the same for the same day, and holds what the stories need."""

from collections import Counter
from datetime import date, timedelta

import msgspec
import pytest

from newel.demo.shapes import Order, OrderState
from newel.demo.world import Flaw, World, generate

TODAY = date(2026, 11, 20)
LADDER = ("placed_on", "packed_on", "dispatched_on", "delivered_on")


@pytest.fixture(scope="module")
def world() -> World:
    return generate(TODAY)


def order(world: World, no: str) -> Order:
    return next(o for o in world.orders if o.no == no)


def test_the_same_day_gives_the_same_world(world: World) -> None:
    assert msgspec.json.encode(generate(TODAY)) == msgspec.json.encode(world)


def test_another_day_moves_dates_and_nothing_else(world: World) -> None:
    later = generate(TODAY + timedelta(days=9))
    for before, after in zip(world.orders, later.orders, strict=True):
        assert (before.no, before.state, before.items) == (after.no, after.state, after.items)
        assert after.placed_on - before.placed_on == timedelta(days=9)


def test_everything_is_there(world: World) -> None:
    assert [c.ref for c in world.customers] == [f"C{n:04d}" for n in range(1, 301)]
    assert [o.no for o in world.orders] == [str(n) for n in range(10001, 10801)]
    assert [v.id for v in world.vendors] == [f"V{n:03d}" for n in range(1, 41)]
    assert len(world.products) == 80


@pytest.mark.parametrize("what", ["name", "email", "phone"])
def test_no_two_customers_share_a_name_or_address(world: World, what: str) -> None:
    assert len({getattr(c, what) for c in world.customers}) == 300


def test_orders_belong_to_customers_by_rule_but_for_the_stories(world: World) -> None:
    stories = {"10023": "C0012", "10031": "C0017", "10044": "C0020", "10050": "C0025"}
    for o in world.orders:
        assert o.customer == stories.get(o.no, f"C{(int(o.no) - 10001) % 300 + 1:04d}")


def test_amounts_add_up(world: World) -> None:
    prices = {p.sku: p.price for p in world.products}
    for o in world.orders:
        goods = sum(i.quantity * i.price.amount_minor for i in o.items)
        assert o.items_total.amount_minor == goods
        assert o.total.amount_minor == goods + o.shipping.amount_minor
        assert all(prices[i.sku] == i.price for i in o.items)
        assert o.country != "GB" or (o.shipping.amount_minor == 0) == (goods >= 5000)


def test_dates_climb_with_the_state(world: World) -> None:
    for o in world.orders:
        steps = [getattr(o, name) for name in LADDER if getattr(o, name)]
        assert steps == sorted(steps), o
        assert all(step <= TODAY for step in steps)
        assert bool(o.delivered_on) == (o.state is OrderState.DELIVERED)
        assert bool(o.cancelled_on) == (o.state is OrderState.CANCELLED)
        assert bool(o.tracking) == bool(o.dispatched_on)


def test_every_state_has_enough_orders(world: World) -> None:
    counts = Counter(o.state for o in world.orders)
    assert all(counts[state] >= 20 for state in OrderState), counts


def test_the_story_of_10023(world: World) -> None:
    o = order(world, "10023")
    assert (o.state, o.carrier, o.tracking) == ("dispatched", "Parcelway", "PW10023GB")
    assert (o.dispatched_on, o.expected_on) == (TODAY - timedelta(days=1), TODAY + timedelta(days=2))


def test_the_story_of_10031(world: World) -> None:
    o = order(world, "10031")
    assert o.delivered_on == TODAY - timedelta(days=3)
    assert [(i.sku, i.name, i.quantity) for i in o.items] == [("HW-101", "Stoneware mug, moss", 1)]
    assert (o.items_total.amount_minor, o.shipping.amount_minor) == (1800, 395)


def test_the_stories_of_10044_and_10050(world: World) -> None:
    big, french = order(world, "10044"), order(world, "10050")
    assert (big.total.amount_minor, big.delivered_on) == (24000, TODAY - timedelta(days=5))
    assert len(big.items) > 1
    assert french.state is OrderState.DISPATCHED


def test_a_story_customer_has_one_open_order(world: World) -> None:
    for ref, no in (("C0012", "10023"), ("C0025", "10050")):
        open_orders = [o.no for o in world.orders if o.customer == ref and not o.delivered_on]
        assert open_orders == [no]


def test_special_customers_are_the_only_ones(world: World) -> None:
    named = {c.ref: c.name for c in world.customers}
    assert (named["C0012"], named["C0017"], named["C0020"], named["C0025"]) == (
        "Priya Nair",
        "Tom Ashdown",
        "Marta Kowalczyk",
        "Jean Dupont",
    )
    assert [c.ref for c in world.customers if c.vip] == ["C0003"]
    assert [c.ref for c in world.customers if c.vulnerable] == ["C0008"]
    assert [c.ref for c in world.customers if c.prefers_human] == ["C0009"]
    assert [c.ref for c in world.customers if c.lifetime_value.amount_minor > 200_000] == ["C0005"]


def test_refunds_never_exceed_what_was_paid(world: World) -> None:
    paid = {o.no: o.total.amount_minor for o in world.orders}
    assert all(r.amount.amount_minor <= paid[r.order] for r in world.refunds)
    cancelled = {o.no for o in world.orders if o.state is OrderState.CANCELLED}
    assert cancelled <= {r.order for r in world.refunds}


def test_appointments_are_bookable_days_and_not_shared(world: World) -> None:
    assert len({a.slot for a in world.appointments}) == len(world.appointments)
    assert all(a.on > TODAY and a.on.weekday() != 6 for a in world.appointments)


def test_each_received_invoice_has_the_flaw_that_is_told(world: World) -> None:
    invoices = {i.id: i for i in world.invoices}
    vendors = {v.id: v for v in world.vendors}
    orders = {p.number: p for p in world.purchase_orders}
    paid = {(i.vendor, i.number) for i in world.invoices if i.status == "paid"}
    assert len(world.flaws) == 500
    for id_, flaw in world.flaws.items():
        i = invoices[id_]
        vendor, bought = vendors.get(i.vendor), orders.get(i.po_number)
        seen = {
            Flaw.DUPLICATE: (i.vendor, i.number) in paid,
            Flaw.NO_PO: bool(vendor) and not i.po_number,
            Flaw.NO_COST_CENTRE: not i.cost_centre,
            Flaw.NO_TAX_ID: bool(vendor) and not i.vendor_tax_id,
            Flaw.WRONG_DEPARTMENT: bool(bought) and bought.department != i.department,
            Flaw.AMOUNT: bool(bought) and bought.amount != i.amount,
            Flaw.BANK: bool(vendor) and vendor.bank_account_ending != i.bank_account_ending,
            Flaw.UNKNOWN_VENDOR: vendor is None,
        }
        assert [f for f, there in seen.items() if there] == [flaw], id_


def test_a_missing_purchase_order_can_be_found_by_amount(world: World) -> None:
    amounts = Counter((p.vendor, p.amount) for p in world.purchase_orders)
    assert set(amounts.values()) == {1}
    missing = [i for i in world.invoices if world.flaws.get(i.id) is Flaw.NO_PO]
    assert all((i.vendor, i.amount) in amounts for i in missing)
