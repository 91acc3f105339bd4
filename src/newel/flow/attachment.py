"""Attachments: taken in, sent with a message, handed out to who may see that, thrown away when never sent."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from typing import Final
from uuid import UUID

import msgspec

from newel.domain import attachment as rule
from newel.domain.access import Act, Actor, system
from newel.domain.attachment import Attached
from newel.domain.errors import Conflict, Forbidden, Invalid, NotFound, StaleToken
from newel.flow import note
from newel.flow.house import House
from newel.store import attachment as rows
from newel.store import audit
from newel.store import case as cases
from newel.store import desk as desks
from newel.store import routing as work
from newel.store.attachment import Found, Held
from newel.store.case import Case
from newel.store.db import Tx

SWEEPER: Final = system("attachments")
BATCH: Final = 200
Own = Callable[[Tx], Awaitable[UUID | None]]


class File(msgspec.Struct, frozen=True):
    """An attachment with its content."""

    about: Attached
    content: bytes


async def _nobodys(_tx: Tx) -> UUID | None:
    return None


async def upload(
    house: House, actor: Actor, name: str, declared: str, content: bytes, case_id: UUID | None = None
) -> Attached:
    """Keep a file until a message carries it, a day at most; a person uploads for their own case.

    Raises ``Unsupported``, ``TooBig`` or ``Invalid`` for what is not taken; nothing is written then. The
    same content again is the same upload, while it waits.
    """
    may_upload(actor)
    if len(content) > house.attachment_bytes:
        raise rule.TooBig(limit=house.attachment_bytes)
    kind, extent = rule.recognised(content, declared)
    case = await _own_case(house, actor, case_id)
    called = rule.clean_name(name, kind)
    made = await asyncio.to_thread(rows.sealed, house.envelope, case, called, kind, extent, content)
    async with house.db.tx(actor) as tx:
        if (
            actor.kind != "service"
            and await rows.waiting(tx, case_id, rule.WAITING_AT_MOST) == rule.WAITING_AT_MOST
        ):
            raise Conflict(
                what="the upload", state="one too many", why="send or remove some of the others first"
            )
        return await rows.add(tx, house.envelope, made, case)


def may_upload(actor: Actor) -> None:
    """``Forbidden`` for whoever brings no messages: asked before any of the file is read."""
    actor.must(Act.WORK if actor.kind == "staff" else Act.INTAKE)


async def _own_case(house: House, actor: Actor, case_id: UUID | None) -> Case | None:
    """The case that a person uploads for; customers and services name none."""
    if actor.kind != "staff":
        if case_id is not None:
            raise Invalid(what="case_id", why="the message that carries the attachment names its case")
        return None
    if case_id is None:
        raise Invalid(what="case_id", why="a person uploads for a case of theirs")
    async with house.db.tx(actor, read_only=True) as tx:
        case, item = await cases.read(tx, case_id), await work.open_of(tx, case_id)
    if item is None or str(item.owner_id) != actor.id:
        raise StaleToken(what=f"case {case_id}")
    return case


async def discard(house: House, actor: Actor, which: UUID) -> None:
    """The author takes an upload back before it is sent; ``Conflict`` once it was."""
    async with house.db.tx(actor) as tx:
        found = await rows.find(tx, house.envelope, which)
        if not await _is_theirs(tx, actor, found):
            raise NotFound(what="attachment", id=which)
        if not await rows.discard(tx, which):
            raise Conflict(what="the attachment", state="sent", why="what was sent stays")


async def _is_theirs(tx: Tx, actor: Actor, found: Found) -> bool:
    """Whether it is the actor's own upload; of people: one for the case that they have."""
    place = found.place
    if place.by_kind == "staff" and actor.kind == "staff" and found.case_id is not None:
        return (await note.tie(tx, UUID(actor.id), found.case_id)).owns
    return (place.by_kind, place.by_id) == (actor.kind, actor.id)


async def fetch(house: House, actor: Actor, which: UUID, *, own: Own = _nobodys) -> File:
    """The content for whoever may have it; ``own`` looks up a customer's own conversation.

    That a person has opened it is recorded, once in half an hour.
    """
    async with house.db.tx(actor) as tx:
        found = await _permitted(tx, house, actor, which, own)
        sealed = await rows.content(tx, which)
        if actor.kind == "staff" and not await desks.opened(tx, "attachment", which, "attachment.opened"):
            await audit.record(tx, "attachment.opened", "attachment", which, case_id=found.case_id)
    return File(found.about, await asyncio.to_thread(found.open, sealed))


async def about(house: House, actor: Actor, which: UUID) -> Attached:
    """What an attachment is, for whoever may have its content."""
    async with house.db.tx(actor, read_only=True) as tx:
        return (await _permitted(tx, house, actor, which, _nobodys)).about


async def _permitted(tx: Tx, house: House, actor: Actor, which: UUID, own: Own) -> Found:
    """What was found, if they may have it; whose it is is asked afterwards, as it may be sent right now."""
    found = await rows.find(tx, house.envelope, which)
    case_id = found.case_id if actor.kind == "staff" else None
    tie = await note.tie(tx, UUID(actor.id), case_id) if case_id else None
    if rule.may_fetch(actor, found.place, tie=tie, own=await own(tx)):
        return found
    if actor.kind == "customer":
        raise NotFound(what="attachment", id=which)
    raise Forbidden(actor=actor.id, act="open the attachment", why="its case is another's; ask for a grant")


async def of_customer(tx: Tx, house: House, actor: Actor, case: Case, ids: Sequence[UUID]) -> list[Held]:
    """What a customer's message is to carry: uploads of theirs, or of a service, that were not sent yet."""
    if not ids:
        return []
    held = await rows.lock(tx, house.envelope, case, ids)
    for one in held:
        if not _from(actor, one):
            raise NotFound(what="attachment", id=one.about.id)
        if one.sent:
            raise Conflict(what=f"attachment {one.about.id}", state="sent", why="upload it once more")
    return held


async def names(house: House, actor: Actor, ids: Sequence[UUID]) -> tuple[str, ...]:
    """What the attachments of a message to come are called; what it cannot carry is left out.

    The models are asked before the message's transaction, and so is this.
    """
    if not ids:
        return ()
    async with house.db.tx(actor, read_only=True) as tx:
        found = [await _called(tx, house, one) for one in rule.few(ids)]
    return tuple(rule.spoken(name) for name in found if name)


async def _called(tx: Tx, house: House, which: UUID) -> str:
    with contextlib.suppress(NotFound):
        return (await rows.find(tx, house.envelope, which)).about.name
    return ""


def _from(actor: Actor, one: Held) -> bool:
    """A customer sends their own; services send what services uploaded."""
    return (
        one.by == (actor.kind, actor.id) if actor.kind == "customer" else one.by[0] in {"service", "system"}
    )


async def of_person(tx: Tx, house: House, case: Case, ids: Sequence[UUID]) -> list[Held]:
    """What a person's reply is to carry: uploads for this very case, also of a message taken back."""
    if not ids:
        return []
    held = await rows.lock(tx, house.envelope, case, ids)
    for one in held:
        if one.by[0] != "staff":
            raise NotFound(what="attachment", id=one.about.id)
    return held


async def sweep(house: House) -> int:
    """Throw away what waited for longer than a day; how many."""
    async with house.db.tx(SWEEPER) as tx:
        return await rows.expire(tx, BATCH)
