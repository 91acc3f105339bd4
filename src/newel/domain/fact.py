"""What facts of record are called and how their values read, as people say it and not as systems keep it."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from newel.domain.sentence import Day, Sentence, Sum, Value, joined, spelt, word

NAMED: Final[Mapping[str, Sentence]] = {
    "order.state": Sentence("the order's state"),
    "order.no": Sentence("the order's number"),
    "order.carrier": Sentence("the order's carrier"),
    "order.contents": Sentence("what was ordered"),
    "order.tracking": Sentence("the parcel's tracking number"),
    "order.placed_on": Sentence("the day of the order"),
    "order.dispatched_on": Sentence("the day of dispatch"),
    "order.expected_on": Sentence("the expected day of delivery"),
    "order.delivered_on": Sentence("the day of delivery"),
    "order.cancelled_on": Sentence("the day of cancellation"),
    "order.return_until": Sentence("the last day for a return"),
    "order.returnable": Sentence("the right to return the order"),
    "order.days_late": Sentence("the delay in days"),
    "order.total": Sentence("the order's total"),
    "order.items_total": Sentence("the price of the items"),
    "order.shipping": Sentence("the cost of delivery"),
    "order.refunded": Sentence("what was paid back"),
    "order.refundable": Sentence("what may be paid back"),
    "orders.count": Sentence("the number of orders"),
    "line.sku": Sentence("the item's article number"),
    "line.name": Sentence("the item's name"),
    "line.quantity": Sentence("the item's quantity"),
    "line.price": Sentence("the item's price"),
    "product.sku": Sentence("the product's article number"),
    "product.name": Sentence("the product's name"),
    "product.price": Sentence("the product's price"),
    "product.stock": Sentence("the number in stock"),
    "product.in_stock": Sentence("the product in stock"),
    "product.restock_on": Sentence("the day of the next stock"),
    "shelf.products.0.stock": Sentence("the number in stock"),
    "account.name": Sentence("the account's name"),
    "account.email": Sentence("the account's e-mail address"),
    "account.ref": Sentence("the account's reference"),
    "account.marketing": Sentence("the wish for news by e-mail"),
    "sub.state": Sentence("the subscription's state"),
    "invoice.status": Sentence("the invoice's state"),
    "invoice.amount": Sentence("the invoice's amount"),
    "invoice.amount.currency": Sentence("the invoice's currency"),
    "invoice.number": Sentence("the invoice's number"),
    "invoice.po_number": Sentence("the invoice's purchase order"),
    "invoice.department": Sentence("the invoice's department"),
    "invoice.cost_centre": Sentence("the invoice's cost centre"),
    "invoice.vendor_tax_id": Sentence("the vendor's tax number on the invoice"),
    "invoice.bank_account_ending": Sentence("the end of the bank account's number"),
    "vendor.name": Sentence("the vendor's name"),
    "vendor.tax_id": Sentence("the vendor's tax number"),
    "vendor.cost_centre": Sentence("the vendor's cost centre"),
    "fields.amount": Sentence("the amount of the item"),
}
"""As most companies' playbooks name them; a company's own names stay, as words."""
_MINOR: Final = ".amount_minor"
_SAID: Final = "slots."
_KEY: Final = re.compile(r"[a-z]+(_[a-z]+)*")
_DAY: Final = re.compile(r"(\d{4}-\d\d-\d\d)(T00:00:00)?")
_AMONG_WORDS: Final = re.compile(rf"(?<![\w.:/-]){_DAY.pattern}(?![\w/-]|[.:]\d)")


def called(fact: str) -> Sentence:
    """A fact's name within a sentence: ``order.state`` → ``the order's state``."""
    path = fact.removesuffix(_MINOR).removeprefix(_SAID)
    return NAMED.get(path) or word(path.replace("_", " ").replace(".", " "))


def shown(value: Any) -> Value:
    """A fact as people read it."""
    if isinstance(value, Mapping) and {"amount_minor", "currency"} <= value.keys():
        return Sum(value["amount_minor"], value["currency"])
    if isinstance(value, bool):
        return Sentence("yes") if value else Sentence("no")
    if isinstance(value, list | tuple):
        return Sentence("%(count)s of them").of(count=len(value))
    if isinstance(value, str):
        return written(value)
    return "–" if value is None else value if isinstance(value, float) else str(value)


def written(value: str) -> Value:
    """A text of a record: a day as one, a key as words that a catalogue may know, all else as it stands."""
    if _KEY.fullmatch(value):
        return spelt(value)
    found = _DAY.fullmatch(value)
    return _day(found) if found else value


def dated(text: str) -> Value:
    """A text in which facts of record were filled in: each day in it as one, all else as it stands."""
    parts, end = list[Value](), 0
    for found in _AMONG_WORDS.finditer(text):
        parts += text[end : found.start()], _day(found)
        end = found.end()
    return joined([*parts, text[end:]], between="")


def _day(found: re.Match[str]) -> Value:
    try:
        return Day(date.fromisoformat(found[1]))
    except ValueError:
        return found[0]
