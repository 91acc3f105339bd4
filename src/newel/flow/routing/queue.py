"""Routing: queued work finds its person; a supervisor when nobody is able; never over capacity.

Whoever changes a work item holds its case row first, then the person's row. The claim by bucket
passes over what others hold, so it never waits for a case.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import msgspec

from newel.domain import overflow
from newel.domain import routing as rule
from newel.domain.access import system
from newel.domain.policy.routing import Routing
from newel.domain.routing import Ask, Person
from newel.flow.house import House, Running
from newel.flow.routing.reach import asked, pools_of, reach, rules_of, within
from newel.store import audit, claim
from newel.store import case as cases
from newel.store import draft as drafts
from newel.store import job as jobs
from newel.store import notice as notices
from newel.store import routing as rows
from newel.store.case import Case
from newel.store.db import Tx
from newel.store.job import Job
from newel.store.live import of_conversation
from newel.store.notice import Notice
from newel.store.routing import WorkItem

ROUTER: Final = system("routing")
_LOOK_AT: Final = 200
_STEPS: Final = 64


class Ahead(msgspec.Struct, frozen=True):
    """The person chosen has something to take that stands before it in the queue (INV-8)."""

    case_id: UUID


async def queued(tx: Tx, item: WorkItem, running: Running) -> None:
    """The jobs of an item that begins to wait: look now, and again when the ring widens."""
    later = running.bundle.routing.generalist_after_seconds
    await jobs.add(tx, "routing", case_id=item.case_id, subject_id=item.id, priority=int(item.priority))
    if not item.regulated:
        await _look_again(tx, item, later)
    tx.wakes.add("work")


async def _look_again(tx: Tx, item: WorkItem, after_seconds: float) -> None:
    at = item.queued_at + timedelta(seconds=after_seconds)
    key = f"widen:{item.id}:{item.token}"
    await jobs.add(tx, "routing", at=at, case_id=item.case_id, subject_id=item.id, key=key)


async def route(house: House, job: Job) -> None:
    """Find the person of one queued item; what is more urgent for that person goes first."""
    case_id = _case_of(job)
    for _ in range(_STEPS):
        async with house.db.tx(ROUTER) as tx:
            found = await _settle(house, tx, case_id)
            if found is None:
                await jobs.done(tx, job)
                return
        await _place(house, found.case_id)
    async with house.db.tx(ROUTER) as tx:
        await jobs.retry(tx, job, at=tx.now + timedelta(seconds=1), error="more urgent work kept coming")


async def _place(house: House, case_id: UUID) -> None:
    """Settle one case, and first whatever is ahead of it."""
    chain = [case_id]
    for _ in range(_STEPS):
        async with house.db.tx(ROUTER) as tx:
            found = await _settle(house, tx, chain[-1])
        if found is None or found.case_id in chain:
            chain.pop()
        else:
            chain.append(found.case_id)
        if not chain:
            return


async def _settle(house: House, tx: Tx, case_id: UUID) -> Ahead | None:
    """One decision about one queued item; None when there is nothing more to do now."""
    case = await cases.lock(tx, case_id)
    item = await rows.open_of(tx, case_id)
    if item is None or item.state != "queued":
        return None
    running = await house.running(tx, case.workflow)
    item = await _regroup(tx, item, running)
    pool = (await pools_of(tx, running)).get(item.workflow)
    match overflow.decide(asked(tx, item), await rows.people(tx), tx.now, rules_of(running), pool):
        case rule.Assign() as found:
            return await _assign(house, tx, case, item, found)
        case rule.Queue(_):
            await _widen(tx, item, running)
        case rule.ToSupervisor(person, why):
            await _potential_breach(tx, item, why)
            await own(tx, case, item, person, "owned", lane="supervisor", why=why)
        case rule.Nobody(why):
            await call_out(tx, item, running, why)
    return None


async def _regroup(tx: Tx, item: WorkItem, running: Running) -> WorkItem:
    """It waits for the generalists and the region that its policy names now, whatever it was when it came."""
    ask = await _asks_now(tx, item, running.bundle.routing)
    if ask == item.ask:
        return item
    await rows.change(tx, item, "regrouped", bucket=await rows.bucket(tx, ask))
    return await rows.read(tx, item.id)


async def _asks_now(tx: Tx, item: WorkItem, policy: Routing) -> Ask:
    same = item.region == policy.region
    theirs = item.region if same else (await rows.origin(tx, item.case_id))[1]
    region, needed = policy.region_for(theirs)
    return msgspec.structs.replace(
        item.ask, generalist=policy.generalist_skill, region=region, region_needed=needed
    )


async def _assign(house: House, tx: Tx, case: Case, item: WorkItem, found: rule.Assign) -> Ahead | None:
    """Give it to the person, unless they filled up meanwhile or something is more urgent."""
    serving = await reach(house, tx, await rows.lock_person(tx, found.owner.id))
    gone = found.overflow and not within(serving, item)
    if gone or not (serving.person.fits(item.channel) and serving.person.works(tx.now)):
        await jobs.add(tx, "routing", case_id=case.id, subject_id=item.id, priority=int(item.priority))
        return None
    first = await claim.first_for(tx, serving)
    if first and first.place < item.place:
        return Ahead(first.case_id)
    await own(tx, case, item, found.owner, "owned", through=found.overflow)
    return None


async def _widen(tx: Tx, item: WorkItem, running: Running) -> None:
    """After a minute generalists may claim it; earlier, a look at that minute is due."""
    after = running.bundle.routing.generalist_after_seconds
    if item.regulated or item.general:
        return
    if (tx.now - item.queued_at).total_seconds() >= after:
        await rows.change(tx, item, "widened", general=True)
    else:
        await _look_again(tx, item, after)


async def own(
    tx: Tx,
    case: Case,
    item: WorkItem,
    person: Person,
    event: str,
    *,
    lane: str = "normal",
    why: str = "",
    through: bool = False,
) -> tuple[Case, WorkItem]:
    """The person is the owner from here on, under a new fencing token; an unsent draft is theirs too.

    ``through`` the overflow pool: it counts among what they may have by it.
    """
    data = {"why": why} if why else {"why": "overflow"} if through else {}
    item = await rows.change(
        tx,
        item,
        event,
        state="owned",
        owner_id=person.id,
        owned_at=tx.now,
        lane=lane,
        passed_by=None,
        overflow=through,
        data=data,
    )
    await drafts.hand_over(tx, case.id, person.id)
    if case.talk is not None:
        tx.changes.add(of_conversation(case.talk))  # its customer is told who answers
    if case.state in {"queued", "snoozed"}:
        await jobs.drop(tx, case.id, "wake")
        case = await cases.move(
            tx, case, "owned", state="owned", due_at=None, data={"owner": str(person.id), "lane": lane}
        )
    await notices.add(tx, Notice(kind="assigned", case_id=case.id, staff_id=person.id, about=str(item.id)))
    tx.wakes.add("work")
    return case, item


async def requeue(
    tx: Tx, case: Case, item: WorkItem, running: Running, event: str, why: str, **changes: Any
) -> tuple[Case, WorkItem]:
    """The owner no longer has it: it waits again, as new for the ring, and asks for what has changed."""
    before = item.owner_id
    item = await rows.change(
        tx,
        item,
        event,
        state="queued",
        owner_id=None,
        owned_at=None,
        queued_at=tx.now,
        general=False,
        lane="normal",
        overflow=False,
        data={"why": why},
        **changes,
    )
    for kind in ("wake", "settle"):
        await jobs.drop(tx, case.id, kind)
    if case.state != "queued":
        case = await cases.move(tx, case, "requeued", state="queued", due_at=None, data={"why": why})
    await queued(tx, item, running)
    if before:
        await release(tx, before)
    return case, item


async def take_over(tx: Tx, case: Case, item: WorkItem, running: Running) -> tuple[Case, WorkItem]:
    """Breached work goes to a supervisor in the lane that ignores capacity; the draft stays."""
    if item.lane == "supervisor":
        return case, item if item.breached else await rows.change(tx, item, "breached", breached=True)
    people = await rows.people(tx)
    person = rule.pick_supervisor(people, tx.now, item.ask)
    if not item.breached:
        item = await rows.change(tx, item, "breached", breached=True)
    if person is None:
        await call_out(tx, item, running, "breached")
        return case, item
    before = item.owner_id
    case, item = await own(tx, case, item, person, "taken_over", lane="supervisor", why="breached")
    if before and before != person.id:
        await release(tx, before)
    return case, item


async def _potential_breach(tx: Tx, item: WorkItem, why: str) -> None:
    await audit.record(
        tx, "routing.potential_breach", "work_item", item.id, case_id=item.case_id, why=why,
        priority=int(item.priority),
    )  # fmt: skip


async def call_out(tx: Tx, item: WorkItem, running: Running, why: str) -> None:
    """No supervisor on shift either: the on-call page, once for each cause, once more if more urgent."""
    kind, about = f"on_call.{why}", f"{item.id} P{item.priority:d}"
    as_urgent = [f"{item.id} P{priority}" for priority in range(1, item.priority + 1)]
    if await notices.sent(tx, item.case_id, kind, *as_urgent):
        return
    await _potential_breach(tx, item, why)
    address = await notices.on_call(tx, running.bundle.routing.on_call)
    await notices.add(tx, Notice(kind=kind, case_id=item.case_id, address=address, about=about))


async def release(tx: Tx, staff_id: UUID | None = None) -> None:
    """Capacity came free: the queue is looked at again, for one person or for all."""
    await jobs.add(tx, "rebalance", subject_id=staff_id, priority=2)


async def rebalance(house: House, job: Job) -> None:
    """Look at the queue again, for who came free or came on shift."""
    if job.subject_id:
        await _fill(house, job.subject_id)
    else:
        await sweep(house)
    async with house.db.tx(ROUTER) as tx:
        await jobs.done(tx, job)


async def sweep(house: House) -> None:
    """The periodic look at the whole queue: shifts that began or ended, overdue work, other generalists."""
    async with house.db.tx(ROUTER, read_only=True) as tx:
        people = await rows.people(tx)
        waiting = await _movable(house, tx, people)
        overdue = await rows.overdue(tx, _LOOK_AT)
        policies = {one: now.bundle.routing for one, now in house.in_force().items()}
        strayed = await rows.strayed(tx, policies, _LOOK_AT)
        present = [p.id for p in people if p.works(tx.now) and p.free]
    for case_id in overdue:
        await _overdue(house, case_id)
    for case_id in dict.fromkeys([*waiting, *strayed]):
        await _place(house, case_id)
    for staff_id in present:
        await _fill(house, staff_id)


async def _movable(house: House, tx: Tx, people: Sequence[Person]) -> list[UUID]:
    """The cases at the head of the queue that would not just go on waiting."""
    found, pools = [], await pools_of(tx, *house.in_force().values())
    for item in await rows.waiting(tx, _LOOK_AT):
        rules = rules_of(await house.running(tx, item.workflow))
        one = asked(tx, item)
        widens = not (item.general or item.regulated) and one.queued_seconds >= rules.widens_after_seconds
        verdict = overflow.decide(one, people, tx.now, rules, pools.get(item.workflow))
        if widens or not isinstance(verdict, rule.Queue):
            found.append(item.case_id)
    return found


async def _overdue(house: House, case_id: UUID) -> None:
    async with house.db.tx(ROUTER) as tx:
        case = await cases.lock(tx, case_id)
        item = await rows.open_of(tx, case_id)
        if item and item.breached:
            await take_over(tx, case, item, await house.running(tx, case.workflow))


async def _fill(house: House, staff_id: UUID) -> None:
    """Whatever waits for this person finds its owner, the most urgent first, until they are full."""
    seen: set[UUID] = set()
    for _ in range(_STEPS):
        async with house.db.tx(ROUTER) as tx:
            serving = await reach(house, tx, await rows.serving(tx, staff_id))
            works = serving.person.works(tx.now) and serving.person.free
            first = await claim.first_for(tx, serving) if works else None
        if first is None or first.case_id in seen:
            return
        seen.add(first.case_id)
        await _place(house, first.case_id)


def _case_of(job: Job) -> UUID:
    assert job.case_id is not None, "the job names its case"  # noqa: S101
    return job.case_id
