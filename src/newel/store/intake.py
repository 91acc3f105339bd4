"""Rows of intake: conversations, inbound messages, items, scan receipts."""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar
from uuid import UUID, uuid4

import msgspec

from newel.domain.access import Actor
from newel.domain.attachment import Attached
from newel.domain.intake import Inbound, Open
from newel.domain.knowledge import Pointer
from newel.domain.scan.features import CustomerFacts, PastContact
from newel.domain.scan.receipt import Receipt
from newel.store import audit
from newel.store import customer as customers
from newel.store.case import Case
from newel.store.customer import OPERATOR, Profile, identity_mac, profile_place
from newel.store.db import Db, Record, Tx, sql
from newel.store.envelope import Envelope, Sealer, case_place

T = TypeVar("T")
_PREVIOUS: Final = 3
_OPEN: Final = ("open_ids", "open_conversations", "open_from", "open_to", "open_into")
_PAST: Final = (
    "past_ids", "past_cases", "past_episodes", "past_keys", "past_bodies", "past_ats", "past_reasons",
    "past_answered",
)  # fmt: skip


class Body(msgspec.Struct, frozen=True):
    """The sealed text of a message, with what it carries; of an answer also what it stands on or offers."""

    text: str
    subject: str = ""
    sources: tuple[str, ...] = ()
    attachments: tuple[Attached, ...] = ()
    contact: str = ""
    articles: tuple[Pointer, ...] = ()


class Taken(msgspec.Struct, frozen=True):
    """What a message became: the same answer for the same message twice."""

    message_id: UUID
    case_id: UUID
    conversation_id: UUID | None
    state: str
    duplicate: bool = False


class Said(msgspec.Struct, frozen=True):
    """One inbound message with the receipt of its scan."""

    id: UUID
    seq: int
    received_at: datetime
    body: Body
    receipt: Receipt


class Macs(msgspec.Struct, frozen=True, kw_only=True):
    """The blind keys by which an arriving message is looked up."""

    external: bytes
    ref: bytes | None
    address: bytes | None
    thread: bytes

    @classmethod
    def of(cls, envelope: Envelope, inbound: Inbound) -> "Macs":
        """Those of a message."""
        channel, sender = inbound.channel, inbound.customer
        thread = inbound.conversation or sender.ref or sender.address
        return cls(
            external=envelope.mac(f"external:{channel}", inbound.external_id),
            ref=identity_mac(envelope, OPERATOR, sender.ref) if sender.ref else None,
            address=identity_mac(envelope, channel, sender.address) if sender.address else None,
            thread=envelope.mac(f"thread:{channel}", thread),
        )


class Past(msgspec.Struct, frozen=True):
    """The first message of an earlier episode, or one of the last of the episode at hand; sealed.

    ``answered`` says when the AI answered the episode by itself, if nobody came back to that yet.
    """

    id: UUID
    case: UUID
    episode: int
    key: bytes
    body: bytes
    at: datetime
    reason: str
    answered: datetime | None = None


class Sender(msgspec.Struct, frozen=True, kw_only=True):
    """Who writes, as far as the intake must know; ``profile`` is sealed, for somebody who is new."""

    id: UUID
    wrapped: bytes
    facts: CustomerFacts = CustomerFacts()
    kind: str = ""
    profile: bytes | None = None

    def sealer(self, envelope: Envelope) -> Sealer:
        """Seals under their own key."""
        return envelope.subject(self.id, self.wrapped)


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """What is here already for an arriving message."""

    macs: Macs
    twin: Taken | None = None
    sender: Sender | None = None
    unbound: Mapping[str, bytes] = {}
    conversation: UUID | None = None
    address_shared: bool = False
    candidates: list[Open] = []
    past: list[Past] = []


@asynccontextmanager
async def look_in(
    db: Db, envelope: Envelope, actor: Actor, inbound: Inbound, span: timedelta
) -> AsyncIterator[tuple[Tx, Look]]:
    """The transaction of an intake, opened by its look at what is here; the locks last as long as it does."""
    macs = Macs.of(envelope, inbound)
    asked = (
        inbound.channel,
        macs.external,
        macs.ref,
        macs.address,
        macs.thread,
        inbound.case_id,
        span,
        not inbound.conversation,
    )
    async with db.opened(actor, sql("intake").look_in, *asked) as (tx, row):
        assert row is not None, "the look always has its row"  # noqa: S101
        if row["stranger_id"]:
            talk, stranger, known = row["conversation_id"], row["stranger_id"], row["customer_id"]
            await customers.become(tx, envelope, talk, stranger, known)
            yield tx, _look(await tx.one(sql("intake").look_in, *asked), macs, inbound.channel)
        else:
            yield tx, _look(row, macs, inbound.channel)


def _look(row: Record, macs: Macs, channel: str) -> Look:
    if row["message_id"]:
        known = (row["message_id"], row["case_id"], row["case_conversation"], row["case_state"])
        return Look(macs=macs, twin=Taken(*known, duplicate=True))
    identities = ((OPERATOR, macs.ref, row["ref_bound"]), (channel, macs.address, row["address_bound"]))
    return Look(
        macs=macs,
        sender=_sender(row) if row["customer_id"] else None,
        unbound={name: mac for name, mac, bound in identities if mac and not bound},
        conversation=row["conversation_id"],
        address_shared=row["address_shared"],
        candidates=_across(Open, row, *_OPEN),
        past=_across(Past, row, *_PAST),
    )


def _sender(row: Record) -> Sender:
    facts = CustomerFacts(
        lifetime_value=row["lifetime_value_minor"] or 0,
        vip=row["vip"],
        vulnerable=row["vulnerable"],
        prefers_human=row["prefers_human"],
        segment=row["segment"],
    )
    return Sender(id=row["customer_id"], wrapped=row["wrapped"], facts=facts)


def _across(kind: Callable[..., T], row: Record, *columns: str) -> list[T]:
    """One value for each place of arrays of one length; none where they are null."""
    return [kind(*values) for values in zip(*(row[name] or () for name in columns), strict=True)]


async def newcomer(tx: Tx, envelope: Envelope, profile: Profile, kind: str) -> Sender:
    """Somebody who was never here, with a key of their own; stored with their message."""
    customer = uuid4()
    wrapped, sealer = envelope.new_subject(customer)
    sealed = sealer.seal_value(profile_place(customer), profile)
    await audit.record(tx, "customer.added", "customer", customer, kind=kind)
    return Sender(id=customer, wrapped=wrapped, kind=kind, profile=sealed)


class Arrival(msgspec.Struct, frozen=True, kw_only=True):
    """A message with all that is stored of it; ``opens``: its case is new, ``starts``: its conversation.

    ``heard`` is the conversation by which it came, when that is a merged case's.
    """

    id: UUID
    inbound: Inbound
    look: Look
    sender: Sender
    case: Case
    receipt: Receipt
    receipt_id: UUID
    opens: bool
    starts: bool
    heard: UUID | None = None
    attached: tuple[Attached, ...] = ()

    @property
    def own(self) -> bool:
        """Whether a conversation that it starts is what its customer has on the channel, by any way to them.

        One that is named is apart; so is what comes from an address that two customers share.
        """
        shared = self.look.address_shared and not self.inbound.customer.ref
        return not self.inbound.conversation and not shared


async def tell(tx: Tx, arrival: Arrival) -> None:
    """The events of an arrival: the message, and its receipt."""
    case_id, receipt, outcome = arrival.case.id, arrival.receipt, _outcome(arrival.receipt)
    channel = arrival.inbound.channel
    await audit.record(tx, "message.received", "message", arrival.id, case_id=case_id, channel=channel)
    await audit.record(
        tx,
        f"scan.{outcome}",
        "receipt",
        arrival.receipt_id,
        case_id=case_id,
        markers=[m.id for m in receipt.markers],
        floor=int(receipt.tier_floor),
    )


async def take_in(tx: Tx, envelope: Envelope, arrival: Arrival) -> None:
    """Store an arrival, its texts sealed, with the step's ending so far: one statement."""
    sealer = arrival.sender.sealer(envelope).unwrap(case_place(arrival.case.id), arrival.case.key_wrapped)
    values = (*_whose(arrival), *_said_in(envelope, sealer, arrival), *_found(sealer, arrival))
    values = (*values, arrival.heard, arrival.own)
    done = len(tx.ending.done)
    row = await tx.one(sql("intake").take_in, tx.now, *values, *tx.ending.columns(tx))
    tx.must_be_ours(row["end_step"], done)


def _whose(arrival: Arrival) -> tuple[Any, ...]:
    """Customer, conversation and case; of what is here already only the id."""
    sender, case, look = arrival.sender, arrival.case, arrival.look
    return (
        sender.id,
        sender.kind,
        sender.wrapped if sender.profile else None,
        sender.profile,
        list(look.unbound),
        list(look.unbound.values()),
        case.conversation_id,
        case.workflow,
        arrival.inbound.channel,
        look.macs.thread if arrival.starts else None,
        case.id,
        case.kind,
        case.key_wrapped if arrival.opens else None,
        case.policy_id,
        case.language,
        case.episode,
    )


def _said_in(envelope: Envelope, sealer: Sealer, arrival: Arrival) -> tuple[Any, ...]:
    """The message, and the fields of an item."""
    inbound, item = arrival.inbound, uuid4()
    said = Body(inbound.text, inbound.subject, attachments=arrival.attached, contact=inbound.contact)
    body = sealer.seal_value(_place(arrival.id), said)
    told = (arrival.id, arrival.look.macs.external, envelope.mac("text", inbound.text), body)
    if inbound.fields is None:
        return (*told, None, None, None)
    fields = sealer.seal_value(f"item.fields:{item}", dict(inbound.fields))
    return (*told, item, inbound.extraction_confidence, fields)


def _found(sealer: Sealer, arrival: Arrival) -> tuple[Any, ...]:
    """The receipt; its evidence is sealed."""
    receipt, found = arrival.receipt, arrival.receipt_id
    return (
        found,
        _outcome(receipt),
        int(receipt.tier_floor),
        receipt.locked,
        [m.id for m in receipt.markers],
        list(receipt.clusters),
        receipt.risk.score,
        list(receipt.not_evaluated),
        sealer.seal_value(f"scan_receipt.evidence:{found}", receipt),
    )


def _outcome(receipt: Receipt) -> str:
    return "failed" if receipt.error else "scanned"


async def inbound(tx: Tx, envelope: Envelope, case: Case) -> list[Said]:
    """The customer's messages of this episode, in order."""
    sealer = case.sealer(envelope)
    rows = await tx.rows(sql("intake").inbound, case.id, case.episode)
    return [_opened(sealer, *row.values()) for row in rows]


def _opened(
    sealer: Sealer, message: UUID, seq: int, at: datetime, body: bytes, receipt: UUID, evidence: bytes
) -> Said:
    return Said(
        id=message,
        seq=seq,
        received_at=at,
        body=sealer.open_value(_place(message), body, Body),
        receipt=sealer.open_value(f"scan_receipt.evidence:{receipt}", evidence, Receipt),
    )


async def fields(tx: Tx, envelope: Envelope, case: Case) -> tuple[dict[str, Any], float | None]:
    """The newest fields of an item and the confidence of their extraction; empty for conversations."""
    row = await tx.row(sql("intake").item_of, case.id)
    if row is None:
        return {}, None
    return opened_fields(case.sealer(envelope), row["id"], row["fields_sealed"]), row["confidence"]


def opened_fields(sealer: Sealer, item: UUID | None, sealed: bytes) -> dict[str, Any]:
    """The fields of an item; empty without one."""
    return sealer.open_value(f"item.fields:{item}", sealed, dict[str, Any]) if item else {}


def said(sealer: Sealer, row: Record) -> list[Said]:
    """The messages of a row that holds them as arrays."""
    return _across(
        lambda *told: _opened(sealer, *told), row, "ids", "seqs", "ats", "bodies", "receipts", "evidence"
    )


async def last_outbound(tx: Tx, case: Case) -> int:
    """The sequence number of the newest reply in this episode; 0 when there is none."""
    found: int = await tx.value(sql("intake").last_outbound, case.id, case.episode)
    return found


def history(
    envelope: Envelope, sender: Sender, past: Iterable[Past], now_in: tuple[UUID, int]
) -> tuple[PastContact, ...]:
    """Earlier contacts of the customer, oldest first, without the episode at hand."""
    subject = sender.sealer(envelope)
    found = [
        PastContact(one.at, one.reason or None, _text(subject, one), one.case)
        for one in past
        if (one.case, one.episode) != now_in
    ]
    return tuple(sorted(found, key=lambda contact: contact.at))


def previous(
    envelope: Envelope, sender: Sender, past: Iterable[Past], now_in: tuple[UUID, int]
) -> tuple[str, ...]:
    """What the customer wrote last in the episode at hand, oldest first: a phrase may go on from there."""
    subject = sender.sealer(envelope)
    here = sorted((one for one in past if (one.case, one.episode) == now_in), key=lambda one: one.at)
    return tuple(_text(subject, one) for one in here[-_PREVIOUS:])


def _text(subject: Sealer, past: Past) -> str:
    sealer = subject.unwrap(case_place(past.case), past.key)
    return sealer.open_value(_place(past.id), past.body, Body).text


def _place(message: UUID) -> str:
    return f"message.body:{message}"
