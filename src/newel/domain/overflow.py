"""Overflow: when far more waits than usual, who steps in, and that they come last.

A pool only ever adds: whoever would get the work without it gets it with it too. Language,
clearance and what is regulated are asked of its members as of everybody.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from newel.domain import routing
from newel.domain.policy.bundle import Bundle
from newel.domain.policy.overflow import Overflow
from newel.domain.routing import SUPERVISOR, Ask, Assign, Fit, Item, Person, Rules, Verdict
from newel.domain.sentence import Sentence
from newel.domain.words import Priority

NORMAL: Final = 100
_KEPT: Final = Sentence("is kept for the overflow pool, which is closed")
_KEPT_OPEN: Final = Sentence("is kept for the overflow pool, which is open")


class Lines(msgspec.Struct, frozen=True, kw_only=True):
    """Depths of a queue as cases: what is usual, from where on it is told, and where it is calm again."""

    normal: int
    alert: int
    calm: int

    def percent(self, depth: int) -> int:
        """What waits, of what is usual."""
        return depth * 100 // self.normal


class Rise(msgspec.Struct, frozen=True):
    """The depth has reached its alert; the pool opens with it, or waits for a supervisor."""

    opens: bool


class Fall(msgspec.Struct, frozen=True):
    """The depth is calm again; an open pool closes with it, or waits for a supervisor."""

    closes: bool


class Pool(msgspec.Struct, frozen=True, kw_only=True):
    """The pool of a workflow as it stands: its rule, and how many cases each has through it."""

    rule: Overflow
    open: bool = False
    held: Mapping[UUID, int] = {}

    def room(self, person: Person) -> bool:
        """Whether the person may have one more through the pool."""
        return self.open and person.free and self.held.get(person.id, 0) < self.rule.most_each


def lines(bundle: Bundle) -> Lines | None:
    """The depths that a policy sets; None where it has no pool."""
    rule = bundle.overflow
    if rule is None:
        return None
    calm = NORMAL if rule.relief_percent is None else rule.relief_percent
    return Lines(
        normal=rule.normal_depth,
        alert=-(-rule.normal_depth * bundle.routing.depth_alert_percent // 100),
        calm=rule.normal_depth * calm // 100,
    )


def crossing(rule: Overflow, at: Lines, depth: int, *, told: bool, is_open: bool) -> Rise | Fall | None:
    """What a depth changes; ``told`` is whether its alert stands. Between the lines nothing changes."""
    if not told and depth >= at.alert:
        return Rise(opens=rule.opens == "by_itself" and not is_open)
    if told and depth <= at.calm:
        return Fall(closes=is_open and rule.relief_percent is not None)
    return None


def reserved(person: Person, rule: Overflow | None) -> bool:
    """Whether the person is kept for the pool: none of the workflow's work is theirs otherwise."""
    if rule is None or person.clearance == SUPERVISOR:
        return False
    return person.login in rule.people or person.team in rule.teams


def member(person: Person, rule: Overflow) -> bool:
    """Whether the person steps in when the pool is open."""
    if person.clearance in {SUPERVISOR, "none"}:
        return False
    return reserved(person, rule) or bool(person.skills.keys() & set(rule.with_skills))


def steps_in(person: Person, ask: Ask, rule: Overflow) -> bool:
    """Whether a member could do this work, with the skills that the pool lets them stand in for."""
    lent = () if ask.regulated else rule.stands_in_for
    skilled = set(ask.asked) <= {*person.skills, *lent}
    own = routing.qualified(person, ask) and not reserved(person, rule)
    return skilled and not own and routing.speaks(person, ask.language) and routing.reaches(person, ask)


def helps(person: Person, item: Item, pool: Pool) -> bool:
    """Whether the pool may give the item to this person now, if nobody comes before them."""
    return (
        pool.room(person)
        and person.fits(item.ask.channel)
        and member(person, pool.rule)
        and item.priority >= pool.rule.from_priority
        and routing.takes(person, item.priority, item.ask.regulated)
        and steps_in(person, item.ask, pool.rule)
    )


def decide(
    item: Item,
    people: Iterable[Person],
    now: datetime,
    rules: Rules = Rules(),  # noqa: B008
    pool: Pool | None = None,
) -> Verdict:
    """Who gets the item now: as without a pool, and if that is nobody with room, one of its members."""
    everybody = tuple(people)
    if pool is None:
        return routing.decide(item, everybody, now, rules)
    verdict = routing.decide(item, [p for p in everybody if not reserved(p, pool.rule)], now, rules)
    if isinstance(verdict, Assign) or not pool.open:
        return verdict
    may = (p for p in everybody if p.id != item.passed_by and helps(p, item, pool))
    able = [p for p in may if p.works(now)]  # last: what a shift says of a zone takes longest
    if not able:
        return verdict
    return Assign(min(able, key=lambda p: routing.rank(p, item)), overflow=True)


def fits(
    item: Item,
    people: Iterable[Person],
    now: datetime,
    pool: Pool | None = None,
) -> list[Fit]:
    """Everybody for an item that a supervisor gives away; who is kept for the pool comes after who is not."""

    def kept(person: Person) -> Iterator[Sentence]:
        if pool is not None and reserved(person, pool.rule):
            yield _KEPT_OPEN if pool.open else _KEPT

    return routing.fits(item, people, now, kept)


def reach(person: Person, buckets: Mapping[int, Ask], rule: Overflow) -> list[int]:
    """The buckets in which a member steps in."""
    fit = (b for b, ask in buckets.items() if steps_in(person, ask, rule) and routing.serves(person, ask))
    return sorted(fit)


def highest(person: Person, rule: Overflow) -> Priority | None:
    """The most urgent priority that a member takes through the pool; None: nothing at all."""
    own = routing.highest(person)
    return None if own is None else max(own, rule.from_priority)
