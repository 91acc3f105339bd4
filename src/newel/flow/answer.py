"""The AI's step: read the turn, ask the systems of record outside any transaction, propose."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from newel.domain import answer as rule
from newel.domain.access import AI
from newel.domain.answer import NoAnswer, Proposal
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
    wants_orders,
)
from newel.domain.playbook.slots import Missing
from newel.domain.policy.bundle import Playbook
from newel.domain.ports import Facts, Match, Systems
from newel.domain.tier import Signals, signals_of
from newel.domain.words import Assist
from newel.flow import tier
from newel.flow.house import House, Running
from newel.store import case as cases
from newel.store import customer as customers
from newel.store import intake
from newel.store import job as jobs
from newel.store.case import Case
from newel.store.customer import Customer
from newel.store.job import Job

ORDERS = "shop.customer_orders"
"""The look-up that lists a customer's orders, for playbooks that may take the only open one."""
_ROUNDS = 4


@dataclass(frozen=True)
class Brief:
    """All that the AI is told of one turn."""

    case: Case
    running: Running
    customer: Customer
    text: str
    fields: Mapping[str, Any]
    extraction_confidence: float | None
    signals: Signals
    now: datetime


async def answer(house: House, job: Job) -> None:
    """Answer one turn; whatever came meanwhile supersedes it."""
    brief = await _brief(house, job)
    if brief is not None:
        await tier.settle(house, job, brief, await think(brief))


async def _brief(house: House, job: Job) -> Brief | None:
    """Beat one: what to answer; None (and the job is done) when there is nothing for the AI."""
    assert job.case_id is not None, "an answer job names its case"  # noqa: S101
    async with house.db.tx(AI) as tx:
        case = await cases.read(tx, job.case_id)
        if case.state != "ai":
            await jobs.done(tx, job)
            return None
        running = await house.running(tx, case.workflow)
        customer = await customers.read(tx, house.envelope, case.customer_id)
        fields, confidence = await intake.fields(tx, house.envelope, case)
        said = await intake.inbound(tx, house.envelope, case)
        replied = await intake.last_outbound(tx, case)
        turn = [s for s in said if s.seq > replied] or said[-1:]
        text = "\n".join(f"{s.body.subject}\n{s.body.text}".strip() for s in turn)
        signals = merged([signals_of(s.receipt) for s in turn], int(case.tier or 1))
        return Brief(case, running, customer, text, fields, confidence, signals, tx.now)


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


async def think(brief: Brief) -> Proposal | NoAnswer:
    """Beat two, outside any transaction: playbook and look-ups, or knowledge, or nothing."""
    try:
        if brief.running.bundle.kind == "items":
            return await _item(brief)
        return await _turn(brief)
    except Unavailable as error:
        return NoAnswer(reasons=(f"system_unavailable:{error.data.get('what', '')}",))


async def _turn(brief: Brief) -> Proposal | NoAnswer:
    running = brief.running
    match = running.matcher.match(brief.text)
    passages = running.library.search(brief.text, 5)
    way = rule.choose_way(match, passages, running.bundle)
    if isinstance(way, rule.Quote):
        return rule.from_knowledge(way, passages, running.bundle)
    if isinstance(way, rule.Nobody):
        return rule.from_nobody(way, match)
    playbook = running.bundle.playbooks[way.contact_reason]
    said = await _follow(brief, playbook)
    return rule.from_playbook(way, said, match, passages, running.bundle)


async def _follow(brief: Brief, playbook: Playbook) -> Reply | NoPath | Missing:
    found = await _known(brief, playbook)
    return found if isinstance(found, Missing) else choose(playbook, found, brief.now)


async def _known(brief: Brief, playbook: Playbook) -> Known | Missing:
    """Slots, then look-ups in rounds, each round knowing what the last one said."""
    systems = brief.running.systems
    profile = await _profile(brief, playbook, systems)
    slots = fill_slots(playbook, brief.text, brief.fields, profile, brief.now.date())
    if not isinstance(slots, Filled):
        return slots
    known = Known(slots=slots.values, profile=profile, fields=brief.fields)
    for _ in range(_ROUNDS):
        asked = calls(playbook, known)
        if not asked:
            break
        said: dict[str, Facts | None] = {c.need: await systems.look_up(c.call, c.args) for c in asked}
        known = Known(slots=known.slots, profile=profile, fields=known.fields, facts={**known.facts, **said})
    return known


async def _profile(brief: Brief, playbook: Playbook, systems: Systems) -> dict[str, Any]:
    person = brief.customer.profile
    profile: dict[str, Any] = {"ref": person.ref, "name": person.name, "email": person.email}
    if person.ref and wants_orders(playbook):
        said = await systems.look_up(ORDERS, {"customer": person.ref})
        profile["orders"] = said.values.get("orders", ()) if said else ()
    return profile


async def _item(brief: Brief) -> Proposal | NoAnswer:
    """Items name no reason in words: the first playbook whose conditions hold is followed."""
    for reason, playbook in brief.running.bundle.playbooks.items():
        known = await _known(brief, playbook)
        if isinstance(known, Missing) or not all_hold(playbook.when, known.tree(), brief.now):
            continue
        said = choose(playbook, known, brief.now)
        confidence = 1.0 if brief.extraction_confidence is None else brief.extraction_confidence
        match = Match(reason, confidence, calibrated=True, why=("conditions_hold",))
        return rule.from_playbook(rule.Follow(reason), said, match, (), brief.running.bundle)
    return NoAnswer(reasons=("no_playbook_fits",))
