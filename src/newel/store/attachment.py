"""Rows of attachments: uploads that wait, what a message carries, and the sealed content apart from them."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import msgspec

from newel.domain.attachment import KEPT, Attached, Kind, Place
from newel.domain.errors import NotFound
from newel.domain.picture import Extent
from newel.store import audit
from newel.store.case import Case
from newel.store.db import Record, Tx, sql
from newel.store.envelope import Envelope, Sealer, case_place


class Upload(msgspec.Struct, frozen=True, kw_only=True):
    """An upload made ready to be stored: everything sealed, under a key of its own."""

    about: Attached
    mac: bytes
    name: bytes
    wrapped: bytes
    content: bytes


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """An attachment that a message is about to carry, locked; ``by`` is its author."""

    about: Attached
    by: tuple[str, str]
    case_id: UUID | None
    sent: bool
    wrapped: bytes


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """An attachment with where it stands, and what opens its content."""

    about: Attached
    place: Place
    case_id: UUID | None
    created_at: datetime
    sealer: Sealer

    def open(self, sealed: bytes) -> bytes:
        """The content."""
        return self.sealer.open(_content(self.about.id), sealed)


def sealed(
    envelope: Envelope, case: Case | None, name: str, kind: Kind, extent: Extent | None, content: bytes
) -> Upload:
    """Seal an upload: under its case where that is known, else under the master key until it is sent."""
    which = uuid4()
    about = Attached(which, name, kind, len(content), extent)
    above = case.sealer(envelope).new_key if case else envelope.new_upload
    wrapped, sealer = above(_key(which))
    digest = hashlib.sha256(content).hexdigest()
    return Upload(
        about=about,
        mac=envelope.mac("attachment", digest),
        name=sealer.seal(_name(which), name.encode()),
        wrapped=wrapped,
        content=sealer.seal(_content(which), content),
    )


async def add(tx: Tx, envelope: Envelope, upload: Upload, case: Case | None) -> Attached:
    """Keep an upload until it is sent; the same one that waits already is given back instead."""
    about, extent = upload.about, upload.about.extent
    case_id, until = case.id if case else None, tx.now + KEPT
    author = (tx.actor.kind, tx.actor.id)
    size = (about.size, extent.width if extent else None, extent.height if extent else None)
    sealed_parts = (upload.mac, upload.name, upload.wrapped)
    values = (about.id, about.kind.value, *size, *sealed_parts, *author, case_id, tx.now, until)
    if await tx.row(sql("attachment").add, *values) is None:
        row = await tx.one(sql("attachment").again, *author, upload.mac, case_id, until)
        return _about(row, _sealer(envelope, row, case))
    await tx.run(sql("attachment").fill, about.id, upload.content)
    await audit.record(
        tx, "attachment.uploaded", "attachment", about.id, case_id=case_id, kind=about.kind, size=about.size
    )
    return about


async def waiting(tx: Tx, case_id: UUID | None, limit: int) -> int:
    """How many uploads of the transaction's actor wait; of a person those for one case."""
    actor = tx.actor
    found: int = await tx.value(sql("attachment").waiting, actor.kind, actor.id, case_id, limit)
    return found


async def lock(tx: Tx, envelope: Envelope, case: Case, ids: Sequence[UUID]) -> list[Held]:
    """The attachments of these ids, in that order, locked; ``NotFound`` names the first that is missing.

    One of another case is ``NotFound`` too: its key is not this case's to open.
    """
    rows = {row["id"]: row for row in await tx.rows(sql("attachment").lock, list(ids))}
    for one in ids:
        if one not in rows or rows[one]["case_id"] not in {None, case.id}:
            raise NotFound(what="attachment", id=one)
    return [_held(envelope, case, rows[one]) for one in ids]


def _held(envelope: Envelope, case: Case, row: Record) -> Held:
    return Held(
        about=_about(row, _sealer(envelope, row, case)),
        by=(row["by_kind"], row["by_id"]),
        case_id=row["case_id"],
        sent=row["sent_at"] is not None,
        wrapped=row["key_wrapped"],
    )


async def carry(tx: Tx, envelope: Envelope, case: Case, message: UUID, held: Sequence[Held]) -> None:
    """A stored message of the case carries them; what was not sent yet is, and stays from here on."""
    if not held:
        return
    fresh = [one for one in held if not one.sent]
    wrapped = [_under(envelope, case, one) for one in fresh]
    await tx.run(sql("attachment").send, [one.about.id for one in fresh], case.id, tx.now, wrapped)
    await tx.run(sql("attachment").carry, message, [one.about.id for one in held])
    for one in held:
        await audit.record(
            tx, "attachment.sent", "attachment", one.about.id, case_id=case.id, message=str(message)
        )


def _under(envelope: Envelope, case: Case, one: Held) -> bytes:
    if one.case_id is not None:
        return one.wrapped
    return envelope.hand_over(_key(one.about.id), one.wrapped, case.sealer(envelope))


async def keep(tx: Tx, envelope: Envelope, case: Case, ids: Sequence[UUID]) -> tuple[Attached, ...]:
    """Those of these that the case's people have uploaded; they wait anew. Others are left out."""
    if not ids:
        return ()
    await tx.run(sql("attachment").keep, list(ids), case.id, tx.now + KEPT)
    rows = {row["id"]: row for row in await tx.rows(sql("attachment").of_case, list(ids), case.id)}
    return tuple(_about(rows[one], _sealer(envelope, rows[one], case)) for one in ids if one in rows)


async def find(tx: Tx, envelope: Envelope, which: UUID) -> Found:
    """One attachment, without its content."""
    row = await tx.row(sql("attachment").find, which)
    erased = row is not None and row["case_id"] is not None and row["subject_wrapped"] is None
    if row is None or erased:
        raise NotFound(what="attachment", id=which)
    sealer = _found_sealer(envelope, row)
    place = Place(
        by_kind=row["by_kind"],
        by_id=row["by_id"],
        sent=row["sent_at"] is not None,
        visible=row["visible"],
        conversation_id=row["conversation_id"],
        case_state=row["case_state"] or "",
    )
    return Found(
        about=_about(row, sealer),
        place=place,
        case_id=row["case_id"],
        created_at=row["created_at"],
        sealer=sealer,
    )


async def content(tx: Tx, which: UUID) -> bytes:
    """The sealed content."""
    found: bytes = (await tx.one(sql("attachment").content, which))["sealed"]
    return found


async def discard(tx: Tx, which: UUID) -> bool:
    """Throw an upload away; False when it was sent, or is gone."""
    row = await tx.row(sql("attachment").discard, which)
    if row is not None:
        await audit.record(tx, "attachment.discarded", "attachment", which, case_id=row["case_id"])
    return row is not None


async def expire(tx: Tx, limit: int) -> int:
    """Throw away what waited too long; how many."""
    rows = await tx.rows(sql("attachment").expired, tx.now, limit)
    told: list[tuple[UUID, UUID | None, dict[str, Any]]] = [(r["id"], r["case_id"], {}) for r in rows]
    await audit.record_all(tx, "attachment.expired", "attachment", told)
    return len(rows)


def _about(row: Record, sealer: Sealer) -> Attached:
    name = sealer.open(_name(row["id"]), row["name_sealed"]).decode()
    extent = Extent(row["width"], row["height"]) if row["width"] else None
    return Attached(row["id"], name, Kind(row["kind"]), row["size"], extent)


def _sealer(envelope: Envelope, row: Record, case: Case | None) -> Sealer:
    """The attachment's own: under its case, or under the master key while it has none."""
    place = _key(row["id"])
    if row["case_id"] is None or case is None:
        return envelope.upload(place, row["key_wrapped"])
    return case.sealer(envelope).unwrap(place, row["key_wrapped"])


def _found_sealer(envelope: Envelope, row: Record) -> Sealer:
    place = _key(row["id"])
    if row["case_id"] is None:
        return envelope.upload(place, row["key_wrapped"])
    subject = envelope.subject(row["customer_id"], row["subject_wrapped"])
    above = subject.unwrap(case_place(row["case_id"]), row["case_wrapped"])
    return above.unwrap(place, row["key_wrapped"])


def _key(which: UUID) -> str:
    return f"attachment:{which}"


def _name(which: UUID) -> str:
    return f"attachment.name:{which}"


def _content(which: UUID) -> str:
    return f"attachment.content:{which}"
