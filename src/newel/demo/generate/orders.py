"""The 800 orders: mostly small, ordinary ones, and those that stories are told about."""

from collections.abc import Mapping, Sequence
from datetime import date
from random import Random
from typing import Any

from newel.demo.generate.parcels import delivered_long_ago, parcel, progress
from newel.demo.generate.source import chance
from newel.demo.generate.stories import stories
from newel.demo.shapes import Customer, Item, Money, Order, Product

FIRST, LAST = 10001, 10800
FREE_FROM_MINOR = 5_000
DELIVERY_MINOR = {"GB": 395, "IE": 795, "FR": 995, "DE": 995, "ES": 1295}


def orders(today: date, customers: Sequence[Customer], products: Sequence[Product]) -> list[Order]:
    """All orders, by number."""
    by_ref = {customer.ref: customer for customer in customers}
    by_sku = {product.sku: product for product in products}
    return [_order(number, by_ref[_owner(number)], by_sku, today) for number in range(FIRST, LAST + 1)]


def _owner(number: int) -> str:
    return stories().owners().get(number) or f"C{(number - FIRST) % 300 + 1:04d}"


def _order(number: int, customer: Customer, by_sku: Mapping[str, Product], today: date) -> Order:
    luck, country = chance("order", str(number)), customer.address.country
    story = stories().orders.get(number)
    wanted = story.items if story and story.items else _basket(luck, by_sku)
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
    if story := stories().orders.get(number):
        return parcel(no, country, story.state, story.days(), today)
    if customer.ref in stories().owners().values():
        return delivered_long_ago(luck, no, country, today)
    return progress(luck, no, country, today)
