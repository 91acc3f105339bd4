"""Rows of the customer's chat: its lines as the customer sees them, and how far each side has read."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec

from newel.domain.attachment import Listed, listed
from newel.domain.knowledge import Pointer
from newel.store.db import Record, Tx, sql
from newel.store.envelope import Envelope, Sealer, case_place
from newel.store.intake import Body
from newel.store.live import of_case, of_conversation

COUNTED: Final = 500
_ENOUGH: Final = 10
_LATELY: Final = timedelta(days=7)


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One message of a conversation; ``seq`` is its place among those to the customer."""

    id: UUID
    author: str
    writer: str
    text: str
    sources: tuple[str, ...]
    attachments: tuple[Listed, ...]
    articles: tuple[Pointer, ...]
    at: datetime
    seq: int | None
    read: bool


class Matter(msgspec.Struct, frozen=True):
    """The newest case of a conversation, and who has it."""

    case_id: UUID
    workflow: str
    state: str
    owner: str | None
    owner_away: bool = False


class Begun(msgspec.Struct, frozen=True):
    """A stranger's conversation: whether a known customer has it, and whether who asks goes on with it."""

    known: bool
    goes_on: bool


async def conversation(tx: Tx, thread_mac: bytes, ref_mac: bytes | None) -> UUID | None:
    """The conversation of a visitor, if they have written yet: never another customer's."""
    row = await tx.row(sql("chat").conversation, thread_mac, ref_mac)
    return row["id"] if row else None


async def begun(tx: Tx, thread_mac: bytes, ref_mac: bytes | None) -> Begun | None:
    """How what a stranger began stands for a customer (or for nobody known)."""
    row = await tx.row(sql("chat").begun, thread_mac, ref_mac)
    return Begun(**dict(row)) if row else None


async def matter(tx: Tx, conversation_id: UUID) -> Matter | None:
    """What the conversation is about now."""
    row = await tx.row(sql("chat").standing, conversation_id)
    return Matter(**dict(row)) if row else None


async def lines(tx: Tx, envelope: Envelope, conversation_id: UUID, limit: int) -> list[Line]:
    """The newest lines of both sides, in order: what was received, and what has left."""
    marks = await tx.row(sql("chat").read_marks, conversation_id)
    read = marks["read_seq"] if marks else 0
    sealers: dict[UUID, Sealer] = {}
    found = []
    for row in reversed(await tx.rows(sql("chat").lines, conversation_id, limit)):
        if row["case_id"] not in sealers:
            sealers[row["case_id"]] = _sealer(envelope, row)
        found.append(_line(row, sealers[row["case_id"]], read))
    return found


def _sealer(envelope: Envelope, row: Record) -> Sealer:
    subject = envelope.subject(row["customer_id"], row["subject_wrapped"])
    return subject.unwrap(case_place(row["case_id"]), row["key_wrapped"])


def _line(row: Record, sealer: Sealer, read: int) -> Line:
    body = sealer.open_value(f"message.body:{row['id']}", row["body_sealed"], Body)
    return Line(
        id=row["id"],
        author=row["author"],
        writer=row["writer"] or "",
        text=body.text,
        sources=body.sources,
        attachments=listed(body.attachments),
        articles=body.articles,
        at=row["at"],
        seq=row["visible_seq"],
        read=row["visible_seq"] is None and row["seq"] <= read,
    )


async def seen(tx: Tx, conversation_id: UUID, up_to: int) -> None:
    """The customer has seen what left for them up to a number; the desk's pages hear of it."""
    last: int = await tx.value(sql("chat").last_visible, conversation_id)
    if await tx.row(sql("chat").seen, conversation_id, min(up_to, last), tx.now) is None:
        return
    about = await matter(tx, conversation_id)
    if about is not None:
        tx.changes.add(of_case(about.case_id))


async def seen_up_to(tx: Tx, conversation_id: UUID) -> int:
    """How far the customer has seen what left for them."""
    row = await tx.row(sql("chat").read_marks, conversation_id)
    return row["seen_seq"] if row else 0


async def read(tx: Tx, conversation_id: UUID) -> None:
    """A person has read all that the customer wrote; the customer's page hears of it."""
    if await tx.row(sql("chat").read, conversation_id) is not None:
        tx.changes.add(of_conversation(conversation_id))


async def waiting(tx: Tx, workflow: str) -> int:
    """How many wait for a person; from some hundreds on the number plays no part."""
    found: int = await tx.value(sql("chat").waiting, workflow, COUNTED)
    return found


async def pace(tx: Tx) -> timedelta | None:
    """How long people take for a case, by their latest; None when too few say."""
    row = await tx.one(sql("chat").pace, tx.now - _LATELY)
    return timedelta(seconds=row["seconds"]) if row["n"] >= _ENOUGH else None
