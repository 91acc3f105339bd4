"""What a proposed action asks for: who must release it, and how much it may be (TIR-5, TIR-13, TIR-15)."""

from collections.abc import Iterator

import msgspec

from newel.domain.action import cap_minor, worth_minor
from newel.domain.answer import Proposal
from newel.domain.playbook import Action
from newel.domain.policy.acts import ActionClass, Ceiling
from newel.domain.policy.bundle import Bundle
from newel.domain.tier.given import Standing
from newel.domain.words import Tier


class Raise(msgspec.Struct, frozen=True):
    """One rule that fired."""

    tier: Tier
    reason: str


def effect(answer: Proposal, policy: Bundle, standing: Standing) -> Iterator[Raise]:
    """What the proposed action may do to money, order or account (TIR-5, TIR-13, TIR-15)."""
    action = answer.action
    if action is None:
        return
    kind = policy.actions.get(action.action)
    if kind is None:
        yield Raise(Tier.HUMAN, f"unknown_action:{action.action}")
        return
    if standing.identity_level < kind.identity_level:
        yield Raise(Tier.HUMAN, "identity_not_verified")
    yield from _money(action, kind, policy, standing)
    if not autonomous(action, policy):
        yield Raise(Tier.SUPERVISED, f"action_on_{kind.effect}")


def _money(action: Action, kind: ActionClass, policy: Bundle, standing: Standing) -> Iterator[Raise]:
    if kind.effect != "money" and action.amount is None:
        return
    if action.amount is None or action.amount.currency != policy.currency:
        yield Raise(Tier.HUMAN, "amount_unknown")
        return
    ceiling = policy.ceilings.get(kind.ceiling)
    if ceiling is None:
        yield Raise(Tier.HUMAN, "no_ceiling")
        return
    paid = _paid(action, standing)
    worth = worth_minor(standing.lifetime_value_minor, action.paid)
    most = ceiling_minor(ceiling, worth, paid, standing.used_minor)
    if action.amount.amount_minor > most:
        yield Raise(Tier.HUMAN, "above_ceiling")


def _paid(action: Action, standing: Standing) -> int:
    """The least of what is known to be paid; unknown is nothing."""
    known = [standing.paid_minor] if standing.paid_minor is not None else []
    known += [action.paid.amount_minor] if action.paid else []
    return min(known, default=0)


def ceiling_minor(ceiling: Ceiling, lifetime_value_minor: int, paid_minor: int, used_minor: int) -> int:
    """The most that may still be proposed: min(cap, max(floor, share of lifetime value)).

    Cumulative over the window, and never above what was paid (TIR-5).
    """
    return max(0, min(cap_minor(ceiling, lifetime_value_minor) - max(used_minor, 0), paid_minor))


def autonomous(action: Action | None, policy: Bundle) -> bool:
    """Whether the signed policy lists the action's class as autonomous, for this amount."""
    kind = policy.actions.get(action.action) if action else None
    if action is None or kind is None or not kind.autonomous:
        return False
    amount = action.amount.amount_minor if action.amount else 0
    return amount <= kind.autonomous_ceiling_minor
