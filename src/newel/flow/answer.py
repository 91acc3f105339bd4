"""The AI's step: read the turn, ask the systems of record outside any transaction, propose."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import structlog

from newel import span
from newel.domain import answer as rule
from newel.domain.access import AI
from newel.domain.answer import NoAnswer, Proposal
from newel.domain.courtesy import answers_thanks, only_thanks
from newel.domain.errors import Unavailable
from newel.domain.playbook import (
    Filled,
    Known,
    NoPath,
    Reply,
    all_hold,
    calls,
    choose,
    fill_slots,
    fills,
    speaks_of_own,
    wants_orders,
    with_given,
)
from newel.domain.playbook.slots import Missing
from newel.domain.policy.playbook import Playbook
from newel.domain.ports import Facts, Match, Systems
from newel.domain.tier import Signals, after_lowering, signals_of
from newel.domain.words import Assist
from newel.flow import opinion, tier
from newel.flow.house import Brief, House, Turn
from newel.store import answer as answers
from newel.store import brief as briefs
from newel.store import job as jobs
from newel.store.intake import Said
from newel.store.job import Job

ORDERS = "shop.customer_orders"
"""The look-up that lists a customer's orders, for playbooks that may take the only open one."""
_ROUNDS = 4
_QUESTION_AND_ANSWER = 2
log = structlog.get_logger("answer")


async def answer(house: House, job: Job) -> None:
    """Answer one turn; whatever came meanwhile supersedes it."""
    brief = await _brief(house, job)
    if brief is not None:
        said = await think(brief.turn)
        signals = await opinion.weighed(brief.turn, brief.signals, said)
        await tier.settle(house, job, replace(brief, signals=signals), said)


async def _brief(house: House, job: Job) -> Brief | None:
    """Beat one: what to answer; None (and the job is done) when there is nothing for the AI."""
    assert job.case_id is not None, "an answer job names its case"  # noqa: S101
    async with briefs.told(house.db, house.envelope, AI, job.case_id) as (tx, told):
        if told.case.state != "ai":
            await jobs.done(tx, job)
            return None
        running = await house.running(tx, told.case.workflow)
        asked = await answers.open_question(tx, told.case, told.answered)
        stopped = bool(running.bundle.opinion) and (await answers.limits(tx, told.case)).killed
    burst = [s for s in told.said if s.seq > told.answered] or told.said[-1:]
    texts = [words_of(s.body.subject, s.body.text) for s in burst]
    before = [words_of(s.body.subject, s.body.text) for s in told.said if s.seq < burst[0].seq]
    signals = merged([_weighed(s, told.lowered) for s in burst], int(told.case.tier or 1))
    turn = Turn(
        running,
        told.customer.profile,
        "\n".join(texts),
        told.fields,
        told.confidence,
        tx.now,
        messages=tuple(reversed(texts)),
        before=tuple(reversed(before)),
        asked=asked,
        attached=any(s.body.attachments for s in burst),
        judged=all(_judged(s, told.lowered) for s in burst),
        stopped=stopped,
    )
    return Brief(told.case, told.customer, signals, turn)


def _weighed(said: Said, lowered: tuple[int, datetime] | None) -> Signals:
    """The signals of a message; a person's lowering after it has judged them."""
    signals = signals_of(said.receipt)
    return after_lowering(signals, lowered[0]) if lowered and _judged(said, lowered) else signals


def _judged(said: Said, lowered: tuple[int, datetime] | None) -> bool:
    """Whether a person's lowering came after the message."""
    return lowered is not None and said.received_at <= lowered[1]


def words_of(subject: str, text: str) -> str:
    """A message as the AI reads it."""
    return f"{subject}\n{text}".strip()


def merged(all_signals: list[Signals], tier_now: int) -> Signals:
    """The signals of a burst as one: the highest floor, the most urgent, the most restrictive."""
    return Signals(
        tier_floor=max([tier_now, *(s.tier_floor for s in all_signals)]),
        locked=any(s.locked for s in all_signals),
        priority=min(s.priority for s in all_signals),
        assist=min([Assist.DRAFT, *(s.assist for s in all_signals)]),
        skills=tuple(sorted({skill for s in all_signals for skill in s.skills})),
        risk=max(s.risk for s in all_signals),
        language=all_signals[-1].language,
        clusters=tuple(dict.fromkeys(c for s in all_signals for c in s.clusters)),
        error=next((s.error for s in all_signals if s.error), ""),
    )


async def think(turn: Turn) -> Proposal | NoAnswer:
    """Beat two, outside any transaction: playbook and look-ups, or knowledge, or nothing."""
    try:
        if turn.running.bundle.kind == "items":
            return await _item(turn)
        return await _message(turn)
    except Unavailable as error:
        return NoAnswer(reasons=(f"system_unavailable:{error.data.get('what', '')}",))
    except Exception as error:  # an AI that fails is no reason for a customer to wait: a person (OPS-8)
        log.warning("answer.failed", error=type(error).__name__)
        return NoAnswer(reasons=(f"ai_failed:{type(error).__name__}",))


async def _message(turn: Turn) -> Proposal | NoAnswer:
    running = turn.running
    with span.part("model", {"newel.call": "intent"}):
        match = _match(turn)
    with span.part("model", {"newel.call": "knowledge"}):
        passages = running.library.answers(turn.text, 5)
    way = rule.choose_way(turn.text, match, passages, running.bundle)
    if isinstance(way, rule.Quote):
        return rule.from_knowledge(way, passages, running.bundle)
    if isinstance(way, rule.Nobody):
        return rule.from_nobody(way, match)
    playbook = running.bundle.playbooks[way.contact_reason]
    said = await _follow(turn, playbook)
    own = speaks_of_own(turn.text)
    return rule.from_playbook(way, said, match, passages, running.bundle, own=own)


def _match(turn: Turn) -> Match:
    """The contact reason of a turn; an answer to an open question stays with what was asked about."""
    matcher, book = turn.running.matcher, turn.running.bundle.playbooks.get(turn.asked)
    if book is None or len(turn.messages) < _QUESTION_AND_ANSWER:
        return _thanked(turn) or matcher.match(turn.text)
    if fills(book, turn.messages[0], turn.now.date()):
        return Match(turn.asked, 1.0, calibrated=True, why=("answers_the_question",))
    newest, whole = matcher.match(turn.messages[0]), matcher.match(turn.text)
    return newest if newest.calibrated and newest.reason and newest.confidence >= whole.confidence else whole


def _thanked(turn: Turn) -> Match | None:
    """Thanks and nothing else need no model: they are what the playbook for thanks is there for."""
    if turn.attached or not only_thanks(turn.text):
        return None
    books = turn.running.bundle.playbooks.items()
    found = (reason for reason, book in books if answers_thanks(book.phrases))
    return next((Match(reason, 1.0, calibrated=True, why=("only_thanks",)) for reason in found), None)


async def _follow(turn: Turn, playbook: Playbook) -> Reply | NoPath | Missing:
    found = await _known(turn, playbook)
    return found if isinstance(found, Missing) else choose(playbook, found, turn.now)


async def _known(turn: Turn, playbook: Playbook) -> Known | Missing:
    """Slots, then look-ups in rounds, each round knowing what the last one said."""
    systems = turn.running.systems
    profile = await _profile(turn, playbook, systems)
    slots = fill_slots(
        playbook,
        turn.text,
        turn.fields,
        profile,
        turn.now.date(),
        messages=turn.messages,
        before=turn.before,
    )
    slots = with_given(playbook, slots, turn.given, turn.now.date()) if turn.given else slots
    if not isinstance(slots, Filled):
        return slots
    known = Known(slots=slots.values, profile=profile, fields=turn.fields)
    for _ in range(_ROUNDS):
        asked = calls(playbook, known)
        if not asked:
            break
        said: dict[str, Facts | None] = {c.need: await systems.look_up(c.call, c.args) for c in asked}
        known = Known(slots=known.slots, profile=profile, fields=known.fields, facts={**known.facts, **said})
    return known


async def look_up(turn: Turn, playbook: Playbook) -> Known | Missing | None:
    """What a playbook asks for, for a person who reads it; None when a system cannot be asked."""
    try:
        return await _known(turn, playbook)
    except Unavailable:
        return None


async def _profile(turn: Turn, playbook: Playbook, systems: Systems) -> dict[str, Any]:
    person = turn.profile
    profile: dict[str, Any] = {"ref": person.ref, "name": person.name, "email": person.email}
    if person.ref and wants_orders(playbook):
        said = await systems.look_up(ORDERS, {"customer": person.ref})
        profile["orders"] = said.values.get("orders", ()) if said else ()
    return profile


async def _item(turn: Turn) -> Proposal | NoAnswer:
    """Items name no reason in words: the first playbook whose conditions hold is followed.

    How sure the answer is, is how sure the extraction is; nobody's word on that is not certainty.
    """
    for reason, playbook in turn.running.bundle.playbooks.items():
        known = await _known(turn, playbook)
        if isinstance(known, Missing) or not all_hold(playbook.when, known.tree(), turn.now):
            continue
        said = choose(playbook, known, turn.now)
        sure = turn.extraction_confidence
        match = Match(reason, sure or 0.0, calibrated=sure is not None, why=("conditions_hold",))
        return rule.from_playbook(rule.Follow(reason), said, match, (), turn.running.bundle)
    return NoAnswer(reasons=("no_playbook_fits",))
