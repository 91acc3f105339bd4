"""Reading: an ended case that is like the one at hand, masked, for a purpose and a time."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Final
from uuid import UUID

from newel.domain.access import CLEARED_FOR_REGULATED, Act, Actor
from newel.domain.errors import Conflict, Forbidden

LASTS: Final = timedelta(minutes=30)
"""How long a case may be read beside the one that it is like."""


def purpose(beside: UUID) -> str:
    """What the grant is for, in the words of the record."""
    return f"to work on case {beside}, which it is like"


def may_read(actor: Actor, other: UUID, suggested: Iterable[str], *, state: str, regulated: bool) -> None:
    """Raise unless the person works on a case to which this ended one was suggested (INV-16)."""
    actor.must(Act.WORK)
    if str(other) not in set(suggested):
        raise Forbidden(actor=actor.id, act="read this case", why="it was not suggested to a case of yours")
    if regulated and actor.clearance not in CLEARED_FOR_REGULATED:
        raise Forbidden(actor=actor.id, act="read this case", why="it is regulated: it needs a specialist")
    if state != "resolved":
        raise Conflict(what=f"case {other}", state=state, why="it has been opened again; it is its owner's")
