"""The tier decision and its effect, in one transaction: release, propose, escalate, deflect."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import msgspec

from newel.domain import courtesy
from newel.domain import tier as rule
from newel.domain.access import AI, system
from newel.domain.action import ceiling_of
from newel.domain.answer import NoAnswer, Proposal, confidence_minimum
from newel.domain.delivery import fixed_text
from newel.domain.escalation import Order, for_want_of
from newel.domain.knowledge import listing
from newel.domain.tier import Deflect, Escalate, Propose, Release, Standing
from newel.domain.words import Tier
from newel.flow import action, approval, delivery, escalation, quality
from newel.flow.house import Brief, House, Running
from newel.flow.quality import seed_of
from newel.store import answer as rows
from newel.store import case as cases
from newel.store import job as jobs
from newel.store import quality as reviews
from newel.store.answer import Draft, Made
from newel.store.case import Case
from newel.store.db import Tx
from newel.store.job import Job


async def settle(house: House, job: Job, brief: Brief, said: Proposal | NoAnswer) -> None:
    """Beat three: decide and do it, unless a newer message or a person was first."""
    async with cases.locked(house.db, AI, brief.case.id) as (tx, case):
        await jobs.done(tx, job)
        if case.state != "ai" or case.turn != brief.case.turn:
            return
        await _settle(tx, house, brief, case, said)


async def _settle(tx: Tx, house: House, brief: Brief, case: Case, said: Proposal | NoAnswer) -> None:
    case = msgspec.structs.replace(case, contact_reason=_reason(brief, case, said))
    standing = await _standing(tx, brief, case, said)
    decision = rule.decide(brief.signals, said, brief.running.bundle, standing)
    made = await _store(tx, house, brief, case, said, decision, standing)
    await _effect(tx, house, brief.running, case, decision, made)


def _reason(brief: Brief, case: Case, said: Proposal | NoAnswer) -> str:
    """What the case is about; thanks for it are no other matter."""
    if case.contact_reason and courtesy.only_thanks(brief.turn.text):
        return case.contact_reason
    return said.contact_reason or case.contact_reason


async def _standing(tx: Tx, brief: Brief, case: Case, said: Proposal | NoAnswer) -> Standing:
    customer, limits = brief.customer, await rows.limits(tx, case)
    return Standing(
        lifetime_value_minor=customer.lifetime_value_minor or 0,
        used_minor=await _used(tx, brief.running, case, said, tx.now),
        killed=limits.killed,
        deflected=case.deflected,
        asked=limits.asked,
        identity_level=1 if customer.profile.ref else 0,
        dice=rule.dice_of(seed_of(case)),
        sampling=await _sampling(tx, brief, case, said),
        held_dice=rule.dice_of(f"held/{case.id}/{case.episode}/{case.turn}"),
    )


async def _sampling(tx: Tx, brief: Brief, case: Case, said: Proposal | NoAnswer) -> float:
    """How much more than usual of the AI's answers is marked for review; asked only where it may matter."""
    plan = brief.running.bundle.sampling
    if plan is None or isinstance(said, NoAnswer):
        return 1.0
    if not rule.sampled(
        brief.running.bundle, said.risk_class, rule.dice_of(seed_of(case)), plan.raised_times
    ):
        return 1.0
    return (await reviews.level(tx, case.workflow, "ai")).times(plan)


async def _used(tx: Tx, running: Running, case: Case, said: Proposal | NoAnswer, now: datetime) -> int:
    if isinstance(said, NoAnswer) or said.action is None:
        return 0
    ceiling = ceiling_of(running.bundle, said.action.action)
    if ceiling is None:
        return 0
    since = now - timedelta(days=ceiling.window_days)
    return await rows.spent(tx, case.customer_id, said.action.action, since)


async def _store(
    tx: Tx,
    house: House,
    brief: Brief,
    case: Case,
    said: Proposal | NoAnswer,
    decision: rule.Decision,
    standing: Standing,
) -> Made | None:
    """The proposal (kept even when a person takes over) and the decision."""
    made = _made(brief, case, said, decision) if isinstance(said, Proposal) else None
    decided = rows.Decided(
        kind=type(decision).__name__.lower(),
        tier=int(getattr(decision, "tier", Tier.AUTONOMOUS)),
        reasons=decision.reasons or ("no_rule_fired",),
        signals=_signals(brief, said) | _sampled(brief, said, standing, decision),
        sampled=isinstance(decision, Release) and decision.sample,
        held=isinstance(decision, Release) and decision.held,
    )
    await rows.decide(tx, house.envelope, case, made, decided)
    return made


def _made(brief: Brief, case: Case, said: Proposal, decision: rule.Decision) -> Made:
    states = {Release: "released", Propose: "pending", Escalate: "discarded", Deflect: "discarded"}
    waits = isinstance(decision, Release) and decision.held
    assert case.last_inbound_id is not None, "a case in the AI's hands has a message"  # noqa: S101
    return Made(
        id=uuid4(),
        case_id=case.id,
        episode=case.episode,
        message_id=case.last_inbound_id,
        revision=1,
        contact_reason=said.contact_reason or "",
        drafted_by="ai",
        confidence=min(max(said.confidence, 0.0), 1.0),
        calibrated=said.calibrated,
        model=brief.running.matcher.version,
        reasons=[said.basis.value, *said.reasons],
        sources=list(said.sources),
        draft=Draft(said.reply, said.justification, said.action, dict(said.facts)),
        state="pending" if waits else states[type(decision)],
        policy_id=brief.running.id,
    )


def _signals(brief: Brief, said: Proposal | NoAnswer) -> dict[str, Any]:
    """What the decision weighed, without a word of text; an opinion where one was asked for."""
    weighed = msgspec.to_builtins(brief.signals)
    if not brief.signals.opinion:
        del weighed["opinion"]
    return {
        **weighed,
        "confidence": said.confidence,
        "confidence_minimum": confidence_minimum(brief.running.bundle),
        "calibrated": getattr(said, "calibrated", False),
        "evidence": said.evidence if isinstance(said, NoAnswer) else said.reasons,
        "policy": brief.running.version,
    }


def _sampled(
    brief: Brief, said: Proposal | NoAnswer, standing: Standing, decision: rule.Decision
) -> dict[str, Any]:
    """The share among which the answer was chosen for review, if it was."""
    if not isinstance(decision, Release) or not decision.sample or isinstance(said, NoAnswer):
        return {}
    share = brief.running.bundle.gates[said.risk_class].sample_share
    return {"sample_share": round(min(1.0, share * standing.sampling), 4)}


async def _effect(
    tx: Tx, house: House, running: Running, case: Case, decision: rule.Decision, made: Made | None
) -> None:
    match decision:
        case Release(held=True) if made is not None:
            await quality.hold(tx, house, running, case, made)
        case Release() if made is not None:
            await _release(tx, house, running, case, made)
        case Propose() if made is not None:
            await approval.ask(tx, house, running, case, made)
        case Deflect() if made is not None:
            await _deflect(tx, house, running, case, decision, made)
        case Escalate():
            since = await _offered_at(tx, case)
            await escalation.escalate(tx, house, running, case, order_of(decision), since=since)
        case _:
            await escalation.escalate(tx, house, running, case, for_want_of("no_answer"))


async def _release(tx: Tx, house: House, running: Running, case: Case, made: Made) -> None:
    tier = max(case.tier or Tier.AUTONOMOUS, Tier.AUTONOMOUS)
    if made.draft.action is not None:
        case = await cases.move(tx, case, "acting", state="acting", tier=tier)
        await action.authorise(tx, house, running, case, made, authority="autonomous")
        return
    await delivery.post_ai(tx, house, case, running, made.draft.reply, made.id, sources=made.cited)
    await delivery.answered(tx, case, tier)


async def _deflect(tx: Tx, house: House, running: Running, case: Case, decision: Deflect, made: Made) -> None:
    """Offer the articles, once; silence sends the case to a person, whose clocks begin now all the same."""
    rules = running.bundle.deflection
    assert rules is not None, "the rule deflects only where the policy does"  # noqa: S101
    articles = tuple(running.library.offered(decision.articles))
    offer = f"{fixed_text(running.bundle, 'deflection_offer', case.language)}\n{listing(articles)}"
    await delivery.post_ai(tx, house, case, running, offer, made.id, articles=articles)
    due = tx.now + rule.silence(rules, await cases.channel(tx, case))
    await jobs.add(tx, "deflection", at=due, case_id=case.id)
    await cases.move(tx, case, "deflected", state="deflecting", deflected=True, due_at=due)


async def silent(house: House, job: Job) -> None:
    """Nobody took up the articles: a person."""
    await _hand_over(house, job, {"deflecting"}, "deflection.silence")


async def refused(house: House, job: Job) -> None:
    """An AI message was stopped at the last gate (kill switch, lock): a person."""
    await _hand_over(house, job, {"waiting", "deflecting", "ai"}, "delivery.refused")


async def _hand_over(house: House, job: Job, states: set[str], reason: str) -> None:
    assert job.case_id is not None, "the job names its case"  # noqa: S101
    async with cases.locked(house.db, system("tier"), job.case_id) as (tx, case):
        await jobs.done(tx, job)
        if case.state in states and case.tier is not Tier.HUMAN:
            running = await house.running(tx, case.workflow)
            await delivery.take_back(tx, case, reason)
            since = await _offered_at(tx, case)
            await escalation.escalate(tx, house, running, case, for_want_of(reason), since=since)


async def _offered_at(tx: Tx, case: Case) -> datetime | None:
    """Since when a person was called for whose place articles took: nothing else has been answered since."""
    return await rows.deflected_at(tx, case) if case.deflected and case.answered_at is None else None


def order_of(decision: Escalate) -> Order:
    """The escalation that a tier decision asks for."""
    return Order(
        priority=decision.priority,
        assist=decision.assist,
        skills=decision.skills,
        regulated=decision.regulated,
        preset=decision.preset,
        lock=decision.lock,
        primary=decision.reasons[0],
        reasons=decision.reasons,
    )
