"""The questions that the systems answer: path → what is read."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

import msgspec

from newel.demo.effects.appointments import free_slots
from newel.demo.ledger import Ledger
from newel.demo.problems import unusable
from newel.demo.purchasing import Invoice, PurchaseOrder, Vendor
from newel.demo.shapes import (
    Appointment,
    Contact,
    Customer,
    GiftCard,
    Order,
    Record,
    Subscription,
    Warranty,
)
from newel.demo.views import View, order_view, plain, products_view, refunds_view

K = TypeVar("K", bound=Record)
Query = Mapping[str, str]
Read = Callable[[Ledger, str, Query], View]
PAGE = 500


def one(kind: type[Record]) -> Read:
    """The record of that key, as it stands."""
    return lambda ledger, key, _: plain(ledger.records.get(kind, key))


def owned(kind: type[Record], name: str, owner: type[Record]) -> Read:
    """All records that belong to an order or a customer, and which customer that is."""

    def read(ledger: Ledger, key: str, _: Query) -> View:
        whose = ledger.records.get(owner, key).owner or key
        return {"customer": whose} | _several(name, ledger.records.owned(kind, key))

    return read


def order(ledger: Ledger, no: str, _: Query) -> View:
    """One order."""
    return order_view(ledger.records, ledger.records.get(Order, no))


def orders_of(ledger: Ledger, ref: str, _: Query) -> View:
    """A customer's orders, newest first."""
    ledger.records.get(Customer, ref)
    found = ledger.records.owned(Order, ref)
    found.sort(key=lambda order: (order.placed_on, order.no), reverse=True)
    return {"customer": ref, "count": len(found), "orders": [order_view(ledger.records, o) for o in found]}


def refunds_of(ledger: Ledger, no: str, _: Query) -> View:
    """What was given back on an order."""
    return refunds_view(ledger.records, no)


def customers(ledger: Ledger, _: str, query: Query) -> View:
    """Customers by e-mail address, or page by page after a reference."""
    if email := query.get("email"):
        everybody = ledger.records.page(Customer)
        return _several("customers", [c for c in everybody if c.email == email.lower()])
    found = ledger.records.page(Customer, query.get("after", ""), _limit(query))
    return _several("customers", found)


def history(ledger: Ledger, ref: str, _: Query) -> View:
    """Past contacts, newest first."""
    ledger.records.get(Customer, ref)
    contacts = sorted(ledger.records.owned(Contact, ref), key=_at, reverse=True)
    return {"customer": ref} | _several("contacts", contacts)


def _at(contact: Contact) -> datetime:
    return contact.at


def products(ledger: Ledger, _: str, query: Query) -> View:
    """Products by words or SKU."""
    return products_view(ledger.records, query.get("q", ""))


def slots(ledger: Ledger, _: str, query: Query) -> View:
    """Free slots by type, day and time."""
    free = free_slots(ledger.records, query.get("type", ""), query.get("date", ""), query.get("time", ""))
    return {"count": len(free), "slots": free}


def purchase_orders(ledger: Ledger, _: str, query: Query) -> View:
    """A vendor's purchase orders by number or amount."""
    wanted = _minor(query)
    found = [
        order
        for order in _of_vendor(ledger, PurchaseOrder, query)
        if query.get("number", "") in ("", order.number) and wanted in (None, order.amount.amount_minor)
    ]
    return _several("purchase_orders", found)


def invoices(ledger: Ledger, _: str, query: Query) -> View:
    """A vendor's invoices by number and status; ``exclude`` leaves one out."""
    found = [
        invoice
        for invoice in _of_vendor(ledger, Invoice, query)
        if query.get("number", "") in ("", invoice.number)
        and query.get("status", "") in ("", invoice.status)
        and invoice.id != query.get("exclude")
    ]
    return _several("invoices", found)


def reshipments(ledger: Ledger, _: str, query: Query) -> View:
    """The parcels that were sent under the caller's reference."""
    if not query.get("reference"):
        raise unusable("ask by reference")
    rows = ledger.rows(class_="reshipment", reference=query["reference"])
    return {"count": len(rows), "reshipments": [msgspec.json.decode(row.answer) for row in rows]}


def ledger_rows(ledger: Ledger, _: str, query: Query) -> View:
    """Ledger rows and how many there are of each class."""
    wanted = {
        "class_": query.get("class", ""),
        "subject": query.get("order", "") or query.get("subject", ""),
        "key": query.get("key", ""),
        "reference": query.get("reference", ""),
    }
    counts = ledger.counts(**wanted)
    return {"count": sum(counts.values()), "counts": counts, "rows": ledger.rows(**wanted)}


def _of_vendor(ledger: Ledger, kind: type[K], query: Query) -> Sequence[K]:
    vendor = query.get("vendor")
    return ledger.records.owned(kind, vendor) if vendor else ledger.records.page(kind)


def _several(name: str, found: Sequence[Record]) -> View:
    return {"count": len(found), name: [plain(record) for record in found]}


def _limit(query: Query) -> int:
    text = query.get("limit", str(PAGE))
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= PAGE):
        raise unusable(f"limit is a number from 1 to {PAGE}")
    return int(text)


def _minor(query: Query) -> int | None:
    text = query.get("amount_minor", "")
    if text and not (text.isascii() and text.isdigit() and len(text) < 16):
        raise unusable("amount_minor is a whole number of pence")
    return int(text) if text else None


READS: dict[str, Read] = {
    "/orders/{no:str}": order,
    "/orders/{no:str}/refunds": refunds_of,
    "/orders/{no:str}/warranties": owned(Warranty, "warranties", Order),
    "/customers": customers,
    "/customers/{ref:str}": one(Customer),
    "/customers/{ref:str}/orders": orders_of,
    "/customers/{ref:str}/subscriptions": owned(Subscription, "subscriptions", Customer),
    "/customers/{ref:str}/gift-cards": owned(GiftCard, "gift_cards", Customer),
    "/customers/{ref:str}/appointments": owned(Appointment, "appointments", Customer),
    "/history/{ref:str}": history,
    "/products": products,
    "/gift-cards/{code:str}": one(GiftCard),
    "/subscriptions/{id:str}": one(Subscription),
    "/appointments/slots": slots,
    "/appointments/{id:str}": one(Appointment),
    "/vendors/{id:str}": one(Vendor),
    "/purchase-orders": purchase_orders,
    "/invoices": invoices,
    "/invoices/{id:str}": one(Invoice),
    "/warehouse/reshipments": reshipments,
    "/ledger": ledger_rows,
}
