"""Vendors, purchase orders, paid invoices, and the 500 received ones that need a decision."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from enum import StrEnum

import msgspec

from newel.demo.generate.source import chance, data
from newel.demo.purchasing import DEPARTMENTS, Invoice, PurchaseOrder, Vendor
from newel.demo.shapes import Money

VENDORS, ORDERS_EACH, PAID_EACH = 40, 24, 10
FIRST_PAID, FIRST_RECEIVED = 10_001, 20_001


class Flaw(StrEnum):
    """What is wrong with a received invoice: the contact reason that it should become."""

    DUPLICATE = "duplicate_invoice"
    NO_PO = "missing_po_number"
    NO_COST_CENTRE = "missing_cost_centre"
    NO_TAX_ID = "missing_vendor_tax_id"
    WRONG_DEPARTMENT = "routing_correction"
    AMOUNT = "amount_mismatch"
    BANK = "vendor_bank_change"
    UNKNOWN_VENDOR = "unknown_vendor"


SHARES = {
    Flaw.DUPLICATE: 130,
    Flaw.NO_PO: 110,
    Flaw.NO_COST_CENTRE: 80,
    Flaw.NO_TAX_ID: 50,
    Flaw.WRONG_DEPARTMENT: 50,
    Flaw.AMOUNT: 40,
    Flaw.BANK: 20,
    Flaw.UNKNOWN_VENDOR: 20,
}


def vendors() -> list[Vendor]:
    """V001 to V040, each with one cost centre and one department."""
    return [_vendor(number) for number in range(1, VENDORS + 1)]


def _vendor(number: int) -> Vendor:
    luck = chance("vendor", str(number))
    first, second = data("names")["vendor_first"], data("names")["vendor_second"]
    name = f"{first[(number - 1) % 20]} {second[(number * 3 + (number - 1) // 20) % 8]}"
    return Vendor(
        id=f"V{number:03d}",
        name=name,
        tax_id=f"GB{luck.randint(100_000_000, 999_999_999)}",
        email=f"accounts@{first[(number - 1) % 20].lower()}{number}.example.com",
        country="GB",
        cost_centre=f"CC-{luck.choice((410, 420, 430, 440, 450))}",
        department=DEPARTMENTS[number % len(DEPARTMENTS)],
        bank_account_ending=f"{luck.randint(0, 9999):04d}",
    )


def purchase_orders(vendors: Sequence[Vendor], today: date) -> list[PurchaseOrder]:
    """Twenty-four for each vendor; no two of a vendor have the same amount."""
    return [_purchase_order(v, n, today) for v in vendors for n in range(ORDERS_EACH)]


def _purchase_order(vendor: Vendor, turn: int, today: date) -> PurchaseOrder:
    luck = chance("purchase order", vendor.id, str(turn))
    return PurchaseOrder(
        number=f"PO-{int(vendor.id[1:]):02d}{turn + 1:03d}",
        vendor=vendor.id,
        amount=Money(luck.randint(40, 900) * ORDERS_EACH * 100 + turn * 100),
        cost_centre=vendor.cost_centre,
        department=vendor.department,
        ordered_on=today - timedelta(days=luck.randint(20, 90)),
    )


def paid_invoices(vendors: Sequence[Vendor], orders: Sequence[PurchaseOrder]) -> list[Invoice]:
    """One paid invoice for the first ten purchase orders of each vendor."""
    by_id = {vendor.id: vendor for vendor in vendors}
    billed = [o for i, o in enumerate(orders) if i % ORDERS_EACH < PAID_EACH]
    return [
        invoice(by_id[order.vendor], order, FIRST_PAID + turn, "paid") for turn, order in enumerate(billed)
    ]


def invoice(vendor: Vendor, order: PurchaseOrder, number: int, status: str) -> Invoice:
    """A faultless invoice for a purchase order."""
    return Invoice(
        id=f"INV-{number}",
        vendor=vendor.id,
        vendor_name=vendor.name,
        number=f"{vendor.name[:2].upper()}-{number % 100_000:05d}",
        amount=order.amount,
        issued_on=order.ordered_on + timedelta(days=10),
        status=status,
        po_number=order.number,
        cost_centre=order.cost_centre,
        vendor_tax_id=vendor.tax_id,
        department=order.department,
        bank_account_ending=vendor.bank_account_ending,
    )


def received_invoices(
    vendors: Sequence[Vendor], orders: Sequence[PurchaseOrder], paid: Sequence[Invoice]
) -> tuple[list[Invoice], dict[str, Flaw]]:
    """Invoices of these days, each with one flaw, and which flaw each has."""
    flaws = [flaw for flaw, count in SHARES.items() for _ in range(count)]
    chance("flaws").shuffle(flaws)
    by_id = {vendor.id: vendor for vendor in vendors}
    fresh = [o for i, o in enumerate(orders) if i % ORDERS_EACH >= PAID_EACH]
    made, known = [], {}
    for turn, flaw in enumerate(flaws):
        order, earlier = fresh[turn % len(fresh)], paid[turn % len(paid)]
        good = invoice(by_id[order.vendor], order, FIRST_RECEIVED + turn, "received")
        made.append(_FLAWED[flaw](good, earlier))
        known[good.id] = flaw
    return made, known


def _again(new: Invoice, earlier: Invoice) -> Invoice:
    """What was already paid, come in a second time."""
    return msgspec.structs.replace(earlier, id=new.id, status="received")


def _without(field: str) -> Callable[[Invoice, Invoice], Invoice]:
    return lambda new, _: msgspec.structs.replace(new, **{field: ""})


def _elsewhere(new: Invoice, _: Invoice) -> Invoice:
    others = [name for name in DEPARTMENTS if name != new.department]
    other = others[int(new.id[4:]) % len(others)]
    return msgspec.structs.replace(new, department=other)


def _dearer(new: Invoice, _: Invoice) -> Invoice:
    amount = Money(new.amount.amount_minor * 112 // 100)
    return msgspec.structs.replace(new, amount=amount)


def _other_bank(new: Invoice, _: Invoice) -> Invoice:
    ending = f"{(int(new.bank_account_ending) + 137) % 10_000:04d}"
    return msgspec.structs.replace(new, bank_account_ending=ending)


def _stranger(new: Invoice, _: Invoice) -> Invoice:
    name = f"Wayfarer {new.vendor_name.split()[1]} {new.id[-3:]}"
    return msgspec.structs.replace(
        new,
        vendor="",
        vendor_name=name,
        po_number="",
        vendor_tax_id="",
        number=f"WF-{new.id[4:]}",
    )


_FLAWED: dict[Flaw, Callable[[Invoice, Invoice], Invoice]] = {
    Flaw.DUPLICATE: _again,
    Flaw.NO_PO: _without("po_number"),
    Flaw.NO_COST_CENTRE: _without("cost_centre"),
    Flaw.NO_TAX_ID: _without("vendor_tax_id"),
    Flaw.WRONG_DEPARTMENT: _elsewhere,
    Flaw.AMOUNT: _dearer,
    Flaw.BANK: _other_bank,
    Flaw.UNKNOWN_VENDOR: _stranger,
}
