"""One message as the triggers see it: what the lexicon found, and what is known besides."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from newel.domain.policy.bundle import Bundle
from newel.domain.scan.features import ScanInput
from newel.domain.scan.lexicon import Phrases
from newel.domain.scan.receipt import Evidence, Language, stated
from newel.domain.sentence import Sentence, Share, joined, spelt
from newel.domain.words import Span

_HEARD: Final = Sentence("a model hears %(family)s in it, %(score)s sure (%(model)s)")


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
class Heard:
    """What a model says of a family: how likely the message is of it, and where it seems so."""

    score: float
    by: str
    place: Span | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """``own`` is the text with quotations blanked out, position by position.

    ``served`` are the languages that the workflow serves and the lexicon knows; ``heard`` is what
    the models that know the message's language say of each family.
    """

    message: ScanInput
    bundle: Bundle
    text: str
    own: str
    found: Mapping[str, tuple[Found, ...]]
    language: Language
    served: tuple[str, ...] = ()
    behaviour: tuple[Cue, ...] = ()
    heard: Mapping[str, Heard] = field(default_factory=dict)

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

    def loudest(self, families: Iterable[str]) -> tuple[str, Heard] | None:
        """The family of these that the models think likeliest."""
        said = [(family, self.heard[family]) for family in families if family in self.heard]
        return max(said, key=lambda each: each[1].score, default=None)

    def told(self, family: str, heard: Heard) -> tuple[Evidence, ...]:
        """What a model says, as evidence: the place, and the score with the model's version."""
        place = (self.at(heard.place),) if heard.place else ()
        name, _, version = heard.by.partition(" ")
        model = joined((spelt(name), version), " ") if version else spelt(name)
        said = _HEARD.of(family=spelt(family), score=Share(heard.score), model=model)
        return (*place, stated(said))

    def shown(self, found: Found) -> tuple[Evidence, ...]:
        """The occurrences of one entry, as evidence."""
        return (*(self.at(place) for place in found.places), *found.beside)

    def at(self, place: Span) -> Evidence:
        """A place in the text, as evidence."""
        return Evidence(place.start, place.end, self.text[place.start : place.end])


def fact(says: Sentence) -> tuple[Evidence, ...]:
    """One fact, as evidence."""
    return (stated(says),)
