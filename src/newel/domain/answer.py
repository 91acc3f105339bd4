"""The answer: playbook or knowledge, and what is proposed to the customer with its reasons.

Pure choice. A playbook that is sure wins over knowledge; what fits nowhere is for a person. How
sure the answer is decides nothing here: ``tier.py`` weighs it.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, Final

import msgspec

from newel.domain.playbook import Action, Missing, NoPath, Reply, asks_in_general, speaks_of_own, wants_orders
from newel.domain.policy.bundle import Bundle
from newel.domain.policy.playbook import Playbook
from newel.domain.ports import Match, Passage
from newel.domain.words import RiskClass

_MORE_LIKELY_THAN_NOT: Final = 0.5
_OWN_MATTER: Final = 0.3
_WORTH_OFFERING: Final = 0.3


class Basis(StrEnum):
    """What an answer stands on: facts by playbook, quoted knowledge, a question of the policy."""

    PLAYBOOK = "playbook"
    KNOWLEDGE = "knowledge"
    QUESTION = "question"


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """What the AI would say and do, on what ground, and how sure it is."""

    basis: Basis
    contact_reason: str | None
    reply: str
    sources: tuple[str, ...] = ()
    action: Action | None = None
    justification: str = ""
    confidence: float
    calibrated: bool
    risk_class: RiskClass = RiskClass.LOW
    reasons: tuple[str, ...] = ()
    facts: Mapping[str, Any] = {}
    skills: tuple[str, ...] = ()
    offers: tuple[str, ...] = ()


class NoAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Why there is nothing to propose; the case is for a person.

    ``evidence`` is what the matcher saw: for the trace, and no reason of the decision.
    """

    reasons: tuple[str, ...]
    contact_reason: str | None = None
    confidence: float = 0.0
    skills: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()


class Follow(msgspec.Struct, frozen=True):
    """Follow the playbook of this contact reason."""

    contact_reason: str


class Quote(msgspec.Struct, frozen=True):
    """Quote this passage."""

    passage: Passage


class Nobody(msgspec.Struct, frozen=True):
    """Neither playbook nor knowledge fits."""

    reasons: tuple[str, ...]


def confidence_minimum(policy: Bundle) -> float:
    """The policy's threshold; without one nothing is sure enough."""
    threshold = policy.thresholds.get("confidence_minimum")
    return threshold.value if threshold else 1.0


def choose_way(
    text: str, match: Match, passages: Sequence[Passage], policy: Bundle
) -> Follow | Quote | Nobody:
    """A playbook that is sure comes first: it speaks of the customer's own record.

    A question that speaks of nothing of their own is for the articles, where one fits, and never
    for the order that happens to be the newest. Else knowledge follows that fits, unless it is a
    playbook's matter more likely than not: between the two a person decides. A playbook that was
    recognised without enough confidence is still followed when nothing else fits, so that the
    person finds a draft.
    """
    known = match.reason if match.reason in policy.playbooks else None
    quote = fitting(passages, policy)
    if quote is not None and (known is None or not _for_playbook(text, match, policy)):
        return Quote(quote)
    if known is not None:
        return Follow(known)
    return Nobody(("no_playbook_fits", "no_knowledge_fits"))


def _for_playbook(text: str, match: Match, policy: Bundle) -> bool:
    """Whether a recognised playbook goes before an article that fits."""
    if asks_in_general(text) and match.reason and wants_orders(policy.playbooks[match.reason]):
        return False
    enough = _OWN_MATTER if speaks_of_own(text) else _MORE_LIKELY_THAN_NOT
    return match.calibrated and match.confidence >= enough


def fitting(passages: Sequence[Passage], policy: Bundle) -> Passage | None:
    """The best passage, when the policy may quote it; the surest comes first."""
    if policy.knowledge is None or not passages:
        return None
    enough = max(policy.knowledge.minimum_confidence, confidence_minimum(policy))
    return passages[0] if passages[0].confidence >= enough else None


def from_playbook(
    way: Follow,
    said: Reply | NoPath | Missing,
    match: Match,
    passages: Sequence[Passage],
    policy: Bundle,
    *,
    own: bool = False,
) -> Proposal | NoAnswer:
    """What following the playbook came to: an answer, a question, a quotation, or nothing.

    Who speaks of something of their own (``own``) is asked which; no article answers that.
    """
    if isinstance(said, Reply):
        return _replied(way, said, match, passages, policy)
    if isinstance(said, NoPath):
        return _nothing(way, match, policy, f"{said.reason}:{said.detail}")
    quote = None if own and said.ask else fitting(passages, policy)
    if quote:
        return from_knowledge(Quote(quote), passages, policy)
    if not said.ask:
        return _nothing(way, match, policy, f"missing:{','.join(said.names)}")
    return _asked(way, said, match, passages, policy)


def _replied(way: Follow, said: Reply, match: Match, passages: Sequence[Passage], policy: Bundle) -> Proposal:
    playbook = policy.playbooks[way.contact_reason]
    return Proposal(
        basis=Basis.QUESTION if _asks(said, playbook) else Basis.PLAYBOOK,
        contact_reason=way.contact_reason,
        reply=said.text,
        sources=said.sources,
        action=said.action,
        justification=said.justification,
        confidence=match.confidence,
        calibrated=match.calibrated,
        risk_class=playbook.risk,
        reasons=match.why,
        facts=said.facts,
        skills=playbook.skills,
        offers=offers(passages, policy),
    )


def _asks(said: Reply, playbook: Playbook) -> bool:
    """Whether a reply asks for one of the playbook's values: what comes next belongs to the same turn."""
    return bool(playbook.slots) and said.action is None and said.text.endswith("?")


def _asked(way: Follow, said: Missing, match: Match, passages: Sequence[Passage], policy: Bundle) -> Proposal:
    playbook = policy.playbooks[way.contact_reason]
    return Proposal(
        basis=Basis.QUESTION,
        contact_reason=way.contact_reason,
        reply=said.ask,
        confidence=match.confidence,
        calibrated=match.calibrated,
        risk_class=playbook.risk,
        reasons=(*match.why, *(f"missing:{name}" for name in said.names)),
        skills=playbook.skills,
        offers=offers(passages, policy),
    )


def _nothing(way: Follow, match: Match, policy: Bundle, why: str) -> NoAnswer:
    return NoAnswer(
        reasons=(why.rstrip(":"),),
        evidence=match.why,
        contact_reason=way.contact_reason,
        confidence=match.confidence,
        skills=policy.playbooks[way.contact_reason].skills,
    )


def from_knowledge(way: Quote, passages: Sequence[Passage], policy: Bundle) -> Proposal:
    """The passage word for word, with its source; its fitness is calibrated by its library."""
    passage = way.passage
    return Proposal(
        basis=Basis.KNOWLEDGE,
        contact_reason=None,
        reply=passage.text,
        sources=(source_of(passage),),
        confidence=passage.confidence,
        calibrated=True,
        risk_class=policy.knowledge.risk if policy.knowledge else RiskClass.HIGH,
        reasons=(f"quoted:{passage.article}",),
        offers=offers(passages, policy),
    )


def source_of(passage: Passage) -> str:
    """How a quoted article is named: ``article shipping-costs v3 (Shipping costs)``."""
    return f"article {passage.article} v{passage.version} ({passage.title})"


def from_nobody(way: Nobody, match: Match) -> NoAnswer:
    """Nothing fits: the case is for a person."""
    return NoAnswer(reasons=way.reasons, confidence=match.confidence, evidence=match.why)


def offers(passages: Sequence[Passage], policy: Bundle) -> tuple[str, ...]:
    """The articles that a deflection may offer, each once, best first; none that is far off."""
    if policy.deflection is None:
        return ()
    near = (passage.article for passage in passages if passage.confidence >= _WORTH_OFFERING)
    names = tuple(dict.fromkeys(near))
    return names[: policy.deflection.articles]
