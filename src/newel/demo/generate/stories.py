"""What stories are told about, from ``data/stories.yaml``: fixed, where the rest is left to chance."""

from collections.abc import Callable
from functools import cache

import msgspec

from newel.demo.generate.parcels import Days, arrived, on_its_way
from newel.demo.generate.source import data
from newel.demo.shapes import OrderState


class OrderStory(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An order of a story; days are counted from today."""

    state: OrderState
    ago: int = 0
    due: int = 3
    late: int = 0
    items: dict[str, int] = {}
    customer: str = ""

    def days(self) -> Days:
        """How many days ago each step was; less than none is still to come."""
        return _DAYS[self.state](self)


class CardStory(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A gift card whose code somebody reads out."""

    customer: str
    value_minor: int
    balance_minor: int


class VisitStory(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An appointment on the next open day (``tomorrow``) or weekday (``mon`` to ``sat``)."""

    type: str
    day: str


class Stories(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All of them."""

    orders: dict[int, OrderStory]
    gift_cards: dict[str, CardStory]
    subscribers: frozenset[str]
    appointments: dict[str, VisitStory]

    def owners(self) -> dict[int, str]:
        """The orders that belong to somebody else than the rule says."""
        return {number: story.customer for number, story in self.orders.items() if story.customer}


@cache
def stories() -> Stories:
    """The stories as they are written down."""
    return msgspec.convert(data("stories"), Stories)


_DAYS: dict[OrderState, Callable[[OrderStory], Days]] = {
    OrderState.PLACED: lambda s: {"placed_on": s.ago, "expected_on": -s.due},
    OrderState.PACKED: lambda s: {"placed_on": s.ago + 1, "packed_on": s.ago, "expected_on": -s.due},
    OrderState.DISPATCHED: lambda s: on_its_way(s.ago, s.late or -s.due),
    OrderState.DELIVERED: lambda s: arrived(s.ago, s.late),
}
