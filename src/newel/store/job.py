"""Jobs: the next step, written with the state that asks for it; leased, fenced, retried."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from newel.domain.states import JOB_KINDS
from newel.store.db import Db, Tx, sql
from newel.store.ending import NewJob

GRACE = timedelta(seconds=2.5)
"""How long a worker may be neither seen nor connected before it counts as gone."""
LIVES = "SELECT pg_advisory_lock_shared(7310, {0})"


class Job(msgspec.Struct, frozen=True):
    """One leased job; ``token`` fences a worker that has lost its lease.

    ``traceparent`` is the span that asked for it, ``waited`` the seconds since then.
    """

    id: int
    kind: str
    case_id: UUID | None
    subject_id: UUID | None
    attempts: int
    token: int
    traceparent: str | None = None
    waited: float = 0.0


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
    tx.ending.enqueue(NewJob(kind, case_id, subject_id, key, priority, at or tx.now))
    tx.wakes.add("job")


async def claim(
    place: Db | Tx, *, limit: int, without: Sequence[str], lease_seconds: float, worker: int | None = None
) -> list[Job]:
    """Lease the most urgent ready jobs; those of a worker that dies come back before their lease ends."""
    rows = await place.rows(sql("job").claim, limit, _kinds(without), lease_seconds, worker)
    return [Job(**dict(row)) for row in rows]


async def done(tx: Tx, job: Job) -> None:
    """Finish with the step's own transaction, which fails with ``StaleToken`` when the lease was lost."""
    tx.ending.done.append((job.id, job.token))


async def retry(tx: Tx, job: Job, *, at: datetime, error: str) -> None:
    """Give the job back for ``at``."""
    await tx.run(sql("job").retry, job.id, job.token, at, error[:500])


async def bury(tx: Tx, job: Job, *, error: str) -> None:
    """Put the job among the dead letters."""
    await tx.run(sql("job").bury, job.id, job.token, error[:500])


async def expire(tx: Tx) -> int:
    """Make jobs ready whose lease has run out, or whose worker is gone; how many."""
    gone = [row["number"] for row in await tx.rows(sql("job").gone, tx.now - GRACE)]
    expired = await tx.run(sql("job").expire, tx.now, gone)
    if gone:
        await tx.run(sql("job").strike, gone)
    return expired


async def enlist(tx: Tx, *, answers: bool = True) -> int:
    """The number of a worker that begins; it must hold ``LIVES`` of it for as long as it lives.

    ``answers``: the AI is with it.
    """
    found: int = await tx.value(sql("job").enlist, answers)
    return found


async def seen(tx: Tx, worker: int) -> None:
    """The worker lives."""
    await tx.run(sql("job").seen, worker, tx.now)


async def drop(tx: Tx, case_id: UUID, *kinds: str) -> None:
    """Take away the case's jobs of these kinds."""
    tx.ending.drop(case_id, kinds)


async def drop_of(tx: Tx, subject_id: UUID, kind: str) -> None:
    """Take away the jobs of one kind of one subject."""
    tx.ending.drop_of(subject_id, kind)
    await tx.run(sql("job").drop_of, subject_id, kind)


async def next_in(place: Db | Tx, *, without: Sequence[str]) -> float | None:
    """Seconds until the next job is due; None when there is none."""
    found: float | None = (await place.rows(sql("job").next_in, _kinds(without)))[0]["seconds"]
    return found


def _kinds(without: Sequence[str]) -> list[str]:
    return [kind for kind in JOB_KINDS if kind not in without]
