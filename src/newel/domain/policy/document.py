"""YAML text as a tree of values that know their place.

Only the plain part of YAML is read: no anchors (so no bombs), no tags, no duplicate keys, and
``yes``, ``no`` and ``on`` are words. What is quoted is text, whatever it looks like.
"""

import math
import re
from collections.abc import Iterator
from typing import Any, Final

import yaml
from yaml.events import (
    AliasEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    StreamEndEvent,
)

from newel.domain.policy.problem import BrokenPolicy, Place, Problem

MOST_CHARACTERS: Final = 500_000
MOST_LEVELS: Final = 32
_LOADER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INTEGER: Final = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,14})")
_DECIMAL: Final = re.compile(r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+)(?:[eE][-+]?[0-9]{1,3})?")
_CONSTANTS: Final = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True,
    "false": False, "False": False, "FALSE": False,
}  # fmt: skip


class Broken:
    """Stands for a value that was reported already, and needs no second remark."""


BROKEN: Final = Broken()


class Node:
    """A value with its place; a mapping also knows the places of its keys."""

    __slots__ = ("keys", "place", "value")

    def __init__(self, place: Place, value: Any, keys: dict[str, Place] | None = None) -> None:
        self.place = place
        self.value = value
        self.keys = keys or {}


def read_document(text: str, file: str) -> tuple[Node, list[Problem]]:
    """The tree of a document and the mistakes met; raises ``BrokenPolicy`` if it is no YAML."""
    if len(text) > MOST_CHARACTERS:
        said = f"has {len(text)} characters; the most is {MOST_CHARACTERS}"
        raise BrokenPolicy(file, [Problem(file, 1, 1, "", said)])
    try:
        reader = _Reader(file, yaml.parse(text, Loader=_LOADER))
        return reader.document(), reader.problems
    except yaml.MarkedYAMLError as error:
        raise BrokenPolicy(file, [_marked(file, error)]) from None
    except (yaml.YAMLError, UnicodeError) as error:
        raise BrokenPolicy(file, [_unreadable(file, text, error)]) from None


def _marked(file: str, error: yaml.MarkedYAMLError) -> Problem:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    context = f" {error.context}" if error.context else ""
    hint = "check the indentation, colons and quotes here and on the line above"
    return Problem(file, line, column, "", f"not YAML: {error.problem}{context}", hint)


def _unreadable(file: str, text: str, error: Exception) -> Problem:
    position = getattr(error, "position", getattr(error, "start", 0)) or 0
    line = text.count("\n", 0, position) + 1
    hint = "save the file as UTF-8 without control characters"
    return Problem(file, line, 1, "", "holds a character that YAML does not allow", hint)


class _Reader:
    """Builds nodes from events, collecting mistakes on the way."""

    def __init__(self, file: str, events: Iterator[Event]) -> None:
        self.file = file
        self.events = events
        self.problems: list[Problem] = []

    def document(self) -> Node:
        """The only document of the stream."""
        next(self.events)
        start = next(self.events)
        if isinstance(start, StreamEndEvent):
            return Node(Place(self.file, 1, 1), {})
        root = self._node(next(self.events), 0)
        next(self.events)
        extra = next(self.events)
        if isinstance(extra, DocumentStartEvent):
            self._say(self._place(extra), "a second document begins here", "one file, one document")
        return root

    def _node(self, event: Event, level: int) -> Node:
        place = self._place(event)
        if level > MOST_LEVELS:
            said = Problem(self.file, *place[1:], "", f"nested deeper than {MOST_LEVELS} levels")
            raise BrokenPolicy(self.file, [said])
        if isinstance(event, AliasEvent):
            self._say(place, f'the alias "*{event.anchor}" is not read', "write the value out")
            return Node(place, BROKEN)
        self._refuse_extras(event, place)
        if isinstance(event, ScalarEvent):
            return Node(place, _scalar(event))
        if isinstance(event, MappingStartEvent):
            return self._mapping(place, level)
        return self._sequence(place, level)

    def _refuse_extras(self, event: Event, place: Place) -> None:
        if isinstance(event, NodeEvent) and event.anchor:
            self._say(place, f'the anchor "&{event.anchor}" is not read', "take it out")
        if isinstance(event, CollectionStartEvent | ScalarEvent) and event.tag:
            self._say(place, f'the tag "{event.tag}" is not read', "take it out")

    def _sequence(self, place: Place, level: int) -> Node:
        items: list[Node] = []
        while not isinstance(event := next(self.events), SequenceEndEvent):
            items.append(self._node(event, level + 1))
        return Node(place, items)

    def _mapping(self, place: Place, level: int) -> Node:
        values: dict[str, Node] = {}
        keys: dict[str, Place] = {}
        while not isinstance(event := next(self.events), MappingEndEvent):
            key, at = self._key(event, level), self._place(event)
            value = self._node(next(self.events), level + 1)
            if key in values:
                first = f"it stands first on line {keys[key].line}"
                self._say(at, f'the key "{key}" is here twice', f"keep one; {first}")
            elif key is not None:
                values[key], keys[key] = value, at
        return Node(place, values, keys)

    def _key(self, event: Event, level: int) -> str | None:
        if isinstance(event, ScalarEvent):
            return str(event.value)
        self._node(event, level + 1)
        self._say(self._place(event), "a key must be one word", "write key: value")
        return None

    def _place(self, event: Event) -> Place:
        mark: Any = event.start_mark
        return Place(self.file, mark.line + 1, mark.column + 1)

    def _say(self, place: Place, message: str, hint: str = "") -> None:
        self.problems.append(Problem(*place, "", message, hint))


def _scalar(event: ScalarEvent) -> Any:
    """The value of a plain scalar by YAML 1.2's core schema; all else is text."""
    text = str(event.value)
    if not event.implicit[0]:
        return text
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text) and _is_decimal(text):
        return float(text)
    return text


def _is_decimal(text: str) -> bool:
    """Digits alone that are no integer (``0044…``, twenty digits) are an identifier: text."""
    return not text.lstrip("+-").isdigit() and math.isfinite(float(text))
