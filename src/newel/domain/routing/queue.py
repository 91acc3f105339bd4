"""Who gets an item by itself: who is able and free, who comes first, and who when nobody is."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Final

import msgspec

from newel.domain.escalation import cleared
from newel.domain.routing.reach import native, of_region, qualified, qualified_as_generalist, speaks, takes
from newel.domain.routing.work import SUPERVISOR, Ask, Item, Person

_GRADE: Final = {"none": -1, "junior": 0, "senior": 1, "specialist": 2, SUPERVISOR: 3}
_NEVER: Final = datetime.min.replace(tzinfo=UTC)


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """The policy's numbers for routing."""

    widens_after_seconds: float = 60.0


class Assign(msgspec.Struct, frozen=True):
    """This person gets it; through the overflow pool, or as whose work it is."""

    owner: Person
    overflow: bool = False


class Queue(msgspec.Struct, frozen=True):
    """It waits: people are able, and all are full."""

    why: str


class ToSupervisor(msgspec.Struct, frozen=True):
    """Nobody on shift is able: a supervisor has it at once, whatever their load."""

    person: Person
    why: str


class Nobody(msgspec.Struct, frozen=True):
    """Nobody on shift is able, and no supervisor is there either."""

    why: str


Verdict = Assign | Queue | ToSupervisor | Nobody

NOBODY_ABLE: Final = "nobody_able_on_shift"
ALL_FULL: Final = "all_full"


def decide(item: Item, people: Iterable[Person], now: datetime, rules: Rules = Rules()) -> Verdict:  # noqa: B008
    """Who gets the item now; None of the people is an answer of its own."""
    present = [p for p in people if p.works(now) and p.id != item.passed_by]
    cleared_here = [p for p in present if takes(p, item.priority, item.ask.regulated)]
    able = [p for p in cleared_here if qualified(p, item.ask)]
    if not able:
        above = pick_supervisor(present, now, item.ask)
        return ToSupervisor(above, NOBODY_ABLE) if above else Nobody(NOBODY_ABLE)
    free = [p for p in able if p.fits(item.ask.channel)] or _generalists(item, cleared_here, rules)
    if not free:
        return Queue(ALL_FULL)
    return Assign(min(free, key=lambda p: rank(p, item)))


def pick_supervisor(people: Iterable[Person], now: datetime, ask: Ask) -> Person | None:
    """The supervisor on shift who fits best: language, skills, region, load, longest idle, login."""

    def order(person: Person) -> tuple[bool, int, bool, int, datetime, str]:
        missing = len(set(ask.asked) - person.skills.keys())
        return (
            not speaks(person, ask.language),
            missing,
            not of_region(person, ask),
            person.load,
            person.last_assigned_at or _NEVER,
            person.login,
        )

    present = (p for p in people if p.clearance == SUPERVISOR and p.works(now))
    return min(present, key=order, default=None)


def _generalists(item: Item, people: Sequence[Person], rules: Rules) -> list[Person]:
    if item.queued_seconds < rules.widens_after_seconds:
        return []
    return [p for p in people if p.fits(item.ask.channel) and qualified_as_generalist(p, item.ask)]


Rank = tuple[int, int, bool, bool, float, datetime, str]


def rank(person: Person, item: Item) -> Rank:
    """The smallest comes first; each part decides only between equals of those before it."""
    needed = _GRADE[_least_clearance(item)]
    return (
        _GRADE[person.clearance] - needed,
        -min(person.skills.get(skill, 0) for skill in item.ask.asked),
        not native(person, item.ask.language),
        not of_region(person, item.ask),
        person.filled(item.ask.channel),
        person.last_assigned_at or _NEVER,
        person.login,
    )


def _least_clearance(item: Item) -> str:
    grades = sorted(_GRADE, key=lambda name: _GRADE[name])
    return next(name for name in grades if cleared(name, item.priority, item.ask.regulated))
