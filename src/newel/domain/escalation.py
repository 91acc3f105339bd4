"""Escalation: what a case asks of people, how several orders become one, who may take one back."""

from collections.abc import Iterable
from typing import Final

import msgspec

from newel.domain.access import CLEARED, CLEARED_FOR_REGULATED
from newel.domain.scan.receipt import Receipt
from newel.domain.sentence import Sentence
from newel.domain.words import Assist, Priority, Tier


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What an escalation asks for; ``primary`` names the first reason, ``lock`` a marker's."""

    priority: Priority
    assist: Assist
    skills: tuple[str, ...] = ()
    regulated: bool = False
    preset: str = ""
    lock: bool = False
    primary: str
    reasons: tuple[str, ...] = ()


def of_receipt(receipt: Receipt) -> Order:
    """The order that the markers of one scan make together."""
    markers = tuple(m.id for m in receipt.markers if m.floor == Tier.HUMAN)
    return Order(
        priority=receipt.priority,
        assist=receipt.assist,
        skills=receipt.skills,
        regulated=receipt.regulated,
        preset=receipt.preset,
        lock=receipt.locked,
        primary=receipt.primary,
        reasons=markers or (receipt.primary,),
    )


def for_want_of(reason: str, *, priority: Priority = Priority.P3, skills: tuple[str, ...] = ()) -> Order:
    """The order for a case that the AI cannot finish: with drafts, without a lock."""
    return Order(priority=priority, assist=Assist.DRAFT, skills=skills, primary=reason, reasons=(reason,))


def for_want_of_ai(reason: str, receipts: Iterable[Receipt]) -> Order:
    """The order for a case that no AI came to: with the priority and the skills that its scans found."""
    markers = [marker for receipt in receipts for marker in receipt.markers]
    skills = tuple(sorted({skill for marker in markers for skill in marker.skills}))
    priority = min((marker.priority for marker in markers), default=Priority.P3)
    return for_want_of(reason, priority=priority, skills=skills)


def merge(before: Order, after: Order) -> Order:
    """Both at once: the highest priority, the most restrictive assist, the union of skills.

    The first order keeps naming the primary reason; the newer preset counts where there is one.
    """
    return Order(
        priority=min(before.priority, after.priority),
        assist=min(before.assist, after.assist),
        skills=tuple(sorted({*before.skills, *after.skills})),
        regulated=before.regulated or after.regulated,
        preset=after.preset or before.preset,
        lock=before.lock or after.lock,
        primary=before.primary,
        reasons=tuple(dict.fromkeys((*before.reasons, *after.reasons))),
    )


def cleared(clearance: str, priority: Priority, regulated: bool) -> bool:
    """Whether a clearance permits work of this priority and kind (SEC-2)."""
    allowed = priority in CLEARED.get(clearance, frozenset())
    return allowed and (not regulated or clearance in CLEARED_FOR_REGULATED)


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks to lower a case, as far as the rule needs it."""

    owns: bool
    supervisor: bool
    clearance: str
    team: str
    skills: frozenset[str]


HOUSE: Final = "inhouse"
LEAST_REASON: Final = 3
_LOCK: Final = Sentence("a lock takes a supervisor or an expert with the skill")


def why_not_lower(who: Standing, *, locked: bool, asked: tuple[str, ...], reason: str) -> Sentence | None:
    """Why this person may not lower the case; nothing when they may.

    An unlocked T3 is its owner's to lower. A lock takes a supervisor or an expert with the
    skills, in house, with a reason (POL-4: a partner never decides it).
    """
    if len(reason.strip()) < LEAST_REASON:
        return Sentence("it needs a reason")
    if not locked:
        return None if who.owns or who.supervisor else Sentence("only its owner lowers it")
    if who.team != HOUSE:
        return Sentence("a lock is lifted in house only")
    expert = who.clearance in CLEARED_FOR_REGULATED and who.skills >= set(asked)
    return None if who.supervisor or expert else _LOCK
