"""Rows of approvals; each ends exactly once."""

from datetime import datetime
from uuid import UUID

import msgspec

from newel.domain.approval import Approver
from newel.domain.errors import NotFound
from newel.store import audit
from newel.store.db import Tx, sql


class Approval(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a person is asked to release."""

    id: UUID
    case_id: UUID
    proposal_id: UUID
    message_id: UUID
    state: str
    binding: bytes
    edited: bool
    amount_minor: int | None
    due_at: datetime
    expires_at: datetime
    decided_by: UUID | None = None
    asked_by: UUID | None = None
    """Whose act it would be: who works the case, and may not have it done alone."""


async def add(tx: Tx, approval: Approval, text_mac: bytes, payload_mac: bytes | None) -> None:
    """Ask; the MACs are of exactly what is shown."""
    await tx.run(
        sql("approval").add,
        approval.id,
        approval.case_id,
        approval.proposal_id,
        approval.message_id,
        approval.binding,
        text_mac,
        payload_mac,
        approval.edited,
        approval.amount_minor,
        approval.due_at,
        approval.expires_at,
        tx.now,
        approval.asked_by,
    )
    await audit.record(
        tx,
        "approval.pending",
        "approval",
        approval.id,
        state="pending",
        case_id=approval.case_id,
        amount_minor=approval.amount_minor,
        edited=approval.edited,
        **({"asked_by": str(approval.asked_by)} if approval.asked_by else {}),
    )


async def read(tx: Tx, approval_id: UUID) -> Approval:
    """The approval; its case must be locked first to change it."""
    row = await tx.row(sql("approval").read, approval_id)
    if row is None:
        raise NotFound(what="approval", id=approval_id)
    return Approval(**dict(row))


async def pending(tx: Tx, case_id: UUID) -> UUID | None:
    """What the case waits for."""
    found: UUID | None = await tx.value(sql("approval").pending, case_id)
    return found


async def approve(tx: Tx, approval: Approval, by: UUID) -> None:
    """Released by a person; ``Conflict`` when somebody was first."""
    await tx.one(sql("approval").approve, approval.id, by, tx.now)
    await audit.record(
        tx,
        "approval.approved",
        "approval",
        approval.id,
        state="approved",
        case_id=approval.case_id,
        by=str(by),
    )


async def end(tx: Tx, approval: Approval, state: str, *, by: UUID | None = None, reason: str = "") -> None:
    """Rejected, expired, withdrawn or invalidated."""
    await tx.one(sql("approval").end, approval.id, state, by, tx.now, reason[:300])
    await audit.record(
        tx, f"approval.{state}", "approval", approval.id, state=state, case_id=approval.case_id
    )


async def approver(tx: Tx, staff_id: UUID) -> Approver:
    """The person as an approver."""
    row = await tx.row(sql("approval").approver, staff_id)
    if row is None:
        raise NotFound(what="staff account", id=staff_id)
    values = dict(row)
    return Approver(roles=frozenset(values.pop("roles")), **values)
