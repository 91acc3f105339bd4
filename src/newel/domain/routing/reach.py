"""Who may have which work: clearance, language, skills, channel and region."""

from collections.abc import Mapping

from newel.domain.access import CLEARED
from newel.domain.escalation import cleared
from newel.domain.routing.work import SUPERVISOR, Ask, Person
from newel.domain.words import Priority


def takes(person: Person, priority: Priority, regulated: bool) -> bool:
    """Whether the ring's rule lets this person have such work; supervisors stand outside it."""
    return person.clearance != SUPERVISOR and cleared(person.clearance, priority, regulated)


def qualified(person: Person, ask: Ask) -> bool:
    """Whether the person speaks the language, has all the skills, and is within its reach."""
    return speaks(person, ask.language) and set(ask.asked) <= person.skills.keys() and reaches(person, ask)


def reaches(person: Person, ask: Ask) -> bool:
    """Whether the person serves the channel at all, and is of the region where that is needed."""
    served = person.channel_capacity.get(ask.channel, 1) > 0
    return served and (not ask.region_needed or of_region(person, ask))


def of_region(person: Person, ask: Ask) -> bool:
    """Whether the person is of the region that the work is for, if it is for one."""
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


def serves(person: Person, ask: Ask) -> bool:
    """Whether the person's clearance lets them have such work at any priority."""
    return any(takes(person, priority, ask.regulated) for priority in Priority)


def speaks(person: Person, language: str) -> bool:
    """Whether the person speaks a language, as anybody speaks it."""
    return _tongue(language) in map(_tongue, person.languages)


def native(person: Person, language: str) -> bool:
    """Whether it is the language that the person speaks first."""
    return [_tongue(spoken) for spoken in person.languages[:1]] == [_tongue(language)]


def _tongue(language: str) -> str:
    """``en-GB`` is spoken by who speaks ``en``."""
    return language.partition("-")[0].lower()
