"""Action: what follows from how a call ended; an unknown outcome is asked about, never repeated blind."""

from datetime import timedelta
from decimal import Decimal

import msgspec

from newel.domain.policy.acts import Ceiling
from newel.domain.policy.bundle import Bundle
from newel.domain.ports import Outcome, OutcomeKind
from newel.domain.words import Money

LEASE = timedelta(seconds=60)
RECONCILE_WAITS = (2, 5, 15, 60, 300, 900)
"""Seconds between questions about an unknown outcome; after the last a person asks."""


class Confirmed(msgspec.Struct, frozen=True):
    """It happened at the other system."""

    reference: str


class Refused(msgspec.Struct, frozen=True):
    """It did not happen and will not: a person takes over."""

    reason: str


class AskAgain(msgspec.Struct, frozen=True):
    """Nobody knows yet: ask the other system after a while."""

    wait: timedelta
    reason: str


class CallAgain(msgspec.Struct, frozen=True):
    """It certainly did not happen and its key makes a second call safe."""


class Lost(msgspec.Struct, frozen=True):
    """Still unknown after every question: a person finds out; it is not repeated."""

    reason: str


Next = Confirmed | Refused | AskAgain | CallAgain | Lost


def after_call(said: Outcome, attempts: int, *, keyed: bool) -> Next:
    """What follows from the answer to the call itself (``attempts`` calls so far)."""
    match said.kind:
        case OutcomeKind.CONFIRMED:
            return Confirmed(said.reference)
        case OutcomeKind.REFUSED:
            return Refused(said.reason)
        case OutcomeKind.NOT_EXECUTED:
            return CallAgain() if keyed and attempts < len(RECONCILE_WAITS) else Refused(said.reason)
        case OutcomeKind.UNKNOWN:
            return AskAgain(timedelta(seconds=RECONCILE_WAITS[0]), said.reason)


def after_question(said: Outcome, questions: int, *, keyed: bool) -> Next:
    """What follows from what the other system says became of the call.

    Without an idempotency key a call that was not seen may still arrive: it is never repeated.
    """
    if said.kind is OutcomeKind.CONFIRMED:
        return Confirmed(said.reference)
    if said.kind is OutcomeKind.NOT_EXECUTED and keyed:
        return CallAgain()
    if questions >= len(RECONCILE_WAITS):
        return Lost(said.reason or said.kind.value)
    return AskAgain(timedelta(seconds=RECONCILE_WAITS[questions]), said.reason or said.kind.value)


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
