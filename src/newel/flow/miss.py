"""Misses: whoever handles a case marks that it should have been T3; it is learnt from and reviewed."""

from uuid import UUID

from newel.domain import miss as rule
from newel.domain.access import Act, Actor
from newel.domain.errors import Forbidden
from newel.domain.feedback import Body, What
from newel.domain.words import Cluster
from newel.flow import feedback, post_mortem, quality
from newel.flow.house import House
from newel.store import case as cases
from newel.store import miss as rows


async def mark(house: House, actor: Actor, case_id: UUID, cluster: Cluster) -> UUID:
    """Say that the scan missed a trigger of this cluster; once by each person for a case."""
    actor.must(Act.MARK_MISS)
    if actor.kind != "staff":
        raise Forbidden(actor=actor.id, act="mark a miss", why="only people do")
    async with house.db.tx(actor) as tx:
        case = await cases.lock(tx, case_id)
        rule.may_mark(actor, case_id, await rows.standing(tx, case, UUID(actor.id)))
        miss = await rows.add(tx, case, UUID(actor.id), cluster)
        await feedback.add(tx, house, case, What.MISSED, Body(cluster=cluster))
        await quality.marked(tx, house, case, miss)
        await post_mortem.of_miss(tx, house, case, miss, cluster)
    return miss
