"""An episode ends: by its owner, by the customer, or by silence; or it waits for the customer."""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from newel.domain import resolution as rule
from newel.domain.access import system
from newel.domain.errors import Conflict
from newel.domain.feedback import Body, What
from newel.domain.resolution import Resolution
from newel.domain.sla import Kind
from newel.domain.words import Tier
from newel.flow import escalation, feedback, pattern, quality, routing, sla, survey
from newel.flow.house import House
from newel.store import case as cases
from newel.store import job as jobs
from newel.store import resolution as rows
from newel.store import routing as work
from newel.store.case import Case
from newel.store.db import Tx
from newel.store.job import Job
from newel.store.routing import WorkItem

SETTLER: Final = system("settle")


async def end(tx: Tx, house: House, case: Case, item: WorkItem, said: Resolution, by: UUID) -> Case:
    """With what was done in the episode, whoever did it: it ends by words, by acts, or both (RES-1)."""
    acts = await rows.acts(tx, case)
    resolution = await rows.add(tx, house.envelope, case, said, "staff", by, acts)
    await feedback.add(tx, house, case, What.RESOLUTION, _body(said, by_person=True), resolution)
    if said.pattern_flag:
        await pattern.flag_at_end(tx, house, case, said.contact_reason or case.contact_reason, said.note)
    return await _close(tx, house, case, item, said, acts=list(acts))


def _body(said: Resolution, *, by_person: bool) -> Body:
    return Body(
        category=said.category,
        cause=said.cause,
        ai_quality=said.ai_quality,
        contact_reason=said.contact_reason,
        by_person=by_person,
    )


async def _close(
    tx: Tx, house: House, case: Case, item: WorkItem | None, said: Resolution, **told: Any
) -> Case:
    """The episode ends: work done, clocks met, capacity free, the customer asked how it was."""
    await jobs.drop(tx, case.id, "wake", "settle", "deflection")
    await escalation.unask(tx, case)
    if item:
        owner = item.owner_id
        await work.change(tx, item, "done", state="done")
        if owner:
            await routing.release(tx, owner)
    await sla.meet(tx, case, Kind.RESOLUTION)
    await sla.cancel(tx, case)
    await survey.ask(tx, house, case, said.category)
    await quality.ended(tx, house, case)
    return await cases.move(
        tx,
        case,
        "resolved",
        state="resolved",
        resolved_at=tx.now,
        due_at=None,
        contact_reason=said.contact_reason or case.contact_reason,
        data={"category": said.category.value, **told},
    )


async def wait_for_customer(tx: Tx, case: Case, wait: timedelta) -> Case:
    """The clock stands still until the customer writes; silence ends the case."""
    due = tx.now + wait
    await sla.pause(tx, case)
    await jobs.drop(tx, case.id, "settle")
    await jobs.add(tx, "settle", at=due, case_id=case.id)
    return await cases.move(tx, case, "waiting", state="waiting", due_at=due, answered_at=tx.now)


async def contain(tx: Tx, house: House, case_id: UUID) -> Case:
    """The articles offered in place of a person helped, says the customer: the case is contained (TIR-12)."""
    case = await cases.lock(tx, case_id)
    if case.state != "deflecting":
        raise Conflict(what="the offer", state="over", why="the articles are no longer what is waited for")
    said = rule.CONTAINED
    resolution = await rows.add(tx, house.envelope, case, said, "customer", None)
    await feedback.add(tx, house, case, What.RESOLUTION, _body(said, by_person=False), resolution)
    return await _close(tx, house, case, None, said, contained=True)


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
    await _close(tx, house, case, await work.open_of(tx, case.id), said)
