"""Deeds: the owner of a case carries out an act of a playbook, by their own authority and within their limit.

Look-ups are made outside of any transaction. Arguments and amounts come from them; what a person says
by hand is read as the customer's words are. The act itself is executed by the job of every action.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final
from uuid import UUID, uuid4, uuid5

import msgspec

from newel.domain import action as ceilings
from newel.domain import deed as rule
from newel.domain import reason as reasons
from newel.domain.access import Act, Actor
from newel.domain.deed import Hand, Hindrance, Matter, Room
from newel.domain.errors import Conflict, Forbidden, Invalid, NotFound, StaleToken, Unavailable
from newel.domain.playbook import Action, Doable, Known, NoPath, acts
from newel.domain.sentence import Sentence
from newel.domain.words import Money, Tier
from newel.flow import answer, approval, routing
from newel.flow.house import House, Running, Turn
from newel.store import action as actions
from newel.store import answer as answers
from newel.store import approval as approvals
from newel.store import case as cases
from newel.store import customer as customers
from newel.store import deed as rows
from newel.store import intake as told
from newel.store import job as jobs
from newel.store import routing as work
from newel.store.action import Grant
from newel.store.answer import Draft, Made
from newel.store.case import Case
from newel.store.customer import Customer
from newel.store.db import Tx
from newel.store.deed import Deed

BY_HAND: Final = "by_hand"
"""What a proposal is made by that no model made."""
_MISSING: Final = Sentence("%(name)s is not known; say it by hand")
_UNFILLED: Final = Sentence("the facts do not fill it (%(why)s)")


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """Which act of which playbook, with what is said by hand; ``key`` makes a second call the same one."""

    playbook: str
    act: str
    slots: Mapping[str, str] = {}
    amount_minor: int | None = None
    key: str = ""


class Possible(msgspec.Struct, frozen=True, kw_only=True):
    """An act of a playbook as its owner sees it: filled, with what they may give, or why not."""

    act: str
    action: Action | None = None
    leads: bool = False
    room: Room | None = None
    hindrance: Hindrance | None = None
    blocked: str = ""


async def ask(house: House, actor: Actor, case_id: UUID, token: int, asked: Asked, why: str) -> UUID:
    """Ask those with a higher limit for an act that is above one's own; the approval (INV-12).

    The person keeps the case. Only the limit is another's to lift: the ceiling and all else hold for both.
    """
    actor.must(Act.WORK)
    async with house.db.tx(actor, read_only=True) as tx:
        case = await _own(tx, actor, case_id)
        turn = await _turn(tx, house, await house.running(tx, case.workflow), case, asked.slots)
    found = await _doable(turn, asked)
    async with house.db.tx(actor) as tx:
        case, _ = await routing.mine(tx, case_id, actor, token)
        running = await house.running(tx, case.workflow)
        customer = await customers.read(tx, house.envelope, case.customer_id)
        hinders = await _hindrance(tx, running, case, customer, actor, found.action)
        if hinders is None:
            raise Conflict(what="the act", state="within your limit", why="have it done yourself")
        if hinders.why not in rule.ASKABLE:
            raise hinders.refuse(found.action.action)
        case = msgspec.structs.replace(case, policy_id=running.id)
        made = _made(running, case, asked, found)
        draft = msgspec.structs.replace(made.draft, justification=why.strip())
        made = msgspec.structs.replace(made, state="pending", reasons=["over_limit"], draft=draft)
        await answers.add_proposal(tx, house.envelope, case, made)
        return await approval.ask_for(tx, house, running, case, made, UUID(actor.id))


async def do(house: House, actor: Actor, case_id: UUID, token: int, asked: Asked) -> Deed:
    """Authorise it, with its job; what came of it is seen on the case. Asked twice under a key, it is one.

    ``StaleToken`` when the case is another's, ``DeedRefused`` when the person may not.
    """
    actor.must(Act.WORK)
    key = _key(case_id, actor, asked)
    async with house.db.tx(actor, read_only=True) as tx:
        case = await _own(tx, actor, case_id)
        before = await _before(tx, house, case, key)
        if before is not None:
            return _same(before, asked)
        running = await house.running(tx, case.workflow)
        turn = await _turn(tx, house, running, case, asked.slots)
    found = await _doable(turn, asked)
    async with house.db.tx(actor) as tx:
        case, _ = await routing.mine(tx, case_id, actor, token)
        before = await _before(tx, house, case, key)
        if before is not None:
            return _same(before, asked)
        running = await house.running(tx, case.workflow)
        return await _authorise(tx, house, running, case, actor, asked, found, key)


async def _own(tx: Tx, actor: Actor, case_id: UUID) -> Case:
    """The person's case, as it stands before the look-ups; looked at again under its token after them."""
    item = await work.open_of(tx, case_id)
    if item is None or str(item.owner_id) != actor.id:
        raise StaleToken(what=f"case {case_id}")
    return await cases.read(tx, case_id)


def _key(case_id: UUID, actor: Actor, asked: Asked) -> UUID:
    """The id of the action: by the caller's key, so that pressing twice is one act."""
    return uuid5(case_id, f"{actor.id}/{asked.key}") if asked.key else uuid4()


async def _turn(tx: Tx, house: House, running: Running, case: Case, slots: Mapping[str, str]) -> Turn:
    said = await told.inbound(tx, house.envelope, case)
    fields, confidence = await told.fields(tx, house.envelope, case)
    customer = await customers.read(tx, house.envelope, case.customer_id)
    text = "\n".join(one.body.text for one in said)
    return Turn(running, customer.profile, text, fields, confidence, tx.now, given=slots)


async def _doable(turn: Turn, asked: Asked) -> Doable:
    """The act filled with what the systems of record say now."""
    playbook = turn.running.bundle.playbooks.get(asked.playbook)
    if playbook is None:
        raise NotFound(what="playbook", id=asked.playbook)
    known = await answer.look_up(turn, playbook)
    if known is None:
        raise Unavailable(what="the systems of record")
    if not isinstance(known, Known):
        raise Invalid(what="the act", why=_MISSING.of(name=known.names[0].replace("_", " ")))
    found = acts(playbook, known, turn.now).get(asked.act)
    if found is None:
        raise NotFound(what="act of this playbook", id=asked.act)
    if isinstance(found, NoPath):
        raise Conflict(
            what="the act", state="not possible", why=_UNFILLED.of(why=reasons.said(found.reason.value))
        )
    return _with_amount(found, asked.amount_minor)


def _with_amount(found: Doable, minor: int | None) -> Doable:
    """With the amount that a person asks for; the most is what was paid, else what the record says."""
    act = found.action
    if minor is None:
        return found
    if act.amount is None:
        raise Invalid(what="amount_minor", why="this act moves no money")
    paid = act.paid or act.amount
    changed = msgspec.structs.replace(act, amount=Money(minor, act.amount.currency), paid=paid)
    return msgspec.structs.replace(found, action=changed)


async def _before(tx: Tx, house: House, case: Case, key: UUID) -> Deed | None:
    return next((one for one in await rows.of_case(tx, house.envelope, case) if one.id == key), None)


def _same(before: Deed, asked: Asked) -> Deed:
    """What was asked for under this key; another act under it is a mistake of the caller."""
    act, minor = before.payload, asked.amount_minor
    if act.action != asked.act or (
        minor is not None and (not act.amount or act.amount.amount_minor != minor)
    ):
        raise Conflict(what="the key", state="used", why="another act was asked for under it")
    return before


async def _authorise(
    tx: Tx,
    house: House,
    running: Running,
    case: Case,
    actor: Actor,
    asked: Asked,
    found: Doable,
    key: UUID,
) -> Deed:
    me, act = UUID(actor.id), found.action
    customer = await customers.read(tx, house.envelope, case.customer_id)
    hinders = await _hindrance(tx, running, case, customer, actor, act)
    if hinders:
        raise hinders.refuse(act.action)
    case = msgspec.structs.replace(case, policy_id=running.id)
    made = _made(running, case, asked, found)
    await answers.add_proposal(tx, house.envelope, case, made)
    grant = _grant(tx, running, customer, act, me)
    await actions.add(tx, house.envelope, case, made.id, made.message_id, act, grant, key)
    await jobs.add(tx, "action", case_id=case.id, subject_id=key, priority=1)
    deed = await _before(tx, house, case, key)
    assert deed is not None, "it was written a moment ago"  # noqa: S101
    return deed


async def _hindrance(
    tx: Tx, running: Running, case: Case, customer: Customer, actor: Actor, act: Action
) -> Hindrance | None:
    """What keeps the owner from an act now; one that waits for approval keeps them from another."""
    if case.state != "owned" or case.tier is not Tier.HUMAN or case.last_inbound_id is None:
        raise Conflict(what=f"case {case.id}", state=case.state, why="it is not on your desk now")
    if await approvals.pending(tx, case.id) is not None:
        raise Conflict(what=f"case {case.id}", state="in approval", why="wait until it is decided")
    me = UUID(actor.id)
    matter = await _matter(tx, running, case, customer, me, act)
    return rule.hindrance(await rows.hand(tx, me), matter, act, running.bundle)


def _made(running: Running, case: Case, asked: Asked, found: Doable) -> Made:
    """What the person asked for, as a proposal of theirs that is decided already; it says nothing."""
    assert case.last_inbound_id is not None, "looked at before"  # noqa: S101
    return Made(
        id=uuid4(),
        case_id=case.id,
        episode=case.episode,
        message_id=case.last_inbound_id,
        revision=1,
        contact_reason=asked.playbook,
        drafted_by="person",
        confidence=1.0,
        calibrated=False,
        model=BY_HAND,
        reasons=["own_limit"],
        sources=list(found.sources),
        draft=Draft("", "", found.action, dict(found.facts)),
        state="decided",
        policy_id=running.id,
    )


def _grant(tx: Tx, running: Running, customer: Customer, act: Action, me: UUID) -> Grant:
    ceiling = ceilings.ceiling_of(running.bundle, act.action) if act.amount else None
    worth = ceilings.worth_minor(customer.lifetime_value_minor, act.paid)
    system = running.bundle.systems[running.bundle.actions[act.action].system]
    return Grant(
        authority="own_limit",
        staff_id=me,
        cap_minor=ceilings.cap_minor(ceiling, worth) if ceiling else None,
        window_from=tx.now - timedelta(days=ceiling.window_days) if ceiling else None,
        keyed=system.actions[act.action].key == "header",
    )


async def _matter(tx: Tx, running: Running, case: Case, customer: Customer, me: UUID, act: Action) -> Matter:
    ceiling = ceilings.ceiling_of(running.bundle, act.action)
    since = tx.now - timedelta(days=ceiling.window_days) if ceiling else None
    amount = act.amount.amount_minor if act.amount else 0
    return Matter(
        customer_id=case.customer_id,
        identity_level=1 if customer.profile.ref else 0,
        lifetime_value_minor=customer.lifetime_value_minor,
        used_minor=await answers.spent(tx, case.customer_id, act.action, since) if since else 0,
        unsettled=await rows.unsettled(tx, case.id),
        others=await rows.others(tx, amount, me, case.customer_id),
    )


async def possible(
    tx: Tx, house: House, actor: Actor, case: Case, running: Running, reason: str, known: Known
) -> tuple[Possible, ...]:
    """The acts of a playbook for the owner of a case, and what keeps them from each; the leading first."""
    playbook = running.bundle.playbooks[reason]
    customer = await customers.read(tx, house.envelope, case.customer_id)
    hand = await rows.hand(tx, UUID(actor.id))
    found = [
        await _possible(tx, running, case, customer, hand, actor, name, one)
        for name, one in acts(playbook, known, tx.now).items()
    ]
    return tuple(sorted(found, key=lambda one: not one.leads))


async def _possible(
    tx: Tx,
    running: Running,
    case: Case,
    customer: Customer,
    hand: Hand,
    actor: Actor,
    name: str,
    found: Doable | NoPath,
) -> Possible:
    if isinstance(found, NoPath):
        return Possible(act=name, blocked=f"{found.reason.value}:{found.detail}".rstrip(":"))
    matter = await _matter(tx, running, case, customer, UUID(actor.id), found.action)
    return Possible(
        act=name,
        action=found.action,
        leads=found.leads,
        room=rule.room(hand, matter, found.action, running.bundle),
        hindrance=rule.hindrance(hand, matter, found.action, running.bundle),
    )


async def done(house: House, actor: Actor, case_id: UUID) -> tuple[Deed, ...]:
    """What was done in a case, or is under way; for its owner and who may give work away."""
    async with house.db.tx(actor, read_only=True) as tx:
        case, item = await cases.read(tx, case_id), await work.open_of(tx, case_id)
        if (item is None or str(item.owner_id) != actor.id) and not actor.may(Act.ASSIGN):
            raise Forbidden(actor=actor.id, act="see what was done", why="it is for who works the case")
        return await rows.of_case(tx, house.envelope, case)
