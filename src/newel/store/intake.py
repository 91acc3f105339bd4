"""Rows of intake: conversations, inbound messages, items, scan receipts."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import msgspec

from newel.domain.intake import Inbound, Open
from newel.domain.scan.features import PastContact
from newel.domain.scan.receipt import Receipt
from newel.store import audit
from newel.store.case import Case
from newel.store.db import Tx, sql
from newel.store.envelope import Envelope, Sealer, case_place


class Body(msgspec.Struct, frozen=True):
    """The sealed text of a message; of an answer also what it stands on."""

    text: str
    subject: str = ""
    sources: tuple[str, ...] = ()


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


async def known(tx: Tx, channel: str, external: bytes) -> Taken | None:
    """The message, if it is already here; waits for a twin that is being taken in."""
    await tx.value(sql("intake").lock_external, external)
    row = await tx.row(sql("intake").known, channel, external)
    if row is None:
        return None
    return Taken(row["id"], row["case_id"], row["conversation_id"], row["state"], duplicate=True)


async def conversation(tx: Tx, inbound: Inbound, thread_mac: bytes, customer: UUID) -> tuple[UUID, UUID]:
    """The conversation of a thread and its customer; no other message of the thread comes meanwhile."""
    await tx.value(sql("intake").lock_thread, thread_mac)
    row = await tx.one(
        sql("intake").conversation, uuid4(), inbound.workflow, inbound.channel, thread_mac, customer, tx.now
    )
    return row["id"], row["customer_id"]


async def candidates(tx: Tx, conversation_id: UUID | None, customer: UUID, named: UUID | None) -> list[Open]:
    """Cases that the message might join."""
    rows = await tx.rows(sql("intake").candidates, conversation_id, customer, named)
    return [Open(**dict(row)) for row in rows]


async def add_message(tx: Tx, envelope: Envelope, case: Case, inbound: Inbound, external: bytes) -> UUID:
    """Store an inbound message, sealed."""
    message = uuid4()
    body = Body(inbound.text, inbound.subject)
    sealed = case.sealer(envelope).seal_value(_place(message), body)
    text_mac = envelope.mac("text", inbound.text)
    await tx.run(
        sql("intake").message,
        message,
        case.id,
        case.episode,
        inbound.channel,
        external,
        text_mac,
        sealed,
        tx.now,
    )
    await audit.record(tx, "message.received", "message", message, case_id=case.id, channel=inbound.channel)
    return message


async def add_item(tx: Tx, envelope: Envelope, case: Case, message: UUID, inbound: Inbound) -> None:
    """Store the fields of a back-office item, sealed."""
    item = uuid4()
    sealed = case.sealer(envelope).seal_value(f"item.fields:{item}", dict(inbound.fields or {}))
    confidence = inbound.extraction_confidence
    await tx.run(sql("intake").item, item, case.id, message, confidence, sealed, tx.now)


async def add_receipt(tx: Tx, envelope: Envelope, case: Case, message: UUID, receipt: Receipt) -> UUID:
    """Store what the scan found; its evidence is sealed."""
    found = uuid4()
    outcome = "failed" if receipt.error else "scanned"
    await tx.run(
        sql("intake").receipt,
        found,
        message,
        case.id,
        case.policy_id,
        outcome,
        int(receipt.tier_floor),
        receipt.locked,
        [m.id for m in receipt.markers],
        list(receipt.clusters),
        receipt.risk.score,
        list(receipt.not_evaluated),
        case.sealer(envelope).seal_value(f"scan_receipt.evidence:{found}", receipt),
        tx.now,
    )
    markers = [m.id for m in receipt.markers]
    await audit.record(
        tx,
        f"scan.{outcome}",
        "receipt",
        found,
        case_id=case.id,
        markers=markers,
        floor=int(receipt.tier_floor),
    )
    return found


async def inbound(tx: Tx, envelope: Envelope, case: Case) -> list[Said]:
    """The customer's messages of this episode, in order."""
    sealer = case.sealer(envelope)
    rows = await tx.rows(sql("intake").inbound, case.id, case.episode)
    return [_said(sealer, row) for row in rows]


def _said(sealer: Sealer, row: Mapping[str, Any]) -> Said:
    return Said(
        id=row["id"],
        seq=row["seq"],
        received_at=row["received_at"],
        body=sealer.open_value(_place(row["id"]), row["body_sealed"], Body),
        receipt=sealer.open_value(
            f"scan_receipt.evidence:{row['receipt_id']}", row["evidence_sealed"], Receipt
        ),
    )


async def fields(tx: Tx, envelope: Envelope, case: Case) -> tuple[dict[str, Any], float | None]:
    """The newest fields of an item and the confidence of their extraction; empty for conversations."""
    row = await tx.row(sql("intake").item_of, case.id)
    if row is None:
        return {}, None
    opened = case.sealer(envelope).open_value(
        f"item.fields:{row['id']}", row["fields_sealed"], dict[str, Any]
    )
    return opened, row["confidence"]


async def last_outbound(tx: Tx, case: Case) -> int:
    """The sequence number of the newest reply in this episode; 0 when there is none."""
    found: int = await tx.value(sql("intake").last_outbound, case.id, case.episode)
    return found


async def answered(tx: Tx, case: Case) -> int:
    """The sequence number of the newest message of this episode that has its answer; 0 when none has."""
    found: int = await tx.value(sql("intake").answered, case.id, case.episode)
    return found


async def history(
    tx: Tx, subject: Sealer, customer: UUID, since: datetime, now_in: tuple[UUID, int]
) -> tuple[PastContact, ...]:
    """Earlier contacts of the customer, oldest first, without the episode at hand."""
    rows = await tx.rows(sql("intake").history, customer, since, *now_in)
    found = [
        PastContact(
            at=row["received_at"], contact_reason=row["contact_reason"] or None, text=_text(subject, row)
        )
        for row in rows
    ]
    return tuple(sorted(found, key=lambda past: past.at))


def _text(subject: Sealer, row: Mapping[str, Any]) -> str:
    sealer = subject.unwrap(case_place(row["case_id"]), row["key_wrapped"])
    return sealer.open_value(_place(row["id"]), row["body_sealed"], Body).text


def _place(message: UUID) -> str:
    return f"message.body:{message}"
