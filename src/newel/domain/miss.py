"""Misses: "this should have been T3", said by somebody who handles or has handled the case (QUA-6)."""

from uuid import UUID

import msgspec

from newel.domain.access import Act, Actor
from newel.domain.errors import Conflict, Forbidden


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How a person stands to a case, and what its scans said of it.

    ``handled``: they owned it, decided on it or wrote in it; ``state`` is the case's, and a case
    in approval is in the hands of every approver; ``flagged``: a marker had locked this episode.
    """

    handled: bool
    state: str
    flagged: bool
    marked: bool = False
    """Whether the person has marked it before."""


def may_mark(actor: Actor, case_id: UUID, standing: Standing) -> None:
    """Raise unless the person handles or has handled the case, and no marker had seen it."""
    actor.must(Act.MARK_MISS)
    if not _in_hand(actor, standing):
        raise Forbidden(actor=actor.id, act="mark this case", why="it needs somebody who has handled it")
    if standing.flagged:
        raise Conflict(what=f"case {case_id}", state="flagged", why="a marker made it T3 already")


def offered(actor: Actor, standing: Standing) -> bool:
    """Whether a page offers the mark: it would be taken."""
    unseen = not (standing.flagged or standing.marked)
    return actor.may(Act.MARK_MISS) and _in_hand(actor, standing) and unseen


def _in_hand(actor: Actor, standing: Standing) -> bool:
    return standing.handled or (standing.state == "approval" and actor.may(Act.APPROVE))
