"""Notes: what people write to each other on a case, whom they name, and who may read them."""

import re
from datetime import timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

import msgspec

from newel.domain.access import Act, Actor, Staff
from newel.domain.errors import Conflict, Forbidden, Invalid, TooLarge
from newel.domain.sentence import Sentence

LONGEST: Final = 20_000
MOST_NAMED: Final = 20
LONGEST_QUESTION: Final = timedelta(hours=8)
_NAMED: Final = re.compile(r"(?<![\w@.+-])@([a-z][a-z0-9_.-]{0,63})")


class Kind(StrEnum):
    """What a note is: somebody's own, the reason of a handover, a question to an expert, its answer."""

    NOTE = "note"
    HANDOVER = "handover"
    QUESTION = "question"
    ANSWER = "answer"


class Tie(msgspec.Struct, frozen=True, kw_only=True):
    """How a person stands to a case: they own it, or a live grant opens it to them.

    ``reads``: it has ended, and they had it last or were let read it beside a case like it.
    """

    owns: bool = False
    granted: bool = False
    reads: bool = False


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


_NO_WORK = Sentence("%(login)s does not work on cases")


def expert(found: Staff, asked_by: str) -> None:
    """Raise ``Invalid`` unless this person can be asked as an expert."""
    if str(found.id) == asked_by:
        raise Invalid(what="the expert", why="ask somebody else than yourself")
    if not found.actor.may(Act.WORK):
        raise Invalid(what="the expert", why=_NO_WORK.of(login=found.login))


def may_answer(actor: Actor, expert_id: UUID, *, answered: bool, expired: bool, question: UUID) -> None:
    """Raise unless this is the expert who was asked, in time, and for the first time."""
    if actor.id != str(expert_id):
        raise Forbidden(actor=actor.id, act="answer this question", why="another was asked")
    if answered or expired:
        state = "answered" if answered else "expired"
        raise Conflict(what=f"question {question}", state=state, why="write a note instead")
