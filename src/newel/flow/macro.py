"""Macros: saved texts, the team's and one's own."""

from collections.abc import Iterable
from uuid import UUID

from newel.domain import macro as rule
from newel.domain.access import Act, Actor
from newel.domain.desk import Sight, short_name
from newel.domain.errors import Forbidden, NotFound
from newel.domain.macro import Macro
from newel.flow.house import House
from newel.store import case as cases
from newel.store import customer as customers
from newel.store import macro as rows
from newel.store import routing as work


async def usable(house: House, actor: Actor, case_id: UUID, me: str) -> list[Macro]:
    """What a person may insert into a case, filled; the customer's name only if they have the case."""
    actor.must(Act.WORK)
    async with house.db.tx(actor, read_only=True) as tx:
        case = await cases.read(tx, case_id)
        found = await rows.usable(tx, case.workflow, _staff(actor))
        item = await work.open_of(tx, case_id)
        known = {"me": me.split(maxsplit=1)[0] if me else ""}
        if item is not None and str(item.owner_id) == actor.id:
            customer = await customers.read(tx, house.envelope, case.customer_id)
            known["customer"] = short_name(customer.profile.name, Sight.WHOLE).split(" ")[0]
    return [
        Macro(
            name=one.name,
            title=one.title,
            body=rule.filled(one.body, known),
            workflow=one.workflow,
            team=one.team,
        )
        for one in found
    ]


async def put(house: House, actor: Actor, macros: Iterable[Macro]) -> None:
    """Save texts: one's own, or a supervisor's for the team."""
    async with house.db.tx(actor) as tx:
        for macro in macros:
            rule.may_put(actor, team=macro.team)
            await rows.put(tx, macro, None if macro.team else _staff(actor))


async def remove(house: House, actor: Actor, name: str, workflow: str = "", *, team: bool = False) -> None:
    """Take a text away."""
    rule.may_put(actor, team=team)
    async with house.db.tx(actor) as tx:
        if not await rows.remove(tx, name, workflow, None if team else _staff(actor)):
            raise NotFound(what="saved text", id=name)


def _staff(actor: Actor) -> UUID:
    if actor.kind != "staff":
        raise Forbidden(actor=actor.id, act="save texts", why="only people have texts of their own")
    return UUID(actor.id)
