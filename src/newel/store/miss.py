"""Rows of misses: who said of which case that it should have been T3."""

from typing import Any
from uuid import UUID, uuid4

from newel.domain.errors import Conflict
from newel.domain.miss import Standing
from newel.domain.words import Cluster
from newel.store import audit
from newel.store.case import Case
from newel.store.db import Tx, sql


async def standing(tx: Tx, case: Case, staff_id: UUID) -> Standing:
    """How a person stands to the case, and what its scans said."""
    row = await tx.one(sql("miss").standing, case.id, staff_id, case.episode)
    return Standing(state=case.state, **dict(row))


async def add(tx: Tx, case: Case, staff_id: UUID, cluster: Cluster, review_id: UUID | None = None) -> UUID:
    """The mark with its event, of a person or of their review of a sample; ``Conflict`` for a second one."""
    miss, tier = uuid4(), int(case.tier) if case.tier else None
    values = (miss, case.id, case.episode, staff_id, cluster, tier, tx.now, review_id)
    if not await tx.row(sql("miss").add, *values):
        raise Conflict(what=f"case {case.id}", state="marked", why="you have marked it before")
    told: dict[str, Any] = {"cluster": cluster.value, "tier": tier, "review": review_id}
    await audit.record(tx, "miss.marked", "miss", miss, case_id=case.id, **told)
    return miss
