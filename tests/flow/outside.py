"""The outside under a test's hand: systems of record with a ledger, a channel by message id, a matcher."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from conftest import NOON
from newel.domain.errors import Unavailable
from newel.domain.ports import ActionRequest, Delivery, Facts, Match, Outbound, Outcome, OutcomeKind

CONFIRMED, REFUSED, NOT_EXECUTED, UNKNOWN = OutcomeKind
_REASONS = {
    "where is": "order_status",
    "refund": "refund_damaged",
    "missing": "reship_missing_item",
    "password": "password_reset",
    "thank": "thanks",
    "hello": "greeting",
}


class Keywords:
    """Implements ``newel.domain.ports.Matcher`` by one word for each reason."""

    version = "keywords"

    def match(self, text: str) -> Match:
        found = next((r for word, r in _REASONS.items() if word in text.casefold()), None)
        return Match(found, 0.97 if found else 0.9, calibrated=True)


def money(minor: int) -> dict[str, Any]:
    return {"amount_minor": minor, "currency": "GBP"}


def order(no: str, customer: str, state: str, minor: int = 1800) -> dict[str, Any]:
    """One order in the shape of the shop's order book."""
    mug = {"sku": "HW-101", "name": "Stoneware mug, moss", "quantity": 1, "price": money(minor)}
    day = NOON.date()
    return {
        "no": no,
        "customer": customer,
        "state": state,
        "items": [mug],
        "contents": "1 × Stoneware mug, moss",
        "items_total": money(minor),
        "shipping": money(395),
        "total": money(minor + 395),
        "refunded": money(0),
        "refundable": money(minor + 395),
        "carrier": "Parcelway",
        "tracking": f"PW{no}GB",
        "placed_on": (day - timedelta(days=6)).isoformat(),
        "dispatched_on": (day - timedelta(days=5)).isoformat(),
        "expected_on": (day + timedelta(days=2)).isoformat(),
        "delivered_on": (day - timedelta(days=3)).isoformat() if state == "delivered" else None,
        "days_late": 0,
    }


ORDERS = {
    "10023": order("10023", "C0012", "dispatched"),
    "10031": order("10031", "C0017", "delivered"),
    "10044": order("10044", "C0020", "delivered", 24000),
}


def _of(customer: str) -> list[dict[str, Any]]:
    return [one for one in ORDERS.values() if one["customer"] == customer]


@dataclass
class Books:
    """Implements ``newel.domain.ports.Systems``: answers, delays, failures, and a ledger of effects.

    ``script`` says how the next calls go: ``ok``, ``refuse``, ``away`` (nothing happened), ``lost``
    (it happened, nobody hears of it), ``late`` (it happens only at ``land``, or after ``hangs_for``
    seconds at the latest), ``dies_before`` and ``dies_after`` (the worker is killed there).
    """

    script: list[str] = field(default_factory=list)
    calls: list[ActionRequest] = field(default_factory=list)
    ledger: list[ActionRequest] = field(default_factory=list)
    under_way: list[ActionRequest] = field(default_factory=list)
    hangs_for: float = float("inf")
    hung: float = 0.0
    meanwhile: Callable[[], Awaitable[object]] | None = None
    thinking: Callable[[], Awaitable[object]] | None = None
    unkeyed: frozenset[str] = frozenset()
    silent: bool = False
    away: bool = False
    lists_orders: bool = False  # by customer

    async def look_up(self, call: str, args: Mapping[str, str]) -> Facts | None:
        await self._once("thinking")
        if self.away:
            raise Unavailable(what=call)
        found: dict[str, Any] | None = None
        if call == "shop.order":
            found = ORDERS.get(args["order"])
        elif call == "shop.products":
            price = money(2100)
            found = {
                "count": 1,
                "products": [{"sku": args["q"], "stock": 5, "in_stock": True, "price": price}],
            }
        elif call == "shop.customer_orders" and self.lists_orders:
            found = {"customer": args["customer"], "orders": _of(args["customer"])}
        elif call == "shop.customer":
            found = {"ref": args["customer"], "customer": args["customer"], "email": "c@example.com"}
            found |= {"marketing": args["customer"] != "C0020"}
        return Facts(found, f"{call} {sorted(args.values())}", NOON) if found else None

    async def execute(self, request: ActionRequest) -> Outcome:
        self.calls.append(request)
        how = self.script.pop(0) if self.script else "ok"
        await self._once("meanwhile")
        if how == "dies_before":
            raise asyncio.CancelledError
        if how in {"ok", "lost", "dies_after"}:
            self._happens(request)
        if how == "late":
            self.under_way.append(request)
        if how == "dies_after":
            raise asyncio.CancelledError
        said = {"ok": CONFIRMED, "refuse": REFUSED, "away": NOT_EXECUTED}.get(how, UNKNOWN)
        return Outcome(said, reference=f"R-{request.key[:6]}" if said is CONFIRMED else "", reason=how)

    async def reconcile(self, request: ActionRequest) -> Outcome:
        if self.silent:
            return Outcome(UNKNOWN, reason="no answer")
        if any(one.key == request.key for one in self.ledger):
            return Outcome(CONFIRMED, reference=f"R-{request.key[:6]}")
        return Outcome(NOT_EXECUTED)

    async def _once(self, hook: str) -> None:
        step = getattr(self, hook)
        setattr(self, hook, None)
        if step is not None:
            await step()

    def passes(self, seconds: float) -> None:
        """Time goes by; what has hung for long enough happens."""
        self.hung = self.hung + seconds if self.under_way else 0.0
        if self.hung >= self.hangs_for:
            self.land()

    def land(self) -> None:
        """What was under way happens now."""
        self.hung = 0.0
        for request in self.under_way:
            self._happens(request)
        self.under_way.clear()

    def _happens(self, request: ActionRequest) -> None:
        """A key makes two calls one effect; without one, each call counts."""
        known = any(one.key == request.key for one in self.ledger)
        if request.action in self.unkeyed or not known:
            self.ledger.append(request)


@dataclass
class Inbox:
    """Implements ``newel.domain.ports.Channel``: what the customer has, by message id."""

    name = "api"
    got: dict[str, Outbound] = field(default_factory=dict)
    refusals: int = 0
    away_for: str = ""  # this text is not taken now
    gone: bool = False
    meanwhile: Callable[[], Awaitable[object]] | None = None

    async def deliver(self, message: Outbound) -> Delivery:
        step, self.meanwhile = self.meanwhile, None
        if step is not None:
            await step()
        if self.gone:
            return Delivery(accepted=False, permanent=True, reason="gone")
        if self.refusals:
            self.refusals -= 1
            return Delivery(accepted=False, reason="away")
        if self.away_for and message.text == self.away_for:
            return Delivery(accepted=False, reason="away")
        self.got[message.message_id] = message
        return Delivery(accepted=True)

    def texts(self, author: str = "") -> list[str]:
        return [m.text for m in self.got.values() if author in {"", m.author}]
