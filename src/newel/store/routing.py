"""Rows of routing: people with load and presence, buckets, work items with their fencing token."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from newel.domain import routing as rule
from newel.domain.errors import NotFound, StaleToken
from newel.domain.policy.routing import Routing
from newel.domain.routing import Ask, Person
from newel.domain.support import Level
from newel.domain.words import Priority
from newel.store import audit
from newel.store.db import Tx, sql

Place = tuple[int, int, datetime, UUID]
"""Where an item stands in the queue: priority, position, due time, id."""


class WorkItem(msgspec.Struct, frozen=True, kw_only=True):
    """Work for a person: at most one open for a case, at most one owner."""

    id: UUID
    case_id: UUID
    episode: int
    workflow: str
    state: str = "queued"
    lane: str = "normal"
    priority: Priority
    bucket: int
    language: str
    skills: tuple[str, ...]
    regulated: bool
    generalist: str = "general"
    channel: str = ""
    region: str = ""
    region_needed: bool = False
    general: bool = False
    position: int = 0
    owner_id: UUID | None = None
    token: int = 0
    reason: str
    queued_at: datetime
    due_at: datetime
    owned_at: datetime | None = None
    breached: bool = False
    level: Level = Level.L2
    passed_by: UUID | None = None
    overflow: bool = False

    @property
    def place(self) -> Place:
        """Where it stands in the queue."""
        return (int(self.priority), self.position, self.due_at, self.id)

    @property
    def ask(self) -> Ask:
        """What it needs."""
        return Ask(
            language=self.language,
            skills=self.skills,
            regulated=self.regulated,
            generalist=self.generalist,
            channel=self.channel,
            region=self.region,
            region_needed=self.region_needed,
        )


class Way(msgspec.Struct, frozen=True):
    """One bucket of one workflow that a person serves, down from a priority.

    ``wide``: as a generalist; ``lent``: through an overflow pool.
    """

    workflow: str
    bucket: int
    highest: Priority
    wide: bool = False
    lent: bool = False


class Serving(msgspec.Struct, frozen=True, kw_only=True):
    """A person with the buckets that they serve, and those where they may stand in.

    ``apart`` is in place of both for whom workflows are not alike: who is in an overflow pool.
    """

    person: Person
    eligible: tuple[int, ...]
    general: tuple[int, ...]
    apart: tuple[Way, ...] | None = None


async def people(tx: Tx) -> list[Person]:
    """Everybody who may be given work, as they are now."""
    return [_serving(row).person for row in await tx.rows(sql("routing").people)]


async def person(tx: Tx, staff_id: UUID) -> Person:
    """One person."""
    return (await serving(tx, staff_id)).person


async def serving(tx: Tx, staff_id: UUID) -> Serving:
    """One person with what they serve."""
    return _serving(await _found(tx, sql("routing").person, staff_id))


async def lock_person(tx: Tx, staff_id: UUID) -> Serving:
    """One person with what they serve, locked: their load stands until the transaction ends."""
    return _serving(await _found(tx, sql("routing").lock_person, staff_id))


async def _found(tx: Tx, statement: str, staff_id: UUID) -> Any:
    row = await tx.row(statement, staff_id)
    if row is None:
        raise NotFound(what="person", id=staff_id)
    return row


async def set_presence(tx: Tx, staff_id: UUID, presence: str) -> bool:
    """Come or go; False when nothing changed."""
    changed = await tx.row(sql("routing").set_presence, staff_id, presence) is not None
    if changed:
        await audit.record(tx, "routing.presence", "staff", staff_id, presence=presence)
    return changed


async def bucket(tx: Tx, ask: Ask) -> int:
    """The number of a kind of work; a new kind makes everybody's eligibility anew."""
    key = (
        ask.language,
        sorted(ask.skills),
        ask.regulated,
        ask.generalist,
        ask.channel,
        ask.region,
        ask.region_needed,
    )
    found: int | None = await tx.value(sql("routing").bucket, *key)
    if found is not None:
        return found
    await tx.value(sql("routing").lock_buckets)
    await tx.value(sql("routing").add_bucket, *key)
    await requalify(tx)
    made: int = await tx.value(sql("routing").bucket, *key)
    return made


async def origin(tx: Tx, case_id: UUID) -> tuple[str, str]:
    """By which channel a case came, and of which region its customer is."""
    row = await tx.one(sql("routing").origin, case_id)
    return row["channel"], row["region"]


async def requalify(tx: Tx) -> None:
    """Who serves which bucket, from everybody's skills, languages and clearance."""
    await tx.value(sql("routing").lock_buckets)
    asks = await buckets(tx)
    for one in await people(tx):
        own, wide = rule.eligible(one, asks), rule.general(one, asks)
        await tx.run(sql("routing").set_eligible, one.id, own, wide)


async def buckets(tx: Tx) -> dict[int, Ask]:
    """Every kind of work by its number."""
    return {
        row["id"]: Ask(
            language=row["language"],
            skills=tuple(row["skills"]),
            regulated=row["regulated"],
            generalist=row["generalist"],
            channel=row["channel"],
            region=row["region"],
            region_needed=row["region_needed"],
        )
        for row in await tx.rows(sql("routing").buckets)
    }


async def add(tx: Tx, item: WorkItem) -> None:
    """A queued work item with its audit event."""
    await tx.run(
        sql("routing").add,
        item.id,
        item.case_id,
        item.episode,
        item.workflow,
        item.priority,
        item.bucket,
        item.reason,
        item.queued_at,
        item.due_at,
    )
    await audit.record(
        tx,
        "work_item.queued",
        "work_item",
        item.id,
        state="queued",
        case_id=item.case_id,
        priority=int(item.priority),
        reason=item.reason,
    )


async def open_of(tx: Tx, case_id: UUID) -> WorkItem | None:
    """The open work item of a case that the caller has locked."""
    row = await tx.row(sql("routing").open_of, case_id)
    return _item(row) if row else None


async def read(tx: Tx, item_id: UUID) -> WorkItem:
    """One work item; a person's way to it is by its case."""
    row = await tx.row(sql("routing").read, item_id)
    if row is None:
        raise NotFound(what="work item", id=item_id)
    return _item(row)


async def owned_by(tx: Tx, staff_id: UUID) -> list[WorkItem]:
    """A person's own work, most urgent first."""
    return [_item(row) for row in await tx.rows(sql("routing").owned_by, staff_id)]


async def change(tx: Tx, item: WorkItem, event: str, **changes: Any) -> WorkItem:
    """Write back; a new owner gets a new token, a stale one writes nothing (INV-6).

    ``changes`` may hold ``data`` (ids and words for the audit event).
    """
    data = changes.pop("data", {})
    after = msgspec.structs.replace(item, **changes)
    if after.owner_id != item.owner_id:
        after = msgspec.structs.replace(after, token=item.token + 1)
    await _save(tx, item, after)
    owner = str(after.owner_id) if after.owner_id else None
    await audit.record(
        tx,
        f"work_item.{event}",
        "work_item",
        item.id,
        state=after.state if after.state != item.state else None,
        case_id=item.case_id,
        owner=owner,
        lane=after.lane,
        **data,
    )
    return after


async def _save(tx: Tx, item: WorkItem, after: WorkItem) -> None:
    """Write ``after`` where state and token are still those of ``item``."""
    done_at = tx.now if after.state in {"done", "cancelled"} else None
    touched = await tx.run(
        sql("routing").save,
        item.id,
        item.state,
        item.token,
        after.state,
        after.lane,
        after.priority,
        after.bucket,
        after.general,
        after.position,
        after.owner_id,
        after.token,
        after.queued_at,
        after.due_at,
        after.owned_at,
        done_at,
        after.breached,
        after.level,
        after.passed_by,
        after.overflow,
    )
    if touched != 1:
        raise StaleToken(what=f"work item {item.id}")


async def first_place(tx: Tx, item: WorkItem) -> int:
    """The place before everything else that waits with the same priority."""
    found: int = await tx.value(sql("routing").first_place, item.priority)
    return found - 1


async def waiting(tx: Tx, limit: int) -> list[WorkItem]:
    """The first waiting items, as seen, not locked."""
    return [_item(row) for row in await tx.rows(sql("routing").waiting, limit)]


async def strayed(tx: Tx, policies: Mapping[str, Routing], limit: int) -> list[UUID]:
    """The cases that wait for other generalists, or by another rule of regions, than their workflow's now."""
    named = (
        list(policies),
        [one.generalist_skill for one in policies.values()],
        [one.region for one in policies.values()],
        [one.region_as == "need" for one in policies.values()],
    )
    return [row["case_id"] for row in await tx.rows(sql("routing").strayed, *named, limit)]


async def overdue(tx: Tx, limit: int) -> list[UUID]:
    """The cases of breached work that no supervisor has."""
    return [row["case_id"] for row in await tx.rows(sql("routing").overdue, limit)]


async def owners(tx: Tx, case_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """Case → who owns its open work."""
    rows = await tx.rows(sql("routing").owners, list(case_ids))
    return {row["case_id"]: row["owner_id"] for row in rows}


async def depth(tx: Tx) -> list[dict[str, Any]]:
    """How much open work there is, by priority, state and lane."""
    return [dict(row) for row in await tx.rows(sql("routing").depth)]


def _serving(row: Any) -> Serving:
    values = dict(row)
    eligible, general = values.pop("eligible"), values.pop("general")
    return Serving(person=person_of(values), eligible=tuple(eligible), general=tuple(general))


def person_of(values: dict[str, Any]) -> Person:
    """A person of their columns."""
    values["available"] = values.pop("presence") == "available"
    values["languages"] = tuple(values["languages"])
    values["shifts"] = {day: tuple(spans) for day, spans in values["shifts"].items()}
    return Person(**values)


def _item(row: Any) -> WorkItem:
    values = dict(row)
    values["priority"] = Priority(values["priority"])
    values["skills"] = tuple(values["skills"])
    values["level"] = Level(values["level"])
    return WorkItem(**values)
