"""The kill switch: one act stops all AI sending, at once and audited (TIR-14)."""

from uuid import UUID

from newel.domain.access import Act, Actor
from newel.domain.errors import Invalid, NotFound
from newel.flow.house import House
from newel.store import kill_switch as rows
from newel.store.kill_switch import Engaged


async def engage(
    house: House, actor: Actor, *, workflow: str | None, contact_reason: str | None, reason: str
) -> UUID:
    """Stop AI sending for all, one workflow, or one contact reason of a workflow."""
    actor.must(Act.KILL_SWITCH)
    if contact_reason and not workflow:
        raise Invalid(what="contact_reason", why="name its workflow too")
    said_why(reason)
    async with house.db.tx(actor) as tx:
        return await rows.engage(tx, workflow, contact_reason, reason)


def said_why(reason: str) -> None:
    """Raises ``Invalid`` for a reason that says nothing."""
    if not reason.strip():
        raise Invalid(what="the reason", why="say in a few words why")


async def release(house: House, actor: Actor, which: UUID) -> None:
    """Let the AI send again."""
    actor.must(Act.KILL_SWITCH)
    async with house.db.tx(actor) as tx:
        if not await rows.release(tx, which):
            raise NotFound(what="engaged kill switch", id=which)


async def engaged(house: House, actor: Actor) -> list[Engaged]:
    """What is stopped now: for those who read cases, and for those who may stop it."""
    if not actor.may(Act.KILL_SWITCH):
        actor.must(Act.READ_CASE)
    async with house.db.tx(actor, read_only=True) as tx:
        return await rows.engaged(tx)
