"""What comes to review by itself: ended cases by the sampling plan, and marked misses."""

from uuid import UUID

from newel.domain import quality as rule
from newel.domain.policy.quality import Sampling
from newel.domain.quality import WORK, Work
from newel.flow.house import House
from newel.store import quality as rows
from newel.store.case import Case
from newel.store.db import Tx
from newel.store.quality import Asked


def seed_of(case: Case) -> str:
    """What the choice goes by: an episode is sampled as a whole."""
    return f"{case.id}/{case.episode}"


async def ended(tx: Tx, house: House, case: Case) -> None:
    """An episode has ended: it is reviewed if it is among the share (QUA-2, QUA-5)."""
    running = await house.running(tx, case.workflow)
    if case.tier is None or running.bundle.scorecard is None:
        return
    work = WORK[case.tier]
    share = await _share(tx, running.bundle.sampling, case, work)
    if share is not None:
        author = await rows.author(tx, case, work)
        await rows.add(tx, case, Asked(kind="sample", work=work, author_id=author, share=share))


async def _share(tx: Tx, plan: Sampling | None, case: Case, work: Work) -> float | None:
    """The share among which the episode is; None when it is not.

    The AI's answers were chosen when they were decided; what people did is chosen at its end.
    """
    if work == "ai":
        return await rows.sampled(tx, case)
    if not rule.likely(plan, seed_of(case), work):
        return None
    share = rule.share_of(plan, work, await rows.level(tx, case.workflow, work))
    return share if rule.chosen(seed_of(case), share) else None


async def marked(tx: Tx, house: House, case: Case, miss_id: UUID) -> None:
    """Somebody says that the scan missed a trigger: it is looked into, and why (QUA-6)."""
    running = await house.running(tx, case.workflow)
    if running.bundle.scorecard is not None:
        await rows.add(tx, case, Asked(kind="miss", work="ai", miss_id=miss_id))
