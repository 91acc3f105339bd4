"""Routing: who is able, who is eligible, who comes first, and who when nobody is."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final, Literal
from uuid import UUID

import msgspec

from newel.domain.access import CLEARED
from newel.domain.calendar import is_open
from newel.domain.escalation import cleared
from newel.domain.sentence import Sentence, joined, spelt, spoken
from newel.domain.words import Priority

SUPERVISOR: Final = "supervisor"
_GRADE: Final = {"none": -1, "junior": 0, "senior": 1, "specialist": 2, SUPERVISOR: 3}
_NEVER: Final = datetime.min.replace(tzinfo=UTC)
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


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who may be given work; of ``languages`` the first is native.

    ``channel_capacity`` is how much of one channel they have at once, besides the whole; none is
    set for a channel that the whole alone limits, and 0 is for one that they do not serve.
    """

    id: UUID
    login: str
    clearance: str
    skills: Mapping[str, int] = {}
    languages: tuple[str, ...] = ()
    zone: str = "UTC"
    shifts: Mapping[str, tuple[str, ...]] = {}
    team: str = "inhouse"
    capacity: int = 0
    load: int = 0
    channel_capacity: Mapping[str, int] = {}
    channel_load: Mapping[str, int] = {}
    region: str = ""
    available: bool = False
    last_assigned_at: datetime | None = None

    def works(self, now: datetime) -> bool:
        """Whether the person is present and within their shift."""
        return self.available and is_open(self.shifts, self.zone, now)

    def standing(self, now: datetime) -> Literal["available", "away", "off_shift"]:
        """How the person stands to new work, as a board shows it."""
        if not is_open(self.shifts, self.zone, now):
            return "off_shift"
        return "available" if self.available else "away"

    @property
    def room(self) -> int:
        """How many more items fit."""
        return max(self.capacity - self.load, 0)

    @property
    def free(self) -> bool:
        """Whether one more item fits."""
        return self.load < self.capacity

    def room_by(self, channel: str) -> int:
        """How many more items of this channel fit."""
        most = self.channel_capacity.get(channel, self.capacity)
        return min(self.room, max(most - self.channel_load.get(channel, 0), 0))

    @property
    def full_of(self) -> frozenset[str]:
        """The channels of which nothing more fits."""
        limits = self.channel_capacity.items()
        return frozenset(name for name, most in limits if self.channel_load.get(name, 0) >= most)

    def fits(self, channel: str) -> bool:
        """Whether one more item of this channel fits."""
        return self.free and channel not in self.full_of

    def filled(self, channel: str) -> float:
        """How full they are for one more of this channel: as a whole or by it, whichever is more."""
        most = self.channel_capacity.get(channel, self.capacity)
        of_it = self.channel_load.get(channel, 0) / most if most else 1.0
        return max(self.load / self.capacity if self.capacity else 1.0, of_it)


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """What a kind of work needs: a bucket. No skills means the general one, whose name is the workflow's.

    Of its ``region`` is who comes first among equals, or where it is needed nobody else.
    """

    language: str
    skills: tuple[str, ...] = ()
    regulated: bool = False
    generalist: str = "general"
    channel: str = ""
    region: str = ""
    region_needed: bool = False

    @property
    def asked(self) -> tuple[str, ...]:
        """The skills that the work needs: without any of its own, the general one."""
        return self.skills or (self.generalist,)


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """Queued work that wants its person; not the one who has just passed it on."""

    ask: Ask
    priority: Priority
    queued_seconds: float = 0.0
    passed_by: UUID | None = None


class Fit(msgspec.Struct, frozen=True, kw_only=True):
    """How one person fits an item that is given by hand: what forbids it, and what speaks against it."""

    person: Person
    forbidden: Sentence | None = None
    doubts: tuple[Sentence, ...] = ()

    @property
    def against(self) -> tuple[Sentence, ...]:
        """All that is against it, the worst first."""
        return (self.forbidden, *self.doubts) if self.forbidden else self.doubts


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


def takes(person: Person, priority: Priority, regulated: bool) -> bool:
    """Whether the ring's rule lets this person have such work; supervisors stand outside it."""
    return person.clearance != SUPERVISOR and cleared(person.clearance, priority, regulated)


def qualified(person: Person, ask: Ask) -> bool:
    """Whether the person speaks the language, has all the skills, and is within its reach."""
    return speaks(person, ask.language) and set(ask.asked) <= person.skills.keys() and reaches(person, ask)


def reaches(person: Person, ask: Ask) -> bool:
    """Whether the person serves the channel at all, and is of the region where that is needed."""
    served = person.channel_capacity.get(ask.channel, 1) > 0
    return served and (not ask.region_needed or _of_region(person, ask))


def _of_region(person: Person, ask: Ask) -> bool:
    return not ask.region or person.region == ask.region


def qualified_as_generalist(person: Person, ask: Ask) -> bool:
    """Whether the person may stand in after a while; never for regulated work."""
    if ask.regulated or ask.generalist not in person.skills:
        return False
    return speaks(person, ask.language) and reaches(person, ask)


def eligible(person: Person, buckets: Mapping[int, Ask]) -> list[int]:
    """The buckets that the person serves with all their skills."""
    fit = (p for p, ask in buckets.items() if qualified(person, ask) and serves(person, ask))
    return sorted(fit)


def general(person: Person, buckets: Mapping[int, Ask]) -> list[int]:
    """The further buckets that the person serves as a generalist."""
    own = set(eligible(person, buckets))
    fit = (p for p, ask in buckets.items() if qualified_as_generalist(person, ask))
    return sorted(set(fit) - own if person.clearance != SUPERVISOR else ())


def highest(person: Person) -> Priority | None:
    """The most urgent priority that the person takes from the queue; None: nothing at all."""
    if person.clearance == SUPERVISOR:
        return None
    return min(CLEARED.get(person.clearance, frozenset()), default=None)


def pick_supervisor(people: Iterable[Person], now: datetime, ask: Ask) -> Person | None:
    """The supervisor on shift who fits best: language, skills, region, load, longest idle, login."""

    def order(person: Person) -> tuple[bool, int, bool, int, datetime, str]:
        missing = len(set(ask.asked) - person.skills.keys())
        return (
            not speaks(person, ask.language),
            missing,
            not _of_region(person, ask),
            person.load,
            person.last_assigned_at or _NEVER,
            person.login,
        )

    present = (p for p in people if p.clearance == SUPERVISOR and p.works(now))
    return min(present, key=order, default=None)


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
    if not _of_region(person, item.ask):
        yield _ELSEWHERE.of(region=spelt(item.ask.region))
    if person.id == item.passed_by:
        yield _PASSED_IT_ON


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
        not _native(person, item.ask.language),
        not _of_region(person, item.ask),
        person.filled(item.ask.channel),
        person.last_assigned_at or _NEVER,
        person.login,
    )


def _least_clearance(item: Item) -> str:
    grades = sorted(_GRADE, key=lambda name: _GRADE[name])
    return next(name for name in grades if cleared(name, item.priority, item.ask.regulated))


def serves(person: Person, ask: Ask) -> bool:
    """Whether the person's clearance lets them have such work at any priority."""
    return any(takes(person, priority, ask.regulated) for priority in Priority)


def speaks(person: Person, language: str) -> bool:
    """Whether the person speaks a language, as anybody speaks it."""
    return _tongue(language) in map(_tongue, person.languages)


def _native(person: Person, language: str) -> bool:
    return [_tongue(spoken) for spoken in person.languages[:1]] == [_tongue(language)]


def _tongue(language: str) -> str:
    """``en-GB`` is spoken by who speaks ``en``."""
    return language.partition("-")[0].lower()
