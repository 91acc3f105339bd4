"""Rows of what people are writing: sealed for the case, so that a draft passes on with it."""

from datetime import datetime
from uuid import UUID

import msgspec

from newel.domain.attachment import Attached
from newel.store import audit
from newel.store.case import Case
from newel.store.db import Tx, sql
from newel.store.envelope import Envelope


class Text(msgspec.Struct, frozen=True):
    """The sealed draft: what is written, and what is to go with it."""

    text: str
    attachments: tuple[Attached, ...] = ()


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """What a person is writing to the customer; ``handed_over_by`` names who began it."""

    text: str
    attachments: tuple[Attached, ...] = ()
    saved_at: datetime
    handed_over_by: str | None


async def save(tx: Tx, envelope: Envelope, case: Case, staff_id: UUID, draft: Text) -> None:
    """Keep it; that it was begun is recorded, each later state of it is not."""
    sealed = case.sealer(envelope).seal_value(_place(case.id), draft)
    if await tx.value(sql("draft").save, case.id, staff_id, sealed, tx.now):
        await audit.record(tx, "draft.begun", "draft", case.id, case_id=case.id, of=str(staff_id))


async def read(tx: Tx, envelope: Envelope, case: Case, staff_id: UUID) -> Draft | None:
    """A person's draft on a case, opened."""
    row = await tx.row(sql("draft").read, case.id, staff_id)
    if row is None:
        return None
    plain = case.sealer(envelope).open(_place(case.id), row["body_sealed"])
    kept = msgspec.json.decode(plain, type=str | Text)  # before there were attachments it was a text alone
    draft = Text(kept) if isinstance(kept, str) else kept
    return Draft(
        text=draft.text,
        attachments=draft.attachments,
        saved_at=row["saved_at"],
        handed_over_by=row["handed_over_by"],
    )


async def clear(tx: Tx, case_id: UUID, staff_id: UUID) -> None:
    """It was sent, or thrown away."""
    if await tx.row(sql("draft").clear, case_id, staff_id, tx.now):
        await audit.record(tx, "draft.cleared", "draft", case_id, case_id=case_id, of=str(staff_id))


async def hand_over(tx: Tx, case_id: UUID, to: UUID) -> None:
    """The newest draft of somebody else is the new owner's, unless they write already."""
    before = await tx.value(sql("draft").hand_over, case_id, to)
    if before:
        await audit.record(
            tx, "draft.handed_over", "draft", case_id, case_id=case_id, of=str(before), to=str(to)
        )


def _place(case_id: UUID) -> str:
    return f"draft.body:{case_id}"
