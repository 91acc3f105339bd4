"""Read models of the wallboard: open work, clocks, people and the AI's conversations. They never write."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec

from newel.domain.routing import Person
from newel.store import routing
from newel.store.db import Record, Tx, sql

AI_STATES: Final = ("ai", "deflecting", "approval", "held", "acting")
MOVING: Final = ("routing", "rebalance", "answer")
STALLED_AFTER: Final = timedelta(seconds=30)
ANSWERED_SINCE: Final = timedelta(minutes=15)
_EACH: Final = 8
_HOLDS: Final = 6


class Share(msgspec.Struct, frozen=True):
    """How many targets ended, and how many of them in time."""

    met: int = 0
    ended: int = 0

    @property
    def percent(self) -> int | None:
        """The share in whole percent, never rounded up to all; None when nothing has ended."""
        return self.met * 100 // self.ended if self.ended else None


class Clock(msgspec.Struct, frozen=True, kw_only=True):
    """A case whose time to resolve runs out, or has."""

    case_id: UUID
    priority: int
    due_at: datetime
    started_at: datetime
    state: str
    lane: str
    reason: str
    contact_reason: str
    workflow: str
    owner: str | None


class Lane(msgspec.Struct, frozen=True, kw_only=True):
    """The open work of one priority, its clocks, and how today went."""

    priority: int
    waiting: int = 0
    owned: int = 0
    oldest_at: datetime | None = None
    late: int = 0
    coming: Clock | None = None
    """The one that is due next."""
    resolved: Share = Share()
    answered: Share = Share()


class Queued(msgspec.Struct, frozen=True, kw_only=True):
    """Work that waits for a person; ``first`` was put there by hand."""

    case_id: UUID
    workflow: str
    contact_reason: str
    lane: str
    priority: int
    language: str
    skills: Sequence[str]
    regulated: bool
    reason: str
    queued_at: datetime
    due_at: datetime
    breached: bool
    level: str
    first: bool


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """One case that somebody has."""

    case_id: UUID
    priority: int
    workflow: str
    contact_reason: str
    due_at: datetime
    state: str


class Desk(msgspec.Struct, frozen=True, kw_only=True):
    """A person: whether they are there, and what they have."""

    person: Person
    name: str
    standing: str
    whole: int = 0
    holds: tuple[Held, ...] = ()


class Talk(msgspec.Struct, frozen=True, kw_only=True):
    """A case that the AI has, or has just answered."""

    case_id: UUID
    workflow: str
    contact_reason: str
    language: str
    state: str
    tier: int | None
    turn: int
    at: datetime
    channel: str | None
    confidence: float | None


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """How many approvals wait, since when, and when the first is due."""

    n: int
    oldest_at: datetime | None
    due_at: datetime | None
    due_from: datetime | None


class LateReview(msgspec.Struct, frozen=True, kw_only=True):
    """A weekly review that was not done in time; ``answered``: whether its owner is an account."""

    id: UUID
    workflow: str
    week: date
    due_at: datetime
    owner: str
    answered: bool


async def lanes(tx: Tx, coming: Sequence[Clock], staff_id: UUID) -> list[Lane]:
    """Open work by priority, with the first that is ``coming``; today begins at the person's midnight."""
    return [_lane(row, coming) for row in await tx.rows(sql("wallboard").lanes, tx.now, staff_id)]


def _lane(row: Record, coming: Sequence[Clock]) -> Lane:
    priority = row["priority"]
    return Lane(
        priority=priority,
        waiting=row["waiting"],
        owned=row["owned"],
        oldest_at=row["oldest_at"],
        late=row["late"],
        coming=next((clock for clock in coming if clock.priority == priority), None),
        resolved=Share(row["resolved_met"], row["resolved_ended"]),
        answered=Share(row["answered_met"], row["answered_ended"]),
    )


async def clocks(tx: Tx) -> tuple[list[Clock], list[Clock]]:
    """The cases that are late already, and those whose time runs out next; the soonest first."""
    found: dict[bool, list[Clock]] = {True: [], False: []}
    for row in await tx.rows(sql("wallboard").breaches, tx.now, _EACH):
        values = dict(row)
        found[values.pop("late")].append(Clock(**values))
    return found[True], found[False]


async def queue(tx: Tx, limit: int, after: int = 0, priority: int = 0) -> list[Queued]:
    """What waits, in the order of claims: so many after the first ones, of one priority or (0) of all."""
    low, high = (priority, priority) if priority else (1, 3)
    return [Queued(**dict(row)) for row in await tx.rows(sql("wallboard").queue, limit, after, low, high)]


async def desks(tx: Tx, shown: int) -> list[Desk]:
    """Everybody who may be given work, who works now first; the first ``shown`` with what they have."""
    found = [_desk(row, tx.now) for row in await tx.rows(sql("wallboard").people)]
    order = {"available": 0, "away": 1, "off_shift": 2}
    found.sort(key=lambda desk: (order[desk.standing], desk.name))
    whole, holds = await _holds(tx, [desk.person.id for desk in found[:shown]])
    seen = [
        msgspec.structs.replace(
            desk, whole=whole.get(desk.person.id, 0), holds=tuple(holds.get(desk.person.id, ()))
        )
        for desk in found[:shown]
    ]
    return [*seen, *found[shown:]]


def _desk(row: Record, now: datetime) -> Desk:
    values = dict(row)
    name = values.pop("name")
    person = routing.person_of(values)
    return Desk(person=person, name=name, standing=person.standing(now))


async def names(tx: Tx) -> dict[UUID, str]:
    """Everybody's name."""
    return {row["id"]: row["name"] for row in await tx.rows(sql("wallboard").names)}


async def _holds(tx: Tx, people: Sequence[UUID]) -> tuple[Mapping[UUID, int], Mapping[UUID, list[Held]]]:
    whole: dict[UUID, int] = {}
    holds: dict[UUID, list[Held]] = defaultdict(list)
    for row in await tx.rows(sql("wallboard").holds, _HOLDS, people):
        values = dict(row)
        owner = values.pop("owner_id")
        whole[owner] = values.pop("whole")
        holds[owner].append(Held(**values))
    return whole, holds


async def ai_states(tx: Tx) -> dict[str, int]:
    """How many cases the AI has, by state."""
    found = {row["state"]: row["n"] for row in await tx.rows(sql("wallboard").ai_states)}
    return {state: found.get(state, 0) for state in AI_STATES}


async def talks(tx: Tx, limit: int) -> list[Talk]:
    """What the AI has now, longest first."""
    return [Talk(**dict(row)) for row in await tx.rows(sql("wallboard").ai_cases, limit)]


async def answered(tx: Tx, limit: int) -> list[Talk]:
    """What the AI has just answered, where the customer may go on."""
    rows = await tx.rows(sql("wallboard").ai_answered, tx.now - ANSWERED_SINCE, limit)
    return [Talk(**dict(row)) for row in rows]


async def asked(tx: Tx) -> Asked:
    """The approvals that wait."""
    return Asked(**dict(await tx.one(sql("wallboard").approvals)))


async def stalled(tx: Tx) -> dict[str, datetime | None]:
    """The kinds of jobs without which the floor stands still: since when nobody does one, if so."""
    found = {
        row["kind"]: row["run_at"]
        for row in await tx.rows(sql("wallboard").stalled, list(MOVING), tx.now - STALLED_AFTER)
    }
    return {kind: found.get(kind) for kind in MOVING}


async def late_reviews(tx: Tx) -> list[LateReview]:
    """The weekly reviews that are late, the longest first."""
    return [LateReview(**dict(row)) for row in await tx.rows(sql("wallboard").late_reviews, tx.now)]


async def concerned(tx: Tx, workflow: str | None, contact_reason: str | None) -> int:
    """How many cases the AI has now of a workflow, or of one contact reason."""
    found: int = await tx.value(sql("wallboard").concerned, workflow, contact_reason)
    return found
