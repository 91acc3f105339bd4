"""Rows of knowledge: owned, versioned articles; one version of each is current."""

from newel.domain.knowledge import Article
from newel.store import audit
from newel.store.db import Tx, sql


async def put(tx: Tx, article: Article) -> bool:
    """Publish an article as its next version; False when it says what is current already."""
    values = (
        article.id,
        article.collection,
        article.language,
        article.title,
        article.body,
        article.owner,
        article.updated,
    )
    await tx.run(sql("knowledge").retire, *values)
    version = await tx.value(sql("knowledge").put, *values, tx.now)
    if version is not None:
        await audit.record(tx, "article.published", "article", article.id, version=version)
    return version is not None


async def current(tx: Tx) -> list[Article]:
    """All articles in force."""
    return [Article(**dict(row)) for row in await tx.rows(sql("knowledge").current)]


async def stamp(tx: Tx) -> str:
    """A text that changes when the knowledge in force changes."""
    found: str = await tx.value(sql("knowledge").stamp)
    return found
