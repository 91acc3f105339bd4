"""Invoices that were received: made void, an empty field filled, sent to another department."""

from typing import Literal

import msgspec

from newel.demo.effect import Desk, Effect, Name, Text
from newel.demo.ledger import Done
from newel.demo.problems import refused, unusable
from newel.demo.purchasing import DEPARTMENTS, Invoice, PurchaseOrder, Vendor


class VoidAsk(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Make an invoice void, because it repeats another one or for a reason."""

    reason: Text
    duplicate_of: Name | None = None


class FieldAsk(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Fill a field that the reader did not find."""

    field: Literal["po_number", "cost_centre", "vendor_tax_id", "department"]
    value: Name


class RoutingAsk(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Send an invoice to the department that ordered."""

    department: Name
    reason: Text = "ordered by that department"


def void(desk: Desk, id_: str, ask: VoidAsk) -> Done:
    """Make the invoice void; it will not be paid."""
    invoice = _received(desk, id_)
    if ask.duplicate_of is not None:
        _must_repeat(invoice, desk.records.get(Invoice, ask.duplicate_of))
    changed = msgspec.structs.replace(
        invoice, status="void", void_reason=ask.reason, duplicate_of=ask.duplicate_of or ""
    )
    return _changed(desk, changed, "IV")


def fill(desk: Desk, id_: str, ask: FieldAsk) -> Done:
    """Write the value into the empty field; what stands there is never overwritten."""
    invoice = _received(desk, id_)
    if getattr(invoice, ask.field):
        raise refused("field_filled", "The field is filled", f"{ask.field} has a value")
    _must_be_known(desk, invoice, ask)
    return _changed(desk, msgspec.structs.replace(invoice, **{ask.field: ask.value}), "IF")


def route(desk: Desk, id_: str, ask: RoutingAsk) -> Done:
    """Hand the invoice to another department."""
    invoice = _received(desk, id_)
    if ask.department not in DEPARTMENTS:
        raise unusable(f"department is one of {', '.join(DEPARTMENTS)}")
    return _changed(desk, msgspec.structs.replace(invoice, department=ask.department), "IR")


def _received(desk: Desk, id_: str) -> Invoice:
    invoice = desk.records.get(Invoice, id_)
    if invoice.status != "received":
        raise refused("wrong_state", "The invoice is closed", f"{id_} is {invoice.status}")
    return invoice


def _must_repeat(invoice: Invoice, other: Invoice) -> None:
    same = (invoice.vendor, invoice.number) == (other.vendor, other.number)
    if invoice.id == other.id or not same:
        raise refused("not_duplicate", "Not the same invoice", f"{other.id} is another one")


def _must_be_known(desk: Desk, invoice: Invoice, ask: FieldAsk) -> None:
    """A value is taken only if our own records have it for this vendor."""
    vendor = desk.records.find(Vendor, invoice.vendor)
    order = desk.records.find(PurchaseOrder, ask.value)
    known = {
        "po_number": bool(order and order.vendor == invoice.vendor),
        "cost_centre": bool(vendor and vendor.cost_centre == ask.value),
        "vendor_tax_id": bool(vendor and vendor.tax_id == ask.value),
        "department": ask.value in DEPARTMENTS,
    }
    if not known[ask.field]:
        raise unusable(f"{ask.field} is not known for this vendor")


def _changed(desk: Desk, changed: Invoice, prefix: str) -> Done:
    desk.records.put(changed)
    reference = desk.reference(prefix)
    answer = {"reference": reference, **msgspec.to_builtins(changed)}
    return Done(subject=changed.id, reference=reference, answer=answer)


EFFECTS = (
    Effect("invoice_void", "POST", "/invoices/{id:str}/voids", VoidAsk, void),
    Effect("invoice_field", "PATCH", "/invoices/{id:str}/fields", FieldAsk, fill),
    Effect("invoice_routing", "POST", "/invoices/{id:str}/routings", RoutingAsk, route),
)
