"""The tier decision: release, propose, escalate or deflect, each with reasons and policy version.

Every rule is looked at; each that fires can only raise. Confidence is one of them: it raises a
tier and lowers none, and nothing that a customer writes takes a rule back (INV-17).
"""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Final

import msgspec

from newel.domain.action import cap_minor, worth_minor
from newel.domain.answer import Basis, NoAnswer, Proposal, confidence_minimum
from newel.domain.commitment import commits
from newel.domain.playbook import Action
from newel.domain.policy.acts import ActionClass, Ceiling
from newel.domain.policy.bundle import Bundle
from newel.domain.policy.knowledge import Deflection
from newel.domain.scan.receipt import Receipt
from newel.domain.words import Assist, Cluster, Pattern, Priority, RiskClass, Tier


class Signals(msgspec.Struct, frozen=True, kw_only=True):
    """What the scan of the latest inbound message says."""

    tier_floor: int = 1
    locked: bool = False
    priority: Priority = Priority.P3
    assist: Assist = Assist.DRAFT
    skills: tuple[str, ...] = ()
    risk: float = 0.0
    language: str = ""
    clusters: tuple[Cluster, ...] = ()
    error: str = ""


def signals_of(receipt: Receipt) -> Signals:
    """The part of a scan receipt that the decision weighs."""
    return Signals(
        tier_floor=receipt.tier_floor,
        locked=receipt.locked,
        priority=receipt.priority,
        assist=receipt.assist,
        skills=receipt.skills,
        risk=receipt.risk.score,
        language=receipt.language.code if receipt.language else "",
        clusters=receipt.clusters,
        error=receipt.error,
    )


def after_lowering(signals: Signals, to_tier: int) -> Signals:
    """What a scan still says once a person has looked at its message and lowered the case."""
    return msgspec.structs.replace(signals, tier_floor=min(signals.tier_floor, to_tier), locked=False)


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """What stands besides the message: the customer, what was used, who forbade what.

    ``lifetime_value_minor`` is net of refunds, 0 when unknown; the ceiling counts it without this order;
    ``used_minor`` is what this ceiling paid out in its window; ``paid_minor`` is what is left
    of the payment (None: only the playbook's fact counts); ``certificates`` maps a contact
    reason to its certified threshold; ``dice`` (0 to 1) decides the sampling mark, ``sampling`` times
    as often as the policy says, and ``held_dice`` whether a reviewer sees the answer first.
    """

    lifetime_value_minor: int = 0
    used_minor: int = 0
    paid_minor: int | None = None
    certificates: Mapping[str, float] = {}
    killed: bool = False
    deflected: bool = False
    asked: int = 0
    identity_level: int = 1
    dice: float = 0.0
    sampling: float = 1.0
    held_dice: float = 1.0


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
    tier: Tier = Tier.HUMAN


class Deflect(msgspec.Struct, frozen=True, kw_only=True):
    """Before T3 for low confidence: these articles are offered once, a person is one tap away."""

    reasons: tuple[str, ...]
    policy_version: str
    articles: tuple[str, ...]


Decision = Release | Propose | Escalate | Deflect

UNSURE: Final = "confidence_under_minimum"
UNCALIBRATED: Final = "confidence_not_calibrated"
_MOST_QUESTIONS: Final = 2
MAIL: Final = "email"
"""The channel on which people take hours to read an offer."""


def silence(rules: Deflection, channel: str) -> timedelta:
    """How long an offer waits for its customer, by how fast a channel is read."""
    return timedelta(minutes=rules.mail_minutes if channel == MAIL else rules.chat_minutes)


class _Raise(msgspec.Struct, frozen=True):
    """One rule that fired."""

    tier: Tier
    reason: str


def decide(signals: Signals, answer: Proposal | NoAnswer, policy: Bundle, standing: Standing) -> Decision:
    """How the case is handled; the highest tier of all rules that fire."""
    fired = tuple(_rules(signals, answer, policy, standing))
    top = max((rule.tier for rule in fired), default=Tier.AUTONOMOUS)
    reasons = tuple(rule.reason for rule in fired if rule.tier == top)
    if top is Tier.HUMAN:
        return _to_person(signals, answer, policy, standing, reasons)
    if isinstance(answer, NoAnswer) or top is Tier.SUPERVISED:
        return Propose(reasons=reasons, policy_version=policy.version)
    grounds = _grounds(answer, policy, standing)
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
    if isinstance(answer, Proposal) and _may_deflect(answer, policy, standing, reasons):
        return Deflect(reasons=reasons, policy_version=policy.version, articles=answer.offers)
    return Escalate(
        reasons=reasons,
        policy_version=policy.version,
        priority=min(signals.priority, Priority.P3),
        assist=min(signals.assist, Assist.DRAFT),
        skills=tuple(sorted({*signals.skills, *answer.skills})),
    )


def _may_deflect(answer: Proposal, policy: Bundle, standing: Standing, reasons: tuple[str, ...]) -> bool:
    """Only for want of confidence, once, in a conversation, with something to offer (TIR-12)."""
    allowed = policy.deflection is not None and policy.deflection.enabled
    conversation = policy.kind == "conversations"
    only_unsure = set(reasons) <= {UNSURE, UNCALIBRATED}
    return allowed and conversation and only_unsure and bool(answer.offers) and not standing.deflected


def _rules(
    signals: Signals, answer: Proposal | NoAnswer, policy: Bundle, standing: Standing
) -> Iterator[_Raise]:
    """All rules, in the order in which they name the primary reason."""
    yield from _scanned(signals, answer, policy)
    if standing.killed:
        yield _Raise(Tier.HUMAN, "kill_switch")
    yield from _risky(signals, answer, policy)
    if isinstance(answer, NoAnswer):
        yield from (_Raise(Tier.HUMAN, f"no_answer:{why}") for why in answer.reasons or ("",))
        return
    yield from _unsure(answer, policy, standing)
    yield from _effect(answer, policy, standing)
    yield from _said(answer, policy, standing)
    if not _grounds(answer, policy, standing):
        yield _Raise(Tier.SUPERVISED, "no_certificate")


def _scanned(signals: Signals, answer: Proposal | NoAnswer, policy: Bundle) -> Iterator[_Raise]:
    if signals.error:
        yield _Raise(Tier.HUMAN, "scanner_error")
    if signals.locked:
        yield _Raise(Tier.HUMAN, "marker")
    if signals.language and signals.language not in policy.languages:
        yield _Raise(Tier.HUMAN, f"language_unsupported:{signals.language}")
    if signals.tier_floor > 1 and not _answered_data(signals, answer, policy):
        clusters = ",".join(signals.clusters)
        yield _Raise(Tier(min(signals.tier_floor, 3)), f"scan_floor:{clusters}".rstrip(":"))


def _answered_data(signals: Signals, answer: Proposal | NoAnswer, policy: Bundle) -> bool:
    """A data trigger selects a playbook; one that acts by a signed autonomous class answers it.

    Only the data trigger's own floor goes away: any other cluster keeps it.
    """
    if signals.locked or set(signals.clusters) != {Cluster.DATA} or isinstance(answer, NoAnswer):
        return False
    return answer.basis is Basis.PLAYBOOK and _autonomous(answer.action, policy)


def _risky(signals: Signals, answer: Proposal | NoAnswer, policy: Bundle) -> Iterator[_Raise]:
    """Risk once more, now with confidence: being unsure adds, being sure takes nothing away."""
    most = policy.thresholds.get("risk_maximum")
    weight = policy.risk.get("low_confidence")
    unsure = 1.0 - min(max(answer.confidence, 0.0), 1.0)
    risk = min(1.0, signals.risk + (weight.weight * unsure if weight else 0.0))
    if most and risk > most.value:
        yield _Raise(Tier.HUMAN, "risk_over_maximum")


def _unsure(answer: Proposal, policy: Bundle, standing: Standing) -> Iterator[_Raise]:
    """Under the policy's minimum it is for a person, even where a lower threshold is certified."""
    certified = standing.certificates.get(answer.contact_reason or "", 0.0)
    if not answer.calibrated:
        yield _Raise(Tier.HUMAN, UNCALIBRATED)
    elif not answer.confidence >= max(confidence_minimum(policy), certified):
        yield _Raise(Tier.HUMAN, UNSURE)
    if answer.basis is Basis.QUESTION and standing.asked >= _MOST_QUESTIONS:
        yield _Raise(Tier.HUMAN, "asked_enough")


def _effect(answer: Proposal, policy: Bundle, standing: Standing) -> Iterator[_Raise]:
    """What the proposed action may do to money, order or account (TIR-5, TIR-13, TIR-15)."""
    action = answer.action
    if action is None:
        return
    kind = policy.actions.get(action.action)
    if kind is None:
        yield _Raise(Tier.HUMAN, f"unknown_action:{action.action}")
        return
    if standing.identity_level < kind.identity_level:
        yield _Raise(Tier.HUMAN, "identity_not_verified")
    yield from _money(action, kind, policy, standing)
    if not _autonomous(action, policy):
        yield _Raise(Tier.SUPERVISED, f"action_on_{kind.effect}")


def _money(action: Action, kind: ActionClass, policy: Bundle, standing: Standing) -> Iterator[_Raise]:
    if kind.effect != "money" and action.amount is None:
        return
    if action.amount is None or action.amount.currency != policy.currency:
        yield _Raise(Tier.HUMAN, "amount_unknown")
        return
    ceiling = policy.ceilings.get(kind.ceiling)
    if ceiling is None:
        yield _Raise(Tier.HUMAN, "no_ceiling")
        return
    paid = _paid(action, standing)
    worth = worth_minor(standing.lifetime_value_minor, action.paid)
    most = ceiling_minor(ceiling, worth, paid, standing.used_minor)
    if action.amount.amount_minor > most:
        yield _Raise(Tier.HUMAN, "above_ceiling")


def _paid(action: Action, standing: Standing) -> int:
    """The least of what is known to be paid; unknown is nothing."""
    known = [standing.paid_minor] if standing.paid_minor is not None else []
    known += [action.paid.amount_minor] if action.paid else []
    return min(known, default=0)


def ceiling_minor(ceiling: Ceiling, lifetime_value_minor: int, paid_minor: int, used_minor: int) -> int:
    """The most that may still be proposed: min(cap, max(floor, share of lifetime value)).

    Cumulative over the window, and never above what was paid (TIR-5).
    """
    return max(0, min(cap_minor(ceiling, lifetime_value_minor) - max(used_minor, 0), paid_minor))


def _autonomous(action: Action | None, policy: Bundle) -> bool:
    """Whether the signed policy lists the action's class as autonomous, for this amount."""
    kind = policy.actions.get(action.action) if action else None
    if action is None or kind is None or not kind.autonomous:
        return False
    amount = action.amount.amount_minor if action.amount else 0
    return amount <= kind.autonomous_ceiling_minor


def _said(answer: Proposal, policy: Bundle, standing: Standing) -> Iterator[_Raise]:
    """What the reply's words, and the pattern of its risk class, ask for.

    What would wait for a reviewer and acts as well is approved instead: nothing is done before.
    """
    found = commits(answer.reply, policy.commitments)
    if found:
        yield _Raise(Tier.SUPERVISED, f"commitment:{found}")
    gate = policy.gates.get(answer.risk_class)
    if gate is None or gate.pattern is Pattern.APPROVAL_FIRST:
        yield _Raise(Tier.SUPERVISED, "approval_first")
    if answer.action is not None and held(policy, answer.risk_class, standing.held_dice):
        yield _Raise(Tier.SUPERVISED, "review_first")


def _grounds(answer: Proposal, policy: Bundle, standing: Standing) -> tuple[str, ...]:
    """Why the AI may release it: the grounds of T1, with or without a certificate."""
    grounds = []
    if answer.action is not None:
        return ("autonomous_action",) if _autonomous(answer.action, policy) else ()
    if answer.basis is Basis.PLAYBOOK and answer.sources:
        grounds.append("facts_of_record")
    if answer.basis is Basis.PLAYBOOK and _signed_text(answer, policy):
        grounds.append("text_of_the_policy")
    if answer.basis is Basis.KNOWLEDGE and answer.sources:
        grounds.append("sourced_knowledge")
    if answer.basis is Basis.QUESTION:
        grounds.append("question_of_the_policy")
    if answer.contact_reason in standing.certificates:
        grounds.append("certificate")
    return tuple(grounds)


def _signed_text(answer: Proposal, policy: Bundle) -> bool:
    """Whether the reply is, word for word, what its playbook says on no condition."""
    playbook = policy.playbooks.get(answer.contact_reason or "")
    paths = playbook.paths if playbook else ()
    return any(path.reply == answer.reply and not path.when for path in paths)


def sampled(policy: Bundle, risk_class: RiskClass, dice: float, times: float = 1.0) -> bool:
    """Whether a released case is marked for review, by the share of its risk class; so many times that."""
    gate = policy.gates.get(risk_class)
    return gate is not None and dice < gate.sample_share * times


def held(policy: Bundle, risk_class: RiskClass, dice: float) -> bool:
    """Whether an answer waits for a reviewer before it leaves (QUA-3)."""
    gate = policy.gates.get(risk_class)
    return gate is not None and dice < gate.held_share


def dice_of(seed: str) -> float:
    """A number in [0, 1) that is always the same for the same seed, such as a case's id."""
    return int.from_bytes(hashlib.sha256(seed.encode()).digest()[:6]) / 2**48
