"""Expected against decided, where tickets carry labels."""

from collections import Counter
from typing import Final

import msgspec

from newel.domain.interval import share
from newel.domain.replay.report import Confusion, Disagreement
from newel.domain.replay.values import Result
from newel.domain.words import Tier

_MOST_EXAMPLES: Final = 10


class Labels:
    """Counts what was expected against what was decided."""

    def __init__(self) -> None:
        self.table: Counter[tuple[int, int]] = Counter()
        self.reasons: Counter[bool] = Counter()
        self.released: list[str] = []
        self.wrong: dict[tuple[int, str, int, str, str, str], list[str]] = {}

    def add(self, result: Result) -> None:
        """Count a result that has a label."""
        expected = result.expected_tier
        if expected is None:
            return
        self.table[expected, int(result.tier)] += 1
        if expected == Tier.HUMAN and result.decision == "release":
            self.released.append(result.id)
        if expected < Tier.HUMAN and result.expected_reason:
            self.reasons[named(result) == result.expected_reason] += 1
        if expected != result.tier:
            self.wrong.setdefault(_how(result), []).append(result.id)

    def confusion(self) -> Confusion | None:
        """The table with its intervals; None without a label."""
        if not self.table:
            return None
        tiers = [int(tier) for tier in Tier]
        rows = {expected: {tier: self.table[expected, tier] for tier in tiers} for expected in tiers}
        return Confusion(
            table=rows,
            right=share(sum(rows[tier][tier] for tier in tiers), self.table.total()),
            right_by_tier={tier: share(rows[tier][tier], sum(rows[tier].values())) for tier in tiers},
            reason_right=share(self.reasons[True], self.reasons.total()),
            released_though_human=tuple(sorted(self.released)),
            disagreements=self._disagreements(),
        )

    def _disagreements(self) -> tuple[Disagreement, ...]:
        rows = [
            Disagreement(*how, len(ids), tuple(sorted(ids)[:_MOST_EXAMPLES]))
            for how, ids in self.wrong.items()
        ]
        return tuple(sorted(rows, key=lambda row: (-row.count, msgspec.structs.astuple(row))))


def named(result: Result) -> str:
    """The reason as labels name it: a playbook, or ``knowledge``."""
    return "knowledge" if result.basis == "knowledge" else result.contact_reason


def _how(result: Result) -> tuple[int, str, int, str, str, str]:
    expected = (result.expected_tier or 0, result.expected_reason)
    return (*expected, int(result.tier), result.decision, result.contact_reason, result.reasons[0])
