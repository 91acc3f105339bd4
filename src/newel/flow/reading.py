"""Reading: who works on a case may read an ended one that was suggested beside it, masked and on record."""

from uuid import UUID

from newel.domain import context as parts
from newel.domain import reading as rule
from newel.domain.access import Act, Actor
from newel.domain.context import Part
from newel.domain.errors import Forbidden
from newel.flow.house import House
from newel.store import case as cases
from newel.store import context as packages
from newel.store import reading as rows
from newel.store import routing as work
from newel.store.db import Tx


async def beside(house: House, actor: Actor, case_id: UUID, other: UUID) -> None:
    """Let the owner of a case read an ended one that its package names as like it, for half an hour.

    What they get is a logged grant on the texts, masked; the other's package stays shut (INV-16).
    """
    actor.must(Act.WORK)
    async with house.db.tx(actor) as tx:
        suggested = await _suggested(tx, house, actor, case_id)
        case = await cases.read(tx, other)
        rule.may_read(actor, other, suggested, state=case.state, regulated=await rows.regulated(tx, other))
        if await rows.reads(tx, other, UUID(actor.id)):
            return
        package = await packages.package_of(tx, other)
        sealer, until = case.sealer(house.envelope), tx.now + rule.LASTS
        me, why = UUID(actor.id), rule.purpose(case_id)
        await packages.add_grant(tx, sealer, package, me, me, why, until, beside=case_id)


async def _suggested(tx: Tx, house: House, actor: Actor, case_id: UUID) -> list[str]:
    """The cases that the package of the person's own case names, if suggestions are allowed there."""
    item = await work.open_of(tx, case_id)
    if item is None or str(item.owner_id) != actor.id:
        raise Forbidden(actor=actor.id, act="read what is like this case", why="the case is not yours")
    case = await cases.read(tx, case_id)
    if not parts.visible(Part.SIMILAR, case.assist):
        return []
    package = await packages.package_of(tx, case_id)
    pieces = await packages.pieces(tx, house.envelope, case, package.id)
    found = next((piece.value for piece in pieces if piece.part is Part.SIMILAR), None)
    return [one["case_id"] for one in found["cases"]] if found else []
