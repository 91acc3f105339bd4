"""Rows of misses: who said of which case that it should have been T3."""

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


async def add(tx: Tx, case: Case, staff_id: UUID, cluster: Cluster) -> UUID:
    """The mark with its event; ``Conflict`` when this person has marked the case before."""
    miss, tier = uuid4(), int(case.tier) if case.tier else None
    if not await tx.row(sql("miss").add, miss, case.id, case.episode, staff_id, cluster, tier, tx.now):
        raise Conflict(what=f"case {case.id}", state="marked", why="you have marked it before")
    await audit.record(tx, "miss.marked", "miss", miss, case_id=case.id, cluster=cluster.value, tier=tier)
    return miss
