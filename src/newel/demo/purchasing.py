"""What the accounts department keeps: vendors, purchase orders, invoices."""

from datetime import date

from newel.demo.shapes import Money, Record

DEPARTMENTS = ("buying", "facilities", "logistics", "marketing", "technology")


class Vendor(Record, frozen=True, kw_only=True):
    """Somebody the shop buys from."""

    kind = "vendor"
    id: str
    name: str
    tax_id: str
    email: str
    country: str
    cost_centre: str
    department: str
    bank_account_ending: str

    @property
    def key(self) -> str:
        """The vendor's id."""
        return self.id


class PurchaseOrder(Record, frozen=True, kw_only=True):
    """What was ordered from a vendor, for whom, and for how much."""

    kind = "purchase_order"
    number: str
    vendor: str
    amount: Money
    cost_centre: str
    department: str
    ordered_on: date

    @property
    def key(self) -> str:
        """The purchase order's number."""
        return self.number

    @property
    def owner(self) -> str:
        """The vendor's id."""
        return self.vendor


class Invoice(Record, frozen=True, kw_only=True):
    """An invoice: received, then paid or void. An empty field is one that the reader did not find."""

    kind = "invoice"
    id: str
    vendor: str
    vendor_name: str
    number: str
    amount: Money
    issued_on: date
    status: str
    po_number: str = ""
    cost_centre: str = ""
    vendor_tax_id: str = ""
    department: str = ""
    bank_account_ending: str = ""
    duplicate_of: str = ""
    void_reason: str = ""

    @property
    def key(self) -> str:
        """Our own number for the invoice."""
        return self.id

    @property
    def owner(self) -> str:
        """The vendor's id."""
        return self.vendor
