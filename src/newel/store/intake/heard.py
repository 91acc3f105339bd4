"""What customers wrote, as it is read again: the messages and fields of an episode, and what came before."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from newel.domain.scan.features import PastContact
from newel.domain.scan.receipt import Receipt
from newel.store.case import Case
from newel.store.db import Record, Tx, sql
from newel.store.envelope import Envelope, Sealer, case_place
from newel.store.intake.look import Past, Sender, across
from newel.store.intake.values import Body, Said, body_place

_PREVIOUS: Final = 3


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
        body=sealer.open_value(body_place(message), body, Body),
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
    return across(
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
    return sealer.open_value(body_place(past.id), past.body, Body).text
