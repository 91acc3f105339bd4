"""Rows of how much is sampled: a level for each workflow and kind of work."""

from datetime import datetime

import msgspec

from newel.domain.quality import Level, Work
from newel.store import audit
from newel.store.db import Tx, sql


async def level(tx: Tx, workflow: str, work: Work) -> Level:
    """How much is sampled of one kind of work."""
    row = await tx.row(sql("quality").level, workflow, work)
    return Level(**dict(row)) if row else Level()


async def window(tx: Tx, workflow: str, work: Work, limit: int) -> list[bool]:
    """Whether each of the newest sampled reviews passed; whoever asks weighs alone until the end."""
    await tx.run(sql("quality").lock_level, workflow, work)
    return [row["passed"] for row in await tx.rows(sql("quality").window, workflow, work, limit)]


async def save_level(tx: Tx, workflow: str, work: Work, before: Level, now: Level) -> None:
    """Keep what the reviews say; a change of level has its event."""
    await tx.run(sql("quality").save_level, workflow, work, now.raised, now.passed, now.of, tx.now)
    if now.raised != before.raised:
        await audit.record(
            tx,
            "sampling.raised" if now.raised else "sampling.eased",
            "sampling",
            f"{workflow}/{work}",
            passed=now.passed,
            of=now.of,
        )


class Sampled(msgspec.Struct, frozen=True, kw_only=True):
    """How much is sampled now of one kind of work, since when, and which reviews say so."""

    workflow: str
    work: Work
    raised: bool
    passed: int
    of: int
    since: datetime


async def levels(tx: Tx) -> list[Sampled]:
    """How much is sampled now."""
    return [Sampled(**dict(row)) for row in await tx.rows(sql("quality").levels)]
