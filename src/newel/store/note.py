"""Rows of notes: sealed under the case's key, written once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import msgspec

from newel.domain.errors import NotFound
from newel.domain.note import Kind
from newel.store import audit
from newel.store.case import Case
from newel.store.db import Tx, sql
from newel.store.envelope import Envelope


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """One note, opened; people by their logins, and by what pages call them."""

    id: UUID
    kind: Kind
    answers: UUID | None
    author_id: UUID
    author: str
    author_name: str
    at: datetime
    text: str
    mentions: tuple[str, ...]
    mention_names: tuple[str, ...]
    mention_ids: tuple[UUID, ...]


async def add(
    tx: Tx,
    envelope: Envelope,
    case: Case,
    text: str,
    *,
    kind: Kind = Kind.NOTE,
    mentions: Sequence[UUID] = (),
    answers: UUID | None = None,
) -> UUID:
    """Write a note of the transaction's actor, with its event."""
    note = uuid4()
    sealed = case.sealer(envelope).seal_value(_place(note), text)
    await tx.run(
        sql("note").add,
        note,
        case.id,
        case.episode,
        UUID(tx.actor.id),
        kind,
        answers,
        list(mentions),
        sealed,
        tx.now,
    )
    await audit.record(
        tx, "note.written", "note", note, case_id=case.id, kind=kind.value, to=[str(one) for one in mentions]
    )
    return note


async def of_case(tx: Tx, envelope: Envelope, case: Case) -> list[Note]:
    """All notes of a case, opened, in order."""
    rows = await tx.rows(sql("note").of_case, case.id)
    return [_note(envelope, case, row) for row in rows]


async def named(tx: Tx, logins: Sequence[str]) -> dict[str, UUID]:
    """The active people of these logins; a name that nobody has is left out."""
    rows = await tx.rows(sql("note").named, list(logins)) if logins else []
    return {row["login"]: row["id"] for row in rows}


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """A question that an expert was asked; its text is the note of the same id."""

    id: UUID
    case_id: UUID
    asked_by: UUID
    expert_id: UUID
    expires_at: datetime
    answered_at: datetime | None


async def ask(tx: Tx, case: Case, note: UUID, expert_id: UUID, grant_id: UUID, expires_at: datetime) -> None:
    """The note is a question to this expert, who may open the package until it expires."""
    me = UUID(tx.actor.id)
    await tx.run(sql("note").ask, note, case.id, me, expert_id, grant_id, tx.now, expires_at)
    await audit.record(
        tx, "question.asked", "question", note, case_id=case.id, to=str(expert_id), grant=str(grant_id)
    )


async def question(tx: Tx, question_id: UUID) -> Question:
    """One question."""
    row = await tx.row(sql("note").question, question_id)
    if row is None:
        raise NotFound(what="question", id=question_id)
    return Question(**dict(row))


async def answer(tx: Tx, asked: Question, note: UUID) -> None:
    """The question is answered by this note; ``Conflict`` when it was before."""
    await tx.one(sql("note").answer, asked.id, tx.now)
    await audit.record(tx, "question.answered", "question", asked.id, case_id=asked.case_id, note=str(note))


def _note(envelope: Envelope, case: Case, row: Any) -> Note:
    values = dict(row)
    text = case.sealer(envelope).open_value(_place(values["id"]), values.pop("body_sealed"), str)
    values["kind"] = Kind(values["kind"])
    for name in ("mentions", "mention_ids", "mention_names"):
        values[name] = tuple(values[name])
    return Note(text=text, **values)


def _place(note: UUID) -> str:
    return f"note.body:{note}"
