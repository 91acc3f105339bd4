"""The AI is away: what it owes an answer to is escalated, so that nobody waits for what does not come.

A busy AI is not away: whatever it has decided lately shows that it works off what waits.
"""

from typing import Final
from uuid import UUID

import structlog

from newel.domain import away as rule
from newel.domain.access import system
from newel.domain.errors import Unavailable
from newel.domain.escalation import for_want_of_ai
from newel.domain.words import Tier
from newel.flow import delivery, escalation
from newel.flow.house import House
from newel.store import away as rows
from newel.store import case as cases
from newel.store import intake as told

WATCH: Final = system("away")
BATCH: Final = 50
log = structlog.get_logger("away")


async def watch(house: House) -> None:
    """The periodic look: batch by batch, each asking anew whether the AI has come back."""
    while True:
        async with house.db.tx(WATCH, read_only=True) as tx:
            found = await rows.overdue(tx, rule.since(tx.now), rule.FAILED_OFTEN, house.worker, BATCH)
        handed = [case_id for case_id in found if await _to_person(house, case_id)]
        if handed:
            log.warning("away.escalated", cases=len(handed))
        if len(handed) < BATCH:
            return


async def _to_person(house: House, case_id: UUID) -> bool:
    """One case in a step of its own; one that fails does not hold up the others."""
    try:
        return await _escalate(house, case_id)
    except Unavailable:
        raise
    except Exception as error:
        log.warning("away.failed", case=case_id, code=type(error).__name__)
        return False


async def _escalate(house: House, case_id: UUID) -> bool:
    """Unless somebody has it in hand: the AI that came back, the customer who writes, another worker."""
    async with house.db.tx(WATCH) as tx:
        if not await rows.take(tx, case_id, rule.since(tx.now), rule.FAILED_OFTEN):
            return False
        case = await cases.lock(tx, case_id)
        if case.tier is Tier.HUMAN:
            return False
        running = await house.running(tx, case.workflow)
        await delivery.take_back(tx, case, rule.REASON)
        said = await told.inbound(tx, house.envelope, case)
        order = for_want_of_ai(rule.REASON, [one.receipt for one in said])
        await escalation.escalate(tx, house, running, case, order)
    return True
