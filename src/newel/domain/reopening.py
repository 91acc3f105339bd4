"""Reopening: a person opens again what had ended; nothing that kept the AI out of it is lost by that."""

from newel.domain.access import Act, Actor
from newel.domain.errors import Conflict, Forbidden
from newel.domain.escalation import Order
from newel.domain.words import Assist, Priority

WHY = "reopened"
"""What such work is in a person's hands for."""


def may_reopen(actor: Actor, case: str, *, state: str, had: bool, merged: bool) -> None:
    """Raise unless the case has ended, and the person had it or gives work away."""
    actor.must(Act.WORK)
    if not had and not actor.may(Act.ASSIGN):
        raise Forbidden(actor=actor.id, act="open this case again", why="it was another's; ask a supervisor")
    if state != "resolved" or merged:
        raise Conflict(
            what=f"case {case}", state="merged" if merged else state, why="it has not ended by itself"
        )


def order(priority: Priority, assist: Assist, *, locked: bool, regulated: bool) -> Order:
    """As urgent, and as closed to the AI, as it was when it ended: no new message was scanned."""
    return Order(
        priority=priority,
        assist=assist,
        regulated=regulated,
        lock=locked,
        primary=WHY,
        reasons=(WHY,),
    )
