"""The warehouse: parcels sent again (it takes no key: asked twice, sends two), return labels."""

from datetime import timedelta

import msgspec

from newel.demo.effect import Desk, Effect, Key, Name, Text
from newel.demo.ledger import Done
from newel.demo.problems import refused, unusable
from newel.demo.shapes import Order, OrderState, Product

RETURN_DAYS = timedelta(days=30)
LABEL_DAYS = timedelta(days=14)


class ReshipmentAsk(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Send one piece of an order again; ``reference`` is the caller's own."""

    order: Name
    sku: Name
    reference: Name


class LabelAsk(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A label to send something back."""

    order: Name
    reason: Text = "customer asked"


def reship(desk: Desk, _: str, ask: ReshipmentAsk) -> Done:
    """Send one piece again, now, whether or not it was asked before."""
    order = _arrived_or_on_its_way(desk, ask.order)
    if ask.sku not in [item.sku for item in order.items]:
        raise unusable(f"{ask.sku} is not in order {ask.order}")
    product = desk.records.get(Product, ask.sku)
    if product.stock < 1:
        raise refused("out_of_stock", "Out of stock", f"{ask.sku} is out of stock")
    desk.records.put(msgspec.structs.replace(product, stock=product.stock - 1))
    answer = {
        "reference": ask.reference,
        "parcel": desk.reference("RS"),
        "order": ask.order,
        "sku": ask.sku,
        "name": product.name,
        "expected_on": (desk.today + timedelta(days=3)).isoformat(),
    }
    return Done(subject=ask.order, reference=ask.reference, answer=answer)


def label(desk: Desk, _: str, ask: LabelAsk) -> Done:
    """Make a return label for a delivered order inside the returns window."""
    order = desk.records.get(Order, ask.order)
    if order.delivered_on is None or desk.today > order.delivered_on + RETURN_DAYS:
        raise refused("not_returnable", "Not in the returns window", f"{ask.order} cannot be returned now")
    reference = desk.reference("RL")
    answer = {
        "reference": reference,
        "order": ask.order,
        "carrier": "Parcelway",
        "url": f"https://returns.example.com/{reference}",
        "valid_until": (desk.today + LABEL_DAYS).isoformat(),
    }
    return Done(subject=ask.order, reference=reference, answer=answer)


def _arrived_or_on_its_way(desk: Desk, no: str) -> Order:
    order = desk.records.get(Order, no)
    if order.state not in (OrderState.DISPATCHED, OrderState.DELIVERED):
        raise refused("not_sent", "The order was not sent", f"order {no} is {order.state}")
    return order


EFFECTS = (
    Effect("reshipment", "POST", "/warehouse/reshipments", ReshipmentAsk, reship, Key.NONE),
    Effect("return_label", "POST", "/returns/labels", LabelAsk, label),
)
