"""Action: what follows from how a call ended; an unknown outcome is asked about, never repeated blind."""

from datetime import timedelta
from decimal import Decimal
from itertools import accumulate

import msgspec

from newel.domain.policy.acts import Ceiling
from newel.domain.policy.bundle import Bundle
from newel.domain.ports import Outcome, OutcomeKind
from newel.domain.words import Money

LEASE = timedelta(seconds=60)
RECONCILE_WAITS = (2, 5, 15, 60, 300, 900)
"""Seconds between questions about an unknown outcome; after the last a person asks."""
LANDS_WITHIN = timedelta(minutes=20)
"""How long a call without an answer may yet happen over there: its own deadline and the longest that a
system hangs. The questions reach beyond, and the store holds it too."""


class Confirmed(msgspec.Struct, frozen=True):
    """It happened at the other system."""

    reference: str


class Refused(msgspec.Struct, frozen=True):
    """It did not happen and will not: a person takes over."""

    reason: str


class AskAgain(msgspec.Struct, frozen=True):
    """Nobody knows yet: ask the other system after a while; once it has refused, it is not called again."""

    wait: timedelta
    reason: str
    refused: bool = False


class CallAgain(msgspec.Struct, frozen=True):
    """It certainly did not happen and its key makes a second call safe."""


class Lost(msgspec.Struct, frozen=True):
    """Still unknown after every question: a person finds out; it is not repeated."""

    reason: str


class Gone(msgspec.Struct, frozen=True):
    """It did not happen, nothing of it can arrive any more, and it is not called again."""

    reason: str


Next = Confirmed | Refused | AskAgain | CallAgain | Lost | Gone


class Called(msgspec.Struct, frozen=True, kw_only=True):
    """What was done so far: how often it was called, and whether one of the calls may yet land.

    ``doubted`` is how long ago a call was last left without an answer; ``lapsed`` says that its
    authority is gone: it is asked about, and not called again.
    """

    attempts: int
    keyed: bool
    lapsed: bool = False
    doubted: timedelta | None = None

    @property
    def again(self) -> bool:
        """Whether one more call is safe and still authorised."""
        return self.keyed and not self.lapsed and self.attempts < len(RECONCILE_WAITS)


def after_call(said: Outcome, called: Called) -> Next:
    """What follows from the answer to the call itself; of an earlier one it may say nothing."""
    match said.kind:
        case OutcomeKind.CONFIRMED:
            return Confirmed(said.reference)
        case OutcomeKind.NOT_EXECUTED if called.again:
            return CallAgain()
        case OutcomeKind.REFUSED | OutcomeKind.NOT_EXECUTED if called.doubted is None:
            return Refused(said.reason)
        case _:
            refused = said.kind is not OutcomeKind.UNKNOWN
            return AskAgain(timedelta(seconds=RECONCILE_WAITS[0]), said.reason, refused)


def after_question(said: Outcome, called: Called) -> Next:
    """What follows from what the other system says became of the call.

    No trace is an end only when the call had a key, and long enough after it: it may still arrive.
    Without an idempotency key it is never repeated, and never taken for gone.
    """
    if said.kind is OutcomeKind.CONFIRMED:
        return Confirmed(said.reference)
    if said.kind is OutcomeKind.NOT_EXECUTED and called.again:
        return CallAgain()
    since = called.doubted or timedelta()
    if said.kind is OutcomeKind.NOT_EXECUTED and called.keyed and since >= LANDS_WITHIN:
        return Gone(said.reason or said.kind.value)
    wait = _wait(since)
    reason = said.reason or said.kind.value
    return Lost(reason) if wait is None else AskAgain(wait, reason)


def _wait(since: timedelta) -> timedelta | None:
    """How long until the next question, by the time since the call; None after the last."""
    for wait, end in zip(RECONCILE_WAITS, accumulate(RECONCILE_WAITS), strict=True):
        if since < timedelta(seconds=end):
            return timedelta(seconds=wait)
    return None


def cap_minor(ceiling: Ceiling, lifetime_value_minor: int) -> int:
    """The cumulative cap of one customer in the ceiling's window (TIR-5)."""
    share = int(Decimal(str(ceiling.lifetime_share)) * max(lifetime_value_minor, 0))
    return min(ceiling.cap_minor, max(ceiling.floor_minor, share))


def worth_minor(lifetime_value_minor: int | None, paid: Money | None) -> int:
    """A customer's lifetime value without the order at hand; unknown is nothing (TIR-5)."""
    return max(0, (lifetime_value_minor or 0) - (paid.amount_minor if paid else 0))


def ceiling_of(bundle: Bundle, action: str) -> Ceiling | None:
    """The ceiling that holds for an action class."""
    kind = bundle.actions.get(action)
    return bundle.ceilings.get(kind.ceiling) if kind else None
