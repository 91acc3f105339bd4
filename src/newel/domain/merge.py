"""Merging: a case that is the same matter as another of its customer ends in it, and the other only rises."""

from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from newel.domain.escalation import Order
from newel.domain.sentence import Sentence
from newel.domain.words import Assist, Priority

REASON: Final = "merged"
"""Why a case is a person's that was the AI's when another one was merged into it."""


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """One of the two cases, as far as the rule asks for it.

    ``acting``: an action of it is under way; ``took_in``: others were merged into it; ``erased``: its
    customer's texts cannot be read any more.
    """

    id: UUID
    customer_id: UUID
    workflow: str
    kind: str
    state: str
    acting: bool = False
    took_in: bool = False
    erased: bool = False


class Carried(msgspec.Struct, frozen=True, kw_only=True):
    """What goes over with a merged case: its urgency, its restrictions, and what its work asked for."""

    priority: Priority
    assist: Assist
    locked: bool
    skills: tuple[str, ...] = ()
    regulated: bool = False
    reason: str = ""


class Foreseen(msgspec.Struct, frozen=True, kw_only=True):
    """How the survivor stands after the merge."""

    priority: Priority
    locked: bool
    due_at: datetime | None
    due_from: datetime | None
    """Since when the time until then counts: what a clock's colour is told by."""


def why_not(one: Side, into: Side) -> Sentence | None:
    """Why the one cannot be merged into the other; nothing when it can."""
    against = (
        (one.id == into.id, Sentence("it is the same case")),
        (one.customer_id != into.customer_id, Sentence("it is another customer's")),
        (one.workflow != into.workflow, Sentence("it is of another workflow")),
        ({one.kind, into.kind} != {"conversation"}, Sentence("a back-office item stands for itself")),
        (one.erased, Sentence("its customer's texts were erased")),
        ("resolved" in {one.state, into.state}, Sentence("one of them has ended")),
        (one.took_in, Sentence("others were merged into it: merge the other one into it instead")),
        (one.acting or one.state == "acting", Sentence("an action of it is under way: wait for its outcome")),
    )
    return next((why for holds, why in against if holds), None)


def order(one: Carried) -> Order:
    """What the survivor is asked for in the merged case's place: escalated by it, or raised."""
    return Order(
        priority=one.priority,
        assist=one.assist,
        skills=one.skills,
        regulated=one.regulated,
        lock=one.locked,
        primary=one.reason or REASON,
        reasons=(REASON,),
    )


def foreseen(one: Foreseen, into: Foreseen) -> Foreseen:
    """What a person is shown before: the higher priority, either's lock, the earlier end."""
    clocks = [(side.due_at, side.due_from) for side in (one, into) if side.due_at and side.due_from]
    due_at, due_from = min(clocks, default=(None, None))
    return Foreseen(
        priority=min(one.priority, into.priority),
        locked=one.locked or into.locked,
        due_at=due_at,
        due_from=due_from,
    )
