"""Macros: a team's canned texts, found by name or words, and filled from the owner's case."""

from uuid import UUID

import msgspec

from newel.domain import macro as rule
from newel.domain.access import Act, Actor
from newel.domain.errors import Forbidden
from newel.domain.macro import Filled, Text
from newel.domain.scan.references import orders
from newel.flow.house import House
from newel.flow.language import must_be_offered
from newel.store import access
from newel.store import case as cases
from newel.store import customer as customers
from newel.store import intake as told
from newel.store import macro as rows
from newel.store import routing as work
from newel.store.case import Case
from newel.store.db import Tx
from newel.store.macro import Macro

MOST = 50
SHELF = 500
HOUSE = "inhouse"
"""Whose texts are those that nobody of a team writes."""


async def put(house: House, actor: Actor, text: Text) -> UUID:
    """Add a macro or change the one of its name; people edit those of their own team only.

    In a language that is offered, unless the system brings it along: it installs before anything is.
    """
    actor.must(Act.EDIT_MACRO)
    async with house.db.tx(actor) as tx:
        if actor.kind != "system":
            await must_be_offered(house, tx, text.language)
        return await _put(tx, actor, text)


async def write(house: House, actor: Actor, workflow: str, language: str, name: str, body: str) -> UUID:
    """Add a text of the writer's own team, or change it."""
    async with house.db.tx(actor, read_only=True) as tx:
        team = await _team(tx, actor)
    text = Text(workflow=workflow, language=language, name=name, team=team or HOUSE, body=body)
    return await put(house, actor, text)


class Shelf(msgspec.Struct, frozen=True):
    """The texts of all workflows, those of the reader's own team first; ``whole``: these are all."""

    team: str
    texts: tuple[Macro, ...]
    whole: bool


async def shelf(house: House, actor: Actor, words: str = "") -> Shelf:
    """What people may put into replies, by its words."""
    actor.must(Act.WORK)
    async with house.db.tx(actor, read_only=True) as tx:
        team = await _team(tx, actor) or HOUSE
        found = await rows.shelf(tx, team, words.strip(), SHELF + 1)
    return Shelf(team, tuple(found[:SHELF]), len(found) <= SHELF)


async def keep(house: House, actor: Actor, case_id: UUID, name: str, body: str) -> UUID:
    """Keep a text for the writer's own team, in the workflow and language of a case."""
    actor.must(Act.EDIT_MACRO)
    async with house.db.tx(actor) as tx:
        case, team = await cases.read(tx, case_id), await _team(tx, actor) or HOUSE
        tongue = case.language or "en"
        text = Text(workflow=case.workflow, language=tongue, name=name, team=team, body=body)
        return await _put(tx, actor, text)


async def retire(house: House, actor: Actor, macro_id: UUID) -> None:
    """Take a macro of one's own team out of use."""
    actor.must(Act.EDIT_MACRO)
    async with house.db.tx(actor) as tx:
        macro = await rows.read(tx, macro_id)
        rule.may_edit(macro.team, await _team(tx, actor))
        await rows.retire(tx, macro)


async def _put(tx: Tx, actor: Actor, text: Text) -> UUID:
    rule.check(text.body)
    before = await rows.named(tx, text)
    own = await _team(tx, actor)
    rule.may_edit(text.team, own)
    if before:
        rule.may_edit(before.team, own)
    if before and before.active and (before.team, before.body) == (text.team, text.body):
        return before.id
    return await rows.put(tx, before, text)


async def _team(tx: Tx, actor: Actor) -> str | None:
    """The editor's team; the system itself is of none."""
    if actor.kind == "system":
        return None
    if actor.kind != "staff":
        raise Forbidden(actor=actor.id, act="edit macros", why="only people do")
    return (await work.person(tx, UUID(actor.id))).team


async def search(
    house: House, actor: Actor, workflow: str, language: str = "", words: str = ""
) -> list[Macro]:
    """The macros of a workflow (in one language) whose name or text has these words; names first."""
    actor.must(Act.WORK)
    async with house.db.tx(actor, read_only=True) as tx:
        return await rows.search(tx, workflow, language, words.strip(), MOST)


async def use(house: House, actor: Actor, case_id: UUID, macro_id: UUID) -> Filled:
    """A macro filled from the owner's case, for the composer; places that nothing fills stay open."""
    actor.must(Act.WORK)
    async with house.db.tx(actor, read_only=True) as tx:
        case = await cases.read(tx, case_id)
        item = await work.open_of(tx, case_id)
        if item is None or str(item.owner_id) != actor.id:
            raise Forbidden(
                actor=actor.id,
                act="fill a text from this case",
                why="it is another's; ask them or a supervisor to pass it on",
            )
        macro = await rows.read(tx, macro_id)
        return rule.fill(macro.body, await _values(tx, house, case, UUID(actor.id)))


class Usable(msgspec.Struct, frozen=True):
    """A macro as it would stand in the composer of one case."""

    name: str
    text: str


async def usable(house: House, actor: Actor, case_id: UUID) -> list[Usable]:
    """The macros of a case's workflow and language; filled for its owner, with open places for others."""
    actor.must(Act.WORK)
    async with house.db.tx(actor, read_only=True) as tx:
        case = await cases.read(tx, case_id)
        item = await work.open_of(tx, case_id)
        mine = item is not None and str(item.owner_id) == actor.id
        values = await _values(tx, house, case, UUID(actor.id)) if mine else {}
        found = await rows.search(tx, case.workflow, case.language, "", MOST)
    return [Usable(macro.name, rule.fill(macro.body, values).text) for macro in found]


async def _values(tx: Tx, house: House, case: Case, writer: UUID) -> dict[str, str]:
    customer = await customers.read(tx, house.envelope, case.customer_id)
    me = await access.staff(tx, writer)
    said = await told.inbound(tx, house.envelope, case)
    named = [number for one in said for number in orders(one.body.text)]
    return {
        "customer.first_name": _first(customer.profile.name),
        "customer.name": customer.profile.name,
        "order": named[-1] if named else "",
        "agent.first_name": _first(me.name) if me else "",
    }


def _first(name: str) -> str:
    return name.split(maxsplit=1)[0] if name.split() else ""
