"""The review desk: what waits, and one case with all that its review needs, personal data hidden."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import msgspec

from newel.domain import mask
from newel.domain.access import Act, Actor
from newel.domain.desk import LONGEST
from newel.domain.mask import Known
from newel.domain.policy.quality import Scorecard
from newel.domain.quality import Mark
from newel.flow.house import House
from newel.flow.quality.scoring import card_of, must_be_others, must_review
from newel.store import answer as answers
from newel.store import case as cases
from newel.store import customer as customers
from newel.store import inbox
from newel.store import quality as rows
from newel.store.case import Case
from newel.store.db import Tx
from newel.store.inbox import Spoken
from newel.store.quality import About, Line, Review

SHOWN = 100
_MESSAGES = 40


class Turn(msgspec.Struct, frozen=True, kw_only=True):
    """One message of the conversation; what is personal in it is hidden."""

    at: datetime
    author: str
    by: str
    text: str


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """One review with its case; ``reply`` is the answer that waits, word for word."""

    id: UUID
    case_id: UUID
    workflow: str
    kind: str
    work: str
    author: str
    state: str
    cluster: str
    marked_by: str
    share: float | None
    created_at: datetime
    due_at: datetime | None
    expires_at: datetime | None
    contact_reason: str
    case_state: str
    tier: int | None
    policy_version: str
    right: str
    card: Scorecard
    talk: tuple[Turn, ...]
    reply: str
    sources: tuple[str, ...]
    confidence: float | None
    reasons: tuple[str, ...]
    marks: Mapping[str, Mark]
    score: float | None
    passed: bool | None
    critical: tuple[str, ...]
    reviewer: str
    remark: str
    coaching: str
    ended_at: datetime | None


class Desk(msgspec.Struct, frozen=True, kw_only=True):
    """The list, and the review at hand if there is any."""

    lines: tuple[Line, ...]
    total: int
    sheet: Sheet | None = None
    next: UUID | None = None


async def listed(house: House, actor: Actor) -> Desk:
    """What this person may review: answers that wait first, then misses, then samples."""
    must_review(actor)
    async with house.db.tx(actor, read_only=True) as tx:
        return await _listed(tx, actor)


async def _listed(tx: Tx, actor: Actor) -> Desk:
    lines = await rows.waiting(tx, UUID(actor.id), SHOWN)
    total = len(lines) if len(lines) < SHOWN else await rows.count(tx)
    return Desk(lines=tuple(lines), total=total)


async def opened(house: House, actor: Actor, review_id: UUID | None = None) -> Desk:
    """The list with one review: this one, or the first; reading it is recorded."""
    must_review(actor)
    async with house.db.tx(actor) as tx:
        found = await _listed(tx, actor)
        order = [line.id for line in found.lines]
        chosen = review_id or next(iter(order), None)
        if chosen is None:
            return found
        review = await rows.read(tx, chosen)
        await must_be_others(tx, actor, review)
        sheet = await _sheet(tx, house, review)
        await rows.opened(tx, review)
    others = order[order.index(chosen) + 1 :] if chosen in order else order
    return msgspec.structs.replace(found, sheet=sheet, next=next(iter(others), None))


async def _sheet(tx: Tx, house: House, review: Review) -> Sheet:
    case = await cases.read(tx, review.case_id)
    case = msgspec.structs.replace(case, episode=review.episode)
    running = await house.running(tx, case.workflow)
    proposal = review.proposal_id or await rows.proposal(tx, case)
    made = await answers.proposal(tx, house.envelope, case, proposal) if proposal else None
    said = review.said(house.envelope, case)
    return Sheet(
        id=review.id,
        case_id=case.id,
        workflow=review.workflow,
        kind=review.kind,
        work=review.work,
        author=review.author or "",
        state=review.state,
        cluster=review.cluster or "",
        marked_by=review.marked_by or "",
        share=review.share,
        created_at=review.created_at,
        due_at=review.due_at,
        expires_at=review.expires_at,
        contact_reason=case.contact_reason,
        case_state=case.state,
        tier=int(case.tier) if case.tier else None,
        policy_version=running.version,
        right=running.bundle.definition_of_right,
        card=card_of(running, review),
        talk=await _talk(tx, house, case),
        reply=made.draft.reply if made and review.kind == "held" else "",
        sources=tuple(made.sources) if made else (),
        confidence=made.confidence if made else None,
        reasons=tuple(await rows.reasons(tx, case)),
        marks=review.marks,
        score=review.score,
        passed=review.passed,
        critical=review.critical,
        reviewer=review.reviewer or "",
        remark=said.remark,
        coaching=said.coaching,
        ended_at=review.ended_at,
    )


async def _talk(tx: Tx, house: House, case: Case) -> tuple[Turn, ...]:
    """The conversation, without what is known to be the customer's own."""
    profile = (await customers.read(tx, house.envelope, case.customer_id)).profile
    known = mask.known_of(profile.name, profile.address, profile.phone)
    return tuple(_turn(one, known) for one in await inbox.talk(tx, house.envelope, case, _MESSAGES))


def _turn(one: Spoken, known: Known) -> Turn:
    """A message as a reviewer needs it: whether it is right is seen without whose it is (CTX-3)."""
    text = f"{one.body.subject}\n{one.body.text}" if one.body.subject else one.body.text
    shown = mask.masked_text(text[:LONGEST], known)
    return Turn(at=one.at, author=one.author, by=one.by, text=shown + (" …" if len(text) > LONGEST else ""))


async def mine(house: House, actor: Actor) -> list[About]:
    """What was said of the person's own work, newest first."""
    actor.must(Act.READ_CASE)
    async with house.db.tx(actor, read_only=True) as tx:
        return await rows.about(tx, house.envelope, UUID(actor.id), SHOWN)
