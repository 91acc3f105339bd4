"""Intake: message, case and scan receipt in one transaction; a marker locks before any AI is asked."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from newel.domain import intake as rule
from newel.domain.access import Act, Actor
from newel.domain.escalation import for_want_of, of_receipt
from newel.domain.intake import Inbound
from newel.domain.scan.features import CustomerFacts, ScanInput
from newel.domain.scan.receipt import Receipt, failure_receipt
from newel.domain.words import Assist, Priority, Tier
from newel.flow import context, delivery, escalation, sla
from newel.flow.house import House, Running
from newel.store import case as cases
from newel.store import customer as customers
from newel.store import intake as rows
from newel.store import job
from newel.store import routing as work
from newel.store.case import Case
from newel.store.customer import Customer
from newel.store.db import Tx
from newel.store.envelope import case_place

HISTORY_SPAN = timedelta(days=90)


@dataclass(frozen=True)
class _Arrival:
    """What one inbound message brings along on its way through the steps below."""

    house: House
    running: Running
    inbound: Inbound
    customer: Customer
    external: bytes


async def receive(house: House, actor: Actor, inbound: Inbound) -> rows.Taken:
    """Take a message or an item in: once for each (channel, external id), whatever is retried.

    Raises ``Invalid`` for unusable input; nothing is written then.
    """
    actor.must(Act.INTAKE)
    rule.check(inbound)
    async with house.db.tx(actor) as tx:
        external = house.envelope.mac(f"external:{inbound.channel}", inbound.external_id)
        twin = await rows.known(tx, inbound.channel, external)
        if twin:
            return twin
        running = await house.running(tx, inbound.workflow)
        customer = await _customer(house, tx, inbound, running)
        return await _take(tx, _Arrival(house, running, inbound, customer, external))


async def _customer(house: House, tx: Tx, inbound: Inbound, running: Running) -> Customer:
    sender = inbound.customer
    identities = {customers.OPERATOR: sender.ref} if sender.ref else {}
    if sender.address:
        identities[inbound.channel] = sender.address
    profile = customers.Profile(
        ref=sender.ref,
        name=sender.name,
        addresses={inbound.channel: sender.address} if sender.address else {},
    )
    kind = "vendor" if running.bundle.kind == "items" else "customer"
    found = await customers.ensure(tx, house.envelope, identities, profile, kind=kind)
    return await customers.read(tx, house.envelope, found)


async def _take(tx: Tx, arrival: _Arrival) -> rows.Taken:
    case, fresh = await _case(tx, arrival)
    receipt = await _scan(tx, arrival, case)
    message = await rows.add_message(tx, arrival.house.envelope, case, arrival.inbound, arrival.external)
    if arrival.inbound.fields is not None:
        await rows.add_item(tx, arrival.house.envelope, case, message, arrival.inbound)
    await rows.add_receipt(tx, arrival.house.envelope, case, message, receipt)
    case = await _arrived(tx, arrival, case, message, receipt, fresh)
    return rows.Taken(message, case.id, case.conversation_id, case.state)


async def _case(tx: Tx, arrival: _Arrival) -> tuple[Case, bool]:
    """The case that the message joins, locked, and whether its episode begins with it."""
    inbound, envelope = arrival.inbound, arrival.house.envelope
    conversation = None
    if arrival.running.bundle.kind == "conversations":
        thread = inbound.conversation or inbound.customer.ref or inbound.customer.address
        mac = envelope.mac(f"thread:{inbound.channel}", thread)
        conversation, _ = await rows.conversation(tx, inbound, mac, arrival.customer.id)
    found = await rows.candidates(tx, conversation, arrival.customer.id, inbound.case_id)
    joined = rule.thread(found, inbound.case_id, tx.now)
    if joined is None:
        return await _new(tx, arrival, conversation), True
    case = await cases.lock(tx, joined.case_id)
    if case.state != "resolved":
        return case, False
    return await _reopened(tx, arrival, case), True


async def _new(tx: Tx, arrival: _Arrival, conversation: UUID | None) -> Case:
    case_id = uuid4()
    subject = customers.sealer_of(arrival.house.envelope, arrival.customer)
    wrapped, _ = subject.new_key(case_place(case_id))
    case = Case(
        id=case_id,
        workflow=arrival.inbound.workflow,
        kind="item" if conversation is None else "conversation",
        customer_id=arrival.customer.id,
        conversation_id=conversation,
        key_wrapped=wrapped,
        subject_wrapped=arrival.customer.wrapped,
        policy_id=arrival.running.id,
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
    return await cases.add(tx, case)


async def _reopened(tx: Tx, arrival: _Arrival, case: Case) -> Case:
    """A new episode: locks and tier end with the old one."""
    return await cases.move(
        tx,
        case,
        "reopened",
        state="ai",
        episode=case.episode + 1,
        policy_id=arrival.running.id,
        tier=None,
        locked=False,
        priority=Priority.P3,
        assist=Assist.DRAFT,
        deflected=False,
        resolved_at=None,
        due_at=None,
        answered_at=None,
        episode_opened_at=tx.now,
    )


async def _scan(tx: Tx, arrival: _Arrival, case: Case) -> Receipt:
    """The receipt of the arrived message."""
    customer, inbound = arrival.customer, arrival.inbound
    subject = customers.sealer_of(arrival.house.envelope, customer)
    since = tx.now - HISTORY_SPAN
    history = await rows.history(tx, subject, customer.id, since, (case.id, case.episode))
    message = ScanInput(
        text=inbound.text,
        channel=inbound.channel,
        workflow=inbound.workflow,
        language=inbound.language or None,
        fields=inbound.fields,
        subject=inbound.subject,
        customer=CustomerFacts(
            lifetime_value=customer.lifetime_value_minor or 0,
            vip=customer.vip,
            vulnerable=customer.vulnerable,
            prefers_human=customer.prefers_human,
            segment=customer.segment,
        ),
        history=history,
        at=tx.now,
    )
    return scanned(arrival.running, message)


def scanned(running: Running, message: ScanInput) -> Receipt:
    """The receipt; whatever goes wrong, the case goes to a person."""
    try:
        return running.scanner.scan(message)
    except Exception as error:
        return failure_receipt(running.version, type(error).__name__)


async def _arrived(
    tx: Tx, arrival: _Arrival, case: Case, message: UUID, receipt: Receipt, fresh: bool
) -> Case:
    """Whatever the AI had under way is superseded; then a person, or the AI after the burst."""
    house, running = arrival.house, arrival.running
    undone = not fresh and await delivery.take_back(tx, case, because="a newer message came")
    language = receipt.language.code if receipt.language else case.language
    changes = {
        "last_inbound_id": message,
        "turn": case.turn + 1,
        "language": language,
        "policy_id": running.id,
    }
    if receipt.tier_floor is Tier.HUMAN or undone:
        case = await cases.move(tx, case, "message", **changes)
        human = receipt.tier_floor is Tier.HUMAN
        order = of_receipt(receipt) if human else for_want_of("approval.invalidated")
        case = await escalation.escalate(tx, house, running, case, order)
    elif case.tier is Tier.HUMAN:
        state = "owned" if case.state in {"snoozed", "waiting"} else case.state
        case = await cases.move(tx, case, "message", state=state, due_at=None, **changes)
        await job.drop(tx, case.id, "settle")
        await job.drop(tx, case.id, "wake")
        item = await work.open_of(tx, case.id)
        if item is not None:
            await context.renew(tx, item)
    else:
        follow_up = case.follow_up or case.state == "waiting"
        case = await _to_ai(tx, arrival, case, fresh, follow_up, changes)
    if case.tier is Tier.HUMAN and case.kind == "conversation" and not fresh:
        await sla.customer_wrote(tx, running, case)
    return case


async def _to_ai(
    tx: Tx, arrival: _Arrival, case: Case, fresh: bool, follow_up: bool, changes: dict[str, object]
) -> Case:
    if case.state == "acting":
        return await cases.move(tx, case, "message", follow_up=follow_up, **changes)
    case = await cases.move(tx, case, "message", state="ai", due_at=None, follow_up=follow_up, **changes)
    if not fresh:
        await job.drop(tx, case.id, "answer", "settle", "deflection", "approval_expiry")
    first = tx.now if fresh else await _burst_began(tx, arrival, case)
    at = rule.answer_at(arrival.inbound.channel, first, tx.now)
    await job.add(tx, "answer", at=at, case_id=case.id, key=f"answer:{case.id}:{case.turn}")
    return case


async def _burst_began(tx: Tx, arrival: _Arrival, case: Case) -> datetime:
    """When the first unanswered message of the burst came."""
    replied = await rows.last_outbound(tx, case)
    said = await rows.inbound(tx, arrival.house.envelope, case)
    return next((s.received_at for s in said if s.seq > replied), tx.now)
