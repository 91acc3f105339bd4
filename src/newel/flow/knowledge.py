"""Knowledge: articles are published as versions; the AI quotes the current ones only."""

from collections.abc import Iterable

from newel.domain.access import Act, Actor
from newel.domain.knowledge import Article
from newel.flow.house import House
from newel.store import knowledge as rows


async def publish(house: House, actor: Actor, articles: Iterable[Article]) -> int:
    """Publish articles; how many were new or changed."""
    actor.must(Act.SUBMIT_POLICY)
    async with house.db.tx(actor) as tx:
        return sum([await rows.put(tx, article) for article in articles])
