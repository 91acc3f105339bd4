"""Support levels: when a person passes work up, to whom, why, and what that does to its priority."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from newel.domain.words import Priority


class Level(StrEnum):
    """Who does it: a specialist, or a domain expert (L1 is the AI, which owns no work)."""

    L2 = "L2"
    L3 = "L3"


class Up(StrEnum):
    """To whom work is passed up."""

    SUPERVISOR = "supervisor"
    EXPERT = "L3"


class Ground(StrEnum):
    """Why it is passed up (RTE-9)."""

    BEYOND_SKILL = "beyond_skill"
    NEEDS_AUTHORITY = "needs_authority"
    UNCLEAR_POLICY = "unclear_policy"
    PRECEDENT = "precedent"
    HIGH_STAKES = "high_stakes"
    CUSTOMER_ASKS = "customer_asks"


_AT_LEAST: Final[Mapping[Ground, Priority]] = {
    Ground.HIGH_STAKES: Priority.P2,
    Ground.CUSTOMER_ASKS: Priority.P2,
}
"""High stakes, and a customer who asks for somebody above, wait no longer than a request does."""


def priority_after(before: Priority, cause: Ground) -> Priority:
    """The priority of work that is passed up: it may rise, and never falls."""
    return min(before, _AT_LEAST.get(cause, before))
