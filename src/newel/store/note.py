"""Rows of notes: sealed under the case's key, written once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import msgspec

from newel.domain.note import Kind
from newel.store import audit
from newel.store.case import Case
from newel.store.db import Tx, sql
from newel.store.envelope import Envelope


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """One note, opened; ``mention_ids`` are the people whom it names."""

    id: UUID
    kind: Kind
    answers: UUID | None
    author_id: UUID
    author: str
    at: datetime
    text: str
    mentions: tuple[str, ...]
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


def _note(envelope: Envelope, case: Case, row: Any) -> Note:
    values = dict(row)
    text = case.sealer(envelope).open_value(_place(values["id"]), values.pop("body_sealed"), str)
    values["kind"] = Kind(values["kind"])
    values["mentions"], values["mention_ids"] = tuple(values["mentions"]), tuple(values["mention_ids"])
    return Note(text=text, **values)


def _place(note: UUID) -> str:
    return f"note.body:{note}"
