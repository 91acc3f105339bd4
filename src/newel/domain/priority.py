"""Priority by hand: who works on a case raises it; a supervisor lowers it, and never under a lock."""

from newel.domain.access import Act, Actor
from newel.domain.errors import Conflict, Forbidden
from newel.domain.escalation import cleared
from newel.domain.sentence import Sentence, word
from newel.domain.words import Priority


def must_change(actor: Actor, before: Priority, to: Priority, *, locked: bool) -> None:
    """Raise unless the actor may give it this priority.

    What was promised to the customer stands: a case that is lowered keeps its clocks.
    """
    if to == before:
        raise Conflict(what="the priority", state=to.name, why="nothing was changed")
    if to < before:
        return
    if not actor.may(Act.ASSIGN):
        raise Forbidden(
            actor=actor.id, act="lower a priority", why="it needs the role supervisor; ask one of them"
        )
    if locked:
        why = "its markers ask for this priority; lift the lock first"
        raise Conflict(what="the case", state="locked", why=why)


def must_suit(login: str, clearance: str, to: Priority, *, regulated: bool) -> None:
    """Raise unless whoever has the case may have it with this priority."""
    if not cleared(clearance, to, regulated):
        who = word(clearance)
        why = Sentence("a %(clearance)s takes no %(priority)s work; pass it on or escalate it")
        act = Sentence("have it as %(priority)s").of(priority=to.name)
        raise Forbidden(actor=login, act=act, why=why.of(clearance=who, priority=to.name))
