"""One playbook as it is written in the files of its policy, and the same files with it written anew.

Nothing else of a file is touched: comments, order and spacing stay as people left them.
"""

from typing import Final

import msgspec

from newel.domain.errors import Invalid, NotFound
from newel.domain.policy.document import Node, read_document
from newel.domain.policy.parse import Source

SECTION: Final = "playbooks"
LONGEST: Final = 60_000


class Lines(msgspec.Struct, frozen=True):
    """Where the body of a playbook stands: its file (empty: the main one), its lines, and their margin."""

    file: str
    first: int
    after: int
    indent: int


def excerpt(source: Source, key: str) -> str:
    """The body of a playbook, set back to the margin."""
    at = lines_of(source, key)
    body = _text(source, at.file).split("\n")[at.first : at.after]
    return "\n".join(line[at.indent :] for line in body)


def rewritten(source: Source, key: str, body: str) -> Source:
    """The same files with another body of this playbook."""
    at = lines_of(source, key)
    lines = _text(source, at.file).split("\n")
    wanted = [line.rstrip() for line in body.replace("\r\n", "\n").strip("\n").split("\n")]
    lines[at.first : at.after] = [" " * at.indent + line if line else "" for line in wanted]
    text = "\n".join(lines)
    if not at.file:
        return msgspec.structs.replace(source, text=text)
    return msgspec.structs.replace(source, includes={**source.includes, at.file: text})


def lines_of(source: Source, key: str) -> Lines:
    """Where a playbook is written; ``Invalid`` where it has no lines of its own."""
    for file in ("", *source.includes):
        root, _ = read_document(_text(source, file), file or source.name)
        section = root.value.get(SECTION) if isinstance(root.value, dict) else None
        if isinstance(section, Node) and key in section.keys:
            place = section.keys[key]
            return _lines(_text(source, file).split("\n"), file, place.line, place.column - 1)
    raise NotFound(what="playbook", id=key)


def _text(source: Source, file: str) -> str:
    return source.includes[file] if file else source.text


def _lines(lines: list[str], file: str, first: int, outside: int) -> Lines:
    """From the line after the key to the last that is set in further than the key."""
    after = first
    for n in range(first, len(lines)):
        if not lines[n].strip():
            continue
        if _set_in(lines[n]) <= outside:
            break
        after = n + 1
    if after == first or lines[first - 1][:outside].strip():
        raise Invalid(what="the playbook", why="it stands on one line; change it in its file")
    indent = min(_set_in(line) for line in lines[first:after] if line.strip())
    return Lines(file, first, after, indent)


def _set_in(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
