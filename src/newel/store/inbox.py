"""Read models of the approvals' inbox: the list, the one at hand, and what was said before it."""

from datetime import datetime
from uuid import UUID

import msgspec

from newel.domain.errors import NotFound
from newel.domain.scan.receipt import Receipt
from newel.store.answer import Draft
from newel.store.case import Case
from newel.store.db import Record, Tx, sql
from newel.store.envelope import Envelope, Sealer, case_place
from newel.store.intake import Body


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """A proposal that waits, with its draft opened."""

    id: UUID
    case_id: UUID
    customer_id: UUID
    workflow: str
    contact_reason: str
    amount_minor: int | None
    due_at: datetime
    created_at: datetime
    asked_by: UUID | None
    draft: Draft


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """An approval: what it was asked for, and what became of it."""

    id: UUID
    case_id: UUID
    proposal_id: UUID
    message_id: UUID
    state: str
    edited: bool
    amount_minor: int | None
    due_at: datetime
    expires_at: datetime
    created_at: datetime
    decided_by: UUID | None
    decided_at: datetime | None
    decided_by_name: str | None
    asked_by: UUID | None
    asked_by_name: str | None
    reason: str
    policy_id: UUID
    policy_version: str


class Spoken(msgspec.Struct, frozen=True, kw_only=True):
    """A message of the episode, opened; what came in carries the receipt of its scan."""

    id: UUID
    at: datetime
    author: str
    by: str
    body: Body
    receipt: Receipt | None


async def waiting(tx: Tx, envelope: Envelope, limit: int) -> list[Waiting]:
    """What waits, the most urgent first."""
    return [_waiting(envelope, row) for row in await tx.rows(sql("inbox").waiting, limit)]


async def count(tx: Tx) -> int:
    """How many wait."""
    found: int = await tx.value(sql("inbox").count)
    return found


async def asked(tx: Tx, approval_id: UUID) -> Asked:
    """One approval; ``NotFound`` when there is none."""
    row = await tx.row(sql("inbox").asked, approval_id)
    if row is None:
        raise NotFound(what="approval", id=approval_id)
    return Asked(**dict(row))


async def talk(tx: Tx, envelope: Envelope, case: Case, limit: int) -> list[Spoken]:
    """The last messages of the case's episode, in order."""
    sealer = case.sealer(envelope)
    return [_spoken(sealer, row) for row in await tx.rows(sql("inbox").talk, case.id, case.episode, limit)]


def _waiting(envelope: Envelope, row: Record) -> Waiting:
    values = dict(row)
    subject = envelope.subject(values["customer_id"], values.pop("subject_wrapped"))
    sealer = subject.unwrap(case_place(values["case_id"]), values.pop("key_wrapped"))
    place = f"proposal.draft:{values.pop('proposal_id')}"
    return Waiting(draft=sealer.open_value(place, values.pop("draft_sealed"), Draft), **values)


def _spoken(sealer: Sealer, row: Record) -> Spoken:
    receipt = row["receipt_id"]
    return Spoken(
        id=row["id"],
        at=row["created_at"],
        author=row["author"],
        by=row["released_by"] or "",
        body=sealer.open_value(f"message.body:{row['id']}", row["body_sealed"], Body),
        receipt=sealer.open_value(f"scan_receipt.evidence:{receipt}", row["evidence_sealed"], Receipt)
        if receipt
        else None,
    )
