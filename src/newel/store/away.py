"""Rows of answers that do not come: whose they are, and one of them in hand."""

from datetime import datetime
from uuid import UUID

from newel.store.db import Tx, sql


async def overdue(tx: Tx, since: datetime, failed: int, worker: int | None, limit: int) -> list[UUID]:
    """The cases whose answer was due by ``since`` while the AI decided nothing, or that fail by themselves.

    A worker that has begun after ``since`` has not watched long enough to say that the AI is away.
    """
    return [row["case_id"] for row in await tx.rows(sql("away").overdue, since, failed, worker, limit)]


async def take(tx: Tx, case_id: UUID, since: datetime, failed: int) -> bool:
    """Lock the case of an overdue answer; False when somebody else has it, or its answer in hand."""
    return await tx.row(sql("away").take, case_id, since, failed) is not None
