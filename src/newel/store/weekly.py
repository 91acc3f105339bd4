"""Rows of weekly reviews, and what was counted for them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

import msgspec

from newel.domain.access import ALLOWED, Act
from newel.domain.errors import Conflict, NotFound
from newel.domain.interval import Share, share
from newel.domain.weekly import (
    Audited,
    ClusterCount,
    PostMortemCount,
    ReasonCount,
    SampledNow,
    Signed,
    Span,
    WeekFigures,
)
from newel.store import audit
from newel.store.db import Record, Tx, sql


class Weekly(msgspec.Struct, frozen=True, kw_only=True):
    """One weekly review; ``to_write`` counts the open post-mortems of its week."""

    id: UUID
    workflow: str
    week: date
    state: str
    policy_version: str
    since: datetime
    until: datetime
    owner: str
    owner_id: UUID | None
    owner_name: str | None
    figures: WeekFigures
    opened_at: datetime
    due_at: datetime
    overdue_at: datetime | None
    signed_by: str | None
    signed_at: datetime | None
    notes: str
    decisions: str
    unwritten: str
    to_write: int


class Opening(msgspec.Struct, frozen=True, kw_only=True):
    """What a review is opened with."""

    workflow: str
    span: Span
    policy_id: UUID
    owner: str
    owner_id: UUID | None
    due_at: datetime


class Late(msgspec.Struct, frozen=True, kw_only=True):
    """A review that was not done in time."""

    id: UUID
    workflow: str
    owner_id: UUID | None


async def live_since(tx: Tx, workflow: str) -> datetime | None:
    """Since when a workflow is live."""
    found: datetime | None = await tx.value(sql("weekly").live_since, workflow)
    return found


async def last(tx: Tx, workflow: str) -> Span | None:
    """The newest week that has its review."""
    row = await tx.row(sql("weekly").last, workflow)
    return Span(**dict(row)) if row else None


async def owner(tx: Tx, named: str) -> UUID | None:
    """The account of who is named, if they may see to reviews."""
    found: UUID | None = await tx.value(sql("weekly").owner, named, sorted(ALLOWED[Act.REVIEW]))
    return found


async def open_one(tx: Tx, one: Opening, figures: WeekFigures) -> UUID | None:
    """The review of a week with its event; None when the week has one."""
    found: UUID | None = await tx.value(
        sql("weekly").open,
        uuid4(),
        one.workflow,
        one.span.week,
        one.policy_id,
        one.span.since,
        one.span.until,
        one.owner,
        one.owner_id,
        msgspec.to_builtins(figures),
        tx.now,
        one.due_at,
    )
    if found is not None:
        told: dict[str, Any] = {"workflow": one.workflow, "week": one.span.week, "owner": one.owner_id}
        await audit.record(tx, "weekly.opened", "weekly", found, state="open", **told)
    return found


async def overdue(tx: Tx) -> list[Late]:
    """What was not done in time and is told now, each with its event."""
    found = [Late(**dict(row)) for row in await tx.rows(sql("weekly").overdue, tx.now)]
    for one in found:
        await audit.record(tx, "weekly.overdue", "weekly", one.id, workflow=one.workflow)
    return found


async def listed(tx: Tx, workflow: str | None, limit: int) -> list[Weekly]:
    """The newest reviews, of one workflow or of all."""
    return [_weekly(row) for row in await tx.rows(sql("weekly").listed, None, workflow, limit)]


async def read(tx: Tx, weekly_id: UUID) -> Weekly:
    """One review."""
    row = await tx.row(sql("weekly").listed, weekly_id, None, 1)
    if row is None:
        raise NotFound(what="weekly review", id=weekly_id)
    return _weekly(row)


async def locked(tx: Tx, weekly_id: UUID) -> Weekly:
    """The same, held until the transaction ends."""
    await tx.row(sql("weekly").locked, weekly_id)
    return await read(tx, weekly_id)


async def sign(tx: Tx, one: Weekly, said: Signed) -> None:
    """The sign-off with its event; ``Conflict`` when somebody was first."""
    words = (said.notes.strip(), said.decisions.strip(), said.unwritten.strip())
    if not await tx.row(sql("weekly").sign, one.id, UUID(tx.actor.id), tx.now, *words):
        raise Conflict(what=f"weekly review {one.id}", state="signed", why="it was signed off before")
    told: dict[str, Any] = {"workflow": one.workflow, "week": one.week, "to_write": one.to_write}
    await audit.record(tx, "weekly.signed", "weekly", one.id, state="signed", **told)


def _weekly(row: Record) -> Weekly:
    return Weekly(**{**dict(row), "figures": msgspec.convert(row["figures"], WeekFigures)})


async def misses(tx: Tx, workflow: str, span: Span) -> dict[str, Any]:
    """What people marked and reviews found, by cluster; and of how much that was not flagged."""
    rows = await tx.rows(sql("weekly").marked, workflow, span.since, span.until)
    marked = tuple(ClusterCount(**dict(row)) for row in rows)
    return {"marked": marked, "missed": await _share(tx, "missed", workflow, span)}


async def audited(tx: Tx, workflow: str, span: Span) -> dict[str, Any]:
    """What sampled reviews found, by whose word the answer left."""
    rows = await tx.rows(sql("weekly").audit, workflow, span.since, span.until)
    return {"audit": tuple(Audited(work=r["work"], missed=share(r["count"], r["of"])) for r in rows)}


async def patterns(tx: Tx, workflow: str, span: Span) -> dict[str, Any]:
    """What was flagged as happening again."""
    rows = await tx.rows(sql("weekly").patterns, workflow, span.since, span.until)
    return {"patterns": tuple(ReasonCount(**dict(row)) for row in rows)}


async def overturned(tx: Tx, workflow: str, span: Span) -> dict[str, Any]:
    """What people changed of proposals, and what reviews failed of the approved."""
    return {name: await _share(tx, name, workflow, span) for name in ("changed", "overturned")}


async def sampling(tx: Tx, workflow: str) -> dict[str, Any]:
    """How much is sampled now."""
    rows = await tx.rows(sql("weekly").sampling, workflow)
    return {"sampling": tuple(SampledNow(**dict(row)) for row in rows)}


async def post_mortems(tx: Tx, workflow: str, span: Span) -> dict[str, Any]:
    """How the post-mortems stand."""
    row = await tx.one(sql("weekly").post_mortems, workflow, span.since, span.until, tx.now)
    return {"post_mortems": PostMortemCount(**dict(row))}


async def _share(tx: Tx, query: str, workflow: str, span: Span) -> Share:
    row = await tx.one(getattr(sql("weekly"), query), workflow, span.since, span.until)
    return share(row["count"], row["of"])
