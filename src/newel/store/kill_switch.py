"""Rows of the kill switch."""

from datetime import datetime
from uuid import UUID, uuid4

import msgspec

from newel.store import audit
from newel.store.db import Tx, sql


class Engaged(msgspec.Struct, frozen=True):
    """One stop of AI sending: for all, a workflow, or one contact reason of it."""

    id: UUID
    workflow: str | None
    contact_reason: str | None
    reason: str
    engaged_by: str
    engaged_at: datetime


async def engage(tx: Tx, workflow: str | None, contact_reason: str | None, reason: str) -> UUID:
    """Stop; waits for AI claims that are under way at this moment, and no later one passes."""
    found = uuid4()
    await tx.run(sql("kill_switch").engage, found, workflow, contact_reason, reason, tx.actor.id, tx.now)
    await audit.record(
        tx, "kill_switch.engaged", "kill_switch", found, workflow=workflow, contact_reason=contact_reason
    )
    return found


async def release(tx: Tx, which: UUID) -> bool:
    """Let the AI send again; False when it was released before."""
    row = await tx.row(sql("kill_switch").release, which, tx.actor.id, tx.now)
    if row is not None:
        await audit.record(tx, "kill_switch.released", "kill_switch", which)
    return row is not None


async def engaged(tx: Tx) -> list[Engaged]:
    """What is stopped now."""
    return [Engaged(**dict(row)) for row in await tx.rows(sql("kill_switch").engaged)]
