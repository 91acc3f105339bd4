"""Surveys: asked on the channel at the end of an episode, answered once by a signed token (RES-5).

The channel that knows its customer (a chat, the operator's own page) is offered the token; whoever
shows it answers. No tier, trigger or score goes the other way (SEC-7).
"""

from datetime import datetime
from uuid import UUID

import msgspec

from newel.domain import survey as rule
from newel.domain.access import Act, Actor
from newel.domain.resolution import Category
from newel.domain.words import Survey
from newel.flow import delivery
from newel.flow.house import House
from newel.store import case as cases
from newel.store import survey as rows
from newel.store.case import Case
from newel.store.db import Tx


class Offer(msgspec.Struct, frozen=True):
    """What a channel shows its customer: the one-time token, what it asks, and until when it is good."""

    token: str
    kind: Survey
    asked_at: datetime
    expires_at: datetime


async def ask(tx: Tx, house: House, case: Case, category: Category) -> None:
    """Ask what the policy asks as an episode ends; in words where it has a text for it."""
    if case.talk is None or not rule.asks(category):
        return
    running = await house.running(tx, case.workflow)
    kind = rule.chosen(running.bundle.surveys, case.id, case.episode)
    if kind is None:
        return
    await rows.add(tx, case, case.talk, kind)
    if rule.MESSAGES[kind] in running.bundle.messages:
        await delivery.post_system(tx, house, case, running, rule.MESSAGES[kind])


async def offer(house: House, actor: Actor, conversation_id: UUID) -> Offer | None:
    """What the customer of a conversation can answer now; None when there is nothing."""
    actor.must(Act.READ_CONVERSATION)
    async with house.db.tx(actor, read_only=True) as tx:
        found = await rows.open_of(tx, conversation_id)
    if found is None:
        return None
    token = rule.token(found.id, house.envelope.mac("survey", str(found.id)))
    return Offer(token, Survey(found.kind), found.asked_at, found.expires_at)


async def answer(house: House, token: str, score: int, comment: str = "") -> None:
    """The customer's answer, on the scale of what was asked, by the token alone; a second is refused."""
    survey_id = rule.survey_of(token)
    rule.genuine(token, survey_id, house.envelope.mac("survey", str(survey_id)))
    async with house.db.tx(Actor(kind="customer", id=str(survey_id))) as tx:
        case = await cases.lock(tx, (await rows.read(tx, survey_id)).case_id)
        survey = await rows.read(tx, survey_id)
        rule.may_answer(answered=survey.answered_at is not None, expired=survey.expires_at <= tx.now)
        rule.fit(Survey(survey.kind), score)
        await rows.answer(tx, house.envelope, case, survey, score, comment.strip())
