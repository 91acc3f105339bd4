"""Intake: message, case and scan receipt in one transaction; a marker locks before any AI is asked."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import msgspec

from newel import span
from newel.domain import attachment
from newel.domain import follow_up as again
from newel.domain import intake as rule
from newel.domain.access import Act, Actor
from newel.domain.escalation import of_receipt
from newel.domain.intake import Inbound, Join
from newel.domain.scan.features import ScanInput, Signal
from newel.domain.scan.reader import goes_on
from newel.domain.scan.receipt import Receipt
from newel.domain.words import Assist, Priority, Tier
from newel.flow import attachment as attachments
from newel.flow import context, delivery, escalation, follow_up, sla
from newel.flow.house import House, Running
from newel.flow.scan import failed, heard, same, scanned
from newel.store import attachment as carried
from newel.store import case as cases
from newel.store import customer as customers
from newel.store import intake as rows
from newel.store import job
from newel.store import merge as merges
from newel.store import routing as work
from newel.store.attachment import Held
from newel.store.case import Case
from newel.store.db import Tx
from newel.store.envelope import case_place
from newel.store.intake import Arrival, Look, Past, Sender

HISTORY_SPAN = timedelta(days=90)


@dataclass(frozen=True)
class _Coming:
    """What one inbound message brings along on its way through the steps below."""

    house: House
    running: Running
    inbound: Inbound
    look: Look
    sender: Sender
    signals: tuple[Signal, ...] = ()
    held: list[Held] = field(default_factory=list)
    heard: UUID | None = None
    previous: tuple[str, ...] = ()


class _GoesOn(Exception):
    """The message may go on with a sentence that these texts before it began."""

    def __init__(self, previous: tuple[str, ...]) -> None:
        self.previous = previous


async def receive(house: House, actor: Actor, inbound: Inbound) -> rows.Taken:
    """Take a message or an item in: once for each (channel, external id), whatever is retried.

    Raises ``Invalid`` for unusable input; nothing is written then.
    """
    actor.must(Act.INTAKE)
    rule.check(inbound)
    with span.part("intake") as here:
        taken = await _received(house, actor, inbound)
        here.tell({"newel.case.id": str(taken.case_id), "messaging.message.id": str(taken.message_id)})
        here.tell({"newel.outcome": "duplicate" if taken.duplicate else taken.state})
        return taken


async def _received(house: House, actor: Actor, inbound: Inbound) -> rows.Taken:
    named = await attachments.names(house, actor, inbound.attachments)
    message = ScanInput(text=inbound.text, subject=inbound.subject, attachments=named)
    return await _heard(house, actor, inbound, message)


async def _heard(house: House, actor: Actor, inbound: Inbound, message: ScanInput) -> rows.Taken:
    """Taken in, with what the models say of ``message``.

    What came before is known in the transaction alone, where no model is asked; then it begins anew.
    """
    message = await heard(house.listening, house.listens, message)
    async with rows.look_in(house.db, house.envelope, actor, inbound, HISTORY_SPAN) as (tx, look):
        twin = look.twin
        if twin:
            return twin
        running = await house.running(tx, inbound.workflow)
        sender = look.sender or await _newcomer(house, tx, inbound, running)
        coming = _Coming(house, running, inbound, look, sender, message.signals)
        try:
            return await _take(tx, coming, listens=bool(message.signals and not message.previous))
        except _GoesOn as found:
            message = msgspec.structs.replace(message, previous=found.previous)
    return await _heard(house, actor, inbound, message)


async def _newcomer(house: House, tx: Tx, inbound: Inbound, running: Running) -> Sender:
    sender = inbound.customer
    profile = customers.Profile(
        ref=sender.ref,
        name=sender.name,
        addresses={inbound.channel: sender.address} if sender.address else {},
    )
    kind = "vendor" if running.bundle.kind == "items" else "customer"
    return await rows.newcomer(tx, house.envelope, profile, kind)


async def _take(tx: Tx, coming: _Coming, *, listens: bool) -> rows.Taken:
    """Raises ``_GoesOn``, with nothing written, where models listen that have not heard what came before."""
    case, fresh, heard = await _case(tx, coming)
    here = (case.id, case.episode)
    previous = rows.previous(coming.house.envelope, coming.sender, coming.look.past, here)
    if listens and goes_on(previous, coming.inbound.text):
        raise _GoesOn(previous)
    coming = replace(coming, previous=previous)
    broken = await _follows_up(tx, coming, case)
    coming = replace(await _with_attachments(tx, coming, case), heard=heard)
    receipt = await _scan(tx, coming, case, broken)
    arrival = await _arrival(tx, coming, case, receipt)
    if arrival.opens and receipt.tier_floor is not Tier.HUMAN:
        case = await _arrived(tx, coming, arrival, fresh)  # in memory alone: one statement writes it all
        await rows.take_in(tx, coming.house.envelope, arrival)
    else:
        await rows.take_in(tx, coming.house.envelope, arrival)
        case = await _arrived(tx, coming, arrival, fresh)
    await carried.carry(tx, coming.house.envelope, case, arrival.id, coming.held)
    return rows.Taken(arrival.id, case.id, heard or case.conversation_id, case.state)


async def _follows_up(tx: Tx, coming: _Coming, case: Case) -> Receipt | None:
    """Where the AI answered the customer in another case within the day, this may come back to it.

    With the receipt of the scanner's failure where it fails at that.
    """
    inbound = coming.inbound
    answered = [one for one in coming.look.past if one.case != case.id and again.within(one.answered, tx.now)]
    if answered and again.asks(inbound.text, attached=bool(inbound.attachments)):
        message = _message(tx, coming, case, answered)
        try:
            found = await same(coming.house.scanning, coming.running, message)
        except Exception as error:
            return failed(coming.running.version, error)
        await follow_up.elsewhere(tx, coming.house, found, case)
    return None


async def _with_attachments(tx: Tx, coming: _Coming, case: Case) -> _Coming:
    ids = attachment.few(coming.inbound.attachments)
    held = await attachments.of_customer(tx, coming.house, tx.actor, case, ids)
    return replace(coming, held=held)


async def _arrival(tx: Tx, coming: _Coming, case: Case, receipt: Receipt) -> Arrival:
    """The message with what is stored of it; its case as it is with this message."""
    message, opens = uuid4(), case.turn == 0
    if opens:
        language = receipt.language.code if receipt.language else ""
        case = msgspec.structs.replace(case, last_inbound_id=message, turn=1, language=language)
    arrival = Arrival(
        id=message,
        inbound=coming.inbound,
        look=coming.look,
        sender=coming.sender,
        case=case,
        receipt=receipt,
        receipt_id=uuid4(),
        opens=opens,
        starts=opens and coming.look.conversation is None and case.conversation_id is not None,
        heard=coming.heard,
        attached=tuple(one.about for one in coming.held),
    )
    await rows.tell(tx, arrival)
    return arrival


async def _case(tx: Tx, coming: _Coming) -> tuple[Case, bool, UUID | None]:
    """The case that the message joins, locked, and whether its episode begins with it.

    With the conversation by which it came, when that is a merged case's.
    """
    talks, named = coming.running.bundle.kind == "conversations", coming.inbound.case_id
    found = [one for one in coming.look.candidates if talks or one.id == named]
    joined = rule.thread(found, named, tx.now)
    if joined is None:
        return await _new(tx, coming, talks), True, None
    case, heard = await _locked(tx, joined)
    if case.state != "resolved":
        return case, False, heard
    return await reopened(tx, coming.running, case), True, heard


async def _locked(tx: Tx, joined: Join) -> tuple[Case, UUID | None]:
    """The case that goes on: a merge may have come in between, and a survivor is never merged."""
    case, heard = await cases.lock(tx, joined.case_id), joined.heard
    into = await merges.into(tx, case.id) if case.state == "resolved" else None
    if into is not None:
        heard, case = case.conversation_id, await cases.lock(tx, into)
    return case, heard if heard != case.conversation_id else None


async def _new(tx: Tx, coming: _Coming, talks: bool) -> Case:
    case_id, sender = uuid4(), coming.sender
    wrapped, _ = sender.sealer(coming.house.envelope).new_key(case_place(case_id))
    case = Case(
        id=case_id,
        workflow=coming.inbound.workflow,
        kind="conversation" if talks else "item",
        customer_id=sender.id,
        conversation_id=(coming.look.conversation or uuid4()) if talks else None,
        key_wrapped=wrapped,
        subject_wrapped=sender.wrapped,
        policy_id=coming.running.id,
        episode=1,
        state="ai",
        tier=None,
        locked=False,
        priority=Priority.P3,
        assist=Assist.DRAFT,
        contact_reason="",
        language="",
        deflected=False,
        follow_up=False,
        last_inbound_id=None,
        turn=0,
        due_at=None,
        opened_at=tx.now,
        episode_opened_at=tx.now,
        answered_at=None,
        resolved_at=None,
    )
    return await cases.opened(tx, case)


async def reopened(tx: Tx, running: Running, case: Case) -> Case:
    """A new episode: locks, tier and the mark of a follow-up end with the old one."""
    return await cases.move(
        tx,
        case,
        "reopened",
        state="ai",
        episode=case.episode + 1,
        policy_id=running.id,
        tier=None,
        locked=False,
        priority=Priority.P3,
        assist=Assist.DRAFT,
        deflected=False,
        follow_up=False,
        resolved_at=None,
        due_at=None,
        answered_at=None,
        episode_opened_at=tx.now,
    )


async def _scan(tx: Tx, coming: _Coming, case: Case, broken: Receipt | None) -> Receipt:
    """The receipt of the arrived message; if the scanner is ``broken``, of that."""
    message = _message(tx, coming, case, coming.look.past)
    receipt = broken or await scanned(coming.house.scanning, coming.running, message)
    alone, talks = not rule.says_something(coming.inbound), case.kind == "conversation"
    return attachment.unread(receipt, len(coming.held), alone=alone, talks=talks)


def _message(tx: Tx, coming: _Coming, case: Case, past: Sequence[Past]) -> ScanInput:
    """What the scanner reads, with these contacts as its history."""
    inbound, here = coming.inbound, (case.id, case.episode)
    return ScanInput(
        text=inbound.text,
        channel=inbound.channel,
        workflow=inbound.workflow,
        language=inbound.language or None,
        fields=inbound.fields,
        subject=inbound.subject,
        attachments=tuple(attachment.spoken(one.about.name) for one in coming.held),
        customer=coming.sender.facts,
        history=rows.history(coming.house.envelope, coming.sender, past, here),
        previous=coming.previous,
        signals=coming.signals,
        at=tx.now,
    )


async def _arrived(tx: Tx, coming: _Coming, arrival: Arrival, fresh: bool) -> Case:
    """Whatever the AI had under way is superseded; then a person, or the AI after the burst."""
    if not fresh:
        arrival = await follow_up.here(tx, arrival)
    house, running, case, receipt = coming.house, coming.running, arrival.case, arrival.receipt
    undone = not fresh and await delivery.take_back(tx, case, because="a newer message came")
    if receipt.tier_floor is Tier.HUMAN or undone:
        case = await _moved(tx, coming, arrival)
        human = receipt.tier_floor is Tier.HUMAN
        order = of_receipt(receipt) if human else await escalation.undone(tx, case)
        case = await escalation.escalate(tx, house, running, case, order)
    elif case.tier is Tier.HUMAN:
        state = "owned" if case.state in {"snoozed", "waiting"} else case.state
        case = await _moved(tx, coming, arrival, state=state, due_at=None)
        await job.drop(tx, case.id, "settle", "wake")
        item = await work.open_of(tx, case.id)
        if item is not None:
            await context.renew(tx, item)
    else:
        case = await _to_ai(tx, coming, arrival, fresh)
    if case.tier is Tier.HUMAN and case.kind == "conversation" and not fresh:
        await sla.customer_wrote(tx, running, case)
    return case


async def _moved(tx: Tx, coming: _Coming, arrival: Arrival, **changes: object) -> Case:
    """The case with its new message; one that the message opens is stored like that."""
    case, receipt = arrival.case, arrival.receipt
    if arrival.opens:
        return await cases.note(tx, case, "message")
    return await cases.move(
        tx,
        case,
        "message",
        last_inbound_id=arrival.id,
        turn=case.turn + 1,
        language=receipt.language.code if receipt.language else case.language,
        policy_id=coming.running.id,
        reply_to=coming.heard,
        **changes,
    )


async def _to_ai(tx: Tx, coming: _Coming, arrival: Arrival, fresh: bool) -> Case:
    case = arrival.case
    if case.state == "acting":
        return await _moved(tx, coming, arrival)
    due = rule.owed_at if case.state == "ai" else rule.answer_at
    case = await _moved(tx, coming, arrival, state="ai", due_at=None)
    if not fresh:
        await job.drop(tx, case.id, "answer", "settle", "deflection", "approval_expiry", "review_expiry")
    first = tx.now if fresh else await _burst_began(tx, coming, case)
    at = due(coming.inbound.channel, first, tx.now)
    await job.add(tx, "answer", at=at, case_id=case.id, key=f"answer:{case.id}:{case.turn}")
    return case


async def _burst_began(tx: Tx, coming: _Coming, case: Case) -> datetime:
    """When the first unanswered message of the burst came."""
    replied = await rows.last_outbound(tx, case)
    said = await rows.inbound(tx, coming.house.envelope, case)
    return next((s.received_at for s in said if s.seq > replied), tx.now)
