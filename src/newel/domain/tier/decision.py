"""The tier decision itself: the highest tier of all rules that fire, with their reasons."""

from datetime import timedelta
from typing import Final

import msgspec

from newel.domain.answer import NoAnswer, Proposal
from newel.domain.policy.bundle import Bundle
from newel.domain.policy.knowledge import Deflection
from newel.domain.policy.opinion import NONE
from newel.domain.policy.triggers import Trigger
from newel.domain.tier.chance import held, sampled
from newel.domain.tier.effect import Raise
from newel.domain.tier.given import Signals, Standing
from newel.domain.tier.grounds import grounds_of
from newel.domain.tier.opinion import consents, heard, lacks, named
from newel.domain.tier.rules import UNCALIBRATED, UNSURE, rules
from newel.domain.words import Assist, Priority, Tier


class Release(msgspec.Struct, frozen=True, kw_only=True):
    """T1: the AI answers; ``sample`` marks the case for a later review.

    What is ``held`` waits for a reviewer, who releases it: that is T2.
    """

    reasons: tuple[str, ...]
    policy_version: str
    sample: bool
    held: bool = False
    tier: Tier = Tier.AUTONOMOUS


class Propose(msgspec.Struct, frozen=True, kw_only=True):
    """T2: a person releases."""

    reasons: tuple[str, ...]
    policy_version: str
    tier: Tier = Tier.SUPERVISED


class Escalate(msgspec.Struct, frozen=True, kw_only=True):
    """T3: a person does it; the first reason is the primary one."""

    reasons: tuple[str, ...]
    policy_version: str
    priority: Priority
    assist: Assist
    skills: tuple[str, ...] = ()
    regulated: bool = False
    preset: str = ""
    lock: bool = False
    tier: Tier = Tier.HUMAN


class Deflect(msgspec.Struct, frozen=True, kw_only=True):
    """Before T3 for low confidence: these articles are offered once, a person is one tap away."""

    reasons: tuple[str, ...]
    policy_version: str
    articles: tuple[str, ...]


Decision = Release | Propose | Escalate | Deflect
_AT_BEST: Final = Standing(lifetime_value_minor=10**12, identity_level=9)
"""What stands in no way: the rules only raise, so what may not leave here leaves nowhere."""
MAIL: Final = "email"
"""The channel on which people take hours to read an offer."""


def silence(rules: Deflection, channel: str) -> timedelta:
    """How long an offer waits for its customer, by how fast a channel is read."""
    return timedelta(minutes=rules.mail_minutes if channel == MAIL else rules.chat_minutes)


def decide(signals: Signals, answer: Proposal | NoAnswer, policy: Bundle, standing: Standing) -> Decision:
    """How the case is handled; the highest tier of all rules that fire."""
    fired = tuple(rules(signals, answer, policy, standing))
    decision = _decided(signals, answer, policy, standing, fired)
    lack = tuple(lacks(signals, policy)) if _leaves(decision) else ()
    return _decided(signals, answer, policy, standing, (*fired, *lack)) if lack else decision


def may_leave(signals: Signals, answer: Proposal | NoAnswer, policy: Bundle) -> bool:
    """Whether something might leave that no person sees, whatever else stands: then an opinion is wanted."""
    consenting = msgspec.structs.replace(signals, opinion=NONE)
    return policy.opinion is not None and _leaves(decide(consenting, answer, policy, _AT_BEST))


def _leaves(decision: Decision) -> bool:
    """Without a person: as an answer, or as an offer of articles."""
    return isinstance(decision, Deflect) or (isinstance(decision, Release) and not decision.held)


def _decided(
    signals: Signals,
    answer: Proposal | NoAnswer,
    policy: Bundle,
    standing: Standing,
    fired: tuple[Raise, ...],
) -> Decision:
    top = max((rule.tier for rule in fired), default=Tier.AUTONOMOUS)
    reasons = tuple(rule.reason for rule in fired if rule.tier == top)
    if top is Tier.HUMAN:
        return _to_person(signals, answer, policy, standing, reasons)
    if isinstance(answer, NoAnswer) or top is Tier.SUPERVISED:
        return Propose(reasons=reasons, policy_version=policy.version)
    grounds = (*grounds_of(answer, policy, standing), *consents(signals, policy))
    waits = held(policy, answer.risk_class, standing.held_dice)
    return Release(
        reasons=(*grounds, "review_first") if waits else grounds,
        policy_version=policy.version,
        sample=sampled(policy, answer.risk_class, standing.dice, standing.sampling),
        held=waits,
        tier=Tier.SUPERVISED if waits else Tier.AUTONOMOUS,
    )


def _to_person(
    signals: Signals,
    answer: Proposal | NoAnswer,
    policy: Bundle,
    standing: Standing,
    reasons: tuple[str, ...],
) -> Escalate | Deflect:
    if isinstance(answer, Proposal) and _may_deflect(signals, answer, policy, standing, reasons):
        return Deflect(reasons=reasons, policy_version=policy.version, articles=answer.offers)
    order = Escalate(
        reasons=reasons,
        policy_version=policy.version,
        priority=min(signals.priority, Priority.P3),
        assist=min(signals.assist, Assist.DRAFT),
        skills=tuple(sorted({*signals.skills, *answer.skills})),
    )
    trigger = named(signals, policy)
    return _with(order, trigger) if trigger else order


def _with(order: Escalate, trigger: Trigger) -> Escalate:
    """With the effect of the trigger that the second opinion names, as if the scan had seen it."""
    return msgspec.structs.replace(
        order,
        priority=min(order.priority, trigger.priority),
        assist=min(order.assist, trigger.assist),
        skills=tuple(sorted({*order.skills, *trigger.skills})),
        regulated=trigger.regulated,
        preset=trigger.preset,
        lock=trigger.lock,
    )


def _may_deflect(
    signals: Signals, answer: Proposal, policy: Bundle, standing: Standing, reasons: tuple[str, ...]
) -> bool:
    """Only for want of confidence, once, in a conversation, with something to offer (TIR-12)."""
    if not heard(signals, policy):
        return False
    allowed = policy.deflection is not None and policy.deflection.enabled
    conversation = policy.kind == "conversations"
    only_unsure = set(reasons) <= {UNSURE, UNCALIBRATED}
    return allowed and conversation and only_unsure and bool(answer.offers) and not standing.deflected
