"""The whole of Hearthwick on one day: the same for the same ``today``, down to the last penny."""

from collections.abc import Iterator
from datetime import date

import msgspec

from newel.demo.generate import extras, purchasing
from newel.demo.generate.catalogue import products
from newel.demo.generate.customers import customers
from newel.demo.generate.orders import orders
from newel.demo.generate.purchasing import Flaw
from newel.demo.purchasing import Invoice, PurchaseOrder, Vendor
from newel.demo.shapes import (
    Appointment,
    Contact,
    Customer,
    GiftCard,
    Money,
    Order,
    Product,
    Record,
    Refund,
    Subscription,
    Warranty,
)


class World(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that the systems of record know at their first start.

    ``flaws`` is what they do not know: what is wrong with each received invoice.
    """

    today: date
    customers: tuple[Customer, ...]
    products: tuple[Product, ...]
    orders: tuple[Order, ...]
    refunds: tuple[Refund, ...]
    gift_cards: tuple[GiftCard, ...]
    warranties: tuple[Warranty, ...]
    subscriptions: tuple[Subscription, ...]
    appointments: tuple[Appointment, ...]
    contacts: tuple[Contact, ...]
    vendors: tuple[Vendor, ...]
    purchase_orders: tuple[PurchaseOrder, ...]
    invoices: tuple[Invoice, ...]
    flaws: dict[str, Flaw]

    def records(self) -> Iterator[Record]:
        """Every record of every kind."""
        for name in self.__struct_fields__:
            value = getattr(self, name)
            if isinstance(value, tuple):
                yield from value


def generate(today: date) -> World:
    """The world as it stands on the morning of ``today``."""
    people, goods = customers(today), products(today)
    sales = orders(today, people, goods)
    spent = extras.lifetime(people, sales)
    firms = purchasing.vendors()
    bought = purchasing.purchase_orders(firms, today)
    paid = purchasing.paid_invoices(firms, bought)
    received, flaws = purchasing.received_invoices(firms, bought, paid)
    return World(
        today=today,
        customers=tuple(_with_lifetime(person, spent[person.ref]) for person in people),
        products=tuple(goods),
        orders=tuple(sales),
        refunds=tuple(extras.refunds(sales, today)),
        gift_cards=tuple(extras.gift_cards(people, today)),
        warranties=tuple(extras.warranties(sales, goods)),
        subscriptions=tuple(extras.subscriptions(people, today)),
        appointments=tuple(extras.appointments(people, today)),
        contacts=tuple(extras.contacts(people, today)),
        vendors=tuple(firms),
        purchase_orders=tuple(bought),
        invoices=(*paid, *received),
        flaws=flaws,
    )


def _with_lifetime(customer: Customer, spent_minor: int) -> Customer:
    return msgspec.structs.replace(customer, lifetime_value=Money(spent_minor))
