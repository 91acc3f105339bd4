"""What a playbook may know: slots, the customer, fields, and facts of systems of record."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec

from newel.domain.ports import Facts

OWNER_KEYS: Final = ("customer", "customer_ref")


class Absent:
    """The answer for a path that leads nowhere; distinct from every value."""


ABSENT: Final = Absent()


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """All that stands when a playbook is followed.

    ``facts`` maps a need to what its look-up said; None means "asked, and no such record".
    """

    slots: Mapping[str, str] = {}
    profile: Mapping[str, Any] = {}
    fields: Mapping[str, Any] = {}
    facts: Mapping[str, Facts | None] = {}

    def tree(self) -> dict[str, Any]:
        """One tree of values for dotted paths; the names of needs cannot hide the others."""
        found = {need: said.values for need, said in self.facts.items() if said}
        own = {"slots": self.slots, "customer": self.profile, "fields": self.fields}
        return {**found, **own}


def at(tree: Any, path: str) -> Any:
    """The value under a dotted path (numbers index lists), or ``ABSENT``; null is absent."""
    value = tree
    for step in path.split("."):
        value = _step(value, step)
        if value is ABSENT or value is None:
            return ABSENT
    return value


def _step(value: Any, step: str) -> Any:
    if isinstance(value, Mapping):
        return value.get(step, ABSENT)
    if isinstance(value, Sequence) and not isinstance(value, str) and step.isdigit():
        return value[int(step)] if int(step) < len(value) else ABSENT
    return ABSENT


def beside(tree: Any, path: str, key: str) -> Any:
    """The value of ``key`` nearest to a path: a sibling first, then one level up, and so on."""
    steps = path.split(".")[:-1]
    while steps:
        found = at(tree, ".".join([*steps, key]))
        if found is not ABSENT:
            return found
        steps.pop()
    return ABSENT


def owners(value: Any) -> Iterator[str]:
    """Every customer that a record, or a record inside it, says it belongs to."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key in OWNER_KEYS and isinstance(inner, str):
                yield inner
            else:
                yield from owners(inner)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for inner in value:
            yield from owners(inner)
