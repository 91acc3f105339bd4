"""One message as the triggers see it: what the lexicon found, and what is known besides."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from newel.domain.policy.bundle import Bundle
from newel.domain.scan.features import ScanInput
from newel.domain.scan.lexicon import Phrases
from newel.domain.scan.receipt import Evidence, Language
from newel.domain.words import Span


@dataclass(frozen=True, slots=True)
class Found:
    """The occurrences of one entry: places in the text, and what stands beside it."""

    phrases: Phrases
    places: tuple[Span, ...]
    beside: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Cue:
    """A place where the sender's behaviour shows emotion, and how much it weighs."""

    weight: float
    place: Span


@dataclass(frozen=True, slots=True)
class Reading:
    """``own`` is the text with quotations blanked out, position by position.

    ``served`` are the languages that the workflow serves and the lexicon knows.
    """

    message: ScanInput
    bundle: Bundle
    text: str
    own: str
    found: Mapping[str, tuple[Found, ...]]
    language: Language
    served: tuple[str, ...] = ()
    behaviour: tuple[Cue, ...] = ()

    def threshold(self, name: str, default: float) -> float:
        """A number of the policy, or what stands in for it."""
        entry = self.bundle.thresholds.get(name)
        return default if entry is None else entry.value

    def evidence(self, families: Iterable[str], least: float = 1.0) -> tuple[Evidence, ...]:
        """Where the families occur, by entries that weigh at least so much."""
        return tuple(
            item
            for family in families
            for found in self.found.get(family, ())
            if found.phrases.weight >= least
            for item in self.shown(found)
        )

    def shown(self, found: Found) -> tuple[Evidence, ...]:
        """The occurrences of one entry, as evidence."""
        return (*(self.at(place) for place in found.places), *found.beside)

    def at(self, place: Span) -> Evidence:
        """A place in the text, as evidence."""
        return Evidence(place.start, place.end, self.text[place.start : place.end])


def fact(words: str) -> tuple[Evidence, ...]:
    """One fact, as evidence."""
    return (Evidence(fact=words),)
