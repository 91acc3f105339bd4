"""What the soak's client writes: 60 % facts, 20 % what a person approves, 20 % for a person.

Among what is approved there is real money (a refund) and a parcel sent again, which the warehouse takes
without an idempotency key: each is asked for once for each of the orders that allow it, spread over the
whole run. The world is the demo company's own, so that the client knows what stands in its books.
"""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import msgspec

from newel.demo.generate.source import today_in_the_shop
from newel.demo.shapes import Customer, Order
from newel.demo.world import World, generate

MIX = (("facts", 0.6), ("approval", 0.2), ("person", 0.2))
STORIES = {"10023", "10031", "10044", "10050"}
WITHIN = timedelta(days=28)
MOST_MINOR = 2500
"""As much as the shop's policy gives back to a customer whose worth it does not know."""
QUESTIONS = (
    "Is stoneware safe in the dishwasher?",
    "Which countries do you deliver to?",
    "How much is standard delivery in the UK?",
    "Do you offer gift wrap?",
    "Is HW-104 in stock?",
)
"""Facts that anybody may ask for."""
OF_MONEY = (
    "Do you charge for cancelling?",
    "How long does a refund to PayPal take?",
    "Can a pre-order be cancelled?",
    "Can personalised items be cancelled?",
)
"""The same, of what a person looks at before it leaves."""
PERSON = "I would like to talk to a real person please"


class Matter(msgspec.Struct, frozen=True):
    """Something to write, by whom, and what of it is done once it is approved."""

    customer: str
    text: str
    act: str = ""


class Mix:
    """Messages in the shares of the mix; each is a conversation of its own."""

    def __init__(self, run: str, messages: float, today: date | None = None) -> None:
        world = generate(today or today_in_the_shop())
        self._run = run
        plain = {one.ref for one in world.customers if _plain(one)}
        acts = [*_refunds(world, plain), *_parcels(world, plain)]
        self._acts = [*acts, *_labels(world, plain - {one.customer for one in acts})]
        self._asked = _asked(world, plain - {one.customer for one in self._acts})
        random.shuffle(self._acts)
        self._share = min(0.4, len(self._acts) / max(1.0, messages * dict(MIX)["approval"]))

    def message(self, number: int) -> tuple[str, dict[str, Any]]:
        """The number-th message: its kind and its body."""
        kind = random.choices([k for k, _ in MIX], [w for _, w in MIX])[0]
        about = self._matter(kind, f"{self._run}-{number}")
        return kind, {
            "channel": "api",
            "external_id": f"{self._run}-{number}",
            "workflow": "customer-support",
            "conversation": f"{self._run}-{number}",
            "customer": {"ref": about.customer},
            "text": about.text,
        }

    def _matter(self, kind: str, stranger: str) -> Matter:
        if kind == "person":
            return Matter(stranger, PERSON)
        if kind == "approval" and self._acts and random.random() < self._share:
            return self._acts.pop()
        if kind == "facts" and self._asked and random.random() < self._share:
            return self._asked.pop()
        return Matter(stranger, random.choice(QUESTIONS if kind == "facts" else OF_MONEY))


def _plain(customer: Customer) -> bool:
    """Nobody whose case a person has anyway."""
    return not (customer.vip or customer.vulnerable or customer.prefers_human)


def _delivered(world: World, plain: set[str]) -> Iterator[Order]:
    """Orders that have come lately, to a plain customer, and of which nothing was given back."""
    back = {one.order for one in world.refunds} | STORIES
    for order in world.orders:
        come = order.delivered_on
        if come and world.today - come <= WITHIN and order.no not in back and order.customer in plain:
            yield order


def _labels(world: World, quiet: set[str]) -> list[Matter]:
    """A label for one order of each customer who writes of nothing else."""
    found = {one.customer: one for one in _delivered(world, quiet)}
    text = "I would like to send back order {}, could you email me a return label?"
    return [Matter(one.customer, text.format(one.no), "return_label") for one in found.values()]


def _asked(world: World, quiet: set[str]) -> list[Matter]:
    """Where one order of each is: who asks twice about their orders is a repeat contact, and a person's."""
    found = {one.customer: one for one in world.orders if one.customer in quiet and one.no not in STORIES}
    asked = [Matter(one.customer, f"Where is order {one.no}?") for one in found.values()]
    random.shuffle(asked)
    return asked


def _refunds(world: World, plain: set[str]) -> list[Matter]:
    """One broken thing of each customer, worth no more than the shop gives back at once."""
    found = {}
    for order in _delivered(world, plain):
        for item in order.items:
            if item.quantity == 1 and item.price.amount_minor <= MOST_MINOR:
                text = f"{item.name} arrived broken, order {order.no}, refund please"
                found[order.customer] = Matter(order.customer, text, "refund")
    return list(found.values())


def _parcels(world: World, plain: set[str]) -> list[Matter]:
    """One missing thing of each order, of what the shop has many of."""
    stock = {one.sku: one.stock for one in world.products}
    found = {}
    for order in _delivered(world, plain):
        for item in order.items:
            if stock[item.sku] > 50:
                text = f"{item.name} was missing from order {order.no}, please send it"
                found[order.no] = Matter(order.customer, text, "reshipment")
    return list(found.values())
