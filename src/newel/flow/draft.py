"""Drafts: what the owner is writing is kept, and passes on with the case."""

from collections.abc import Sequence
from uuid import UUID

from newel.domain.access import Act, Actor
from newel.domain.attachment import few
from newel.domain.errors import Forbidden, TooLarge
from newel.domain.note import LONGEST
from newel.flow import routing
from newel.flow.house import House
from newel.store import attachment as carried
from newel.store import case as cases
from newel.store import draft as rows
from newel.store.draft import Draft, Text
from newel.store.live import writing_to


async def save(
    house: House, actor: Actor, case_id: UUID, token: int, text: str, attachments: Sequence[UUID] = ()
) -> None:
    """Keep what the owner is writing and attaches; nothing but white space alone throws it away.

    The customer's page hears that somebody writes, and not a word of what.
    """
    if len(text) > LONGEST:
        raise TooLarge(what="the draft", size=len(text), limit=LONGEST)
    async with house.db.tx(actor) as tx:
        case, _ = await routing.mine(tx, case_id, actor, token)
        attached = await carried.keep(tx, house.envelope, case, few(attachments))
        if text.strip() or attached:
            await rows.save(tx, house.envelope, case, UUID(actor.id), Text(text, attached))
            if case.talk is not None:
                tx.changes.add(writing_to(case.talk))
        else:
            await rows.clear(tx, case_id, UUID(actor.id))


async def read(house: House, actor: Actor, case_id: UUID) -> Draft | None:
    """One's own draft on a case; None when there is none (any more)."""
    actor.must(Act.WORK)
    if actor.kind != "staff":
        raise Forbidden(actor=actor.id, act="read drafts", why="only people write them")
    async with house.db.tx(actor, read_only=True) as tx:
        case = await cases.read(tx, case_id)
        return await rows.read(tx, house.envelope, case, UUID(actor.id))
