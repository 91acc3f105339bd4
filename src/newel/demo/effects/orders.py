"""Orders: cancelled or sent elsewhere, as long as they are in the house."""

from typing import Annotated

import msgspec

from newel.demo.effect import Desk, Effect, Text
from newel.demo.effects.payments import given_back, release
from newel.demo.ledger import Done
from newel.demo.problems import refused
from newel.demo.shapes import Order, OrderState

IN_THE_HOUSE = (OrderState.PLACED, OrderState.PACKED)


class CancellationAsk(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Cancel an order."""

    reason: Text = "customer asked"


class AddressAsk(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Send an order to another address, given on one line."""

    address: Annotated[str, msgspec.Meta(min_length=8, max_length=300)]


def cancel(desk: Desk, no: str, ask: CancellationAsk) -> Done:
    """Stop the order and pay back what was paid."""
    order = _in_the_house(desk, no, "cancelled")
    reference = desk.reference("CN")
    back = order.total.amount_minor - given_back(desk.records, no)
    if back > 0:
        release(desk, order, "cancellation", back, ask.reason)
    desk.records.put(msgspec.structs.replace(order, state=OrderState.CANCELLED, cancelled_on=desk.today))
    refunded = {"amount_minor": max(back, 0), "currency": order.total.currency}
    answer = {"reference": reference, "order": no, "state": "cancelled", "refunded": refunded}
    return Done(subject=no, reference=reference, answer=answer)


def change_address(desk: Desk, no: str, ask: AddressAsk) -> Done:
    """Write another address on the order."""
    order = _in_the_house(desk, no, "sent elsewhere")
    reference = desk.reference("AD")
    desk.records.put(msgspec.structs.replace(order, ship_to=ask.address))
    answer = {"reference": reference, "order": no, "ship_to": ask.address}
    return Done(subject=no, reference=reference, answer=answer)


def _in_the_house(desk: Desk, no: str, wish: str) -> Order:
    order = desk.records.get(Order, no)
    if order.state not in IN_THE_HOUSE:
        raise refused(
            "too_late",
            "The order has left or was cancelled",
            f"order {no} is {order.state} and cannot be {wish}",
        )
    return order


EFFECTS = (
    Effect("cancellation", "POST", "/orders/{no:str}/cancellations", CancellationAsk, cancel),
    Effect("address_change", "PUT", "/orders/{no:str}/address", AddressAsk, change_address),
)
