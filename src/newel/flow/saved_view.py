"""Saved views: kept by a person, for themselves or for their team, and taken away."""

from uuid import UUID

from newel.domain import saved_view as rule
from newel.domain.access import Act, Actor
from newel.domain.errors import Forbidden
from newel.domain.saved_view import Filter
from newel.flow.house import House
from newel.store import routing as work
from newel.store import saved_view as rows


async def keep(house: House, actor: Actor, name: str, asked: Filter, *, shared: bool) -> UUID:
    """Keep a part of the queue under a name; ``shared`` shows it to the person's team."""
    actor.must(Act.WORK)
    if actor.kind != "staff":
        raise Forbidden(actor=actor.id, act="keep views", why="only people do")
    me = UUID(actor.id)
    async with house.db.tx(actor) as tx:
        fit = rule.fit(name, await rows.kept(tx, me, name.strip()))
        team = (await work.person(tx, me)).team if shared else ""
        return await rows.put(tx, me, team, fit, asked)


async def remove(house: House, actor: Actor, view_id: UUID) -> None:
    """Take a view away: one's own, or as a supervisor one that a team sees."""
    async with house.db.tx(actor) as tx:
        rule.must_remove(actor, await rows.read(tx, view_id))
        await rows.remove(tx, view_id)
