"""The customer's chat: who comes in, what they say, when they ask for a person, and how long that takes."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID, uuid4

import msgspec
import structlog

from newel.domain import chat as rule
from newel.domain import routing as ranks
from newel.domain.access import Act, Actor, system
from newel.domain.calendar import hours_of, opens_at
from newel.domain.chat import Door, Identity, Mac, Visitor, Wait
from newel.domain.delivery import fixed_text
from newel.domain.errors import NotFound, StaleToken, Unauthenticated
from newel.domain.intake import Inbound, Sender
from newel.domain.overflow import reserved
from newel.domain.policy.bundle import Bundle
from newel.domain.routing import Ask
from newel.domain.words import Priority
from newel.flow import attachment, customer, intake, resolution
from newel.flow.attachment import File
from newel.flow.house import House
from newel.store import case as cases
from newel.store import chat as rows
from newel.store import routing as work
from newel.store.case import Case
from newel.store.customer import OPERATOR, identity_mac
from newel.store.db import Tx
from newel.store.intake import Taken
from newel.store.live import of_conversation, typing_on, writing_to

CHANNEL = "chat"
WORKFLOW = "customer-support"
PORTER = system("chat")
log = structlog.get_logger("newel.chat")


class Outlook(msgspec.Struct, frozen=True):
    """How long a person takes now; while nobody is there, the policy's words and when they are back.

    ``language`` is the policy's own: for customers whose language nobody knows.
    """

    wait: Wait
    language: str = ""
    greetings: Mapping[str, str] = {}
    aways: Mapping[str, str] = {}
    back_at: datetime | None = None

    def greeting(self, language: str) -> str:
        """How the assistant introduces itself in a language, or as the policy speaks."""
        return self.greetings.get(language) or self.greetings.get(self.language, "")

    def away(self, language: str) -> str:
        """What is said while nobody is there; nothing while somebody is."""
        return self.aways.get(language) or self.aways.get(self.language, "")


async def admit(house: House, door: Door, site: str, *, identity: str = "", kept: str = "") -> Visitor:
    """Who comes in: the host's customer, the stranger of before, or a new one.

    A token that does not count (any more) makes a stranger: nobody is kept from asking for a person.
    """
    async with house.db.tx(PORTER, read_only=True) as tx:
        now, told = tx.now, None
        if identity and door.secret:
            try:
                told = rule.opened(identity, rule.sealed_by(door.secret), Identity, now)
            except Unauthenticated as error:
                log.warning("identity_refused", why=str(error.data.get("why", "")))
        was = await _former(house, tx, site, kept, told.ref if told else "")
    return rule.known(site, told, now, was) if told else rule.stranger(site, was or str(uuid4()), now)


async def _former(house: House, tx: Tx, site: str, kept: str, ref: str) -> str:
    """The stranger whom a kept pass names; a customer comes back by the host's word only.

    Whoever signs in while their conversation is open goes on with it (INV-4). After that it is the
    customer's: the pass of before opens it no more.
    """
    found = _opened(house, site, kept, tx.now)
    if found is None or found.ref:
        return ""
    talk = await rows.begun(tx, _thread(house, found), _identity(house, ref))
    if ref:
        return found.id if talk is not None and talk.goes_on else ""
    return "" if talk is not None and talk.known else found.id


def _thread(house: House, visitor: Visitor) -> bytes:
    return house.envelope.mac(f"thread:{CHANNEL}", visitor.thread)


def _identity(house: House, ref: str) -> bytes | None:
    """The blind key of the host's customer; none for strangers."""
    return identity_mac(house.envelope, OPERATOR, ref) if ref else None


def _opened(house: House, site: str, token: str, now: datetime) -> Visitor | None:
    """Whose pass it is, if it counts at this site."""
    try:
        found = rule.opened(token, mac_of(house), Visitor, now)
    except Unauthenticated:
        return None
    return found if found.site == site else None


async def recognised(house: House, site: str, *passes: str) -> Visitor | None:
    """The visitor of the first of these passes that counts at this site; None when none does."""
    async with house.db.tx(PORTER, read_only=True) as tx:
        now = tx.now
    found = (_opened(house, site, token, now) for token in passes)
    return next((visitor for visitor in found if visitor), None)


def mac_of(house: House) -> Mac:
    """What a visitor's pass is signed with: the house's own key."""
    return lambda text: house.envelope.mac("chat.pass", text)


async def who(house: House, token: str) -> Visitor:
    """Whose pass it is; ``Unauthenticated`` when it is none, or has run out."""
    async with house.db.tx(PORTER, read_only=True) as tx:
        return rule.opened(token, mac_of(house), Visitor, tx.now)


def actor(house: House, visitor: Visitor) -> Actor:
    """The customer as the actor of their own conversation; named without telling who they are."""
    name = house.envelope.mac("chat.actor", visitor.thread).hex()[:16]
    return Actor(kind="customer", id=name, scopes=frozenset({Act.INTAKE, Act.READ_CONVERSATION}))


async def conversation_of(house: House, tx: Tx, visitor: Visitor) -> UUID | None:
    """The visitor's own conversation; none before they have written."""
    return await rows.conversation(tx, _thread(house, visitor), _identity(house, visitor.ref))


async def topics(house: House, token: str) -> frozenset[str]:
    """What the page of this pass may hear of: its own conversation."""
    async with house.db.tx(PORTER, read_only=True) as tx:
        visitor = rule.opened(token, mac_of(house), Visitor, tx.now)
        own = await conversation_of(house, tx, visitor)
    return frozenset({of_conversation(own), writing_to(own)}) if own else frozenset()


async def say(
    house: House,
    visitor: Visitor,
    text: str,
    external_id: str,
    attachments: tuple[UUID, ...] = (),
    *,
    contact: str = "",
) -> Taken:
    """The customer writes, or sends their uploads: once for each of their ids, whatever is sent again."""
    inbound = Inbound(
        channel=CHANNEL,
        external_id=house.envelope.mac("chat.external", f"{visitor.thread}#{external_id}").hex(),
        workflow=WORKFLOW,
        conversation=visitor.thread,
        customer=Sender(ref=visitor.ref, address=visitor.id, name=visitor.name, verified=bool(visitor.ref)),
        text=text,
        attachments=attachments,
        contact=contact,
    )
    return await intake.receive(house, actor(house, visitor), inbound)


async def attached(house: House, visitor: Visitor, which: UUID) -> File:
    """A file of the visitor's own conversation, or an upload of theirs."""
    own = partial(conversation_of, house, visitor=visitor)
    return await attachment.fetch(house, actor(house, visitor), which, own=own)


async def ask_for_person(house: House, visitor: Visitor, external_id: str) -> Taken:
    """One tap: a request for a person, scanned and kept like any message (SCN-8); no AI is needed."""
    return await say(house, visitor, rule.REQUEST, external_id)


async def prefer(house: House, visitor: Visitor, *, human: bool) -> None:
    """The customer's own lasting choice: people always, or the AI again; nothing written is taken for it."""
    async with house.db.tx(actor(house, visitor)) as tx:
        own = await conversation_of(house, tx, visitor)
        if own is None:
            raise NotFound(what="conversation", id=visitor.thread)
        await customer.prefer_in_talk(house, tx, own, human=human)
        tx.changes.add(of_conversation(own))


async def helped(house: House, visitor: Visitor) -> None:
    """The customer says that an offered article helped: nobody is needed any more."""
    async with house.db.tx(actor(house, visitor)) as tx:
        conversation = await conversation_of(house, tx, visitor)
        about = await rows.matter(tx, conversation) if conversation else None
        if about is None:
            raise NotFound(what="conversation", id=visitor.thread)
        await resolution.contain(tx, house, about.case_id)


async def seen(house: House, visitor: Visitor, up_to: int) -> None:
    """The customer has what left for them in view, up to a number."""
    async with house.db.tx(actor(house, visitor)) as tx:
        conversation = await conversation_of(house, tx, visitor)
        if conversation is not None:
            await rows.seen(tx, conversation, up_to)


async def typing(house: House, visitor: Visitor) -> None:
    """The customer types: pages that show the case hear of it, and nothing is kept."""
    async with house.db.tx(actor(house, visitor), read_only=True) as tx:
        conversation = await conversation_of(house, tx, visitor)
        about = await rows.matter(tx, conversation) if conversation else None
        if about is not None:
            tx.changes.add(typing_on(about.case_id))


async def read(house: House, staff: Actor, case_id: UUID) -> None:
    """The owner has the conversation in view: the customer sees their messages as read."""
    staff.must(Act.WORK)
    async with house.db.tx(staff) as tx:
        case, item = await cases.read(tx, case_id), await work.open_of(tx, case_id)
        if item is None or str(item.owner_id) != staff.id:
            raise StaleToken(what=f"case {case_id}")
        await was_read(tx, case)


async def was_read(tx: Tx, case: Case) -> None:
    """Its owner has read what the customer wrote, in whichever conversation the case is answered."""
    for talk in {one for one in (case.conversation_id, case.talk) if one}:
        await rows.read(tx, talk)


async def outlook(house: House) -> Outlook:
    """What a customer may expect who asks for a person now: from the queue and from who is at work."""
    async with house.db.tx(PORTER, read_only=True) as tx:
        running = await house.running(tx, WORKFLOW)
        bundle = running.bundle
        people = able(await work.people(tx), bundle, tx.now)
        wait = rule.expected(
            at_work=len(people),
            free=sum(one.room_by(CHANNEL) for one in people),
            waiting=await rows.waiting(tx, WORKFLOW),
            pace=await rows.pace(tx) or rule.PACE,
        )
        language, greetings = bundle.languages[0], _spoken(bundle, "ai_disclosure")
        if wait is not Wait.AWAY:
            return Outlook(wait, language, greetings)
        return Outlook(wait, language, greetings, _spoken(bundle, "out_of_hours"), _back(bundle, tx.now))


def _spoken(bundle: Bundle, key: str) -> dict[str, str]:
    """A fixed text, where the policy has it, in each of its languages."""
    if key not in bundle.messages:
        return {}
    return {tongue: fixed_text(bundle, key, tongue) for tongue in (bundle.languages[0], *bundle.texts)}


def able(people: Sequence[ranks.Person], bundle: Bundle, now: datetime) -> list[ranks.Person]:
    """Who is at work and may take a plain request for a person."""
    policy = bundle.routing
    ask = Ask(
        language=bundle.languages[0],
        skills=policy.default_skills,
        generalist=policy.generalist_skill,
        channel=CHANNEL,
    )
    return [
        one
        for one in people
        if one.works(now)
        and ranks.takes(one, Priority.P2, regulated=False)
        and not reserved(one, bundle.overflow)
        and (ranks.qualified(one, ask) or ranks.qualified_as_generalist(one, ask))
    ]


def _back(bundle: Bundle, now: datetime) -> datetime | None:
    """When the desk opens again; None when it should be open by now."""
    at = opens_at(hours_of(bundle.calendar), now)
    return at if at - now > timedelta(0) else None
