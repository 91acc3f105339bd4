"""Tracing a case: the whole story for those who may see it; opening its texts is recorded."""

from uuid import UUID

from newel.domain import trace as rule
from newel.domain.access import Actor
from newel.domain.trace import Story
from newel.flow.house import House
from newel.store import audit
from newel.store import case as cases
from newel.store import trace as rows


async def trace(house: House, actor: Actor, case_id: UUID) -> Story:
    """The story of a case (POL-6); ``Forbidden`` for whoever may not read cases."""
    async with house.db.tx(actor) as tx:
        head = await rows.head(tx, case_id)
        opened = rule.may_open(actor, head)
        case = await cases.read(tx, case_id)
        details = await rows.details(tx, house.envelope, case, opened=opened)
        events = await rows.events(tx, case_id)
        if opened:
            await audit.record(tx, "trace.opened", "case", case_id, case_id=case_id)
    return rule.story(head, events, details, opened=opened)
