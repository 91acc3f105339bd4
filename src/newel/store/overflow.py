"""Rows of overflow: pools that are open, alerts that stand, and how deep each queue is."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

import msgspec

from newel.domain.access import system
from newel.store import audit
from newel.store.db import Tx, sql

WATCH: Final = system("overflow")
"""Who opens and closes a pool when nobody does it by hand."""


class Opening(msgspec.Struct, frozen=True):
    """A pool that is open: since when, by whom and why; or by its alert, by itself."""

    id: UUID
    workflow: str
    reason: str
    opened_by: str
    opened_at: datetime

    @property
    def by_itself(self) -> bool:
        """Whether its alert opened it."""
        return self.opened_by == WATCH.id


class Standing(msgspec.Struct, frozen=True):
    """Whether the alert of a workflow stands, and whether its pool is open."""

    told: bool
    is_open: bool


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """All that is known of every pool, by workflow."""

    depths: dict[str, int]
    alerts: dict[str, datetime]
    openings: dict[str, Opening]
    held: dict[str, dict[UUID, int]]


async def open_pool(tx: Tx, workflow: str, reason: str) -> UUID | None:
    """Open; None when it is open already."""
    found: UUID | None = await tx.value(sql("overflow").open, uuid4(), workflow, reason, tx.actor.id, tx.now)
    if found is not None:
        await audit.record(tx, "overflow.opened", "overflow", found, state="open", workflow=workflow)
    return found


async def close_pool(tx: Tx, workflow: str) -> UUID | None:
    """Close; waits for who is being given work through it. None when it is not open."""
    found: UUID | None = await tx.value(sql("overflow").close, workflow, tx.actor.id, tx.now)
    if found is not None:
        await audit.record(tx, "overflow.closed", "overflow", found, state="closed", workflow=workflow)
    return found


async def openings(tx: Tx) -> list[Opening]:
    """The pools that are open now."""
    return [Opening(**dict(row)) for row in await tx.rows(sql("overflow").openings)]


async def held(tx: Tx, workflows: Sequence[str]) -> dict[str, dict[UUID, int]]:
    """Of these workflows the pools that are open, with who has how many cases through them."""
    found: dict[str, dict[UUID, int]] = {}
    for row in await tx.rows(sql("overflow").held, list(workflows)):
        of = found.setdefault(row["workflow"], {})
        if row["owner_id"] is not None:
            of[row["owner_id"]] = row["n"]
    return found


async def held_by(tx: Tx, staff_id: UUID, workflows: Sequence[str]) -> dict[str, int]:
    """The same for one person alone."""
    rows = await tx.rows(sql("overflow").held_by, list(workflows), staff_id)
    return {row["workflow"]: row["n"] for row in rows}


async def raise_alert(tx: Tx, workflow: str, depth: int, normal: int) -> bool:
    """The depth has risen to its alert; False when that was known (once for each crossing)."""
    found = await tx.value(sql("overflow").raise_alert, uuid4(), workflow, depth, normal, tx.now)
    if found is not None:
        await audit.record(
            tx, "overflow.alerted", "overflow_alert", found, workflow=workflow, depth=depth, normal=normal
        )
    return found is not None


async def end_alert(tx: Tx, workflow: str, depth: int) -> bool:
    """The queue is calm again; False when that was known."""
    found = await tx.value(sql("overflow").end_alert, workflow, tx.now)
    if found is not None:
        await audit.record(tx, "overflow.calmed", "overflow_alert", found, workflow=workflow, depth=depth)
    return found is not None


async def standing(tx: Tx, workflow: str) -> Standing:
    """How a workflow stands."""
    return Standing(**dict(await tx.one(sql("overflow").standing, workflow)))


async def depth(tx: Tx, workflow: str, most: int | None = None) -> int:
    """How much waits for a person, counted up to ``most``: so a long queue costs no more than a short one."""
    found: int = await tx.value(sql("overflow").depth, workflow, most)
    return found


async def known(tx: Tx) -> Known:
    """Depths, alerts that stand, pools that are open, and what their members have through them."""
    open_now = {one.workflow: one for one in await openings(tx)}
    return Known(
        depths={row["workflow"]: row["n"] for row in await tx.rows(sql("overflow").depths)},
        alerts={row["workflow"]: row["raised_at"] for row in await tx.rows(sql("overflow").alerts)},
        openings=open_now,
        held=await held(tx, list(open_now)) if open_now else {},
    )
