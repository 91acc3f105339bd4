"""A message arrives: itself, its customer, conversation and case, and the receipt of its scan."""

from typing import Any
from uuid import UUID, uuid4

import msgspec

from newel.domain.attachment import Attached
from newel.domain.intake import Inbound
from newel.domain.scan.receipt import Receipt
from newel.store import audit
from newel.store.case import Case
from newel.store.customer import Profile, profile_place
from newel.store.db import Tx, sql
from newel.store.envelope import Envelope, Sealer, case_place
from newel.store.intake.look import Look, Sender
from newel.store.intake.values import Body, body_place


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
    body = sealer.seal_value(body_place(arrival.id), said)
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
