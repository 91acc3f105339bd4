"""Tags: words of a team on a case, to find again what belongs together. They name matters, never people."""

import re
from collections.abc import Iterable
from typing import Final

import msgspec

from newel.domain.errors import Conflict, Invalid
from newel.domain.sentence import Sentence

MOST: Final = 20
"""How many one case carries."""
LONGEST: Final = 32
_APART: Final = re.compile(r"[,;\n]+")
_TAG: Final = re.compile(r"[^\W_]+(-[^\W_]+)*\Z")
_NUMBER: Final = re.compile(r"\d{5}")
_FULL: Final = Sentence("a case carries %(most)s at most")
_TAGGED: Final = Sentence("the tag %(tag)s")


class Change(msgspec.Struct, frozen=True):
    """What is put on a case and what is taken off; both may be empty."""

    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.add or self.remove)


def fit(text: str) -> tuple[str, ...]:
    """The tags of a text, each once: small letters, joined by hyphens; ``Invalid`` when one is no tag."""
    parts = [part.strip().strip("#") for part in _APART.split(text)]
    return tuple(dict.fromkeys(_one(part) for part in parts if part))


def _one(text: str) -> str:
    tag = "-".join(text.casefold().split())
    if len(tag) > LONGEST or not _TAG.match(tag):
        why = Sentence("a tag is made of letters, digits and hyphens, %(most)s at most")
        raise Invalid(what=_TAGGED.of(tag=tag[:LONGEST]), why=why.of(most=LONGEST))
    if _NUMBER.search(tag):
        raise Invalid(what=_TAGGED.of(tag=tag), why="a tag names a matter, not a number of somebody's")
    return tag


def change(now: Iterable[str], add: Iterable[str], remove: Iterable[str]) -> Change:
    """What is left to do on a case with these tags; ``Conflict`` when it would carry too many."""
    has, gone = set(now), set(remove) - set(add)
    left = Change(tuple(one for one in add if one not in has), tuple(sorted(has & gone)))
    size = len(has) + len(left.add) - len(left.remove)
    if size > MOST and left.add:
        raise Conflict(
            what="the list of its tags",
            state="full",
            why=_FULL.of(most=MOST),
        )
    return left
