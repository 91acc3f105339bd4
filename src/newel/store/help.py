"""What the help page shows of the published articles, and what its readers said of them."""

from collections.abc import Sequence

import msgspec

from newel.domain.help import MARK, UNMARK
from newel.store import audit
from newel.store.db import Tx, sql


class Title(msgspec.Struct, frozen=True, kw_only=True):
    """An article in a list; ``excerpt`` is where the words stand that were looked for."""

    id: str
    title: str
    collection: str
    excerpt: str = ""


class Judged(msgspec.Struct, frozen=True):
    """What readers said of an article."""

    yes: int
    no: int


async def topics(tx: Tx, collections: Sequence[str]) -> list[Title]:
    """The articles in force of these collections, by collection and title."""
    return [Title(**dict(row)) for row in await tx.rows(sql("help").topics, list(collections))]


async def titles(tx: Tx, collections: Sequence[str], words: Sequence[str], limit: int) -> list[Title]:
    """Articles of these collections that hold all the words, or words that begin so."""
    if not words:
        return []
    asked = " & ".join(f"{word}:*" for word in words)
    found = await tx.rows(sql("help").titles, list(collections), asked, limit, MARK, UNMARK)
    return [Title(**dict(row)) for row in found]


async def judge(tx: Tx, article_id: str, version: int, helped: bool) -> None:
    """A reader says whether an article helped; nothing of who they are is kept."""
    await audit.record(tx, "article.judged", "article", article_id, version=version, helped=helped)


async def judged(tx: Tx, article_id: str) -> Judged:
    """What readers have said of an article so far."""
    row = await tx.one(sql("help").judged, article_id)
    return Judged(row["yes"], row["no"])
