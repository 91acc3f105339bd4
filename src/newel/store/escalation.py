"""Rows of escalation: what still executes, and who lowered a case for which reason."""

from uuid import UUID, uuid4

from newel.domain.words import Tier
from newel.store import audit
from newel.store.case import Case
from newel.store.db import Tx, sql
from newel.store.envelope import Envelope


async def action_under_way(tx: Tx, case_id: UUID) -> bool:
    """Whether an action of the case was called and may yet land, or is being called."""
    found: bool = await tx.value(sql("escalation").action_under_way, case_id)
    return found


async def add_lowering(
    tx: Tx, envelope: Envelope, case: Case, staff_id: UUID, to_tier: Tier, unlocked: bool, reason: str
) -> None:
    """One person's lowering of the tier or lifting of the lock, with their reason sealed."""
    lowering = uuid4()
    await tx.run(
        sql("escalation").add_lowering,
        lowering,
        case.id,
        case.episode,
        int(case.tier or Tier.HUMAN),
        int(to_tier),
        unlocked,
        staff_id,
        case.sealer(envelope).seal_value(f"lowering.reason:{lowering}", reason),
        tx.now,
    )
    await audit.record(
        tx, "case.lowering", "lowering", lowering, case_id=case.id, to_tier=int(to_tier), unlocked=unlocked
    )
