"""Counting results into a report."""

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from decimal import Decimal
from typing import Final, TypeVar

from newel.domain.replay.cost import cost_of
from newel.domain.replay.labels import Labels
from newel.domain.replay.report import (
    Answered,
    Asked,
    ByTier,
    Count,
    ReasonCount,
    Report,
    Run,
    Setting,
    TierShare,
    Uncovered,
)
from newel.domain.replay.values import LineError, Rates, Result
from newel.domain.words import Tier

K = TypeVar("K", bound=Hashable)
_HUNDREDTHS: Final = 10_000


def percentages(counts: Mapping[K, int]) -> dict[K, Decimal]:
    """Per cent with two decimals that sum to exactly 100, by the method of the largest remainder.

    Of equal remainders the larger count gains, then the smaller key. Of nothing all are 0.
    """
    total = sum(counts.values())
    if total == 0:
        return {key: Decimal("0.00") for key in counts}
    whole = {key: count * _HUNDREDTHS // total for key, count in counts.items()}
    rest = _HUNDREDTHS - sum(whole.values())
    order = sorted(counts, key=lambda k: (-(counts[k] * _HUNDREDTHS % total), -counts[k], str(k)))
    gains = frozenset(order[:rest])
    return {key: Decimal(units + (key in gains)).scaleb(-2) for key, units in whole.items()}


class Tally:
    """Counts results one by one; what it reports does not depend on their order."""

    def __init__(self) -> None:
        self.tiers: Counter[int] = Counter({int(tier): 0 for tier in Tier})
        self.decisions: Counter[str] = Counter()
        self.reasons: Counter[tuple[int, str]] = Counter()
        self.triggers: Counter[str] = Counter()
        self.languages: Counter[str] = Counter()
        self.contact_reasons: Counter[tuple[str, int]] = Counter()
        self.categories: Counter[tuple[str, int]] = Counter()
        self.answered: Counter[tuple[str, str, str]] = Counter()
        self.uncovered: Counter[tuple[str, str]] = Counter()
        self.amounts: dict[tuple[str, str], list[int]] = {}
        self.asked = 0
        self.customers_unknown = 0
        self.labels = Labels()

    def add(self, result: Result) -> None:
        """Count one result."""
        tier = int(result.tier)
        self.tiers[tier] += 1
        self.decisions[result.decision] += 1
        self.reasons.update((tier, reason) for reason in dict.fromkeys(result.reasons))
        self.triggers.update(dict.fromkeys(result.triggers, 1))
        self.languages[result.language or "unknown"] += 1
        self.contact_reasons[result.contact_reason or "none", tier] += 1
        if result.category:
            self.categories[result.category, tier] += 1
        self.asked += result.asked
        self.customers_unknown += result.customer_unknown
        self._outcome(result)
        self.labels.add(result)

    def _outcome(self, result: Result) -> None:
        if result.decision == "release":
            keys = [(result.basis, result.contact_reason, source) for source in result.sources or ("",)]
            self.answered.update(keys)
        elif result.decision == "propose":
            key = (result.action or "reply", result.amount.currency if result.amount else "")
            minor = result.amount.amount_minor if result.amount else 0
            self.amounts.setdefault(key, []).append(minor)
        elif result.asked and result.tier is Tier.HUMAN:
            name = result.category or result.contact_reason or "none"
            self.uncovered[name, result.reasons[0]] += 1

    def report(
        self, run: Run, setting: Setting, errors: Sequence[LineError], rates: Rates | None = None
    ) -> Report:
        """All that was counted."""
        percent = percentages(self.tiers)
        return Report(
            run=run,
            setting=setting,
            tickets=self.tiers.total(),
            refused=len(errors),
            customers_unknown=self.customers_unknown,
            tiers=tuple(TierShare(tier, self.tiers[tier], percent[tier]) for tier in sorted(self.tiers)),
            decisions=_counts(self.decisions),
            reasons=tuple(ReasonCount(*key, count) for key, count in _ranked(self.reasons)),
            triggers=_counts(self.triggers),
            contact_reasons=_by_tier(self.contact_reasons),
            categories=_by_tier(self.categories),
            answered=tuple(Answered(*key, count) for key, count in _ranked(self.answered)),
            approvals=self._approvals(),
            uncovered=tuple(Uncovered(*key, count) for key, count in _ranked(self.uncovered)),
            languages=_counts(self.languages),
            cost=cost_of(self.tiers, self.asked, rates) if rates else None,
            confusion=self.labels.confusion(),
            errors=tuple(sorted(errors)),
        )

    def _approvals(self) -> tuple[Asked, ...]:
        rows = [
            Asked(action, len(sums), currency, sum(sums), max(sums))
            for (action, currency), sums in self.amounts.items()
        ]
        return tuple(sorted(rows, key=lambda row: (-row.count, row.action, row.currency)))


def _ranked(counts: Mapping[K, int]) -> list[tuple[K, int]]:
    return sorted(counts.items(), key=lambda pair: (-pair[1], str(pair[0])))


def _counts(counts: Mapping[str, int]) -> tuple[Count, ...]:
    return tuple(Count(name, count) for name, count in _ranked(counts))


def _by_tier(counts: Mapping[tuple[str, int], int]) -> tuple[ByTier, ...]:
    names = {name for name, _ in counts}
    rows = [(name, [counts.get((name, int(tier)), 0) for tier in Tier]) for name in names]
    made = [ByTier(name, sum(each), *each) for name, each in rows]
    return tuple(sorted(made, key=lambda row: (-row.count, row.name)))
