"""Setting a floor on the operator's own labelled messages: what each one finds, and what it costs."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from newel.domain.errors import Invalid
from newel.domain.interval import Share, share

_TEXT, _LABEL = "text", "label"
_YES: Final = frozenset({"1", "yes", "true", "y", "anger", "distress", "grief", "frustration", "emotion"})
_NO: Final = frozenset({"", "0", "no", "false", "n", "none", "neutral"})
_LEAST_EACH: Final = 20
_STEPS: Final = tuple(round(0.05 * step, 2) for step in range(1, 20))
_VALUE = re.compile(r"(value:\s*)[0-9.]+")


class Labelled(msgspec.Struct, frozen=True):
    """A message, and whether a person judged that it shows the emotion."""

    line: int
    text: str
    shows: bool


class BadRow(msgspec.Struct, frozen=True):
    """A row that cannot be used, and why."""

    line: int
    why: str


class Trade(msgspec.Struct, frozen=True):
    """A floor with what it finds of the messages that show it, and how many of the others it fires on."""

    floor: float
    recall: Share
    alarms: Share


def labelled(content: str) -> Iterator[Labelled | BadRow]:
    """The rows of a CSV with the columns text and label; ``Invalid`` where it has no such columns."""
    rows = csv.DictReader(io.StringIO(content, newline=""))
    missing = {_TEXT, _LABEL} - set(rows.fieldnames or ())
    if missing:
        raise Invalid(what="the labels", why=f"the first line names no column {', '.join(sorted(missing))}")
    try:
        for row in rows:
            yield _row(rows.line_num, row.get(_TEXT) or "", row.get(_LABEL))
    except csv.Error as error:
        yield BadRow(rows.line_num, str(error))


def _row(line: int, text: str, label: str | None) -> Labelled | BadRow:
    if label is None:
        return BadRow(line, "it has no label")
    if not text.strip():
        return BadRow(line, "its text is empty")
    word = label.strip().lower()
    if word in _YES or word in _NO:
        return Labelled(line, text, word in _YES)
    return BadRow(line, f'"{label}" is no label; write yes or no')


def trades(scores: Sequence[float], shows: Sequence[bool]) -> tuple[Trade, ...]:
    """Every floor in steps of 0.05; ``Invalid`` where there are too few of a kind to tell."""
    yes = [score for score, shown in zip(scores, shows, strict=True) if shown]
    no = [score for score, shown in zip(scores, shows, strict=True) if not shown]
    for what, found in (("that show it", yes), ("that do not", no)):
        if len(found) < _LEAST_EACH:
            why = f"{len(found)} messages {what}; {_LEAST_EACH} are needed at least"
            raise Invalid(what="the labels", why=why)
    return tuple(Trade(floor, _over(yes, floor), _over(no, floor)) for floor in _STEPS)


def _over(scores: Sequence[float], floor: float) -> Share:
    return share(sum(score > floor for score in scores), len(scores))


def best(found: Sequence[Trade], most_alarms: float) -> Trade | None:
    """The lowest floor whose false alarms are, with confidence, not more than wished."""
    return next((trade for trade in found if trade.alarms.high <= most_alarms), None)


def with_floor(policy: str, name: str, value: float) -> str | None:
    """The policy's text with one threshold's value changed, and nothing else; None where it has none."""
    at = re.search(rf"^thresholds:.*?^  {re.escape(name)}:", policy, re.MULTILINE | re.DOTALL)
    if at is None:
        return None
    changed, count = _VALUE.subn(rf"\g<1>{value:.2f}", policy[at.end() :], count=1)
    return policy[: at.end()] + changed if count else None
