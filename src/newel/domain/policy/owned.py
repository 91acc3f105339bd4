"""Who answers for what carries no owner of its own, and since when: texts, phrases, fields, times (POL-1)."""

from collections.abc import Iterator
from typing import Final

from newel.domain.policy.bundle import Bundle
from newel.domain.policy.entry import Entry
from newel.domain.policy.problem import Path
from newel.domain.policy.reading_row import Row, row_of
from newel.domain.sentence import Value

SECTIONS: Final = (
    "messages",
    "texts",
    "commitments",
    "fields",
    "outside",
    "sla",
    "surveys",
    "calibration",
)
"""The sections whose entries are plain words or numbers."""


def keeper(bundle: Bundle, *path: str) -> Entry | None:
    """Who answers for a place: the nearest that is named; for a translation, who does for its message."""
    named = (bundle.owned.get(".".join(path[:n])) for n in range(len(path), 0, -1))
    found = next((one for one in named if one), None)
    if found is None and path[0] == "texts":
        return keeper(bundle, "messages", *path[2:])
    return found


def places(bundle: Bundle) -> Iterator[Path]:
    """Each place that somebody has to answer for."""
    yield ("sla",)
    for section in ("messages", "fields"):
        yield from ((section, key) for key in getattr(bundle, section))
    for language, texts in bundle.texts.items():
        yield from (("texts", language, key) for key in texts)
    for section in ("commitments", "outside", "calibration"):
        if getattr(bundle, section):
            yield (section,)


def kept(
    bundle: Bundle, path: tuple[str, ...], name: Value, words: Value = "", *, quotes: tuple[str, ...] = ()
) -> Row:
    """A row of what carries no owner itself, with who answers for it."""
    by = keeper(bundle, *path)
    if by is None:
        return Row(name=name, words=words, quotes=quotes)
    return row_of(name, by, words, quotes=quotes)
