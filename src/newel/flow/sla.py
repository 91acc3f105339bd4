"""SLA: targets are started, paused, met and raised in the case's own step; the clock fires alerts.

The clock holds target rows only and never waits for a case: what a breach does to the case is a
job of its own, written with the alert.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from newel.domain import calendar
from newel.domain import sla as rule
from newel.domain.access import system
from newel.domain.calendar import Hours
from newel.domain.sla import AGAIN, BREACH, Alert, Kind
from newel.domain.words import Priority
from newel.flow import delivery, routing
from newel.flow.house import House, Running
from newel.store import case as cases
from newel.store import job as jobs
from newel.store import notice as notices
from newel.store import routing as work
from newel.store import sla as rows
from newel.store.case import Case
from newel.store.db import Tx
from newel.store.job import Job
from newel.store.notice import APPROVERS, SUPERVISORS, Notice
from newel.store.sla import Target

CLOCK: Final = system("sla")
BATCH: Final = 500
_RESPONSES: Final = (Kind.FIRST_RESPONSE, Kind.NEXT_RESPONSE)


async def start(
    tx: Tx,
    running: Running,
    case: Case,
    kind: Kind,
    *,
    priority: Priority,
    preset: str = "",
    work_item_id: UUID | None = None,
    approval_id: UUID | None = None,
    since: datetime | None = None,
) -> Target:
    """A new time limit from now on, or from an earlier time, with all its alert moments."""
    spec = rule.spec(running.bundle.sla, kind, priority, preset)
    timing = rule.Timing(started_at=since or tx.now, spec=spec)
    schedule = rule.alerts(timing, running.bundle.sla.alerts_percent, hours_of(running))
    target = Target(
        id=uuid4(),
        case_id=case.id,
        work_item_id=work_item_id,
        kind=kind,
        priority=priority,
        spec=spec,
        started_at=timing.started_at,
        schedule=schedule,
        due_at=rule.due(schedule),
        next_percent=schedule[0].percent,
    )
    await rows.add(tx, target, running.id, approval_id)
    return target


def hours_of(running: Running) -> Hours:
    """The policy's calendar, made ready."""
    return calendar.hours_of(running.bundle.calendar)


def resolution_due(running: Running, now: datetime, priority: Priority, preset: str) -> datetime:
    """When work that is escalated now must be resolved."""
    spec = rule.spec(running.bundle.sla, Kind.RESOLUTION, priority, preset)
    return rule.moment(rule.Timing(started_at=now, spec=spec), BREACH, hours_of(running))


async def resolution_due_of(tx: Tx, case: Case) -> datetime | None:
    """When the case must be resolved by its live target."""
    live = await rows.live(tx, case.id)
    return next((target.due_at for target in live if target.kind is Kind.RESOLUTION), None)


async def approval_asked(tx: Tx, running: Running, case: Case, approval_id: UUID, _due: datetime) -> None:
    """The approvers have a target of their own, in business minutes."""
    await start(tx, running, case, Kind.APPROVAL, priority=case.priority, approval_id=approval_id)


async def approval_ended(tx: Tx, case: Case) -> None:
    """Decided, expired or withdrawn: nobody is waited for any longer."""
    await meet(tx, case, Kind.APPROVAL)


async def customer_wrote(tx: Tx, running: Running, case: Case) -> None:
    """On a person's case: the pause ends, and the next response has its time."""
    await resume(tx, running, case)
    live = {target.kind for target in await rows.live(tx, case.id)}
    if not live & {Kind.FIRST_RESPONSE, Kind.NEXT_RESPONSE}:
        await start(tx, running, case, Kind.NEXT_RESPONSE, priority=case.priority)


async def answered(tx: Tx, case: Case) -> None:
    """A person has written to the customer."""
    await meet(tx, case, Kind.FIRST_RESPONSE, Kind.NEXT_RESPONSE)


async def pause(tx: Tx, case: Case) -> None:
    """The customer is waited for: the resolution's clock stands still, the others run on."""
    for target in await _settled(tx, case.id):
        if target.kind is Kind.RESOLUTION and target.state == "running":
            await rows.save(tx, target, "paused", state="paused", paused_at=tx.now)


async def resume(tx: Tx, running: Running, case: Case) -> None:
    """The clock runs on; every alert moment moves by the time paused."""
    for target in await rows.live(tx, case.id):
        if target.state == "paused" and target.paused_at:
            spans = {
                business: rule.passed(target.paused_at, tx.now, business=business, hours=hours_of(running))
                for business in (False, True)
            }
            target = await rows.save(  # noqa: PLW2901
                tx,
                target,
                "resumed",
                state="running",
                paused_at=None,
                paused=target.paused + spans[False],
                paused_business=target.paused_business + spans[True],
            )
            await _reschedule(tx, running, target, target.spec, target.priority)


async def raise_to(tx: Tx, running: Running, case: Case, priority: Priority, preset: str) -> None:
    """More urgent from the original start; what has passed by that measure fires at once."""
    for target in await _settled(tx, case.id):
        if target.kind is Kind.APPROVAL:
            continue
        spec = rule.spec(running.bundle.sla, target.kind, priority, preset)
        percents = [alert.percent for alert in target.schedule]
        schedule = rule.alerts(target.timing(spec), percents, hours_of(running))
        if rule.tighter(target.schedule, schedule):
            await _reschedule(tx, running, target, spec, priority)


async def _reschedule(
    tx: Tx, running: Running, target: Target, spec: rule.Spec, priority: Priority
) -> Target:
    """New alert moments; fired alerts stay fired."""
    percents = [alert.percent for alert in target.schedule]
    schedule = rule.alerts(target.timing(spec), percents, hours_of(running))
    fired = await rows.fired(tx, target.id)
    left = rule.upcoming(schedule, max(fired, default=0))
    return await rows.save(
        tx,
        target,
        "rescheduled",
        spec=spec,
        priority=priority,
        schedule=schedule,
        due_at=rule.due(schedule),
        next_percent=left.percent if left else None,
    )


async def inherit(tx: Tx, running: Running, survivor: Case, merged: Case) -> None:
    """What runs on a merged case runs on in its survivor, from its own start, where it is due earlier there.

    A reply that is owed to the customer is owed by the survivor.
    """
    await resume(tx, running, merged)
    mine = {target.kind: target for target in await _settled(tx, survivor.id)}
    for theirs in await _settled(tx, merged.id):
        alike = _RESPONSES if theirs.kind in _RESPONSES else (theirs.kind,)
        own = next((mine[kind] for kind in alike if kind in mine), None)
        if own is not None:
            await _from_start_of(tx, running, own, theirs)
        elif theirs.kind in _RESPONSES:
            kind, since = Kind.NEXT_RESPONSE, theirs.started_at
            mine[kind] = await start(tx, running, survivor, kind, priority=survivor.priority, since=since)


async def _from_start_of(tx: Tx, running: Running, own: Target, theirs: Target) -> None:
    """The shorter of both time limits, from the other's start; unless one's own is due earlier."""
    begun = rows.changed(
        own,
        started_at=theirs.started_at,
        paused=theirs.paused,
        paused_business=theirs.paused_business,
    )
    percents, hours = [alert.percent for alert in own.schedule], hours_of(running)
    found = [(rule.alerts(begun.timing(spec), percents, hours), spec) for spec in (own.spec, theirs.spec)]
    schedule, spec = min(found, key=lambda one: rule.due(one[0]))
    if rule.tighter(own.schedule, schedule):
        await _reschedule(tx, running, begun, spec, own.priority)


async def meet(tx: Tx, case: Case, *kinds: Kind) -> None:
    """These targets are reached; what was due before is not forgotten."""
    await _end(tx, case, "met", kinds)


async def cancel(tx: Tx, case: Case, *kinds: Kind) -> None:
    """These targets count no longer; without kinds, none of the case does."""
    await _end(tx, case, "cancelled", kinds or tuple(Kind))


async def _end(tx: Tx, case: Case, state: str, kinds: Sequence[Kind]) -> None:
    for target in await _settled(tx, case.id):
        if target.kind in kinds:
            await rows.save(tx, target, state, state=state, paused_at=None)


async def _settled(tx: Tx, case_id: UUID) -> list[Target]:
    """The live targets of a case, after whatever is already due has fired."""
    return await _fire(tx, await rows.live(tx, case_id))


async def fire(house: House) -> int:
    """The clock: everything that is due fires, in batches; how many alerts.

    Any number of clocks may run: each takes the rows that no other holds, and the alert's key
    refuses a second row (INV-9).
    """
    total = 0
    while True:
        async with house.db.tx(CLOCK) as tx:
            due = await rows.due(tx, BATCH)
            total += sum(len(_ready(tx, target)) for target in due)
            await _fire(tx, due)
        if len(due) < BATCH:
            return total


def _ready(tx: Tx, target: Target) -> tuple[Alert, ...]:
    return rule.ready(target.schedule, target.next_percent, tx.now) if target.state == "running" else ()


async def _fire(tx: Tx, targets: Sequence[Target]) -> list[Target]:
    """Write the alerts of locked targets that are due now; the targets as they are then."""
    fired = [(target, alert) for target in targets for alert in _ready(tx, target)]
    if not fired:
        return list(targets)
    after = {target.id: _after(target, tx.now) for target, _ in fired}
    await rows.fire(tx, fired, after.values())
    owners = await work.owners(tx, list({target.case_id for target, _ in fired}))
    await notices.add(tx, *(_notice(target, alert, owners) for target, alert in fired))
    for target, alert in fired:
        await _breached(tx, target, alert)
    return [after.get(target.id, target) for target in targets]


def _after(target: Target, now: datetime) -> Target:
    done = rule.ready(target.schedule, target.next_percent, now)
    left = rule.upcoming(target.schedule, done[-1].percent)
    breached = target.breached_at or (now if done[-1].percent >= BREACH else None)
    return rows.changed(target, next_percent=left.percent if left else None, breached_at=breached)


def _notice(target: Target, alert: Alert, owners: dict[UUID, UUID]) -> Notice:
    """To the owner; to those who answer for it when nobody owns it, or when time is up."""
    owner = owners.get(target.case_id)
    to_role = APPROVERS if target.kind is Kind.APPROVAL else SUPERVISORS
    alone = owner is None or alert.percent >= BREACH or target.kind is Kind.APPROVAL
    return Notice(
        kind=f"sla.{target.kind}.{alert.percent}",
        case_id=target.case_id,
        staff_id=None if alone else owner,
        address=to_role if alone else "",
        about=str(target.id),
        data={"percent": alert.percent, "due_at": target.due_at.isoformat()},
    )


async def _breached(tx: Tx, target: Target, alert: Alert) -> None:
    """Only a breach of the resolution changes the owner, and calls out again at 150 %."""
    if target.kind is Kind.RESOLUTION and alert.percent >= BREACH:
        key = f"breach:{target.id}:{alert.percent}"
        await jobs.add(tx, "breach", case_id=target.case_id, subject_id=target.id, key=key, priority=1)


async def breach(house: House, job: Job) -> None:
    """The resolution's time is up: a supervisor owns it, the customer is told; at 150 % once more."""
    assert job.case_id is not None and job.subject_id is not None, "the job names both"  # noqa: S101, PT018
    async with house.db.tx(CLOCK) as tx:
        case = await cases.lock(tx, job.case_id)
        await jobs.done(tx, job)
        target = await rows.read(tx, job.subject_id)
        item = await work.open_of(tx, case.id)
        if target is None or item is None or target.work_item_id != item.id:
            return
        running = await house.running(tx, case.workflow)
        case, item = await routing.take_over(tx, case, item, running)
        await delivery.post_system_once(tx, house, case, running, "breach_notice")
        if AGAIN in await rows.fired(tx, target.id):
            await _call_out_again(tx, running, case, target, item.owner_id)


async def _call_out_again(tx: Tx, running: Running, case: Case, target: Target, owner: UUID | None) -> None:
    kind, about = "sla.again", str(target.id)
    if await notices.sent(tx, case.id, kind, about):
        return
    address = await notices.on_call(tx, running.bundle.routing.on_call)
    page = Notice(kind=kind, case_id=case.id, address=address, about=about)
    await notices.add(tx, page, Notice(kind=kind, case_id=case.id, staff_id=owner, address="", about=about))
