"""The owner writes to the customer, or ends the case."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from newel.domain import resolution as rule
from newel.domain.access import Actor
from newel.domain.deed import Unconfirmed
from newel.domain.errors import Conflict, Invalid
from newel.domain.resolution import Resolution
from newel.flow import routing
from newel.flow.house import House
from newel.flow.resolution.ending import end, wait_for_customer
from newel.flow.resolution.holding import hold_back, let_go
from newel.flow.resolution.says import Says, again_of, place_of, post
from newel.store import deed as deeds
from newel.store.case import Case
from newel.store.db import Tx

SHORTEST_WAIT: Final = timedelta(hours=1)
LONGEST_WAIT: Final = timedelta(days=30)
NO_HOLD: Final = timedelta()


async def resolve(
    house: House,
    actor: Actor,
    case_id: UUID,
    token: int,
    said: Resolution,
    *,
    hold: timedelta = NO_HOLD,
    attachments: Sequence[UUID] = (),
    unconfirmed: bool = False,
    key: str = "",
) -> Case:
    """The owner ends the case, with a last reply or without; the token proves that it is theirs.

    A reply is words, attachments or both. While an act of a person is not confirmed the case is not
    ended, but ``unconfirmed`` (INV-19).

    With a ``hold`` the reply may be taken back for that time (``undo``), and the case ends with its
    release. Sent again under its ``key`` it is one message.
    """
    rule.fit_hold(hold)
    says = Says(said.reply, attachments, place_of(case_id, actor, "resolution", key))
    async with house.db.tx(actor) as tx:
        if again := await again_of(tx, house, actor, case_id, says):
            return again
        case, item = await routing.mine(tx, case_id, actor, token)
        await _settled(tx, case, unconfirmed=unconfirmed)
        running = await house.running(tx, case.workflow)
        rule.fit_reason(said.contact_reason, case.contact_reason, running.bundle.playbooks)
        await let_go(tx, house, case)
        writes = bool(said.reply or attachments)
        if writes and hold:
            await hold_back(tx, house, case, item, actor, says, hold, said)
            return case
        if writes:
            await post(tx, house, case, actor, says)
        return await end(tx, house, case, item, said, UUID(actor.id))


async def reply(
    house: House,
    actor: Actor,
    case_id: UUID,
    token: int,
    text: str,
    wait: timedelta | None = None,
    *,
    hold: timedelta = NO_HOLD,
    attachments: Sequence[UUID] = (),
    unconfirmed: bool = False,
    key: str = "",
) -> Case:
    """The owner writes to the customer, and may wait for an answer; the clock then stands still.

    While an act of a person is not confirmed nothing is written that may state it; with ``unconfirmed``
    its writer says that this does not (INV-19).

    With a ``hold`` the message may be taken back for that time (``undo``); response targets are met,
    and the wait begins, when it is released. Writing on releases what was held before. Sent again under
    its ``key`` it is one message, whatever became of the case meanwhile.
    """
    says = Says(text, attachments, place_of(case_id, actor, "reply", key))
    _must_be_sound(says, wait, hold)
    async with house.db.tx(actor) as tx:
        if again := await again_of(tx, house, actor, case_id, says):
            return again
        case, item = await routing.mine(tx, case_id, actor, token)
        if case.state != "owned":
            raise Conflict(what=f"case {case_id}", state=case.state, why="it is not on your desk now")
        await _settled(tx, case, unconfirmed=unconfirmed)
        await let_go(tx, house, case)
        if hold:
            await hold_back(tx, house, case, item, actor, says, hold, wait)
            return case
        await post(tx, house, case, actor, says)
        return await wait_for_customer(tx, case, wait) if wait is not None else case


def _must_be_sound(says: Says, wait: timedelta | None, hold: timedelta) -> None:
    if not (says.text.strip() or says.attachments):
        raise Invalid(what="the reply", why="it is empty")
    if wait is not None and not SHORTEST_WAIT <= wait <= LONGEST_WAIT:
        raise Invalid(what="the wait", why="it lasts an hour at least, and thirty days at most")
    rule.fit_hold(hold)


async def _settled(tx: Tx, case: Case, *, unconfirmed: bool) -> None:
    if not unconfirmed and await deeds.unsettled(tx, case.id):
        raise Unconfirmed()
