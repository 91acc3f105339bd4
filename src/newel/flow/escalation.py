"""Escalation: a case becomes a person's; the same call raises what a person has already.

All of it happens in the caller's transaction, with the case row locked by the caller.
"""

from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

from msgspec.structs import replace

from newel.domain import escalation as rule
from newel.domain.access import Act, Actor, Role
from newel.domain.errors import Conflict, Forbidden
from newel.domain.escalation import Order
from newel.domain.feedback import Body, What
from newel.domain.routing import Ask, Person
from newel.domain.sla import Kind
from newel.domain.words import Assist, Priority, Tier
from newel.flow import context, delivery, feedback, routing, sla
from newel.flow.house import House, Running
from newel.store import approval as approvals
from newel.store import case as cases
from newel.store import deed as deeds
from newel.store import escalation
from newel.store import job as jobs
from newel.store import routing as work
from newel.store.case import Case
from newel.store.db import Tx
from newel.store.delivery import end_proposal
from newel.store.routing import WorkItem

AI_JOBS: Final = ("answer", "deflection", "settle", "approval_expiry", "review_expiry", "wake")
"""What a person's case needs no more; ``action`` stays while an execution is under way."""
TAKEOVER: Final = Order(priority=Priority.P3, assist=Assist.DRAFT, lock=True, primary="takeover")


async def escalate(
    tx: Tx,
    house: House,
    running: Running,
    case: Case,
    order: Order,
    *,
    since: datetime | None = None,
    quiet: bool = False,
) -> Case:
    """A person has the case from here on; called again, it raises what is open.

    Its clocks begin now, or ``since`` what called for a person (TIR-12). The customer is told, but of
    what they did not ask for (``quiet``).
    """
    item = await work.open_of(tx, case.id)
    if item:
        return await _raise(tx, running, case, item, order)
    case = await _first(tx, house, running, case, order, since or tx.now)
    if not quiet:
        await delivery.post_system_once(tx, house, case, running, "handover")
    return case


async def unask(tx: Tx, case: Case) -> None:
    """The case ends, or passes to the AI: what its person had asked others for is asked for no more."""
    pending = await approvals.pending(tx, case.id)
    if pending is None:
        return
    asked, because = await approvals.read(tx, pending), "the case went on without it"
    await jobs.drop(tx, case.id, "approval_expiry")
    await approvals.end(tx, asked, "withdrawn", by=asked.asked_by, reason=because)
    await end_proposal(tx, case.id, asked.proposal_id, "discarded", because)
    await sla.approval_ended(tx, case)


async def undone(tx: Tx, case: Case) -> Order:
    """For a case whose approval was undone: more urgent where what it allowed may yet happen."""
    if await escalation.action_under_way(tx, case.id):
        return rule.for_want_of("action.unknown", priority=Priority.P2)
    return rule.for_want_of("approval.invalidated")


async def _first(tx: Tx, house: House, running: Running, case: Case, order: Order, since: datetime) -> Case:
    await _drop_jobs(tx, case)
    case = await cases.move(
        tx,
        case,
        "escalated",
        state="queued",
        tier=Tier.HUMAN,
        locked=case.locked or order.lock,
        priority=order.priority,
        assist=order.assist,
        due_at=None,
        data=_told(order, running),
    )
    item = await _queue(tx, running, case, order, since)
    for kind in (Kind.FIRST_RESPONSE, Kind.RESOLUTION):
        await sla.start(
            tx,
            running,
            case,
            kind,
            priority=order.priority,
            preset=order.preset,
            work_item_id=item.id,
            since=since,
        )
    await context.begin(tx, case, item)
    await routing.queued(tx, item, running)
    await delivery.restate(tx, house, case, running)
    return case


async def _drop_jobs(tx: Tx, case: Case) -> None:
    await jobs.drop(tx, case.id, *AI_JOBS)
    if not await escalation.action_under_way(tx, case.id):
        await jobs.drop(tx, case.id, "action")


def _told(order: Order, running: Running) -> dict[str, Any]:
    return {
        "primary": order.primary,
        "reasons": list(order.reasons),
        "priority": int(order.priority),
        "assist": int(order.assist),
        "policy_version": running.version,
    }


async def _queue(tx: Tx, running: Running, case: Case, order: Order, since: datetime) -> WorkItem:
    ask = await _ask(tx, running, case, order)
    item = WorkItem(
        id=uuid4(),
        case_id=case.id,
        episode=case.episode,
        workflow=case.workflow,
        priority=order.priority,
        bucket=await work.bucket(tx, ask),
        language=ask.language,
        skills=ask.skills,
        regulated=ask.regulated,
        generalist=ask.generalist,
        channel=ask.channel,
        region=ask.region,
        region_needed=ask.region_needed,
        reason=order.primary,
        queued_at=tx.now,
        due_at=sla.resolution_due(running, since, order.priority, order.preset),
    )
    await work.add(tx, item)
    return item


async def _ask(tx: Tx, running: Running, case: Case, order: Order) -> Ask:
    """What the work needs; without skills of its own the workflow's, without a region its customer's."""
    policy = running.bundle.routing
    own = policy.generalist_skill
    channel, theirs = await work.origin(tx, case.id)
    region, needed = policy.region_for(theirs)
    return Ask(
        language=case.language or running.bundle.languages[0],
        skills=tuple(sorted(order.skills or policy.default_skills or (own,))),
        regulated=order.regulated,
        generalist=own,
        channel=channel,
        region=region,
        region_needed=needed,
    )


async def _raise(tx: Tx, running: Running, case: Case, item: WorkItem, order: Order) -> Case:
    """Priority, skills and assist of both; its owner keeps it if their clearance still permits."""
    before = Order(
        priority=item.priority,
        assist=case.assist,
        skills=item.skills if order.skills else (),
        regulated=item.regulated,
        lock=case.locked,
        primary=item.reason,
    )
    both = rule.merge(before, order)
    case = await _raised_case(tx, running, case, item, both)
    await sla.raise_to(tx, running, case, both.priority, both.preset)
    if case.state == "owned":
        await sla.resume(tx, running, case)
    item = await _raised_item(tx, running, case, item, both)
    await context.renew(tx, item)
    if item.state == "queued":
        await routing.queued(tx, item, running)
    elif not await _still_cleared(tx, item):
        case, _ = await routing.requeue(tx, case, item, running, "requeued", "clearance")
    return case


async def _raised_case(tx: Tx, running: Running, case: Case, item: WorkItem, both: Order) -> Case:
    """A waiting or snoozed case is back on its owner's desk."""
    back = item.state if case.state in {"waiting", "snoozed"} else case.state
    if back != case.state:
        for kind in ("settle", "wake"):
            await jobs.drop(tx, case.id, kind)
    return await cases.move(
        tx,
        case,
        "raised",
        state=back,
        tier=Tier.HUMAN,
        locked=both.lock,
        priority=both.priority,
        assist=both.assist,
        due_at=None if back != case.state else case.due_at,
        data=_told(both, running),
    )


async def _raised_item(tx: Tx, running: Running, case: Case, item: WorkItem, both: Order) -> WorkItem:
    skills = both.skills or item.skills
    ask = replace(item.ask, skills=skills, regulated=both.regulated)
    due = await sla.resolution_due_of(tx, case) or item.due_at
    bucket = item.bucket if ask == item.ask else await work.bucket(tx, ask)
    if (both.priority, bucket, due) == (item.priority, item.bucket, item.due_at):
        return item
    await work.change(
        tx, item, "raised", priority=both.priority, bucket=bucket, due_at=due,
        data={"priority": int(both.priority)},
    )  # fmt: skip
    return await work.read(tx, item.id)


async def _still_cleared(tx: Tx, item: WorkItem) -> bool:
    if item.owner_id is None:
        return True
    owner = await work.person(tx, item.owner_id)
    return rule.cleared(owner.clearance, item.priority, item.regulated)


async def take_over(house: House, actor: Actor, case_id: UUID) -> WorkItem:
    """A supervisor takes a case for themselves, from the AI, the approvers or whoever has it.

    Once this has committed no message of the AI is claimed (INV-1): what had not left is taken back.
    """
    actor.must(Act.ASSIGN)
    async with house.db.tx(actor) as tx:
        case = await cases.lock(tx, case_id)
        if case.state == "resolved":
            raise Conflict(what=f"case {case_id}", state="resolved", why="there is nothing to take over")
        item = await work.open_of(tx, case_id)
        if item is None:
            running = await house.running(tx, case.workflow)
            await delivery.take_back(tx, case, because="a person took over")
            case = await escalate(tx, house, running, case, TAKEOVER)
            item = await work.open_of(tx, case_id)
            assert item is not None, "an escalated case has its work"  # noqa: S101
        return await routing.hand(tx, case, item, UUID(actor.id), "taken_over")


async def lower_case(
    house: House, actor: Actor, case_id: UUID, to_tier: Tier, *, unlock: bool, reason: str
) -> Case:
    """Lower a case in a transaction of its own; see ``lower``."""
    async with house.db.tx(actor) as tx:
        case = await cases.lock(tx, case_id)
        return await lower(tx, house, case, actor, to_tier, unlock=unlock, reason=reason)


async def lower(
    tx: Tx, house: House, case: Case, actor: Actor, to_tier: Tier, *, unlock: bool, reason: str
) -> Case:
    """A person lowers the tier, or lifts a lock: with a reason, and as a false alarm to learn from.

    Below T3 the case goes back to the AI, unless an action of it has no known end: the AI would speak, and
    could propose the same again, beside it (INV-11, INV-19). The customer's next message is scanned again.
    """
    actor.must(Act.LOWER)
    item = await work.open_of(tx, case.id)
    person = await work.person(tx, UUID(actor.id))
    _permitted(case, item, actor, person, to_tier, unlock, reason)
    if to_tier is not Tier.HUMAN:
        await _must_have_ended(tx, case)
    lifted = unlock and case.locked
    await escalation.add_lowering(tx, house.envelope, case, person.id, to_tier, lifted, reason.strip())
    await feedback.add(tx, house, case, What.FALSE_ALARM, Body(to_tier=int(to_tier), unlocked=lifted))
    if to_tier is Tier.HUMAN:
        return await cases.move(tx, case, "unlocked", locked=False)
    return await _back_to_ai(tx, case, item, to_tier)


def _permitted(
    case: Case, item: WorkItem | None, actor: Actor, person: Person, to_tier: Tier, unlock: bool, reason: str
) -> None:
    """Raise ``Forbidden`` or ``Conflict`` unless the rule lets this person lower the case."""
    if case.tier is not Tier.HUMAN or item is None or case.state not in {"queued", "owned"}:
        raise Conflict(what=f"case {case.id}", state=case.state, why="only a person's open case is lowered")
    if (case.locked and not unlock) or (not case.locked and to_tier is Tier.HUMAN):
        raise Conflict(what=f"case {case.id}", state="locked" if case.locked else "open", why="say `unlock`")
    who = rule.Standing(
        owns=item.owner_id == person.id,
        supervisor=Role.SUPERVISOR in actor.roles,
        clearance=person.clearance,
        team=person.team,
        skills=frozenset(person.skills),
    )
    why = rule.why_not_lower(who, locked=case.locked, asked=item.skills, reason=reason)
    if why:
        raise Forbidden(actor=person.login, act="lower this case", why=why)


async def _must_have_ended(tx: Tx, case: Case) -> None:
    if await escalation.action_under_way(tx, case.id) or await deeds.unsettled(tx, case.id):
        raise Conflict(
            what=f"case {case.id}", state="acting", why="an action of it is under way: wait for its outcome"
        )


async def _back_to_ai(tx: Tx, case: Case, item: WorkItem | None, to_tier: Tier) -> Case:
    if item:
        owner = item.owner_id
        await work.change(tx, item, "lowered", state="cancelled")
        if owner:
            await routing.release(tx, owner)
    await unask(tx, case)
    await sla.cancel(tx, case)
    await delivery.talks_again(tx, case)
    await jobs.add(tx, "answer", case_id=case.id)
    return await cases.move(
        tx,
        case,
        "lowered",
        state="ai",
        tier=to_tier,
        locked=False,
        priority=Priority.P3,
        assist=Assist.DRAFT,
    )
