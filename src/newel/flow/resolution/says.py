"""What the owner writes to the customer: once, and on its way."""

from collections.abc import Sequence
from uuid import UUID, uuid5

from msgspec import Struct

from newel.domain.access import Act, Actor
from newel.domain.attachment import few
from newel.domain.context import OF_A_REPLY
from newel.domain.errors import Conflict, Invalid
from newel.flow import attachment, context, delivery, sla
from newel.flow.house import House
from newel.store import case as cases
from newel.store import draft as drafts
from newel.store import routing as work
from newel.store.case import Case
from newel.store.db import Tx


class Says(Struct, frozen=True):
    """What the owner writes, and its place in the outbox: the same one each time that it is sent again."""

    text: str
    attachments: Sequence[UUID]
    box: UUID | None


def place_of(case_id: UUID, actor: Actor, door: str, key: str) -> UUID | None:
    """The place in the outbox of what is sent under a key; None without one."""
    return uuid5(case_id, f"{actor.id}/{door}/{key}") if key else None


async def again_of(tx: Tx, house: House, actor: Actor, case_id: UUID, says: Says) -> Case | None:
    """The case as it is, when this very message was written before: pressed twice, or without an answer."""
    if says.box is None:
        return None
    actor.must(Act.WORK)
    case = await cases.lock(tx, case_id)
    before = await delivery.written(tx, house, case, says.box)
    if before is None:
        return None
    same = (before.text, [one.id for one in before.attachments]) == (says.text, list(says.attachments))
    if not same:
        raise Conflict(what="the key", state="used", why="another message was sent under it")
    return case


async def post(tx: Tx, house: House, case: Case, actor: Actor, says: Says) -> None:
    """It is written, and leaves at once."""
    box = await write(tx, house, case, actor, says)
    await delivery.send(tx, case, box)
    await answered(tx, case)


async def answered(tx: Tx, case: Case) -> None:
    """Response targets are met, and what the case's summary says is made anew."""
    await sla.answered(tx, case)
    item = await work.open_of(tx, case.id)
    if item:
        await context.renew(tx, item, OF_A_REPLY)


async def write(tx: Tx, house: House, case: Case, actor: Actor, says: Says) -> UUID:
    """The owner's words in the outbox, with what goes with them; they are a draft no more."""
    if case.conversation_id is None:
        raise Invalid(what="the reply", why="a back-office item has no customer to write to")
    held = await attachment.of_person(tx, house, case, few(says.attachments))
    box = await delivery.write_person(tx, house, case, actor, says.text, held, says.box)
    await drafts.clear(tx, case.id, UUID(actor.id))
    return box
