"""Approval: asked with its target, decided by a person, and gone when what it binds has changed."""

from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID, uuid4

import msgspec

from newel.domain import approval as rule
from newel.domain.access import Act, Actor, system
from newel.domain.action import cap_minor, ceiling_of, worth_minor
from newel.domain.errors import Conflict, Forbidden, Invalid
from newel.domain.escalation import for_want_of
from newel.domain.feedback import Body, What
from newel.domain.inbox import Refusal
from newel.domain.note import Kind, fit
from newel.domain.playbook import Action
from newel.domain.words import Money, Tier
from newel.flow import action, delivery, escalation, feedback, sla
from newel.flow.house import House, Running
from newel.store import answer as answers
from newel.store import approval as rows
from newel.store import case as cases
from newel.store import customer as customers
from newel.store import job as jobs
from newel.store import note as notes
from newel.store import notice as notices
from newel.store.action import payload_mac
from newel.store.answer import Draft, Made
from newel.store.approval import Approval
from newel.store.case import Case
from newel.store.db import Tx
from newel.store.delivery import Provenance, end_proposal
from newel.store.job import Job
from newel.store.notice import Notice


class Verdict(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a person decides; an edit may change the text, the amount, or both.

    ``note`` is for whoever gets a rejected case, and sealed: a person's own words stand nowhere plain.
    """

    decision: Literal["approve", "edit", "reject"]
    text: str | None = None
    amount_minor: int | None = None
    why: Refusal = Refusal.OTHER
    note: str = ""


async def ask(tx: Tx, house: House, running: Running, case: Case, made: Made) -> None:
    """Put a proposal before the approvers, with its target and its end."""
    due, expires = rule.times(running.bundle, tx.now)
    approval = _asked(house, running, case, made, due, expires)
    await rows.add(tx, approval, *_macs(house, made.draft))
    await jobs.add(tx, "approval_expiry", at=expires, case_id=case.id, subject_id=approval.id)
    tier = max(case.tier or Tier.SUPERVISED, Tier.SUPERVISED)
    await cases.move(tx, case, "proposed", state="approval", tier=tier)
    await sla.approval_asked(tx, running, case, approval.id, due)


async def ask_for(tx: Tx, house: House, running: Running, case: Case, made: Made, by: UUID) -> UUID:
    """Who works a case asks others for an act that they may not have done alone; they keep the case."""
    due, expires = rule.times(running.bundle, tx.now)
    approval = _asked(house, running, case, made, due, expires, by=by)
    await rows.add(tx, approval, *_macs(house, made.draft))
    await jobs.add(tx, "approval_expiry", at=expires, case_id=case.id, subject_id=approval.id)
    await sla.approval_asked(tx, running, case, approval.id, due)
    return approval.id


async def _tell(tx: Tx, approval: Approval, state: str) -> None:
    """Who asked for it hears what became of it."""
    if approval.asked_by is not None:
        kind, about = f"asked.{state}", str(approval.id)
        told = Notice(kind=kind, case_id=approval.case_id, staff_id=approval.asked_by, about=about)
        await notices.add(tx, told)


def _macs(house: House, draft: Draft) -> tuple[bytes, bytes | None]:
    """The MACs by which the store knows the shown text and payload again."""
    payload = payload_mac(house.envelope, draft.action) if draft.action else None
    return house.envelope.mac("text", draft.reply), payload


def _asked(
    house: House,
    running: Running,
    case: Case,
    made: Made,
    due: datetime,
    expires: datetime,
    *,
    edited: bool = False,
    by: UUID | None = None,
) -> Approval:
    act = made.draft.action
    return Approval(
        id=uuid4(),
        case_id=case.id,
        proposal_id=made.id,
        message_id=made.message_id,
        state="pending",
        binding=binding(house, running, made),
        edited=edited,
        amount_minor=act.amount.amount_minor if act and act.amount else None,
        due_at=due,
        expires_at=expires,
        asked_by=by,
    )


def binding(house: House, running: Running, made: Made) -> bytes:
    """The keyed hash of what is shown to the approver."""
    entries = rule.entries_used(running.bundle, made.contact_reason, made.draft.action)
    shown = rule.bound(made.draft.action, made.draft.reply, entries, made.message_id)
    return house.envelope.mac("binding", shown.decode())


async def decide(house: House, actor: Actor, approval_id: UUID, verdict: Verdict) -> str:
    """Approve, edit-and-release or reject; the state of the approval afterwards.

    Raises ``Forbidden`` without the authority, ``Conflict`` when it was decided or no longer binds.
    """
    actor.must(Act.APPROVE)
    if actor.kind != "staff":
        raise Forbidden(actor=actor.id, act="approve", why="a decision is a person's")
    async with house.db.tx(actor) as tx:
        case = await cases.lock(tx, (await rows.read(tx, approval_id)).case_id)
        approval = await rows.read(tx, approval_id)
        rule.must_pend(approval.state, approval_id)
        made = await answers.proposal(tx, house.envelope, case, approval.proposal_id)
        running = await house.running(tx, case.workflow)
        binds = approval.message_id == case.last_inbound_id and approval.binding == binding(
            house, running, made
        )
        if not binds or tx.now >= approval.expires_at:
            outcome = await _undone(tx, house, running, case, approval, "expired" if binds else "invalidated")
        else:
            outcome = await _decided(tx, house, running, case, approval, made, verdict, UUID(actor.id))
    if outcome in {"expired", "invalidated"}:
        raise Conflict(what=f"approval {approval_id}", state=outcome, why="what it bound has changed")
    return outcome


async def _decided(
    tx: Tx,
    house: House,
    running: Running,
    case: Case,
    approval: Approval,
    made: Made,
    verdict: Verdict,
    by: UUID,
) -> str:
    approver = await rows.approver(tx, by)
    asked = rule.Asked(
        customer_id=case.customer_id, amount_minor=approval.amount_minor or 0, asked_by=approval.asked_by
    )
    await jobs.drop(tx, case.id, "approval_expiry")
    draft = edited_draft(made.draft, verdict) if verdict.decision == "edit" else made.draft
    if approval.asked_by is None:  # of the AI's work it says nothing
        said = Body(decision=_word(made.draft, draft, verdict), contact_reason=made.contact_reason)
        await feedback.add(tx, house, case, What.APPROVAL, said)
    if verdict.decision == "reject":
        rule.may_decide(approver, msgspec.structs.replace(asked, amount_minor=0))
        await _rejected(tx, house, running, case, approval, made, verdict, by)
        return "rejected"
    if draft != made.draft:
        approval, made = await _edited(tx, house, running, case, approval, made, draft)
        asked = msgspec.structs.replace(asked, amount_minor=approval.amount_minor or 0)
    rule.may_decide(approver, asked)
    await _within_ceiling(tx, house, running, case, made)
    await rows.approve(tx, approval, by)
    await sla.approval_ended(tx, case)
    await _tell(tx, approval, "approved")
    await _released(tx, house, running, case, approval, made, by)
    return "approved"


def _word(shown: Draft, draft: Draft, verdict: Verdict) -> Literal["approved", "edited", "rejected"]:
    if verdict.decision == "reject":
        return "rejected"
    return "approved" if draft == shown else "edited"


async def _within_ceiling(tx: Tx, house: House, running: Running, case: Case, made: Made) -> None:
    """What the store would refuse at its execution, with all that is authorised before it, is refused here.

    An approver edits an amount, and others of the same customer are decided meanwhile (TIR-5).
    """
    act = made.draft.action
    ceiling = ceiling_of(running.bundle, act.action) if act else None
    if act is None or act.amount is None or ceiling is None:
        return
    customer = await customers.read(tx, house.envelope, case.customer_id)
    cap = cap_minor(ceiling, worth_minor(customer.lifetime_value_minor, act.paid))
    since = tx.now - timedelta(days=ceiling.window_days)
    used = await answers.spent(tx, case.customer_id, act.action, since)
    rule.within_ceiling(act.amount.amount_minor, cap, used)


async def _released(
    tx: Tx, house: House, running: Running, case: Case, approval: Approval, made: Made, by: UUID
) -> None:
    """The action first, and the reply once it is confirmed; without an action the reply at once."""
    await _end_proposal(tx, case, made)
    if made.draft.action is not None:
        if approval.asked_by is None:
            case = await cases.move(tx, case, "approved", state="acting")
        await action.authorise(tx, house, running, case, made, authority="approval", approval=approval)
        return
    provenance = Provenance(
        drafted_by=made.drafted_by,
        released_by=by,
        approval_id=approval.id,
        proposal_id=made.id,
        sources=made.cited,
    )
    await delivery.post_approved(tx, house, case, made.draft.reply, provenance, None)
    await delivery.answered(tx, case, case.tier or Tier.SUPERVISED)


async def _end_proposal(tx: Tx, case: Case, made: Made) -> None:
    await end_proposal(tx, case.id, made.id, "decided", "a person decided")


async def _edited(
    tx: Tx, house: House, running: Running, case: Case, approval: Approval, made: Made, draft: Draft
) -> tuple[Approval, Made]:
    """A new revision, bound to its editor; the old approval no longer stands."""
    await rows.end(tx, approval, "invalidated", reason="edited into a new revision")
    await _end_proposal(tx, case, made)
    again = msgspec.structs.replace(
        made, id=uuid4(), revision=made.revision + 1, drafted_by="person", draft=draft, state="pending"
    )
    await answers.add_proposal(tx, house.envelope, case, again)
    due, expires, by = approval.due_at, approval.expires_at, approval.asked_by
    asked = _asked(house, running, case, again, due, expires, edited=True, by=by)
    await rows.add(tx, asked, *_macs(house, draft))
    return asked, again


def edited_draft(draft: Draft, verdict: Verdict) -> Draft:
    """The draft with the editor's text and amount; an amount only where there was one, above nothing."""
    reply = draft.reply if verdict.text is None else verdict.text.strip()
    if not reply and draft.reply:
        raise Invalid(what="text", why="an edited reply may not be empty")
    act = draft.action
    if verdict.amount_minor is not None:
        act = _with_amount(act, verdict.amount_minor)
    return msgspec.structs.replace(draft, reply=reply, action=act)


def _with_amount(act: Action | None, amount_minor: int) -> Action:
    if act is None or act.amount is None:
        raise Invalid(what="amount_minor", why="this proposal moves no money")
    if not 0 < amount_minor <= (act.paid.amount_minor if act.paid else act.amount.amount_minor):
        raise Invalid(what="amount_minor", why="it must be above 0 and at most what was paid")
    return msgspec.structs.replace(act, amount=Money(amount_minor, act.amount.currency))


async def _rejected(
    tx: Tx,
    house: House,
    running: Running,
    case: Case,
    approval: Approval,
    made: Made,
    verdict: Verdict,
    by: UUID,
) -> None:
    """A person gets the case, with the attempt in its package and the note of who rejected it."""
    await rows.end(tx, approval, "rejected", by=by, reason=verdict.why)
    await _end_proposal(tx, case, made)
    await sla.approval_ended(tx, case)
    await _handed_over(tx, house, case, verdict.note)
    await _to_person(tx, house, running, case, approval, "rejected")


async def _to_person(
    tx: Tx, house: House, running: Running, case: Case, approval: Approval, state: str
) -> None:
    """A person gets the case; who asked for it has it, and is told."""
    if approval.asked_by is not None:
        await _tell(tx, approval, state)
        return
    await escalation.escalate(tx, house, running, case, for_want_of(f"approval.{state}"))


async def _handed_over(tx: Tx, house: House, case: Case, words: str) -> None:
    if words.strip():
        await notes.add(tx, house.envelope, case, fit(words), kind=Kind.HANDOVER)


async def _undone(tx: Tx, house: House, running: Running, case: Case, approval: Approval, state: str) -> str:
    await jobs.drop(tx, case.id, "approval_expiry")
    await rows.end(
        tx, approval, state, reason="too late" if state == "expired" else "what it bound has changed"
    )
    await _taken_back(tx, case, approval, f"approval {state}")
    await sla.approval_ended(tx, case)
    await _to_person(tx, house, running, case, approval, state)
    return state


async def _taken_back(tx: Tx, case: Case, approval: Approval, because: str) -> None:
    """What the AI has under way; of a person's own case nothing but what they had asked for."""
    if approval.asked_by is None:
        await delivery.take_back(tx, case, because)
    else:
        await end_proposal(tx, case.id, approval.proposal_id, "superseded", because)


async def expire(house: House, job: Job) -> None:
    """Nobody decided in time: a person takes the case (TIR-6)."""
    assert job.case_id is not None, "the job names its case"  # noqa: S101
    assert job.subject_id is not None, "the job names its approval"  # noqa: S101
    async with house.db.tx(system("approval")) as tx:
        case = await cases.lock(tx, job.case_id)
        approval = await rows.read(tx, job.subject_id)
        await jobs.done(tx, job)
        if approval.state == "pending":
            running = await house.running(tx, case.workflow)
            await _undone(tx, house, running, case, approval, "expired")


async def withdraw(house: House, actor: Actor, approval_id: UUID, note: str) -> None:
    """Staff take a proposal back before it is decided; a person takes the case, and gets the note."""
    actor.must(Act.APPROVE)
    if actor.kind != "staff":
        raise Forbidden(actor=actor.id, act="withdraw an approval", why="only people do")
    async with house.db.tx(actor) as tx:
        case = await cases.lock(tx, (await rows.read(tx, approval_id)).case_id)
        approval = await rows.read(tx, approval_id)
        rule.must_pend(approval.state, approval_id)
        running = await house.running(tx, case.workflow)
        await jobs.drop(tx, case.id, "approval_expiry")
        await rows.end(tx, approval, "withdrawn", by=UUID(actor.id), reason="taken back")
        await _handed_over(tx, house, case, note)
        await _taken_back(tx, case, approval, "withdrawn by staff")
        await sla.approval_ended(tx, case)
        await _to_person(tx, house, running, case, approval, "withdrawn")
