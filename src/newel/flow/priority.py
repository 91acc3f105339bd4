"""Priority by hand: raised with the clocks that follow from it, lowered with the clocks as they are."""

from uuid import UUID

from newel.domain import priority as rule
from newel.domain.access import Actor
from newel.domain.note import Kind
from newel.domain.words import Priority
from newel.flow import routing, sla
from newel.flow.house import House
from newel.store import case as cases
from newel.store import routing as work
from newel.store.db import Tx
from newel.store.routing import WorkItem


async def change(
    house: House, actor: Actor, case_id: UUID, token: int, to: Priority, reason: str
) -> WorkItem:
    """Give open work another priority, with a reason that stays with it as a note.

    A raise counts from the original start, and whoever has the case must be cleared for it.
    """
    async with house.db.tx(actor) as tx:
        case, item = await routing.within_reach(tx, case_id, actor, token)
        rule.must_change(actor, item.priority, to, locked=case.locked)
        await _must_suit(tx, item, to)
        await routing.explain(tx, house, case, reason, Kind.NOTE)
        running = await house.running(tx, case.workflow)
        if to < item.priority:
            await sla.raise_to(tx, running, case, to, "")
        told = {"priority": int(to), "before": int(item.priority)}
        case = await cases.move(tx, case, "prioritised", priority=to, data=told)
        due = await sla.resolution_due_of(tx, case) or item.due_at
        item = await work.change(tx, item, "prioritised", priority=to, position=0, due_at=due, data=told)
        if item.state == "queued":
            await routing.queued(tx, item, running)
        return item


async def _must_suit(tx: Tx, item: WorkItem, to: Priority) -> None:
    if item.owner_id is not None:
        owner = await work.person(tx, item.owner_id)
        rule.must_suit(owner.login, owner.clearance, to, regulated=item.regulated)
