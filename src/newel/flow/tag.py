"""Tags: put on a case and taken off by who has it, or by anybody while it waits."""

from collections.abc import Sequence
from uuid import UUID

from newel.domain import tag as rule
from newel.domain.access import Act, Actor
from newel.domain.errors import Invalid
from newel.domain.tag import Change
from newel.flow import routing
from newel.flow.house import House
from newel.store import tag as rows


async def change(
    house: House, actor: Actor, case_id: UUID, token: int, add: Sequence[str], remove: Sequence[str]
) -> Change:
    """Put tags on open work and take others off; what stands already is left as it is."""
    if not (add or remove):
        raise Invalid(what="the change", why="name a tag at least")
    async with house.db.tx(actor) as tx:
        case, _ = await routing.within_reach(tx, case_id, actor, token)
        left = rule.change(await rows.of_case(tx, case.id), add, remove)
        if left:
            await rows.change(tx, case.id, left)
        return left


async def known(house: House, actor: Actor) -> list[str]:
    """The tags that are in use, by name."""
    actor.must(Act.WORK)
    async with house.db.tx(actor, read_only=True) as tx:
        return await rows.known(tx)
