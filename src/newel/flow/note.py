"""Notes: people write to each other on a case; whom a note names is told."""

from datetime import timedelta
from uuid import UUID

import msgspec

from newel.domain import note as rule
from newel.domain.access import Act, Actor
from newel.domain.errors import Forbidden, Invalid, NotFound
from newel.domain.note import Kind, Tie
from newel.flow import routing
from newel.flow.house import House
from newel.store import access
from newel.store import case as cases
from newel.store import context as packages
from newel.store import note as rows
from newel.store import notice as notices
from newel.store import routing as work
from newel.store.case import Case
from newel.store.db import Tx
from newel.store.note import Note
from newel.store.notice import Notice


class Written(msgspec.Struct, frozen=True):
    """A new note, and the logins of those who were told of it."""

    id: UUID
    mentioned: tuple[str, ...]


async def write(house: House, actor: Actor, case_id: UUID, text: str) -> Written:
    """Write a private note: as the owner, by a live grant, or as a supervisor; ``@login`` tells a person."""
    said = rule.fit(text)
    async with house.db.tx(actor) as tx:
        case = await cases.read(tx, case_id)
        await _inside(tx, actor, case)
        people = await rows.named(tx, rule.named(said))
        told = {login: staff_id for login, staff_id in people.items() if str(staff_id) != actor.id}
        note = await rows.add(tx, house.envelope, case, said, mentions=list(told.values()))
        await notices.add(tx, *(_notice("mentioned", case, one, note) for one in told.values()))
    return Written(note, tuple(told))


async def read(house: House, actor: Actor, case_id: UUID) -> list[Note]:
    """The notes of a case: all for those inside, else those that one wrote or is named in."""
    actor.must(Act.WORK)
    me = _staff(actor)
    async with house.db.tx(actor, read_only=True) as tx:
        case = await cases.read(tx, case_id)
        found = await rows.of_case(tx, house.envelope, case)
        if rule.inside(actor, await tie(tx, me, case_id)):
            return found
    own = [note for note in found if me == note.author_id or me in note.mention_ids]
    if not own:
        raise Forbidden(actor=actor.id, act="read these notes", why="the case is another's; ask for a grant")
    return own


async def ask(
    house: House, actor: Actor, case_id: UUID, token: int, login: str, text: str, minutes: int = 60
) -> UUID:
    """The owner asks an expert: the question is a note, and opens the package to them for that time."""
    said, lasts = rule.fit(text), timedelta(minutes=minutes)
    if not timedelta() < lasts <= rule.LONGEST_QUESTION:
        raise Invalid(what="the time", why="a question stands for a minute at least, and eight hours at most")
    async with house.db.tx(actor) as tx:
        case, _ = await routing.mine(tx, case_id, actor, token)
        expert = await _expert(tx, actor, login)
        package, until = await packages.package_of(tx, case_id), tx.now + lasts
        note = await rows.add(tx, house.envelope, case, said, kind=Kind.QUESTION, mentions=[expert])
        sealer, me = case.sealer(house.envelope), UUID(actor.id)
        grant = await packages.add_grant(tx, sealer, package, expert, me, f"question {note}", until)
        await rows.ask(tx, case, note, expert, grant, until)
        await notices.add(tx, _notice("asked", case, expert, note))
    return note


async def _expert(tx: Tx, actor: Actor, login: str) -> UUID:
    staff_id = (await rows.named(tx, [login])).get(login)
    found = await access.staff(tx, staff_id) if staff_id else None
    if found is None:
        raise NotFound(what="person", id=login)
    rule.expert(found, actor.id)
    return found.id


async def answer(house: House, actor: Actor, question_id: UUID, text: str) -> UUID:
    """The expert answers by a note, once, while the question stands; who asked is told."""
    said = rule.fit(text)
    actor.must(Act.WORK)
    async with house.db.tx(actor) as tx:
        case = await cases.lock(tx, (await rows.question(tx, question_id)).case_id)
        asked = await rows.question(tx, question_id)
        answered, expired = asked.answered_at is not None, asked.expires_at <= tx.now
        rule.may_answer(actor, asked.expert_id, answered=answered, expired=expired, question=question_id)
        note = await rows.add(
            tx, house.envelope, case, said, kind=Kind.ANSWER, mentions=[asked.asked_by], answers=question_id
        )
        await rows.answer(tx, asked, note)
        await notices.add(tx, _notice("answered", case, asked.asked_by, note))
    return note


async def _inside(tx: Tx, actor: Actor, case: Case) -> None:
    actor.must(Act.WORK)
    if not rule.inside(actor, await tie(tx, _staff(actor), case.id)):
        raise Forbidden(actor=actor.id, act="write on this case", why="it is another's; ask for a grant")


async def tie(tx: Tx, staff_id: UUID, case_id: UUID) -> Tie:
    """How a person stands to a case now."""
    item = await work.open_of(tx, case_id)
    package = await packages.newest_of(tx, case_id)
    granted = package is not None and await packages.live_grant(tx, package.id, staff_id) is not None
    return Tie(owns=item is not None and item.owner_id == staff_id, granted=granted)


def _notice(kind: str, case: Case, staff_id: UUID, about: UUID) -> Notice:
    return Notice(kind=kind, case_id=case.id, staff_id=staff_id, about=str(about))


def _staff(actor: Actor) -> UUID:
    if actor.kind != "staff":
        raise Forbidden(actor=actor.id, act="write notes", why="only people do")
    return UUID(actor.id)
