"""What the systems answer to a question: records with what follows from them."""

import re
from datetime import date, timedelta
from typing import Any

import msgspec

from newel.demo.effects.payments import given_back
from newel.demo.records import Records
from newel.demo.shapes import Money, Order, Product, Record, Refund

RETURN_DAYS = timedelta(days=30)
View = dict[str, Any]


def plain(record: Record) -> View:
    """The record's own fields, ready for JSON."""
    fields: View = msgspec.to_builtins(record)
    return fields


def order_view(records: Records, order: Order) -> View:
    """An order with its contents in words, what was given back, and its days."""
    back = given_back(records, order.no)
    until = order.delivered_on + RETURN_DAYS if order.delivered_on else None
    return plain(order) | {
        "contents": contents(order),
        "pieces": sum(item.quantity for item in order.items),
        "refunded": msgspec.to_builtins(Money(back)),
        "refundable": msgspec.to_builtins(Money(max(0, order.total.amount_minor - back))),
        "return_until": until.isoformat() if until else None,
        "returnable": bool(until and records.today <= until),
        "days_late": days_late(order, records.today),
    }


def contents(order: Order) -> str:
    """The items in words: ``1 × Stoneware mug, moss; 2 × Cotton throw, oat``."""
    return "; ".join(f"{item.quantity} × {item.name}" for item in order.items)


def days_late(order: Order, today: date) -> int:
    """How many days after the expected one the order came, or by how many it is late now."""
    if order.expected_on is None or order.cancelled_on is not None:
        return 0
    return max(0, ((order.delivered_on or today) - order.expected_on).days)


def refunds_view(records: Records, no: str) -> View:
    """What was given back on an order, newest first."""
    order = records.get(Order, no)
    made = sorted(records.owned(Refund, no), key=lambda r: (r.made_on, r.reference), reverse=True)
    return {
        "order": no,
        "customer": order.customer,
        "paid": msgspec.to_builtins(order.total),
        "refunded": msgspec.to_builtins(Money(given_back(records, no))),
        "count": len(made),
        "refunds": [msgspec.to_builtins(payment) for payment in made],
    }


def products_view(records: Records, query: str, limit: int = 10) -> View:
    """The products that share most words with the query; an exact SKU comes alone."""
    by_sku = records.find(Product, query.strip().upper())
    found = [by_sku] if by_sku else _by_words(records.page(Product), query)[:limit]
    return {"count": len(found), "products": [_product(product) for product in found]}


def _by_words(products: list[Product], query: str) -> list[Product]:
    wanted = _words(query)
    scored = [(len(wanted & _words(f"{p.name} {p.category} {p.sku}")), p) for p in products]
    hits = [(score, product) for score, product in scored if score]
    return [product for _, product in sorted(hits, key=lambda hit: (-hit[0], hit[1].sku))]


def _words(text: str) -> set[str]:
    """Lower-case words without a plural's s."""
    return {
        word[:-1] if len(word) > 3 and word.endswith("s") else word
        for word in re.findall(r"[\w-]+", text.lower())
    }


def _product(product: Product) -> View:
    return plain(product) | {"in_stock": product.stock > 0}
