"""Reads a policy document, and the siblings that it includes, as a ``Bundle``."""

from collections.abc import Mapping
from typing import Final

import msgspec
from msgspec import inspect

from newel.domain.policy.bundle import Bundle
from newel.domain.policy.document import Node, read_document
from newel.domain.policy.industry import resolved
from newel.domain.policy.problem import BrokenPolicy, Place, Problem
from newel.domain.policy.shape import Findings, Places, fit

_KIND: Final = inspect.type_info(Bundle)
INCLUDE: Final = "include"


class Source(msgspec.Struct, frozen=True):
    """The files of a policy as they were written: the main one and what it includes."""

    name: str
    text: str
    includes: Mapping[str, str] = {}

    @property
    def body(self) -> str:
        """All files as one text, as the store keeps them."""
        return msgspec.json.encode(self).decode()


def stored_source(body: str) -> Source:
    """The files of a stored text."""
    return msgspec.json.decode(body, type=Source)


def stored_bundle(body: str) -> Bundle:
    """The bundle of a stored text."""
    source = stored_source(body)
    return load_document(source.text, source.name, source.includes, stored=True).bundle


class Document(msgspec.Struct, frozen=True):
    """A bundle, and where each of its paths is written."""

    name: str
    bundle: Bundle
    places: Places


def load_bundle(text: str, name: str, includes: Mapping[str, str] = {}) -> Bundle:
    """The bundle of a document; ``includes`` holds the texts of its siblings by file name.

    Raises ``BrokenPolicy`` with every mistake that one pass can find.
    """
    return load_document(text, name, includes).bundle


def load_document(
    text: str, name: str, includes: Mapping[str, str] = {}, *, stored: bool = False
) -> Document:
    """As ``load_bundle``, with the places of all entries for the checks that follow.

    ``stored``: it was right once, and goes on running with keys that are gone since.
    """
    root, problems = read_document(text, name)
    merged = _with_includes(root, includes, problems)
    found = Findings(stored=stored)
    values = fit(merged, _KIND, (), found)
    problems += found.problems
    if problems:
        raise BrokenPolicy(name, problems)
    return Document(name, resolved(msgspec.convert(values, Bundle)), found.places)


def included(text: str, name: str) -> tuple[str, ...]:
    """The sibling files that a document asks for."""
    root, _ = read_document(text, name)
    listed = root.value.get(INCLUDE) if isinstance(root.value, dict) else None
    if listed is None or not isinstance(listed.value, list):
        return ()
    return tuple(one.value for one in listed.value if isinstance(one.value, str))


def _with_includes(root: Node, includes: Mapping[str, str], problems: list[Problem]) -> Node:
    """The root with the sections of its siblings merged in."""
    if not isinstance(root.value, dict):
        return root
    values = {key: node for key, node in root.value.items() if key != INCLUDE}
    keys = dict(root.keys)
    merged = Node(root.place, values, keys)
    for name in _asked(root, problems):
        if str(name.value) in includes:
            _merge(merged, _sibling(str(name.value), includes, problems), problems)
        else:
            hint = "put the file beside this one, or take the line out"
            problems.append(Problem(*name.place, INCLUDE, f'no file "{name.value}"', hint))
    return merged


def _asked(root: Node, problems: list[Problem]) -> list[Node]:
    listed = root.value.get(INCLUDE)
    if listed is None:
        return []
    if isinstance(listed.value, list):
        return [node for node in listed.value if isinstance(node, Node)]
    hint = "write include: [playbooks.yaml]"
    problems.append(Problem(*root.keys[INCLUDE], INCLUDE, "must be a list of files", hint))
    return []


def _sibling(name: str, includes: Mapping[str, str], problems: list[Problem]) -> Node:
    node, mistakes = read_document(includes[name], name)
    problems += mistakes
    if isinstance(node.value, dict) and INCLUDE not in node.value:
        return node
    place = node.keys.get(INCLUDE, node.place)
    said = "an included file holds sections, and includes nothing itself"
    problems.append(Problem(*place, "", said, "move its include to the main file"))
    return Node(node.place, {})


def _merge(into: Node, sibling: Node, problems: list[Problem]) -> None:
    """Add the sections of a sibling; the same entry in both files is a mistake."""
    for section, node in sibling.value.items():
        mine = into.value.get(section)
        if mine is None or mine.value is None:
            into.value[section], into.keys[section] = node, sibling.keys[section]
        elif isinstance(mine.value, dict) and isinstance(node.value, dict):
            into.value[section] = _joined(section, mine, node, problems)
        else:
            problems.append(_twice(section, sibling.keys[section], into.keys[section]))


def _joined(section: str, mine: Node, other: Node, problems: list[Problem]) -> Node:
    for key in mine.value.keys() & other.value.keys():
        problems.append(_twice(f"{section}.{key}", other.keys[key], mine.keys[key]))
    return Node(mine.place, {**other.value, **mine.value}, {**other.keys, **mine.keys})


def _twice(path: str, here: Place, there: Place) -> Problem:
    hint = f"keep one; the other is at {there.file}:{there.line}"
    return Problem(*here, path, "is defined in two files", hint)
