"""Support: the owner passes work up, to a supervisor or to a domain expert; it stays one work item."""

from uuid import UUID

from msgspec.structs import replace

from newel.domain import routing as ranks
from newel.domain import support as rule
from newel.domain.access import Actor
from newel.domain.errors import Conflict
from newel.domain.support import Ground, Level, Up
from newel.flow import routing, sla
from newel.flow.house import House, Running
from newel.store import case as cases
from newel.store import routing as work
from newel.store.case import Case
from newel.store.db import Tx
from newel.store.routing import WorkItem


async def escalate(
    house: House,
    actor: Actor,
    case_id: UUID,
    token: int,
    *,
    to: Up,
    cause: Ground,
    reason: str,
    skills: tuple[str, ...] = (),
) -> WorkItem:
    """The owner passes the case up; the reason stays with it as a note, the draft goes with it.

    To a supervisor: theirs at once; nobody on shift → the on-call page, and the owner keeps it. To
    L3: it waits for an expert with ``skills``, or with those that it asked for; never for who passed
    it on.
    """
    async with house.db.tx(actor) as tx:
        case, item = await routing.mine(tx, case_id, actor, token)
        if case.state != "owned":
            raise Conflict(what=f"case {case_id}", state=case.state, why="it is not on your desk now")
        running = await house.running(tx, case.workflow)
        await routing.explain(tx, house, case, reason)
        case, item = await _raised(tx, running, case, item, cause)
        if to is Up.SUPERVISOR:
            return await _to_supervisor(tx, running, case, item, cause)
        return await _to_expert(tx, running, case, item, cause, skills)


async def _raised(
    tx: Tx, running: Running, case: Case, item: WorkItem, cause: Ground
) -> tuple[Case, WorkItem]:
    """Its priority where the cause raises it, with the clocks that follow from it."""
    priority = rule.priority_after(item.priority, cause)
    if priority == item.priority:
        return case, item
    await sla.raise_to(tx, running, case, priority, "")
    case = await cases.move(tx, case, "raised", priority=priority, data={"cause": cause.value})
    due = await sla.resolution_due_of(tx, case) or item.due_at
    said = {"priority": int(priority)}
    return case, await work.change(tx, item, "raised", priority=priority, due_at=due, data=said)


async def _to_supervisor(tx: Tx, running: Running, case: Case, item: WorkItem, cause: Ground) -> WorkItem:
    before = item.owner_id
    people = [one for one in await work.people(tx) if one.id != before]
    above = ranks.pick_supervisor(people, tx.now, item.ask)
    if above is None:
        await routing.call_out(tx, item, running, "escalated")
        return item
    _, item = await routing.own(tx, case, item, above, "escalated", lane="supervisor", why=cause.value)
    if before:
        await routing.release(tx, before)
    return item


async def _to_expert(
    tx: Tx, running: Running, case: Case, item: WorkItem, cause: Ground, skills: tuple[str, ...]
) -> WorkItem:
    """An expert is asked for as regulated work asks: by clearance, and no generalist stands in."""
    if item.level is Level.L3:
        raise Conflict(what=f"case {case.id}", state="at L3", why="pass it to a supervisor, or transfer it")
    ask = replace(item.ask, skills=tuple(sorted(set(skills or item.skills))), regulated=True)
    bucket = await routing.bucket_of(tx, ask)
    _, item = await routing.requeue(
        tx,
        case,
        item,
        running,
        "escalated",
        cause.value,
        bucket=bucket,
        level=Level.L3,
        passed_by=item.owner_id,
    )
    return await work.read(tx, item.id)
