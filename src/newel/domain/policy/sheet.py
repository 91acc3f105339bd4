"""What a check works on: the document, what the house knows, and a pen for problems."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from newel.domain.policy.bundle import Bundle
from newel.domain.policy.offer import Offer
from newel.domain.policy.parse import Document
from newel.domain.policy.playbook import Playbook
from newel.domain.policy.problem import Problem, did_you_mean


@dataclass(frozen=True, kw_only=True)
class Known:
    """What the rest of the house provides, as values.

    ``factors`` are what a risk score may be made of besides triggers and clusters;
    ``playbook`` and ``offer`` tell what is wrong inside of one, each as ``path: message``.
    """

    lexicons: frozenset[str]
    detectors: frozenset[str]
    facts: frozenset[str]
    factors: frozenset[str]
    zones: frozenset[str]
    countries: frozenset[str]
    playbook: Callable[[Playbook], Iterable[str]]
    offer: Callable[[Offer], Iterable[str]]


@dataclass(frozen=True)
class Sheet:
    """One document under check."""

    document: Document
    known: Known

    @property
    def bundle(self) -> Bundle:
        """The values of the document."""
        return self.document.bundle

    def wrong(self, *path: str | int, says: str, hint: str = "") -> Problem:
        """A mistake at a path."""
        steps = tuple(map(str, path))
        place = self.document.places.of(steps)
        return Problem(*place, ".".join(steps), says, hint)

    def mild(self, *path: str | int, says: str, hint: str = "") -> Problem:
        """A remark that does not stop the document."""
        steps = tuple(map(str, path))
        place = self.document.places.of(steps)
        return Problem(*place, ".".join(steps), says, hint, "warning")

    def named(self, *path: str | int, what: str, name: str, among: Iterable[str]) -> Iterator[Problem]:
        """A mistake when ``name`` is not one of what is defined."""
        known = frozenset(among)
        if name not in known:
            yield self.wrong(*path, says=f'unknown {what} "{name}"', hint=did_you_mean(name, known))

    def within(self, *path: str | int, value: float, low: float, high: float) -> Iterator[Problem]:
        """A mistake when a number is out of its range."""
        if not low <= value <= high:
            yield self.wrong(*path, says=f"{value:g} is out of range", hint=f"{low:g} to {high:g} is right")


def blank(text: str) -> bool:
    """Whether nothing is written."""
    return not text.strip()
