"""Notes: what people write to each other on a case, whom they name, and who may read them."""

import re
from enum import StrEnum
from typing import Final

import msgspec

from newel.domain.access import Act, Actor
from newel.domain.errors import Invalid, TooLarge

LONGEST: Final = 20_000
MOST_NAMED: Final = 20
_NAMED: Final = re.compile(r"(?<![\w@.+-])@([a-z][a-z0-9_.-]{0,63})")


class Kind(StrEnum):
    """What a note is: somebody's own, the reason of a handover, a question to an expert, its answer."""

    NOTE = "note"
    HANDOVER = "handover"
    QUESTION = "question"
    ANSWER = "answer"


class Tie(msgspec.Struct, frozen=True, kw_only=True):
    """How a person stands to a case: they own it, or a live grant opens it to them."""

    owns: bool = False
    granted: bool = False


def fit(text: str) -> str:
    """The text of a note; ``Invalid`` when it says nothing, ``TooLarge`` when it says too much."""
    said = text.strip()
    if not said:
        raise Invalid(what="the note", why="it is empty")
    if len(said) > LONGEST:
        raise TooLarge(what="the note", size=len(said), limit=LONGEST)
    return said


def named(text: str) -> tuple[str, ...]:
    """The logins that a text names (``@esme``), each once, in order; an address names nobody."""
    found = dict.fromkeys(login.rstrip(".-") for login in _NAMED.findall(text.lower()))
    return tuple(found)[:MOST_NAMED]


def inside(actor: Actor, tie: Tie) -> bool:
    """Whether the person writes on the case and reads all its notes; others read what names them."""
    return actor.may(Act.WORK) and (tie.owns or tie.granted or actor.may(Act.ASSIGN))
