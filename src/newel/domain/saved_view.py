"""Saved views: parts of the queue that somebody looks at often, under a name."""

from typing import Annotated, Final, Literal
from uuid import UUID

import msgspec

from newel.domain.access import Act, Actor
from newel.domain.errors import Forbidden, TooLarge

MOST: Final = 20
"""How many one person keeps."""
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=40, pattern=r"^[^\x00-\x1f\x7f<>]+\Z")]
Word = Annotated[str, msgspec.Meta(max_length=64, pattern=r"^[\w.-]*\Z")]


class Filter(msgspec.Struct, frozen=True, kw_only=True):
    """Which part of the queue; what is empty asks for nothing."""

    workflow: Word = ""
    priority: Literal[0, 1, 2, 3] = 0
    language: Word = ""
    late: bool = False
    tag: Word = ""


class SavedView(msgspec.Struct, frozen=True, kw_only=True):
    """A filter under its name; ``team`` is empty while it is its owner's alone."""

    id: UUID
    staff_id: UUID
    by: str
    team: str
    name: str
    filter: Filter


def fit(name: str, kept: int) -> str:
    """The name without outer space; ``TooLarge`` when there are too many already."""
    if kept >= MOST:
        raise TooLarge(what="the list of your views", size=kept + 1, limit=MOST)
    return name.strip()


def must_remove(actor: Actor, view: SavedView) -> None:
    """Whose it is takes it away; a supervisor takes away what a team sees."""
    if str(view.staff_id) != actor.id and not (view.team and actor.may(Act.ASSIGN)):
        why = "it is another's; whoever made it may, and a supervisor if it is shared"
        raise Forbidden(actor=actor.id, act="remove this view", why=why)
