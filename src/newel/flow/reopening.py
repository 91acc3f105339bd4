"""Reopening: who had a case, or a supervisor, opens it again when it has ended, and has it."""

from uuid import UUID

from newel.domain import reopening as rule
from newel.domain.access import Act, Actor
from newel.domain.note import Kind, fit
from newel.flow import escalation, intake, routing
from newel.flow.house import House
from newel.store import case as cases
from newel.store import merge as merges
from newel.store import note as notes
from newel.store import reading
from newel.store import routing as work
from newel.store.db import Tx
from newel.store.routing import WorkItem


async def reopen(house: House, actor: Actor, case_id: UUID, reason: str) -> WorkItem:
    """A new episode of an ended case, in this person's hands; why they opened it is a note on it."""
    actor.must(Act.WORK)
    me, why = UUID(actor.id), fit(reason)
    async with house.db.tx(actor) as tx:
        case = await cases.lock(tx, case_id)
        had = await reading.had(tx, case_id, me)
        merged = await merges.into(tx, case_id) is not None
        rule.may_reopen(actor, str(case_id), state=case.state, had=had, merged=merged)
        regulated = await reading.regulated(tx, case_id)
        order = rule.order(case.priority, case.assist, locked=case.locked, regulated=regulated)
        running = await house.running(tx, case.workflow)
        case = await intake.reopened(tx, running, case)
        case = await escalation.escalate(tx, house, running, case, order, quiet=True)
        await notes.add(tx, house.envelope, case, why, kind=Kind.HANDOVER)
        return await _theirs(tx, case_id, me)


async def _theirs(tx: Tx, case_id: UUID, me: UUID) -> WorkItem:
    case, item = await cases.read(tx, case_id), await work.open_of(tx, case_id)
    assert item is not None, "an escalated case has its work"  # noqa: S101
    return item if item.owner_id == me else await routing.hand(tx, case, item, me, "claimed")
