"""Jobs: the next step, written with the state that asks for it; leased, fenced, retried."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from newel.domain.errors import StaleToken
from newel.domain.states import JOB_KINDS
from newel.store.db import Tx, sql


class Job(msgspec.Struct, frozen=True):
    """One leased job; ``token`` fences a worker that has lost its lease."""

    id: int
    kind: str
    case_id: UUID | None
    subject_id: UUID | None
    attempts: int
    token: int


async def add(
    tx: Tx,
    kind: str,
    *,
    at: datetime | None = None,
    case_id: UUID | None = None,
    subject_id: UUID | None = None,
    key: str | None = None,
    priority: int = 3,
) -> None:
    """Enqueue in this transaction; with a ``key`` there is one, moved to the newest time."""
    await tx.value(sql("job").add, kind, case_id, subject_id, key, priority, at or tx.now, tx.now)
    tx.wakes.add("job")


async def claim(tx: Tx, *, limit: int, without: Sequence[str], lease_seconds: float) -> list[Job]:
    """Lease the most urgent ready jobs."""
    rows = await tx.rows(sql("job").claim, limit, _kinds(without), lease_seconds, tx.now)
    return [Job(**dict(row)) for row in rows]


async def done(tx: Tx, job: Job) -> None:
    """Finish inside the step's own transaction; ``StaleToken`` when the lease was lost."""
    if await tx.run(sql("job").done, job.id, job.token) != 1:
        raise StaleToken(what=f"job {job.id}")


async def retry(tx: Tx, job: Job, *, at: datetime, error: str) -> None:
    """Give the job back for ``at``."""
    await tx.run(sql("job").retry, job.id, job.token, at, error[:500])


async def bury(tx: Tx, job: Job, *, error: str) -> None:
    """Put the job among the dead letters."""
    await tx.run(sql("job").bury, job.id, job.token, error[:500])


async def expire(tx: Tx) -> int:
    """Make jobs ready whose lease has run out; how many."""
    return await tx.run(sql("job").expire, tx.now)


async def drop(tx: Tx, case_id: UUID, *kinds: str) -> None:
    """Take away the case's jobs of these kinds."""
    await tx.run(sql("job").drop_kinds, case_id, list(kinds))


async def next_at(tx: Tx, *, without: Sequence[str]) -> datetime | None:
    """When the next job is due."""
    found: datetime | None = await tx.value(sql("job").next_at, _kinds(without))
    return found


def _kinds(without: Sequence[str]) -> list[str]:
    return [kind for kind in JOB_KINDS if kind not in without]
