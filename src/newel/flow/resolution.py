"""Resolution: the owner answers, waits for the customer, or ends the case; silence ends it too."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from newel.domain import resolution as rule
from newel.domain.access import Act, Actor, system
from newel.domain.errors import Conflict, Invalid
from newel.domain.feedback import Body, What
from newel.domain.resolution import Resolution
from newel.domain.sla import Kind
from newel.domain.words import Tier
from newel.flow import delivery, feedback, routing, sla
from newel.flow.house import House
from newel.store import case as cases
from newel.store import draft as drafts
from newel.store import job as jobs
from newel.store import resolution as rows
from newel.store import routing as work
from newel.store.case import Case
from newel.store.db import Tx
from newel.store.job import Job
from newel.store.routing import WorkItem

SETTLER: Final = system("settle")
SHORTEST_WAIT: Final = timedelta(hours=1)
LONGEST_WAIT: Final = timedelta(days=30)


async def resolve(house: House, actor: Actor, case_id: UUID, token: int, said: Resolution) -> Case:
    """The owner ends the case, with a last reply or without; the token proves that it is theirs."""
    actor.must(Act.WORK)
    async with house.db.tx(actor) as tx:
        case, item = await routing.mine(tx, case_id, actor, token)
        if said.reply:
            await _post(tx, house, case, actor, said.reply)
        resolution = await rows.add(tx, house.envelope, case, said, "staff", UUID(actor.id))
        body = _body(said, by_person=True)
        await feedback.add(tx, house, case, What.RESOLUTION, body, resolution)
        return await _close(tx, case, item, said)


def _body(said: Resolution, *, by_person: bool) -> Body:
    return Body(
        category=said.category,
        cause=said.cause,
        ai_quality=said.ai_quality,
        contact_reason=said.contact_reason,
        pattern=said.pattern_flag,
        by_person=by_person,
    )


async def _post(tx: Tx, house: House, case: Case, actor: Actor, text: str) -> None:
    if case.conversation_id is None:
        raise Invalid(what="the reply", why="a back-office item has no customer to write to")
    await delivery.post_person(tx, house, case, actor, text)
    await drafts.clear(tx, case.id, UUID(actor.id))
    await sla.answered(tx, case)


async def _close(tx: Tx, case: Case, item: WorkItem | None, said: Resolution) -> Case:
    """The episode ends: work done, clocks met, capacity free."""
    for kind in ("wake", "settle"):
        await jobs.drop(tx, case.id, kind)
    if item:
        owner = item.owner_id
        await work.change(tx, item, "done", state="done")
        if owner:
            await routing.release(tx, owner)
    await sla.meet(tx, case, Kind.RESOLUTION)
    await sla.cancel(tx, case)
    return await cases.move(
        tx,
        case,
        "resolved",
        state="resolved",
        resolved_at=tx.now,
        due_at=None,
        contact_reason=said.contact_reason or case.contact_reason,
        data={"category": said.category.value},
    )


async def reply(
    house: House, actor: Actor, case_id: UUID, token: int, text: str, wait: timedelta | None = None
) -> Case:
    """The owner writes to the customer, and may wait for an answer; the clock then stands still."""
    if not text.strip():
        raise Invalid(what="the reply", why="it is empty")
    async with house.db.tx(actor) as tx:
        case, _ = await routing.mine(tx, case_id, actor, token)
        if case.state != "owned":
            raise Conflict(what=f"case {case_id}", state=case.state, why="it is not on your desk now")
        await _post(tx, house, case, actor, text)
        return await _wait(tx, case, wait) if wait is not None else case


async def _wait(tx: Tx, case: Case, wait: timedelta) -> Case:
    if not SHORTEST_WAIT <= wait <= LONGEST_WAIT:
        raise Invalid(what="the wait", why="it lasts an hour at least, and thirty days at most")
    due = tx.now + wait
    await sla.pause(tx, case)
    await jobs.drop(tx, case.id, "settle")
    await jobs.add(tx, "settle", at=due, case_id=case.id)
    return await cases.move(tx, case, "waiting", state="waiting", due_at=due, answered_at=tx.now)


async def settle(house: House, job: Job) -> None:
    """A case that waited long enough for its customer is resolved by itself."""
    assert job.case_id is not None, "the job names its case"  # noqa: S101
    async with house.db.tx(SETTLER) as tx:
        case = await cases.lock(tx, job.case_id)
        await jobs.done(tx, job)
        if case.state == "waiting" and case.due_at and case.due_at <= tx.now:
            await _settle(tx, house, case)


async def _settle(tx: Tx, house: House, case: Case) -> None:
    said = rule.of_silence(case.tier, await rows.acted(tx, case))
    by = "system" if case.tier is Tier.HUMAN else "ai"
    resolution = await rows.add(tx, house.envelope, case, said, by, None)
    what = What.FOLLOW_UP if case.follow_up else What.RESOLUTION
    await feedback.add(tx, house, case, what, _body(said, by_person=False), resolution)
    await _close(tx, case, await work.open_of(tx, case.id), said)
