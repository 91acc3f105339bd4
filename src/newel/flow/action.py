"""Action in three beats: claim (tx), call (no tx), record (tx); its reply leaves once it is confirmed."""

from datetime import timedelta
from uuid import UUID, uuid4

from newel.domain import action as rule
from newel.domain.access import system
from newel.domain.action import AskAgain, CallAgain, Called, Confirmed, Gone, Lost, Next, Refused, ceiling_of
from newel.domain.errors import Conflict
from newel.domain.escalation import for_want_of
from newel.domain.ports import ActionRequest, Outcome, OutcomeKind
from newel.domain.words import Priority, Tier
from newel.flow import context, delivery, escalation
from newel.flow.house import House, Running
from newel.store import action as rows
from newel.store import answer as answers
from newel.store import approval as approvals
from newel.store import case as cases
from newel.store import customer as customers
from newel.store import job as jobs
from newel.store import notice as notices
from newel.store import routing as work
from newel.store.action import Action, Grant
from newel.store.answer import Made
from newel.store.approval import Approval
from newel.store.case import Case
from newel.store.db import Guarded, Tx
from newel.store.delivery import Provenance
from newel.store.job import Job
from newel.store.notice import Notice

ACTOR = system("action")


async def authorise(
    tx: Tx,
    house: House,
    running: Running,
    case: Case,
    made: Made,
    *,
    authority: str,
    approval: Approval | None = None,
) -> None:
    """Write the action that a decision gave authority for, and its job."""
    payload = made.draft.action
    assert payload is not None, "only a proposal with an action is authorised"  # noqa: S101
    ceiling = ceiling_of(running.bundle, payload.action) if authority == "approval" else None
    kind = running.bundle.actions[payload.action]
    customer = await customers.read(tx, house.envelope, case.customer_id)
    worth = rule.worth_minor(customer.lifetime_value_minor, payload.paid)
    grant = Grant(
        authority=authority,
        approval_id=approval.id if approval else None,
        binding=approval.binding if approval else None,
        staff_id=approval.asked_by if approval else None,
        cap_minor=rule.cap_minor(ceiling, worth) if ceiling else None,
        window_from=tx.now - timedelta(days=ceiling.window_days) if ceiling else None,
        keyed=running.bundle.systems[kind.system].actions[payload.action].key == "header",
    )
    key = uuid4()
    await rows.add(tx, house.envelope, case, made.id, made.message_id, payload, grant, key)
    await jobs.add(tx, "action", case_id=case.id, subject_id=key, priority=1)


async def execute(house: House, job: Job) -> None:
    """Execute at most once; after a crash or a lost answer, ask first."""
    assert job.case_id is not None, "an action job names its case"  # noqa: S101
    assert job.subject_id is not None, "an action job names its action"  # noqa: S101
    try:
        begun = await _begin(house, job, job.case_id, job.subject_id)
    except Guarded as refused:
        await _unauthorised(house, job, job.case_id, job.subject_id, refused)
        return
    if begun is None:
        return
    running, action, fresh = begun
    request = ActionRequest(action.action, _arguments(action), str(action.id))
    said = await _ask(running, request, call=fresh)
    await _record(house, job, action, said, fresh=fresh)


async def _begin(
    house: House, job: Job, case_id: UUID, action_id: UUID
) -> tuple[Running, Action, bool] | None:
    """Claim it; True when it is to be called, False when it is only to be asked about."""
    async with house.db.tx(ACTOR) as tx:
        case = await cases.lock(tx, case_id)
        action = await rows.read(tx, house.envelope, case, action_id)
        running = await house.running(tx, case.workflow)
        if action.state == "authorised":
            await rows.claim(tx, action, tx.now + rule.LEASE)
            return running, action, True
        if action.state == "claimed":
            await rows.question(tx, action, "its caller is gone")
        elif action.state != "unknown":
            await jobs.done(tx, job)
            return None
        return running, action, False


async def _ask(running: Running, request: ActionRequest, *, call: bool) -> Outcome:
    try:
        return await (running.systems.execute(request) if call else running.systems.reconcile(request))
    except Exception as error:  # whatever went wrong, nobody knows what happened over there
        return Outcome(OutcomeKind.UNKNOWN, reason=type(error).__name__)


def _arguments(action: Action) -> dict[str, object]:
    amount = action.payload.amount
    money = {"amount_minor": amount.amount_minor, "currency": amount.currency} if amount else {}
    return {**action.payload.args, **money}


async def _record(house: House, job: Job, before: Action, said: Outcome, *, fresh: bool) -> None:
    async with house.db.tx(ACTOR) as tx:
        case = await cases.lock(tx, before.case_id)
        action = await rows.read(tx, house.envelope, case, before.id)
        if action.state not in {"claimed", "unknown"}:
            raise Conflict(what=f"action {action.id}", state=action.state, why="it has ended meanwhile")
        running = await house.running(tx, case.workflow)
        called = _called(tx, action)
        follows = rule.after_call(said, called) if fresh else rule.after_question(said, called)
        await _follow(tx, house, running, job, case, action, follows)


def _called(tx: Tx, action: Action) -> Called:
    doubted = tx.now - action.doubted_at if action.doubted_at else None
    return Called(attempts=action.attempts, keyed=action.keyed, lapsed=action.lapsed, doubted=doubted)


async def _follow(
    tx: Tx, house: House, running: Running, job: Job, case: Case, action: Action, follows: Next
) -> None:
    match follows:
        case Confirmed(reference):
            await rows.end(tx, action, "confirmed", reference=reference)
            await jobs.done(tx, job)
            await _confirmed(tx, house, running, case, action)
        case Refused(reason):
            await rows.end(tx, action, "refused", reason=reason)
            await jobs.done(tx, job)
            await _to_person(tx, house, running, case, "action.refused")
            await _tell(tx, action, "act.refused")
        case AskAgain(wait, reason, refused):
            if action.state == "claimed":
                await rows.question(tx, action, reason, lapsed=refused)
            await jobs.retry(tx, job, at=tx.now + wait, error=reason)
            if action.staff_id is None and (refused or case.tier is Tier.HUMAN):  # an owner sees it
                await _to_person(tx, house, running, case, "action.unknown")
        case CallAgain():
            await rows.again(tx, action, "it was not executed")
            await jobs.retry(tx, job, at=tx.now + timedelta(seconds=1), error="not executed")
        case Lost(reason):
            await jobs.retry(tx, job, at=tx.now + timedelta(hours=1), error=reason)
            await _to_person(tx, house, running, case, "action.unknown")
            await _tell(tx, action, "act.unknown")
        case Gone(reason):
            await rows.void(tx, action, reason)
            await jobs.done(tx, job)
            await _to_person(tx, house, running, case, "action.void")
            await _tell(tx, action, "act.void")


async def _confirmed(tx: Tx, house: House, running: Running, case: Case, action: Action) -> None:
    """The reply that states it may leave now; a marker that landed meanwhile keeps it back (INV-19)."""
    if action.staff_id is not None:  # a person did it, or asked for it, and writes of it themselves
        return
    made = await answers.proposal(tx, house.envelope, case, action.proposal_id)
    if case.tier is Tier.HUMAN:
        await delivery.post_system(tx, house, case, running, "action_confirmed")
        await _to_person(tx, house, running, case, "action.confirmed")
        return
    if action.approval_id is None:
        await delivery.post_ai(tx, house, case, running, made.draft.reply, made.id, action.id, made.cited)
    else:
        approval = await approvals.read(tx, action.approval_id)
        provenance = Provenance(
            drafted_by=made.drafted_by,
            released_by=approval.decided_by,
            approval_id=approval.id,
            proposal_id=made.id,
            sources=made.cited,
        )
        await delivery.post_approved(tx, house, case, made.draft.reply, provenance, action.id)
    if case.last_inbound_id == action.message_id:
        await delivery.answered(tx, case, case.tier or Tier.AUTONOMOUS)
        return
    await cases.move(tx, case, "message", state="ai")
    await jobs.add(tx, "answer", case_id=case.id, key=f"answer:{case.id}:{case.turn}")


async def _to_person(tx: Tx, house: House, running: Running, case: Case, reason: str) -> None:
    """P2 when something may have happened, P3 when nothing did; whoever has it reads how it ended."""
    order = for_want_of(reason, priority=Priority.P2 if reason == "action.unknown" else Priority.P3)
    item = await work.open_of(tx, case.id)
    if case.tier is not Tier.HUMAN or (item and item.priority > order.priority):
        await escalation.escalate(tx, house, running, case, order)
    elif item and reason != "action.unknown":
        await context.renew(tx, item)


async def _tell(tx: Tx, action: Action, kind: str) -> None:
    """Who did it by their own authority hears, once, that it was not done or that nobody knows."""
    about = str(action.id)
    if action.staff_id is not None and not await notices.sent(tx, action.case_id, kind, about):
        told = Notice(kind=kind, case_id=action.case_id, staff_id=action.staff_id, about=about)
        await notices.add(tx, told)


async def _unauthorised(house: House, job: Job, case_id: UUID, action_id: UUID, refused: Guarded) -> None:
    """The store found no authority (expired, cap reached, a newer message): nothing more is called."""
    async with house.db.tx(ACTOR) as tx:
        case = await cases.lock(tx, case_id)
        action = await rows.read(tx, house.envelope, case, action_id)
        running, why = await house.running(tx, case.workflow), str(refused.data.get("sqlstate", ""))
        if action.state == "authorised" and action.doubted_at is not None:
            await _lapsed(tx, house, running, job, case, action, why)
            return
        await jobs.done(tx, job)
        if action.state == "authorised":
            await rows.void(tx, action, why)
            await _tell(tx, action, "act.void")
        if case.state == "acting":
            await _to_person(tx, house, running, case, "action.not_authorised")


async def _lapsed(
    tx: Tx, house: House, running: Running, job: Job, case: Case, action: Action, why: str
) -> None:
    """What was called before may yet land: it is asked about, and a person has the case meanwhile."""
    await rows.lapse(tx, action, why)
    await jobs.retry(tx, job, at=tx.now + timedelta(seconds=rule.RECONCILE_WAITS[0]), error=why)
    await _to_person(tx, house, running, case, "action.unknown")
