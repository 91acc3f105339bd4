"""The inbox of approvals: what waits, and one proposal with all that its decision needs.

What was said is shown with its personal data hidden; that it was opened is recorded, and each value that
is shown.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from newel.domain import inbox as rule
from newel.domain import mask, miss
from newel.domain.access import Act, Actor
from newel.domain.action import ceiling_of
from newel.domain.approval import Approver
from newel.domain.desk import LONGEST
from newel.domain.errors import Forbidden, NotFound
from newel.domain.inbox import Allowance, Fate, Line, Piece, Said, Standard
from newel.domain.mask import Known, Secret
from newel.domain.playbook import Action
from newel.domain.scan import references
from newel.domain.sentence import Sentence
from newel.flow.house import House, Running
from newel.store import answer as answers
from newel.store import approval as approvals
from newel.store import audit, desk, views
from newel.store import case as cases
from newel.store import customer as customers
from newel.store import inbox as rows
from newel.store import miss as misses
from newel.store.answer import Draft, Made
from newel.store.case import Case
from newel.store.customer import Customer
from newel.store.db import Tx
from newel.store.inbox import Asked, Spoken, Waiting

Hidden = Sequence[tuple[Secret, str]]
SHOWN = 40
_MESSAGES = 30
_SHORTEST = 3


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """The proposal at hand."""

    id: UUID
    case_id: UUID
    workflow: str
    contact_reason: str
    priority: int
    state: str
    edited: bool
    created_at: datetime
    due_at: datetime
    expires_at: datetime
    policy_version: str
    customer: str
    customer_ref: str
    vip: bool
    draft: Draft
    sources: tuple[str, ...]
    reasons: tuple[str, ...]
    confidence: float
    calibrated: bool
    drafted_by: str
    limit_minor: int
    hindrance: Sentence | None
    allowance: Allowance | None
    standard: Standard
    talk: tuple[Said, ...]
    fate: Fate
    asked_by: str = ""
    """Who works the case and asks for it; nobody: the AI proposes it."""
    marks: bool = False
    """Whether the person may say that it should have been T3."""


class Inbox(msgspec.Struct, frozen=True, kw_only=True):
    """The list, and the proposal at hand if there is any."""

    lines: tuple[Line, ...]
    total: int
    sheet: Sheet | None = None
    place: int = 0
    next: UUID | None = None


async def listed(house: House, actor: Actor, *, shown: int = SHOWN) -> Inbox:
    """What waits, the most urgent first, without a proposal at hand."""
    async with house.db.tx(_approver(actor), read_only=True) as tx:
        return await _listed(tx, house, await approvals.approver(tx, UUID(actor.id)), shown)


async def opened(
    house: House, actor: Actor, approval_id: UUID | None = None, *, place: int = 0, shown: int = SHOWN
) -> Inbox:
    """The list with one proposal: this one, or the next from a place on that the person may decide."""
    async with house.db.tx(_approver(actor)) as tx:
        me = await approvals.approver(tx, UUID(actor.id))
        found = await _listed(tx, house, me, shown)
        chosen = approval_id or rule.after(found.lines, None, place=place)
        if chosen is None:
            return found
        at = next((n for n, line in enumerate(found.lines) if line.id == chosen), place)
        following = rule.after(found.lines, chosen, place=at)
        sheet = await _sheet(tx, house, me, chosen)
    return msgspec.structs.replace(found, sheet=sheet, place=at, next=following)


async def reveal(house: House, actor: Actor, approval_id: UUID, field: str) -> str:
    """One hidden value of what was said; that it was shown is written before it is."""
    async with house.db.tx(_approver(actor)) as tx:
        asked = await rows.asked(tx, approval_id)
        case = await cases.read(tx, asked.case_id)
        customer = await customers.read(tx, house.envelope, case.customer_id)
        spoken = await rows.talk(tx, house.envelope, case, _MESSAGES)
        value = mask.reveal(_texts(spoken), _known(customer), field)
        if value is None:
            raise NotFound(what="field of the conversation", id=field)
        await audit.record(tx, "approval.revealed", "approval", approval_id, case_id=case.id, field=field)
    return value


async def fate(house: House, actor: Actor, approval_id: UUID) -> Fate:
    """What became of one approval."""
    async with house.db.tx(_approver(actor), read_only=True) as tx:
        asked = await rows.asked(tx, approval_id)
        return _fate(asked, await cases.read(tx, asked.case_id), UUID(actor.id))


def _approver(actor: Actor) -> Actor:
    actor.must(Act.APPROVE)
    if actor.kind != "staff":
        raise Forbidden(actor=actor.id, act="see the inbox", why="it is a person's")
    return actor


async def _listed(tx: Tx, house: House, me: Approver, shown: int) -> Inbox:
    """The drafts of what is shown are opened, and no others."""
    waiting = await rows.waiting(tx, house.envelope, shown)
    total = len(waiting) if len(waiting) < shown else await rows.count(tx)
    return Inbox(lines=tuple(_line(one, me) for one in waiting), total=total)


def _line(one: Waiting, me: Approver) -> Line:
    action = one.draft.action
    amount = action.amount if action else None
    return Line(
        id=one.id,
        case_id=one.case_id,
        workflow=one.workflow,
        contact_reason=one.contact_reason,
        action=action.action if action else "",
        args=action.args if action else {},
        amount=amount,
        due_at=one.due_at,
        created_at=one.created_at,
        hindrance=rule.hindrance(me, one.customer_id, amount, one.asked_by),
    )


async def _sheet(tx: Tx, house: House, me: Approver, approval_id: UUID) -> Sheet:
    asked = await rows.asked(tx, approval_id)
    case = await cases.read(tx, asked.case_id)
    made = await answers.proposal(tx, house.envelope, case, asked.proposal_id)
    running = await house.running(tx, case.workflow)
    customer = await customers.read(tx, house.envelope, case.customer_id)
    used = await _used(tx, running, case, made.draft.action)
    spoken = await rows.talk(tx, house.envelope, case, _MESSAGES)
    if not await desk.opened(tx, "approval", asked.id, "approval.opened"):
        await audit.record(tx, "approval.opened", "approval", asked.id, case_id=case.id)
    action, bundle = made.draft.action, running.bundle
    return Sheet(
        id=asked.id,
        case_id=case.id,
        workflow=case.workflow,
        contact_reason=made.contact_reason,
        priority=int(case.priority),
        state=asked.state,
        edited=asked.edited,
        created_at=asked.created_at,
        due_at=asked.due_at,
        expires_at=asked.expires_at,
        policy_version=asked.policy_version,
        customer=mask.short_name(customer.profile.name),
        customer_ref=customer.profile.ref,
        vip=customer.vip,
        draft=made.draft,
        sources=tuple(made.sources),
        reasons=tuple(made.reasons),
        confidence=made.confidence,
        calibrated=made.calibrated,
        drafted_by=made.drafted_by,
        limit_minor=me.limit_minor,
        hindrance=rule.hindrance(me, case.customer_id, action.amount if action else None, asked.asked_by),
        asked_by=asked.asked_by_name or "",
        allowance=rule.allowance(bundle, action, customer.lifetime_value_minor, used, me.limit_minor),
        standard=rule.standard(bundle, made.contact_reason, action, made.draft.facts),
        talk=tuple(_talk(spoken, _known(customer), asked.message_id, made)),
        fate=_fate(asked, case, me.id),
        marks=miss.offered(tx.actor, await misses.standing(tx, case, me.id)),
    )


async def told(house: House, actor: Actor, approval_id: UUID) -> views.Asked:
    """One approval for a program, with personal data hidden in what the customer said, as on the page."""
    actor.must(Act.APPROVE)
    async with house.db.tx(actor, read_only=True) as tx:
        asked = await views.approval(tx, house.envelope, approval_id)
        case = await cases.read(tx, asked.case_id)
        known = _known(await customers.read(tx, house.envelope, case.customer_id))
    subject, message = (mask.masked_text(text, known) for text in (asked.subject, asked.message))
    return msgspec.structs.replace(asked, subject=subject, message=message)


async def _used(tx: Tx, running: Running, case: Case, action: Action | None) -> int:
    ceiling = ceiling_of(running.bundle, action.action) if action else None
    if action is None or ceiling is None:
        return 0
    return await answers.spent(
        tx, case.customer_id, action.action, tx.now - timedelta(days=ceiling.window_days)
    )


def _known(customer: Customer) -> Known:
    who = customer.profile
    return mask.known_of(who.name, who.address, who.phone)


def _texts(spoken: Sequence[Spoken]) -> list[str]:
    """Subject and text of each message, as much as is shown and in the order that names what is hidden."""
    return [text[:LONGEST] for one in spoken for text in (one.body.subject, one.body.text)]


def _talk(spoken: Sequence[Spoken], known: Known, message_id: UUID, made: Made) -> Iterator[Said]:
    hidden = mask.hidden(_texts(spoken), known)
    for one, subject, text in zip(spoken, hidden[::2], hidden[1::2], strict=True):
        yield _said(one, (subject, text), message_id, made)


def _said(one: Spoken, hidden: tuple[Hidden, Hidden], message_id: UUID, made: Made) -> Said:
    marks = tuple(_marks(one, made)) if one.receipt else ()
    more = (Piece(" …"),) if len(one.body.text) > LONGEST else ()
    return Said(
        id=one.id,
        at=one.at,
        author=one.author,
        by=one.by,
        subject=rule.pieces(one.body.subject, (), hidden[0]) if one.body.subject else (),
        pieces=(*rule.pieces(one.body.text[:LONGEST], marks, hidden[1]), *more),
        attachments=one.body.attachments,
        asked=one.id == message_id,
    )


def _marks(one: Spoken, made: Made) -> Iterator[tuple[int, int, str]]:
    """Where the scan saw something, and where the text names what the action is about."""
    text = one.body.text
    for marker in one.receipt.markers if one.receipt else ():
        for seen in marker.evidence:
            if seen.start is not None and seen.end is not None:
                yield seen.start, seen.end, marker.id
    for found, what in ((references.orders(text), "order"), (references.products(text), "product")):
        yield from ((span.start, span.end, what) for span in found.values())
    for name, value in (made.draft.action.args if made.draft.action else {}).items():
        yield from _places(text, value, name)


def _places(text: str, value: str, name: str) -> Iterator[tuple[int, int, str]]:
    if len(value) < _SHORTEST:
        return
    for found in re.finditer(re.escape(value), text, re.IGNORECASE):
        yield found.start(), found.end(), name


def _fate(asked: Asked, case: Case, me: UUID) -> Fate:
    return Fate(
        state=asked.state,
        at=asked.decided_at,
        by=asked.decided_by_name or "",
        mine=asked.decided_by == me,
        reason=asked.reason,
        newer=case.last_inbound_id != asked.message_id,
    )
