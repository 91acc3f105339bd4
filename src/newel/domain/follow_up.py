"""Follow-up: who comes back to the matter within a day of the AI's answer was not helped by it (RES-4)."""

from datetime import datetime, timedelta

from newel.domain.courtesy import only_thanks
from newel.domain.words import FOLLOW_UP_WITHIN, Tier


def asks(text: str, *, attached: bool) -> bool:
    """Whether a message comes back to an answer: any does but thanks, which carry nothing besides."""
    return attached or not only_thanks(text)


def within(answered_at: datetime | None, now: datetime) -> bool:
    """Whether an answer is of the last day."""
    return answered_at is not None and timedelta() <= now - answered_at <= FOLLOW_UP_WITHIN


def counts(tier: Tier | None, answered_at: datetime | None, now: datetime, *, marked: bool) -> bool:
    """Whether who comes back to a case follows it up: the AI released the answer, and nobody did before."""
    return tier is Tier.AUTONOMOUS and not marked and within(answered_at, now)
