"""The desk: one case as the person in front of it may see it, and what they reveal of it."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import msgspec
from msgspec.structs import replace

from newel.domain import desk as rule
from newel.domain import mask, miss
from newel.domain.access import Act, Actor
from newel.domain.context import Part
from newel.domain.deed import UNSETTLED
from newel.domain.desk import CONVERSATION, Sight
from newel.domain.errors import Forbidden, NotFound
from newel.domain.mask import Known
from newel.domain.note import Tie
from newel.domain.playbook import Guide, guide
from newel.domain.playbook import Known as Facts
from newel.domain.playbook.guide import Test
from newel.domain.ports import Passage
from newel.domain.sentence import Sentence, word
from newel.domain.words import Assist
from newel.flow import answer, chat, context, deed
from newel.flow.context import Opened
from newel.flow.deed import Possible
from newel.flow.house import House, Turn
from newel.store import audit, reading, views
from newel.store import case as cases
from newel.store import context as packages
from newel.store import customer as customers
from newel.store import deed as deeds
from newel.store import desk as rows
from newel.store import draft as drafts
from newel.store import intake as told
from newel.store import merge as merges
from newel.store import miss as misses
from newel.store import note as notes
from newel.store import resolution as resolutions
from newel.store import routing as work
from newel.store import survey as surveys
from newel.store.case import Case
from newel.store.context import Package
from newel.store.customer import Customer
from newel.store.db import Tx
from newel.store.deed import Deed
from newel.store.desk import Line, Moment, Question
from newel.store.draft import Draft
from newel.store.note import Note
from newel.store.resolution import Ended
from newel.store.routing import WorkItem
from newel.store.survey import Answer
from newel.store.views import CaseView

_ELSEWHERE: Final = frozenset({Part.REQUEST})
"""The request stands in the conversation."""


NO_SLOTS: Final[Mapping[str, str]] = {}
NO_ANSWERS: Final[Mapping[str, bool]] = {}


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """A case with what decides how much of it this person sees."""

    case: Case
    item: WorkItem | None
    package: Package | None
    customer: Customer
    sight: Sight
    owns: bool

    @property
    def known(self) -> Known:
        """What is hidden of the customer by default."""
        who = self.customer.profile
        return mask.known_of(who.name, who.address, who.phone)


class Desk(msgspec.Struct, frozen=True, kw_only=True):
    """One case on the desk; what the person may not see is empty."""

    view: CaseView
    item: WorkItem | None
    sight: Sight
    mine: bool
    owner: str
    customer_id: UUID
    customer: str
    lines: tuple[Line, ...]
    moments: tuple[Moment, ...]
    notes: tuple[Note, ...]
    package: Opened | None
    draft: Draft | None
    question: Question | None
    fields: dict[str, Any]
    extraction_confidence: float | None
    answers: tuple[Answer, ...]
    """What the customer answered to the last surveys."""
    merged: tuple[UUID, ...]
    """The cases that were merged into this one; their messages and notes stand between its own."""
    into: UUID | None
    """The case in which this one goes on."""
    deeds: tuple[Deed, ...]
    """What was done in it, or is under way."""
    prefers_human: bool = False
    """Whether its customer wants people always, as it stands now."""
    ended: Ended | None = None
    """How it ended, once it has."""
    reopens: bool = False
    """Whether the person may open it again."""
    marks: bool = False
    """Whether the person may say that it should have been T3."""

    @property
    def unconfirmed(self) -> bool:
        """Whether an act of a person is neither done nor refused yet."""
        return any(one.staff_id is not None and one.state in UNSETTLED for one in self.deeds)


async def open_case(house: House, actor: Actor, case_id: UUID) -> Desk:
    """A case for the desk: whole to its owner, masked to who may take it over, a glance to others.

    That a person has opened its texts is recorded, once in half an hour; what its owner has in view is read.
    """
    async with house.db.tx(actor) as tx:
        stands = await _standing(tx, house, actor, case_id)
        await _record(tx, stands)
        if stands.owns and stands.case.conversation_id is not None:
            await chat.was_read(tx, stands.case)
        return await _desk(tx, house, actor, stands)


async def reveal(house: House, actor: Actor, case_id: UUID, part: str, field: str) -> str:
    """One hidden value of the messages or of the package; that it was shown is written before it is."""
    if part != CONVERSATION:
        return await context.reveal(house, actor, case_id, Part(part), field)
    async with house.db.tx(actor) as tx:
        stands = await _standing(tx, house, actor, case_id)
        if stands.sight is not Sight.WHOLE or stands.package is None:
            raise Forbidden(
                actor=actor.id,
                act="reveal this",
                why="the case is another's; ask them or a supervisor to pass it on",
            )
        merged = await merges.taken_in(tx, case_id)
        said = await rows.messages(tx, house.envelope, stands.case, merged)
        value = mask.reveal(said.texts, stands.known, field)
        if value is None:
            raise NotFound(what="field of the conversation", id=field)
        package = stands.package.id
        await audit.record(
            tx, "context.revealed", "package", package, case_id=case_id, part=CONVERSATION, field=field
        )
    return value


def tell(house: House, topic: str) -> None:
    """What a page says of its person goes to all servers; nothing of it is kept in the store."""
    house.db.waker.changed([topic])


async def articles(house: House, actor: Actor, case_id: UUID, asked: str) -> list[Passage]:
    """What the articles say to what is asked, or else to the customer's words in this episode.

    Where the AI may do nothing, nobody is offered what they did not ask for.
    """
    async with house.db.tx(actor, read_only=True) as tx:
        stands = await _standing(tx, house, actor, case_id)
        running = await house.running(tx, stands.case.workflow)
        silent = stands.sight is Sight.GLANCE or stands.case.assist is Assist.NONE
        seen = () if silent else await told.inbound(tx, house.envelope, stands.case)
    said = "\n\n".join(one.body.text for one in seen[-3:])[: rule.SEARCHED]
    wanted = (asked or said).strip()
    if not wanted:
        return []
    found = await asyncio.to_thread(running.library.search, wanted, rule.ARTICLES)
    return [one for one in found if asked or one.confidence >= rule.LEAST_FIT]


class Script(msgspec.Struct, frozen=True, kw_only=True):
    """A playbook as its reader has it before them; to the owner of the case also what they may have done."""

    guide: Guide
    acts: tuple[Possible, ...] = ()
    mine: bool = False


async def script(
    house: House,
    actor: Actor,
    case_id: UUID,
    reason: str,
    slots: Mapping[str, str] = NO_SLOTS,
    answers: Mapping[str, bool] = NO_ANSWERS,
) -> Script | None:
    """A playbook with what its look-ups say today; the case's own, or the one that the person names.

    It goes on with what its owner says by hand: ``slots``, and ``answers`` where no fact says.
    """
    async with house.db.tx(actor, read_only=True) as tx:
        stands = await _standing(tx, house, actor, case_id)
        case, running = stands.case, await house.running(tx, stands.case.workflow)
        said = await told.inbound(tx, house.envelope, case)
        fields, confidence = await told.fields(tx, house.envelope, case)
        now = tx.now
    reason = reason or case.contact_reason
    playbook = running.bundle.playbooks.get(reason)
    if playbook is None:
        return None
    text = "\n".join(one.body.text for one in said)
    turn = Turn(running, stands.customer.profile, text, fields, confidence, now, given=slots)
    found = await answer.look_up(turn, playbook) if stands.sight is Sight.WHOLE else None
    mine = stands.owns and case.state == "owned"
    read = guide(reason, playbook, found, now, answers if mine else NO_ANSWERS)
    made = Script(guide=read, mine=mine)
    if made.mine and isinstance(found, Facts):
        async with house.db.tx(actor, read_only=True) as tx:
            acts = await deed.possible(tx, house, actor, case, running, reason, found)
        made = msgspec.structs.replace(made, acts=acts)
    return _masked(made, stands.known)


def _masked(made: Script, known: Known) -> Script:
    """As everything on the desk: personal data hidden. What a branch asks for is the policy's own text."""
    asks = [[test.says for test in branch.tests] for branch in made.guide.branches]
    blank = [[word("") for _ in row] for row in asks]
    bare = msgspec.structs.replace(made, guide=_asking(made.guide, blank))
    shown = msgspec.convert(mask.mask(msgspec.to_builtins(bare), known).value, Script)
    return msgspec.structs.replace(shown, guide=_asking(shown.guide, asks))


def _asking(made: Guide, asks: list[list[Sentence]]) -> Guide:
    """The same with other words for its tests, branch by branch."""
    branches = tuple(
        replace(branch, tests=tuple(map(_saying, branch.tests, row)))
        for branch, row in zip(made.branches, asks, strict=True)
    )
    return replace(made, branches=branches)


def _saying(test: Test, says: Sentence) -> Test:
    return replace(test, says=says)


async def _standing(tx: Tx, house: House, actor: Actor, case_id: UUID) -> Standing:
    if actor.kind != "staff":
        raise Forbidden(actor=actor.id, act="open a case", why="only people do")
    case = await cases.read(tx, case_id)
    item = await work.open_of(tx, case_id)
    package = await packages.newest_of(tx, case_id)
    owns = item is not None and str(item.owner_id) == actor.id
    granted = (
        not owns
        and package is not None
        and await packages.live_grant(tx, package.id, UUID(actor.id)) is not None
    )
    customer = await customers.read(tx, house.envelope, case.customer_id)
    reads = case.state == "resolved" and await reading.reads(tx, case_id, UUID(actor.id))
    sight = rule.sight(actor, Tie(owns=owns, granted=granted, reads=reads))
    return Standing(case=case, item=item, package=package, customer=customer, sight=sight, owns=owns)


async def _record(tx: Tx, stands: Standing) -> None:
    case_id = stands.case.id
    if stands.sight is Sight.WHOLE and stands.package:
        package = stands.package.id
        if not await rows.opened(tx, "package", package, "context.opened"):
            await audit.record(tx, "context.opened", "package", package, case_id=case_id)
    elif stands.sight is not Sight.GLANCE and not await rows.opened(tx, "case", case_id, "desk.opened"):
        await audit.record(tx, "desk.opened", "case", case_id, case_id=case_id)


async def _desk(tx: Tx, house: House, actor: Actor, stands: Standing) -> Desk:
    case, me = stands.case, UUID(actor.id)
    whole, glance = stands.sight is Sight.WHOLE, stands.sight is Sight.GLANCE
    owner_id = stands.item.owner_id if stands.item else None
    names = await rows.names(tx, [owner_id]) if owner_id else {}
    merged = await merges.taken_in(tx, case.id)
    said = None if glance else await rows.messages(tx, house.envelope, case, merged)
    bare = glance or case.kind != "item"
    fields, confidence = ({}, None) if bare else await told.fields(tx, house.envelope, case)
    package = stands.package if whole else None
    over = case.state == "resolved"
    into = await merges.into(tx, case.id) if over else None
    return Desk(
        view=await views.case(tx, case.id),
        item=stands.item,
        sight=stands.sight,
        mine=stands.owns,
        owner=names.get(owner_id, "") if owner_id else "",
        customer_id=case.customer_id,
        customer=rule.short_name(stands.customer.profile.name, stands.sight),
        lines=said.lines(stands.known) if said else (),
        moments=tuple(await rows.moments(tx, case.id)),
        notes=await _notes(tx, house, stands, (*merged, case), me),
        package=await context.shown(tx, house, case, package, stands.known, but=_ELSEWHERE)
        if package
        else None,
        draft=await drafts.read(tx, house.envelope, case, me) if stands.owns else None,
        question=await rows.question(tx, case.id, me),
        fields=mask.mask(fields, stands.known).value if fields else {},
        extraction_confidence=confidence,
        answers=tuple(await surveys.of_customer(tx, case.customer_id, rule.ANSWERS)) if whole else (),
        merged=tuple(one.id for one in merged),
        into=into,
        deeds=() if glance else await deeds.of_case(tx, house.envelope, case),
        prefers_human=stands.customer.prefers_human,
        ended=await _ended(tx, house, stands) if over and not glance else None,
        marks=miss.offered(actor, await misses.standing(tx, case, me)),
        reopens=over and into is None and await _reopens(tx, actor, case),
    )


async def _ended(tx: Tx, house: House, stands: Standing) -> Ended | None:
    """How it ended; its note is masked as the texts are."""
    found = await resolutions.ended(tx, house.envelope, stands.case)
    if found is None or stands.sight is Sight.WHOLE:
        return found
    return replace(found, note=mask.masked_text(found.note, stands.known))


async def _reopens(tx: Tx, actor: Actor, case: Case) -> bool:
    return actor.may(Act.ASSIGN) or await reading.had(tx, case.id, UUID(actor.id))


async def _notes(tx: Tx, house: House, stands: Standing, of: Sequence[Case], me: UUID) -> tuple[Note, ...]:
    """All for whom sees the texts, masked for who only reads; else what one wrote or is named in."""
    found = [note for case in of for note in await notes.of_case(tx, house.envelope, case)]
    if stands.sight is Sight.GLANCE:
        return tuple(n for n in found if me == n.author_id or me in n.mention_ids)
    if stands.sight is Sight.READ:
        return tuple(replace(n, text=mask.masked_text(n.text, stands.known)) for n in found)
    return tuple(found)
