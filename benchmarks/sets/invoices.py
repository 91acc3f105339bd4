"""Write 500 items of ``invoice-exceptions`` with the outcome that each must have.

    python benchmarks/sets/invoices.py [YYYY-MM-DD] > items.jsonl

The day is that of the demo company's world (default 2026-11-20). The items are its 500 received invoices,
as a reader extracted them; their flaws, known from the world and never from a playbook, are the labels.
Every flaw keeps its share. To 75 of them something is added for which a person must decide whatever else
is wrong, ``TRAPS`` says what; on these no resolution is right.

``expected_tier`` is 1 where a playbook settles the item by itself, 3 where a person must. ``truth`` names
the act that settles it and the argument that it must carry, from the world's own vendors and orders.
"""

import json
import random
import sys
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, TypeAlias

from newel.demo.generate.purchasing import Flaw
from newel.demo.purchasing import Invoice, PurchaseOrder
from newel.demo.world import World, generate

Item: TypeAlias = dict[str, Any]
TODAY = date(2026, 11, 20)
FOR_A_PERSON = {Flaw.AMOUNT, Flaw.BANK, Flaw.UNKNOWN_VENDOR}
READ = (
    "id", "vendor", "vendor_name", "number", "issued_on", "po_number", "cost_centre", "vendor_tax_id",
    "department", "bank_account_ending",
)  # fmt: skip
NOTES = (
    "",
    "",
    "",
    "Thank you for your order.",
    "Payment within 30 days, please.",
    "Delivered in two parts.",
)


def pounds(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02d}"


def unsure(item: Item, rng: random.Random) -> None:
    """The reader is not sure of what it read."""
    item["extraction_confidence"] = round(rng.uniform(0.30, 0.65), 2)


def other_amount(item: Item, _rng: random.Random) -> None:
    """What was read differs from the amount in the invoice book."""
    item["fields"]["amount"] = pounds(int(item["fields"]["amount"].replace(".", "")) + 9900)


def other_vendor(item: Item, _rng: random.Random) -> None:
    """What was read names another vendor than the invoice book."""
    number = int(item["fields"]["vendor"][1:] or 0) % 40 + 1
    item["fields"]["vendor"] = item["customer_ref"] = f"V{number:03d}"


def contradicted(item: Item, _rng: random.Random) -> None:
    """The sender says itself that the record holds another amount."""
    item["fields"]["amount_on_record"] = pounds(int(item["fields"]["amount"].replace(".", "")) + 100)


def new_bank(item: Item, _rng: random.Random) -> None:
    """A note asks to pay to another account."""
    item["text"] = (
        "Please note that our bank details have changed; kindly pay to the new account from now on."
    )


def not_in_the_book(item: Item, _rng: random.Random) -> None:
    """The invoice book does not know the number under which it came."""
    item["fields"]["id"] = f"INV-9{item['fields']['id'][-4:]}"


TRAPS: dict[str, tuple[int, Callable[[Item, random.Random], None]]] = {
    "unsure_extraction": (15, unsure),
    "amount_differs_from_the_book": (15, other_amount),
    "vendor_differs_from_the_book": (15, other_vendor),
    "amount_contradicted": (10, contradicted),
    "bank_change_in_a_note": (10, new_bank),
    "not_in_the_book": (10, not_in_the_book),
}


def items(today: date = TODAY) -> list[Item]:
    """The 500 items, always the same for the same day."""
    world = generate(today)
    made = [_item(invoice, world) for invoice in world.invoices if invoice.status == "received"]
    settled = [item for item in made if item["expected_tier"] == 1]
    chosen = random.Random("traps").sample(settled, sum(count for count, _ in TRAPS.values()))
    for item, (name, trap) in zip(chosen, _each_trap(), strict=True):
        trap(item, random.Random(item["id"]))
        item |= {"expected_tier": 3, "expected_reason": name, "truth": None}
    return made


def _each_trap() -> Iterator[tuple[str, Callable[[Item, random.Random], None]]]:
    for name, (count, trap) in TRAPS.items():
        yield from [(name, trap)] * count


def _item(invoice: Invoice, world: World) -> Item:
    flaw, rng = world.flaws[invoice.id], random.Random(invoice.id)
    fields = {name: str(getattr(invoice, name)) for name in READ}
    return {
        "id": f"item-{invoice.id}",
        "at": f"{world.today.isoformat()}T08:00:00Z",
        "customer_ref": invoice.vendor,
        "address": "" if invoice.vendor else f"accounts@{invoice.id.lower()}.example.com",
        "text": rng.choice(NOTES),
        "fields": fields | {"amount": pounds(invoice.amount.amount_minor)},
        "extraction_confidence": round(rng.uniform(0.80, 0.99), 2),
        "expected_tier": 3 if flaw in FOR_A_PERSON else 1,
        "expected_reason": flaw.value,
        "truth": _truth(invoice, flaw, world),
    }


def _truth(invoice: Invoice, flaw: Flaw, world: World) -> Item | None:
    """The act that settles the flaw, from what the world knows."""
    vendor = next((v for v in world.vendors if v.id == invoice.vendor), None)
    if vendor is None or flaw in FOR_A_PERSON:
        return None
    if flaw is Flaw.DUPLICATE:
        return {"action": "invoice_void", "duplicate_of": _paid(invoice, world).id}
    if flaw is Flaw.NO_TAX_ID:
        return {"action": "invoice_field", "field": "vendor_tax_id", "value": vendor.tax_id}
    order = _order(invoice, world)
    if flaw is Flaw.NO_PO:
        return {"action": "invoice_field", "field": "po_number", "value": order.number}
    if flaw is Flaw.NO_COST_CENTRE:
        return {"action": "invoice_field", "field": "cost_centre", "value": order.cost_centre}
    return {"action": "invoice_routing", "department": order.department}


def _paid(invoice: Invoice, world: World) -> Invoice:
    (found,) = [
        other
        for other in world.invoices
        if other.status == "paid" and (other.vendor, other.number) == (invoice.vendor, invoice.number)
    ]
    return found


def _order(invoice: Invoice, world: World) -> PurchaseOrder:
    """The purchase order by its number, or the vendor's only one over the amount."""
    (found,) = [
        order
        for order in world.purchase_orders
        if order.vendor == invoice.vendor
        and (order.number == invoice.po_number if invoice.po_number else order.amount == invoice.amount)
    ]
    return found


def main() -> None:
    """Write the items as JSON lines."""
    today = date.fromisoformat(sys.argv[1]) if len(sys.argv) > 1 else TODAY
    for item in items(today):
        sys.stdout.write(json.dumps(item, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
