"""Deed: an act that the owner of a case carries out on their own authority, and what keeps them from it.

The third authority of INV-12. Limits and ceilings are those of approvals: nobody gives alone what
they could not release for the AI.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

import msgspec

from newel.domain.action import ceiling_of, worth_minor
from newel.domain.errors import NewelError
from newel.domain.playbook import Action
from newel.domain.policy.acts import ActionClass
from newel.domain.policy.bundle import Bundle
from newel.domain.sentence import Figure, Sentence, joined
from newel.domain.tier import ceiling_minor

ASKABLE: Final = frozenset({"no_limit", "over_limit"})
"""What keeps a person from an act alone, and another person may lift: everything else stands for both."""
UNSETTLED: Final = frozenset({"authorised", "claimed", "unknown"})
"""The states of an action of which nobody can say yet that it was done."""


class Why(StrEnum):
    """What keeps a person from an act."""

    UNKNOWN_ACT = "unknown_act"
    OWN_BENEFIT = "own_benefit"
    UNDER_WAY = "under_way"
    IDENTITY = "identity_not_verified"
    NO_AMOUNT = "amount_unknown"
    NOT_PAID = "more_than_paid"
    NO_CEILING = "no_ceiling"
    ABOVE_CEILING = "above_ceiling"
    NO_LIMIT = "no_limit"
    OVER_LIMIT = "over_limit"


class DeedRefused(NewelError):
    """This is not done: {why}"""

    code = "act_refused"
    status = 422


class Unconfirmed(NewelError):
    """An act of this case is not confirmed yet: write when it is, or say that this does not state it."""

    code = "act_unconfirmed"
    status = 409


class Hindrance(msgspec.Struct, frozen=True):
    """What keeps a person from an act, by its code and in words."""

    why: Why
    says: Sentence

    def refuse(self, act: str) -> DeedRefused:
        """The same as an error."""
        return DeedRefused(act=act, reason=self.why.value, why=self.says)


class Hand(msgspec.Struct, frozen=True, kw_only=True):
    """Who would do it: their limit, and which customer they are themselves."""

    limit_minor: int
    customer_id: UUID | None = None


class Matter(msgspec.Struct, frozen=True, kw_only=True):
    """What stands besides the act: its customer, what was given lately, what is not settled yet.

    ``others`` are the names of who has a limit that is enough.
    """

    customer_id: UUID
    identity_level: int = 0
    lifetime_value_minor: int | None = None
    used_minor: int = 0
    unsettled: frozenset[str] = frozenset()
    others: Sequence[str] = ()


class Room(msgspec.Struct, frozen=True, kw_only=True):
    """How much may be given: by the person's own limit, and under the policy's ceiling (None: no money)."""

    mine_minor: int
    left_minor: int | None = None

    @property
    def most_minor(self) -> int:
        """The most that this person may give now."""
        return self.mine_minor if self.left_minor is None else min(self.mine_minor, self.left_minor)


_SAYS: Final = {
    Why.UNKNOWN_ACT: Sentence("the policy in force knows no such act"),
    Why.OWN_BENEFIT: Sentence("it is to your own benefit; somebody else decides"),
    Why.UNDER_WAY: Sentence("the same is under way in this case; wait until it is known how it ended"),
    Why.IDENTITY: Sentence("the customer's identity is not verified as far as this asks for"),
    Why.NO_AMOUNT: Sentence("the amount is not known in the policy's currency"),
    Why.NOT_PAID: Sentence("it is above nothing and at most what was paid"),
    Why.NO_CEILING: Sentence("the policy sets no ceiling for it"),
    Why.ABOVE_CEILING: Sentence("it is above the policy's ceiling: at most %(most)s may be given now"),
    Why.NO_LIMIT: Sentence("you have no limit of your own; pass the case to somebody who has one"),
    Why.OVER_LIMIT: Sentence(
        "it is above your limit of %(limit)s; pass the case to somebody with a higher one"
    ),
}
_WHO: Final = Sentence("%(why)s: %(names)s")


def hindrance(hand: Hand, matter: Matter, act: Action, policy: Bundle) -> Hindrance | None:
    """What keeps the owner of a case from an act now; nothing when they may (INV-12, TIR-5, TIR-13).

    The kill switch is no part of it: it stops the AI, not people.
    """
    kind = policy.actions.get(act.action)
    if kind is None:
        return _because(Why.UNKNOWN_ACT)
    if hand.customer_id == matter.customer_id:
        return _because(Why.OWN_BENEFIT)
    if act.action in matter.unsettled:
        return _because(Why.UNDER_WAY)
    if matter.identity_level < kind.identity_level:
        return _because(Why.IDENTITY)
    return _money(matter, act, kind, policy) or _limit(hand, matter, act, kind)


def room(hand: Hand, matter: Matter, act: Action, policy: Bundle) -> Room:
    """How much this person may give by an act, and under which ceiling."""
    ceiling = ceiling_of(policy, act.action)
    if act.amount is None or ceiling is None:
        return Room(mine_minor=hand.limit_minor)
    worth = worth_minor(matter.lifetime_value_minor, act.paid)
    left = ceiling_minor(ceiling, worth, (act.paid or act.amount).amount_minor, matter.used_minor)
    return Room(mine_minor=hand.limit_minor, left_minor=left)


def _money(matter: Matter, act: Action, kind: ActionClass, policy: Bundle) -> Hindrance | None:
    if kind.effect != "money" and act.amount is None:
        return None
    if act.amount is None or act.amount.currency != policy.currency:
        return _because(Why.NO_AMOUNT)
    if not 0 < act.amount.amount_minor <= (act.paid or act.amount).amount_minor:
        return _because(Why.NOT_PAID)
    left = room(Hand(limit_minor=0), matter, act, policy).left_minor
    if left is None:
        return _because(Why.NO_CEILING)
    if act.amount.amount_minor > left:
        return _because(Why.ABOVE_CEILING, most=Figure(left / 100))
    return None


def _limit(hand: Hand, matter: Matter, act: Action, kind: ActionClass) -> Hindrance | None:
    """What the AI may do alone, whoever works the case may do; for all else it takes a limit."""
    amount = act.amount.amount_minor if act.amount else 0
    if kind.autonomous and amount <= kind.autonomous_ceiling_minor:
        return None if amount <= hand.limit_minor else _over(hand, matter)
    return _over(hand, matter) if amount > hand.limit_minor or not hand.limit_minor else None


def _over(hand: Hand, matter: Matter) -> Hindrance:
    why = Why.OVER_LIMIT if hand.limit_minor else Why.NO_LIMIT
    said = _because(why, limit=Figure(hand.limit_minor / 100)) if hand.limit_minor else _because(why)
    if not matter.others:
        return said
    return Hindrance(why, _WHO.of(why=said.says, names=joined(matter.others)))


def _because(why: Why, **values: Any) -> Hindrance:
    return Hindrance(why, _SAYS[why].of(**values) if values else _SAYS[why])
