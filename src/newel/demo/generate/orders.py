"""The 800 orders: mostly small, ordinary ones, and the four that stories are told about."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

from newel.demo.generate.parcels import delivered_long_ago, parcel, progress
from newel.demo.generate.source import chance
from newel.demo.shapes import Customer, Item, Money, Order, OrderState, Product

FIRST, LAST = 10001, 10800
FREE_FROM_MINOR = 5_000
DELIVERY_MINOR = {"GB": 395, "IE": 795, "FR": 995, "DE": 995, "ES": 1295}
STORY_OWNERS = {10023: "C0012", 10031: "C0017", 10044: "C0020", 10050: "C0025"}
STORY_ITEMS: dict[int, dict[str, int]] = {
    10023: {"HW-102": 2, "HW-132": 1},
    10031: {"HW-101": 1},
    10044: {"HW-126": 1, "HW-120": 1, "HW-132": 2},
    10050: {"HW-135": 1, "HW-140": 1},
}


def orders(today: date, customers: Sequence[Customer], products: Sequence[Product]) -> list[Order]:
    """All orders, by number."""
    by_ref = {customer.ref: customer for customer in customers}
    by_sku = {product.sku: product for product in products}
    return [_order(number, by_ref[_owner(number)], by_sku, today) for number in range(FIRST, LAST + 1)]


def _owner(number: int) -> str:
    return STORY_OWNERS.get(number) or f"C{(number - FIRST) % 300 + 1:04d}"


def _order(number: int, customer: Customer, by_sku: Mapping[str, Product], today: date) -> Order:
    luck, country = chance("order", str(number)), customer.address.country
    wanted = STORY_ITEMS.get(number) or _basket(luck, by_sku)
    items = tuple(_item(by_sku[sku], quantity) for sku, quantity in wanted.items())
    return Order(
        no=str(number),
        customer=customer.ref,
        items=items,
        ship_to=str(customer.address),
        country=country,
        **_prices(items, country),
        **_progress(luck, number, customer, today),
    )


def _basket(luck: Random, by_sku: Mapping[str, Product]) -> dict[str, int]:
    """One to three small things; now and then something large comes alone."""
    small = [p.sku for p in by_sku.values() if p.price.amount_minor < 3_500]
    large = [p.sku for p in by_sku.values() if p.price.amount_minor >= 3_500]
    if luck.random() < 0.12:
        return {luck.choice(large): 1}
    picked = luck.sample(small, luck.choices((1, 2, 3), (55, 30, 15))[0])
    return {sku: luck.choices((1, 2, 4), (85, 12, 3))[0] for sku in picked}


def _item(product: Product, quantity: int) -> Item:
    return Item(sku=product.sku, name=product.name, quantity=quantity, price=product.price)


def _prices(items: Sequence[Item], country: str) -> dict[str, Any]:
    goods = sum(item.quantity * item.price.amount_minor for item in items)
    free = country == "GB" and goods >= FREE_FROM_MINOR
    delivery = 0 if free else DELIVERY_MINOR[country]
    return {
        "items_total": Money(goods),
        "shipping": Money(delivery),
        "total": Money(goods + delivery),
        "service": "standard" if country == "GB" else "international",
    }


def _progress(luck: Random, number: int, customer: Customer, today: date) -> dict[str, Any]:
    no, country = str(number), customer.address.country
    if number in STORY_OWNERS:
        state, days = _STORY_DAYS[number]
        dates = {name: today - timedelta(days=ago) for name, ago in days.items()}
        return parcel(no, country, state, dates)
    if customer.ref in STORY_OWNERS.values():
        return delivered_long_ago(luck, no, country, today)
    return progress(luck, no, country, today)


def _arrived(days_ago: int) -> dict[str, int]:
    return {
        "placed_on": days_ago + 4,
        "packed_on": days_ago + 3,
        "dispatched_on": days_ago + 2,
        "expected_on": days_ago,
        "delivered_on": days_ago,
    }


_ON_ITS_WAY = {"placed_on": 3, "packed_on": 2, "dispatched_on": 1, "expected_on": -2}
_STORY_DAYS: dict[int, tuple[OrderState, dict[str, int]]] = {
    10023: (OrderState.DISPATCHED, _ON_ITS_WAY),
    10031: (OrderState.DELIVERED, _arrived(3)),
    10044: (OrderState.DELIVERED, _arrived(5)),
    10050: (OrderState.DISPATCHED, _ON_ITS_WAY | {"expected_on": -4}),
}
