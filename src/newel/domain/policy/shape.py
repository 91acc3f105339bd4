"""Holds a tree of nodes against the structs, and names every place where it does not fit."""

from collections.abc import Callable
from datetime import date
from enum import Enum, IntEnum
from typing import Any, Final

from msgspec import inspect

from newel.domain.policy.document import BROKEN, Node
from newel.domain.policy.problem import Path, Place, Problem, did_you_mean, listed
from newel.domain.words import Assist, Priority

SPELLINGS: Final[dict[type[IntEnum], dict[str, IntEnum]]] = {
    Priority: {one.name: one for one in Priority},
    Assist: {one.name.lower(): one for one in Assist},
}


GONE: Final = frozenset({("ActionClass", "capability")})
"""Keys that nothing reads any more: a version from before goes on running, a file is told."""


class Places(dict[Path, Place]):
    """Where each path of a document stands."""

    def of(self, path: Path) -> Place:
        """The place of a path, or of what it would be written in."""
        while path and path not in self:
            path = path[:-1]
        return self.get(path, Place("", 1, 1))


class Findings:
    """What was seen on the walk: places and problems; ``stored``: what is gone is passed over."""

    def __init__(self, *, stored: bool = False) -> None:
        self.places = Places()
        self.problems: list[Problem] = []
        self.passed = GONE if stored else frozenset()

    def say(self, place: Place, path: Path, message: str, hint: str = "") -> Any:
        """Note a mistake; what it stands for is BROKEN from here on."""
        self.problems.append(Problem(*place, ".".join(path), message, hint))
        return BROKEN


def fit(node: Node, kind: inspect.Type, path: Path, found: Findings) -> Any:
    """The node as plain values of the kind, or BROKEN with its mistakes noted in ``found``."""
    found.places.setdefault(path, node.place)
    if node.value is BROKEN:
        return BROKEN
    return _FITTERS[type(kind)](node, kind, path, found)


def _struct(node: Node, kind: Any, path: Path, found: Findings) -> Any:
    if not isinstance(node.value, dict):
        return _wrong(node, path, found, "must be a mapping of keys to values")
    fields = {field.encode_name: field for field in kind.fields}
    gone = {key for name, key in found.passed if name == kind.cls.__name__}
    for key in node.value.keys() - fields.keys() - gone:
        hint = did_you_mean(key, fields)
        found.say(node.keys[key], (*path, key), f'unknown key "{key}"', hint)
    values = {key: _field(node, field, path, found) for key, field in fields.items()}
    return {key: value for key, value in values.items() if value is not _ABSENT}


_ABSENT: Final = object()


def _field(node: Node, field: inspect.Field, path: Path, found: Findings) -> Any:
    name = field.encode_name
    given = node.value.get(name)
    if given is None or given.value is None:
        return _missing(node, field, path, found) if field.required else _ABSENT
    inner = (*path, name)
    found.places[inner] = node.keys[name]
    return fit(given, field.type, inner, found)


def _missing(node: Node, field: inspect.Field, path: Path, found: Findings) -> Any:
    place = found.places.of(path)
    return found.say(place, path, f'"{field.encode_name}" is missing', _wanted(field.type))


def _mapping(node: Node, kind: Any, path: Path, found: Findings) -> Any:
    if not isinstance(node.value, dict):
        return _wrong(node, path, found, "must be a mapping of names to entries")
    values = {}
    for key, inner in node.value.items():
        found.places[(*path, key)] = node.keys[key]
        fit(Node(node.keys[key], key), kind.key_type, (*path, key), found)
        values[key] = fit(inner, kind.value_type, (*path, key), found)
    return values


def _sequence(node: Node, kind: Any, path: Path, found: Findings) -> Any:
    if not isinstance(node.value, list):
        return _wrong(node, path, found, "must be a list, as [a, b]")
    steps = enumerate(node.value)
    return [fit(one, kind.item_type, (*path, str(at)), found) for at, one in steps]


def _union(node: Node, kind: Any, path: Path, found: Findings) -> Any:
    real = [one for one in kind.types if not isinstance(one, inspect.NoneType)]
    return None if node.value is None else fit(node, real[0], path, found)


def _any(node: Node, kind: Any, path: Path, found: Findings) -> Any:
    if isinstance(node.value, list):
        return [_any(one, kind, path, found) for one in node.value]
    if isinstance(node.value, dict):
        return {key: _any(one, kind, path, found) for key, one in node.value.items()}
    return node.value


def _choice(node: Node, kind: Any, path: Path, found: Findings) -> Any:
    """One of the literal or enum values, by the word that people write for it."""
    known = _choices(kind)
    if isinstance(node.value, str | int) and str(node.value) in known:
        return known[str(node.value)]
    hint = did_you_mean(node.value, known) if isinstance(node.value, str) else _wanted(kind)
    return found.say(node.place, path, f"{_shown(node.value)} is not a choice", hint)


def _choices(kind: Any) -> dict[str, Any]:
    if isinstance(kind, inspect.LiteralType):
        return {str(value): value for value in kind.values}
    spelled: dict[str, Any] = dict(SPELLINGS.get(kind.cls, {}))
    members: type[Enum] = kind.cls
    return {
        word: member.value for word, member in (spelled or {str(one.value): one for one in members}).items()
    }


def _text(node: Node, _kind: Any, path: Path, found: Findings) -> Any:
    if isinstance(node.value, str) and "\x00" not in node.value:
        return node.value
    return _wrong(node, path, found, "must be text", f'put it in quotes: "{node.value}"')


def _integer(node: Node, _kind: Any, path: Path, found: Findings) -> Any:
    if type(node.value) is int:
        return node.value
    return _wrong(node, path, found, "must be a whole number")


def _number(node: Node, _kind: Any, path: Path, found: Findings) -> Any:
    if type(node.value) in (int, float):
        return node.value
    return _wrong(node, path, found, "must be a number")


def _truth(node: Node, _kind: Any, path: Path, found: Findings) -> Any:
    if isinstance(node.value, bool):
        return node.value
    return _wrong(node, path, found, "must be true or false")


def _date(node: Node, _kind: Any, path: Path, found: Findings) -> Any:
    try:
        return date.fromisoformat(node.value)
    except (TypeError, ValueError):
        return _wrong(node, path, found, "must be a date, as 2026-11-20")


def _wrong(node: Node, path: Path, found: Findings, must: str, hint: str = "") -> Any:
    plain = not isinstance(node.value, dict | list)
    said = hint if plain and node.value is not None else ""
    return found.say(node.place, path, f"{must}, not {_shown(node.value)}", said)


def _shown(value: Any) -> str:
    """The value as the person wrote it, in a few words."""
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value[:60]}"' if isinstance(value, str) else str(value)


def _wanted(kind: inspect.Type) -> str:
    """What would be right for a kind, in a few words."""
    if isinstance(kind, inspect.LiteralType | inspect.EnumType):
        return f"write one of {listed(list(_choices(kind)))}"
    if isinstance(kind, inspect.StructType):
        needed = [field.encode_name for field in kind.fields if field.required]
        return f"add it with {listed(needed)}" if needed else "add it as a mapping"
    return _WANTED.get(type(kind), "add it")


_WANTED: Final[dict[type, str]] = {
    inspect.StrType: "add it as text",
    inspect.IntType: "add it as a whole number",
    inspect.FloatType: "add it as a number",
    inspect.DateType: "add it as a date, as 2026-11-20",
    inspect.VarTupleType: "add it as a list, as [a, b]",
    inspect.DictType: "add it as a mapping of names to entries",
}
_FITTERS: Final[dict[type, Callable[[Node, Any, Path, Findings], Any]]] = {
    inspect.StructType: _struct,
    inspect.DictType: _mapping,
    inspect.VarTupleType: _sequence,
    inspect.UnionType: _union,
    inspect.AnyType: _any,
    inspect.LiteralType: _choice,
    inspect.EnumType: _choice,
    inspect.StrType: _text,
    inspect.IntType: _integer,
    inspect.FloatType: _number,
    inspect.BoolType: _truth,
    inspect.DateType: _date,
}
