"""The report as values; every list stands in an order that the file's order does not change."""

from datetime import datetime
from decimal import Decimal

import msgspec

from newel.domain.interval import Share
from newel.domain.replay.values import LineError


class Count(msgspec.Struct, frozen=True):
    """Something and how often."""

    name: str
    count: int


class TierShare(msgspec.Struct, frozen=True):
    """The tickets of one tier; the percentages of all three sum to 100."""

    tier: int
    count: int
    percent: Decimal


class ReasonCount(msgspec.Struct, frozen=True):
    """How often a reason stood behind a tier."""

    tier: int
    reason: str
    count: int


class ByTier(msgspec.Struct, frozen=True):
    """The tickets of one kind, by the tier that they would have had."""

    name: str
    count: int
    tier_1: int
    tier_2: int
    tier_3: int


class Answered(msgspec.Struct, frozen=True):
    """What the AI would have answered by itself from one source."""

    basis: str
    contact_reason: str
    source: str
    count: int


class Asked(msgspec.Struct, frozen=True):
    """The approvals that one class of action would have asked for; amounts in minor units."""

    action: str
    count: int
    currency: str
    total_minor: int
    highest_minor: int


class Uncovered(msgspec.Struct, frozen=True):
    """A kind of ticket for which there was no answer, and why."""

    name: str
    why: str
    count: int


class Cost(msgspec.Struct, frozen=True, kw_only=True):
    """Hours of people and money, from the operator's rates; machine time is never among them."""

    currency: str
    hours_by_tier: dict[int, Decimal]
    people_hours: Decimal
    people_cost: Decimal
    ai_answers: int
    ai_cost: Decimal
    total: Decimal
    today_hours: Decimal | None = None
    today_cost: Decimal | None = None


class Disagreement(msgspec.Struct, frozen=True):
    """Tickets that were labelled one way and decided another, with the first of their ids."""

    expected_tier: int
    expected_reason: str
    tier: int
    decision: str
    contact_reason: str
    reason: str
    count: int
    ids: tuple[str, ...]


class Confusion(msgspec.Struct, frozen=True, kw_only=True):
    """Expected against decided, by label; intervals are Clopper–Pearson's at 95 %."""

    table: dict[int, dict[int, int]]
    right: Share
    right_by_tier: dict[int, Share]
    reason_right: Share
    released_though_human: tuple[str, ...]
    disagreements: tuple[Disagreement, ...]


class Run(msgspec.Struct, frozen=True):
    """What differs between two runs on the same input, and nothing else does."""

    id: str
    at: datetime


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """On what the tickets were run: file and policy, where facts, time and earlier contacts came from."""

    source: str
    workflow: str
    policy: str
    look_ups: str
    clock: str
    history: str = ""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """The whole report."""

    run: Run
    setting: Setting
    tickets: int
    refused: int
    customers_unknown: int
    tiers: tuple[TierShare, ...]
    decisions: tuple[Count, ...]
    reasons: tuple[ReasonCount, ...]
    triggers: tuple[Count, ...]
    contact_reasons: tuple[ByTier, ...]
    categories: tuple[ByTier, ...]
    answered: tuple[Answered, ...]
    approvals: tuple[Asked, ...]
    uncovered: tuple[Uncovered, ...]
    languages: tuple[Count, ...]
    cost: Cost | None
    confusion: Confusion | None
    errors: tuple[LineError, ...]
