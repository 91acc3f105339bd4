"""Tracing a case: the whole story for those who may see it; opening its texts is recorded."""

from uuid import UUID

import msgspec

from newel.domain import trace as rule
from newel.domain.access import Actor
from newel.domain.proof import Proof, proofs
from newel.domain.trace import Story
from newel.flow.house import House
from newel.store import audit
from newel.store import case as cases
from newel.store import trace as rows
from newel.store.db import Tx


class Proven(msgspec.Struct, frozen=True):
    """The story, and for each message that the AI wrote why it could be sent."""

    story: Story
    proofs: tuple[Proof, ...]


async def trace(house: House, actor: Actor, case_id: UUID) -> Story:
    """The story of a case (POL-6); ``Forbidden`` for whoever may not read cases."""
    async with house.db.tx(actor) as tx:
        return await _story(tx, house, actor, case_id)


async def proven(house: House, actor: Actor, case_id: UUID) -> Proven:
    """The story of a case, with its proofs."""
    async with house.db.tx(actor) as tx:
        story = await _story(tx, house, actor, case_id)
        return Proven(story, proofs(story, await rows.versions(tx, case_id)))


async def _story(tx: Tx, house: House, actor: Actor, case_id: UUID) -> Story:
    head = await rows.head(tx, case_id)
    opened = rule.may_open(actor, head)
    case = await cases.read(tx, case_id)
    details = await rows.details(tx, house.envelope, case, opened=opened)
    events = await rows.events(tx, case_id)
    if opened:
        await audit.record(tx, "trace.opened", "case", case_id, case_id=case_id)
    return rule.story(head, events, details, opened=opened)
