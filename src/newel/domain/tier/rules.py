"""The rules that raise a tier: those of the scan, of risk, of being unsure, and of what the reply says."""

from collections.abc import Iterator
from typing import Final

from newel.domain.answer import Basis, NoAnswer, Proposal, confidence_minimum
from newel.domain.commitment import commits
from newel.domain.policy.bundle import Bundle
from newel.domain.tier.chance import held
from newel.domain.tier.effect import Raise, autonomous, effect
from newel.domain.tier.given import Signals, Standing
from newel.domain.tier.grounds import grounds_of
from newel.domain.tier.opinion import names
from newel.domain.words import Cluster, Pattern, Tier

UNSURE: Final = "confidence_under_minimum"
UNCALIBRATED: Final = "confidence_not_calibrated"
_MOST_QUESTIONS: Final = 2


def rules(
    signals: Signals, answer: Proposal | NoAnswer, policy: Bundle, standing: Standing
) -> Iterator[Raise]:
    """All rules, in the order in which they name the primary reason."""
    yield from _scanned(signals, answer, policy)
    if standing.killed:
        yield Raise(Tier.HUMAN, "kill_switch")
    yield from _risky(signals, answer, policy)
    if isinstance(answer, NoAnswer):
        yield from (Raise(Tier.HUMAN, f"no_answer:{why}") for why in answer.reasons or ("",))
        return
    yield from names(signals, policy)
    yield from _unsure(answer, policy, standing)
    yield from effect(answer, policy, standing)
    yield from _said(answer, policy, standing)
    if not grounds_of(answer, policy, standing):
        yield Raise(Tier.SUPERVISED, "no_certificate")


def _scanned(signals: Signals, answer: Proposal | NoAnswer, policy: Bundle) -> Iterator[Raise]:
    if signals.error:
        yield Raise(Tier.HUMAN, "scanner_error")
    if signals.locked:
        yield Raise(Tier.HUMAN, "marker")
    if signals.language and signals.language not in policy.languages:
        yield Raise(Tier.HUMAN, f"language_unsupported:{signals.language}")
    if signals.tier_floor > 1 and not _answered_data(signals, answer, policy):
        clusters = ",".join(signals.clusters)
        yield Raise(Tier(min(signals.tier_floor, 3)), f"scan_floor:{clusters}".rstrip(":"))


def _answered_data(signals: Signals, answer: Proposal | NoAnswer, policy: Bundle) -> bool:
    """A data trigger selects a playbook; one that acts by a signed autonomous class answers it.

    Only the data trigger's own floor goes away: any other cluster keeps it.
    """
    if signals.locked or set(signals.clusters) != {Cluster.DATA} or isinstance(answer, NoAnswer):
        return False
    return answer.basis is Basis.PLAYBOOK and autonomous(answer.action, policy)


def _risky(signals: Signals, answer: Proposal | NoAnswer, policy: Bundle) -> Iterator[Raise]:
    """Risk once more, now with confidence: being unsure adds, being sure takes nothing away."""
    most = policy.thresholds.get("risk_maximum")
    weight = policy.risk.get("low_confidence")
    unsure = 1.0 - min(max(answer.confidence, 0.0), 1.0)
    risk = min(1.0, signals.risk + (weight.weight * unsure if weight else 0.0))
    if most and risk > most.value:
        yield Raise(Tier.HUMAN, "risk_over_maximum")


def _unsure(answer: Proposal, policy: Bundle, standing: Standing) -> Iterator[Raise]:
    """Under the policy's minimum it is for a person, even where a lower threshold is certified."""
    certified = standing.certificates.get(answer.contact_reason or "", 0.0)
    if not answer.calibrated:
        yield Raise(Tier.HUMAN, UNCALIBRATED)
    elif not answer.confidence >= max(confidence_minimum(policy), certified):
        yield Raise(Tier.HUMAN, UNSURE)
    if answer.basis is Basis.QUESTION and standing.asked >= _MOST_QUESTIONS:
        yield Raise(Tier.HUMAN, "asked_enough")


def _said(answer: Proposal, policy: Bundle, standing: Standing) -> Iterator[Raise]:
    """What the reply's words, and the pattern of its risk class, ask for.

    What would wait for a reviewer and acts as well is approved instead: nothing is done before.
    """
    found = commits(answer.reply, policy.commitments)
    if found:
        yield Raise(Tier.SUPERVISED, f"commitment:{found}")
    gate = policy.gates.get(answer.risk_class)
    if gate is None or gate.pattern is Pattern.APPROVAL_FIRST:
        yield Raise(Tier.SUPERVISED, "approval_first")
    if answer.action is not None and held(policy, answer.risk_class, standing.held_dice):
        yield Raise(Tier.SUPERVISED, "review_first")
