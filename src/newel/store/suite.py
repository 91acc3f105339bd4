"""Rows of the suite's runs: one a day for each version."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import msgspec

from newel.store import audit
from newel.store.db import Tx, sql


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """What a version was tried with: how many trials, and the names of those that failed."""

    policy_id: UUID
    trials: int
    failed: tuple[str, ...] = ()
    ran_at: datetime | None = None


async def ran(tx: Tx, policy_id: UUID) -> bool:
    """Whether the version was tried today (UTC)."""
    found: bool = await tx.value(sql("suite").ran, policy_id, tx.now)
    return found


async def add(tx: Tx, run: Run) -> bool:
    """Keep today's run of a version; False when it has one."""
    found = await tx.value(sql("suite").add, uuid4(), run.policy_id, tx.now, run.trials, [*run.failed])
    if found is not None:
        told: dict[str, Any] = {"trials": run.trials, "failed": [*run.failed]}
        await audit.record(tx, "policy.tried", "policy", run.policy_id, state=None, **told)
    return found is not None


async def last(tx: Tx, policy_id: UUID) -> Run | None:
    """The newest run of a version."""
    row = await tx.row(sql("suite").last, policy_id)
    return Run(**{**row, "failed": tuple(row["failed"])}) if row else None
