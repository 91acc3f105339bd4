"""Sampling: which ended cases are reviewed, and when more of them are (QUA-2, QUA-5).

The choice is a pure function of the case's id and the share: whoever knows both can do it again.
"""

from collections.abc import Sequence
from typing import Final, Literal

import msgspec

from newel.domain.interval import share
from newel.domain.policy.quality import Sampling
from newel.domain.tier import dice_of
from newel.domain.words import Tier

Work = Literal["ai", "approved", "person"]
"""Whose work is judged: what the AI released, what a person approved, what a person resolved."""
WORK: Final[dict[Tier, Work]] = {Tier.AUTONOMOUS: "ai", Tier.SUPERVISED: "approved", Tier.HUMAN: "person"}


class Level(msgspec.Struct, frozen=True):
    """Whether sampling is raised, and the reviews that say so: so many passed of so many."""

    raised: bool = False
    passed: int = 0
    of: int = 0

    def times(self, plan: Sampling | None) -> float:
        """How much more is sampled than the policy's share."""
        return plan.raised_times if plan and self.raised else 1.0


def chosen(seed: str, wanted: float) -> bool:
    """Whether what has this id is among the share; a larger share holds all of a smaller one."""
    return dice_of(seed) < wanted


def share_of(plan: Sampling | None, work: Work, now: Level) -> float:
    """The share of people's work that is reviewed now; the AI's is a matter of its risk class."""
    base = {"ai": 0.0, "approved": plan.approved_share, "person": plan.resolved_share} if plan else {}
    return min(1.0, base.get(work, 0.0) * now.times(plan))


def likely(plan: Sampling | None, seed: str, work: Work) -> bool:
    """Whether it would be reviewed if sampling were raised; if not, nobody need look whether it is."""
    return chosen(seed, share_of(plan, work, Level(raised=True)))


def level(plan: Sampling, before: Level, marks: Sequence[bool]) -> Level:
    """The level after these reviews, newest first: whether each of them passed.

    It rises when the share that passed is surely under the target, and eases when it is surely not
    under the floor: between the two it stays as it was.
    """
    window = marks[: plan.window]
    seen = share(sum(window), len(window), plan.confidence)
    raised = not may_ease(plan, sum(window), len(window)) if before.raised else seen.high < plan.target
    return Level(raised, seen.count, seen.of)


def may_ease(plan: Sampling, passed: int, of: int) -> bool:
    """Whether so many of so many prove that quality is good enough again.

    The newest reviews must also not prove the opposite, where floor and target are far apart.
    """
    seen = share(passed, of, plan.confidence)
    return seen.low >= plan.floor and seen.high >= plan.target
