"""Payments: refunds and store credits, together never more than was paid."""

from datetime import timedelta
from typing import Annotated

import msgspec

from newel.demo.effect import Desk, Effect, Name, Text
from newel.demo.ledger import Done
from newel.demo.problems import refused, unusable
from newel.demo.records import Records
from newel.demo.shapes import Customer, Money, Order, OrderState, Refund

BANK_DAYS = timedelta(days=5)
PREFIX = {"refund": "RF", "cancellation": "RF", "credit": "CR"}
Amount = Annotated[int, msgspec.Meta(ge=1, le=100_000_000)]


class PaymentAsk(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Give money back on an order."""

    order: Name
    amount_minor: Amount
    currency: Name
    reason: Text


def refund(desk: Desk, _: str, ask: PaymentAsk) -> Done:
    """Pay back to the card that was used."""
    return _pay(desk, ask, "refund")


def credit(desk: Desk, _: str, ask: PaymentAsk) -> Done:
    """Put the amount on the customer's store credit."""
    return _pay(desk, ask, "credit")


def given_back(records: Records, order: str) -> int:
    """What has been given back on an order, in minor units."""
    return sum(payment.amount.amount_minor for payment in records.owned(Refund, order))


def release(desk: Desk, order: Order, type_: str, amount: int, reason: str) -> Refund:
    """Write down the payment, and take it off what the customer is worth."""
    payment = Refund(
        reference=desk.reference(PREFIX[type_]),
        order=order.no,
        type=type_,
        amount=Money(amount),
        reason=reason,
        made_on=desk.today,
        expected_on=desk.today + BANK_DAYS,
        state="on its way",
    )
    desk.records.put(payment)
    _lower_lifetime(desk.records, order.customer, amount)
    return payment


def _pay(desk: Desk, ask: PaymentAsk, type_: str) -> Done:
    order = desk.records.get(Order, ask.order)
    if ask.currency != order.total.currency:
        raise unusable(f"order {order.no} was paid in {order.total.currency}")
    left = order.total.amount_minor - given_back(desk.records, order.no)
    if order.state is OrderState.CANCELLED or ask.amount_minor > left:
        raise refused("more_than_paid", "More than was paid", f"{left} is left to give back on {order.no}")
    payment = release(desk, order, type_, ask.amount_minor, ask.reason)
    return Done(subject=order.no, reference=payment.reference, answer=msgspec.to_builtins(payment))


def _lower_lifetime(records: Records, ref: str, amount: int) -> None:
    customer = records.get(Customer, ref)
    lower = Money(max(0, customer.lifetime_value.amount_minor - amount))
    records.put(msgspec.structs.replace(customer, lifetime_value=lower))


EFFECTS = (
    Effect("refund", "POST", "/payments/refunds", PaymentAsk, refund),
    Effect("credit", "POST", "/payments/credits", PaymentAsk, credit),
)
