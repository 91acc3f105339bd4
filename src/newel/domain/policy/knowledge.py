"""Articles in a policy: what the AI may quote of them, and when they are offered before a person is asked."""

import msgspec

from newel.domain.policy.entry import Entry
from newel.domain.words import RiskClass


class Knowledge(Entry, frozen=True, kw_only=True):
    """Which collections the AI may quote, and how sure the retrieval must be.

    ``questions`` are examples of what customers ask, by the article that answers it.
    """

    collections: tuple[str, ...]
    minimum_confidence: float
    risk: RiskClass = RiskClass.LOW
    questions: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)


class Deflection(Entry, frozen=True, kw_only=True):
    """Offering articles before a confidence trigger sets T3 (TIR-12)."""

    enabled: bool = True
    articles: int = 3
    chat_minutes: int = 10
    mail_minutes: int = 240
