"""Rows of feedback and the labels that it becomes."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

import msgspec

from newel.domain.errors import NotFound
from newel.domain.feedback import Body, Label, What
from newel.store import audit
from newel.store.case import Case
from newel.store.db import Tx, sql
from newel.store.envelope import Envelope


class Feedback(msgspec.Struct, frozen=True, kw_only=True):
    """One piece of feedback; its body opens with the case's key."""

    id: UUID
    case_id: UUID
    kind: What
    state: str
    body_sealed: bytes
    attempts: int

    def body(self, envelope: Envelope, case: Case) -> Body:
        """What the person said."""
        return case.sealer(envelope).open_value(_place(self.id), self.body_sealed, Body)


class Dead(msgspec.Struct, frozen=True, kw_only=True):
    """A dead letter as people see it: no text."""

    id: UUID
    case_id: UUID
    kind: What
    attempts: int
    error: str
    created_at: datetime
    ended_at: datetime


async def add(
    tx: Tx, envelope: Envelope, case: Case, what: What, body: Body, resolution_id: UUID | None
) -> UUID:
    """Store a piece of feedback, sealed."""
    feedback = uuid4()
    sealed = case.sealer(envelope).seal_value(_place(feedback), body)
    await tx.run(sql("feedback").add, feedback, case.id, resolution_id, what, sealed, tx.now)
    await _record(tx, feedback, case.id, "pending", what=what.value)
    return feedback


async def lock(tx: Tx, feedback_id: UUID) -> Feedback:
    """One piece, locked against another ingester."""
    row = await tx.row(sql("feedback").lock, feedback_id)
    if row is None:
        raise NotFound(what="feedback", id=feedback_id)
    return Feedback(**{**dict(row), "kind": What(row["kind"])})


async def ingest(tx: Tx, feedback: Feedback, labels: Sequence[Label]) -> None:
    """Write its labels; it is ingested."""
    rows = [
        (
            feedback.id,
            label.use,
            label.workflow,
            label.contact_reason,
            label.masked_text,
            label.right_answer,
            label.confidence,
            label.data,
            tx.now,
        )
        for label in labels
    ]
    await tx.many(sql("feedback").label, rows)
    if await tx.run(sql("feedback").ingested, feedback.id, tx.now):
        uses = [label.use.value for label in labels]
        await _record(tx, feedback.id, feedback.case_id, "ingested", labels=uses)


async def tried(tx: Tx, feedback_id: UUID, error: str) -> int:
    """One failed attempt more; how many there were."""
    found: int | None = await tx.value(sql("feedback").tried, feedback_id, error[:200])
    return found or 0


async def bury(tx: Tx, feedback_id: UUID, case_id: UUID | None, error: str) -> None:
    """A dead letter: a person looks at it and runs it again."""
    if await tx.run(sql("feedback").bury, feedback_id, tx.now):
        await _record(tx, feedback_id, case_id, "dead", error=error)


async def revive(tx: Tx, ids: Sequence[UUID] | None) -> list[tuple[UUID, UUID]]:
    """Dead letters are pending again: (feedback, case) of each."""
    rows = await tx.rows(sql("feedback").revive, list(ids) if ids is not None else None)
    for row in rows:
        await _record(tx, row["id"], row["case_id"], "pending", rerun=True)
    return [(row["id"], row["case_id"]) for row in rows]


async def dead(tx: Tx, limit: int) -> list[Dead]:
    """The dead letters, oldest first."""
    rows = await tx.rows(sql("feedback").dead, limit)
    return [Dead(**{**dict(row), "kind": What(row["kind"])}) for row in rows]


async def lag_seconds(tx: Tx) -> float:
    """The age of the oldest feedback that waits."""
    return float(await tx.value(sql("feedback").lag, tx.now) or 0.0)


async def _record(tx: Tx, feedback: UUID, case_id: UUID | None, state: str, **data: object) -> None:
    await audit.record(tx, f"feedback.{state}", "feedback", feedback, state=state, case_id=case_id, **data)


def _place(feedback_id: UUID) -> str:
    return f"feedback.body:{feedback_id}"
