"""What a replay has proposed to give back to a customer so far, as live ceilings would count it (TIR-5).

Whatever it would have released or asked for is taken as given: a person would have approved it.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from newel.domain.action import ceiling_of
from newel.domain.answer import NoAnswer, Proposal
from newel.domain.policy.bundle import Bundle
from newel.domain.tier import Decision, Propose, Release


class Given(NamedTuple):
    """So much money by one class of act, at the time of its ticket."""

    action: str
    amount_minor: int
    at: datetime


def used_minor(before: tuple[Given, ...], said: Proposal | NoAnswer, policy: Bundle, at: datetime) -> int:
    """What counts towards the ceiling of what is said now."""
    ceiling = ceiling_of(policy, said.action.action) if isinstance(said, Proposal) and said.action else None
    if ceiling is None or isinstance(said, NoAnswer) or said.action is None:
        return 0
    since = at - timedelta(days=ceiling.window_days)
    return sum(one.amount_minor for one in before if one.action == said.action.action and one.at >= since)


def given(said: Proposal | NoAnswer, decision: Decision, at: datetime) -> tuple[Given, ...]:
    """What the decision gives back; nothing where a person has the case."""
    if not isinstance(decision, Release | Propose) or isinstance(said, NoAnswer):
        return ()
    if said.action is None or said.action.amount is None:
        return ()
    return (Given(said.action.action, said.action.amount.amount_minor, at),)
