"""Who fits an item that a supervisor gives away: what forbids it, and what speaks against it."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Final

import msgspec

from newel.domain.escalation import cleared
from newel.domain.routing.queue import Rank, rank
from newel.domain.routing.reach import of_region, speaks
from newel.domain.routing.work import SUPERVISOR, Item, Person
from newel.domain.sentence import Sentence, joined, spelt, spoken

_TAKES_NONE: Final = Sentence("takes no %(priority)s work")
_TAKES_NO_REGULATED: Final = Sentence("takes no regulated %(priority)s work")
_FULL: Final = Sentence("is full, %(load)s of %(capacity)s")
_FULL_OF: Final = Sentence("is full of %(channel)s, %(load)s of %(capacity)s")
_SPEAKS_NOT: Final = Sentence("does not speak %(language)s")
_LACKS: Final = Sentence("lacks %(skills)s")
_NOT_BY: Final = Sentence("takes no work by %(channel)s")
_ELSEWHERE: Final = Sentence("is not of the region %(region)s")
_AWAY: Final = Sentence("is away")
_OFF_SHIFT: Final = Sentence("is off shift")
_PASSED_IT_ON: Final = Sentence("has just passed it on")


class Fit(msgspec.Struct, frozen=True, kw_only=True):
    """How one person fits an item that is given by hand: what forbids it, and what speaks against it."""

    person: Person
    forbidden: Sentence | None = None
    doubts: tuple[Sentence, ...] = ()

    @property
    def against(self) -> tuple[Sentence, ...]:
        """All that is against it, the worst first."""
        return (self.forbidden, *self.doubts) if self.forbidden else self.doubts


def fits(
    item: Item,
    people: Iterable[Person],
    now: datetime,
    more: Callable[[Person], Iterable[Sentence]] = lambda _: (),
) -> list[Fit]:
    """Everybody for an item that a supervisor gives away: the best first, the forbidden last.

    ``more`` is what else speaks against a person.
    """

    def order(fit: Fit) -> tuple[bool, int, Rank]:
        return bool(fit.forbidden), len(fit.doubts), rank(fit.person, item)

    found = (
        Fit(
            person=person,
            forbidden=_forbids(person, item),
            doubts=(*_doubts(person, item, now), *more(person)),
        )
        for person in people
    )
    return sorted(found, key=order)


def _forbids(person: Person, item: Item) -> Sentence | None:
    """What the store would refuse; nothing forbids a supervisor to be full."""
    if not cleared(person.clearance, item.priority, item.ask.regulated):
        none = _TAKES_NO_REGULATED if item.ask.regulated else _TAKES_NONE
        return none.of(priority=item.priority.name)
    return None if person.clearance == SUPERVISOR else _full(person, item.ask.channel)


def _full(person: Person, channel: str) -> Sentence | None:
    if not person.free:
        return _FULL.of(load=person.load, capacity=person.capacity)
    if channel not in person.full_of:
        return None
    most = person.channel_capacity[channel]
    if most == 0:
        return _NOT_BY.of(channel=spelt(channel))
    return _FULL_OF.of(channel=spelt(channel), load=person.channel_load.get(channel, 0), capacity=most)


def _doubts(person: Person, item: Item, now: datetime) -> Iterator[Sentence]:
    standing = person.standing(now)
    if standing != "available":
        yield _AWAY if standing == "away" else _OFF_SHIFT
    if not speaks(person, item.ask.language):
        yield _SPEAKS_NOT.of(language=spoken(item.ask.language))
    missing = [skill for skill in item.ask.asked if skill not in person.skills]
    if missing:
        yield _LACKS.of(skills=joined(map(spelt, missing)))
    if not of_region(person, item.ask):
        yield _ELSEWHERE.of(region=spelt(item.ask.region))
    if person.id == item.passed_by:
        yield _PASSED_IT_ON
