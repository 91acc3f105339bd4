"""What the shop's systems keep, as values; the wire shows them as they stand here."""

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

import msgspec

CURRENCY = "GBP"


class Money(msgspec.Struct, frozen=True, order=True):
    """An amount in minor units with its currency."""

    amount_minor: int
    currency: str = CURRENCY


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a system keeps: found by its key, listed by its owner."""

    kind: ClassVar[str]

    @property
    def key(self) -> str:
        """What names the record among its kind."""
        raise NotImplementedError

    @property
    def owner(self) -> str:
        """Whose it is: a customer, an order or a vendor."""
        return ""


class Address(msgspec.Struct, frozen=True, kw_only=True):
    """A postal address; ``country`` is ISO 3166 alpha-2."""

    line1: str
    city: str
    postcode: str
    country: str

    def __str__(self) -> str:
        """The address on one line."""
        return f"{self.line1}, {self.city}, {self.postcode}, {self.country}"


class Customer(Record, frozen=True, kw_only=True):
    """A customer account."""

    kind = "customer"
    ref: str
    name: str
    email: str
    phone: str
    address: Address
    segment: str
    lifetime_value: Money
    vip: bool = False
    vulnerable: bool = False
    prefers_human: bool = False
    training_consent: bool = False
    marketing: bool = True
    language: str = "en"
    joined_on: date
    loyalty_points: int = 0

    @property
    def key(self) -> str:
        """The customer's reference."""
        return self.ref


class Product(Record, frozen=True, kw_only=True):
    """Something the shop sells."""

    kind = "product"
    sku: str
    name: str
    category: str
    price: Money
    stock: int
    restock_on: date | None = None
    warranty_years: int = 0

    @property
    def key(self) -> str:
        """The stock-keeping unit."""
        return self.sku

    @property
    def owner(self) -> str:
        """The category."""
        return self.category


class OrderState(StrEnum):
    """How far an order has come."""

    PLACED = "placed"
    PACKED = "packed"
    DISPATCHED = "dispatched"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One line of an order; ``price`` is for one piece."""

    sku: str
    name: str
    quantity: int
    price: Money


class Order(Record, frozen=True, kw_only=True):
    """An order with its parcel."""

    kind = "order"
    no: str
    customer: str
    state: OrderState
    items: tuple[Item, ...]
    items_total: Money
    shipping: Money
    total: Money
    ship_to: str
    country: str
    service: str
    placed_on: date
    packed_on: date | None = None
    dispatched_on: date | None = None
    expected_on: date | None = None
    delivered_on: date | None = None
    cancelled_on: date | None = None
    carrier: str | None = None
    tracking: str | None = None
    tracking_url: str | None = None

    @property
    def key(self) -> str:
        """The order number."""
        return self.no

    @property
    def owner(self) -> str:
        """The customer's reference."""
        return self.customer


class Refund(Record, frozen=True, kw_only=True):
    """Money given back on an order: a refund, a store credit, or the release of a cancelled order."""

    kind = "refund"
    reference: str
    order: str
    type: str
    amount: Money
    reason: str
    made_on: date
    expected_on: date
    state: str

    @property
    def key(self) -> str:
        """The payment's reference."""
        return self.reference

    @property
    def owner(self) -> str:
        """The order number."""
        return self.order


class GiftCard(Record, frozen=True, kw_only=True):
    """A gift card and what is left on it."""

    kind = "gift_card"
    code: str
    customer: str
    value: Money
    balance: Money
    expires_on: date

    @property
    def key(self) -> str:
        """The card's code."""
        return self.code

    @property
    def owner(self) -> str:
        """Who bought it, or was given it and has put it on their account."""
        return self.customer


class Warranty(Record, frozen=True, kw_only=True):
    """The warranty of one line of an order."""

    kind = "warranty"
    id: str
    order: str
    sku: str
    name: str
    starts_on: date
    ends_on: date

    @property
    def key(self) -> str:
        """The warranty's id."""
        return self.id

    @property
    def owner(self) -> str:
        """The order number."""
        return self.order


class Subscription(Record, frozen=True, kw_only=True):
    """A candle subscription."""

    kind = "subscription"
    id: str
    customer: str
    plan: str
    price: Money
    state: str
    next_on: date | None
    paused_until: date | None = None

    @property
    def key(self) -> str:
        """The subscription's id."""
        return self.id

    @property
    def owner(self) -> str:
        """The subscriber."""
        return self.customer


class Appointment(Record, frozen=True, kw_only=True):
    """A booked slot."""

    kind = "appointment"
    id: str
    customer: str
    type: str
    slot: str
    on: date
    time: str
    place: str

    @property
    def key(self) -> str:
        """The appointment's id."""
        return self.id

    @property
    def owner(self) -> str:
        """The customer's reference."""
        return self.customer


class Contact(Record, frozen=True, kw_only=True):
    """A past contact of a customer, before Newel."""

    kind = "contact"
    id: str
    customer: str
    at: datetime
    channel: str
    contact_reason: str
    text: str

    @property
    def key(self) -> str:
        """The contact's id."""
        return self.id

    @property
    def owner(self) -> str:
        """The customer's reference."""
        return self.customer
