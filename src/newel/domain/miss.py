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


def may_mark(actor: Actor, case_id: UUID, standing: Standing) -> None:
    """Raise unless the person handles or has handled the case, and no marker had seen it."""
    actor.must(Act.MARK_MISS)
    approving = standing.state == "approval" and actor.may(Act.APPROVE)
    if not (standing.handled or approving):
        raise Forbidden(actor=actor.id, act="mark this case", why="it needs somebody who has handled it")
    if standing.flagged:
        raise Conflict(what=f"case {case_id}", state="flagged", why="a marker made it T3 already")
