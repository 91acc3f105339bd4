"""Rows of knowledge: owned, versioned articles, one version of each current; and drafts of the next one."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from uuid import UUID, uuid4

import msgspec

from newel.domain.errors import Conflict, NotFound
from newel.domain.knowledge import Article
from newel.store import audit
from newel.store.db import Record, Tx, sql


class Title(msgspec.Struct, frozen=True, kw_only=True):
    """An article in a list; ``draft`` is the state of a draft of its next version, if there is one."""

    id: str
    title: str
    collection: str
    language: str
    owner: str
    updated: date
    version: int
    draft: str | None


class Past(msgspec.Struct, frozen=True, kw_only=True):
    """One version of an article in its history; who wrote and read it, where a draft tells."""

    version: int
    updated: date
    current: bool
    created_at: datetime
    written_by: str | None
    read_by: str | None


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """The next version of an article, as somebody writes it."""

    id: UUID
    article_id: str
    base_version: int
    state: str
    revision: int
    collection: str
    language: str
    title: str
    body: str
    owner: str
    written_by: UUID
    writer: str
    saved_at: datetime
    decider: str | None
    decided_at: datetime | None
    remark: str
    version: int | None


async def put(tx: Tx, article: Article) -> int | None:
    """Publish an article as its next version, and which; None when it says what is current already."""
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
    version: int | None = await tx.value(sql("knowledge").put, *values, tx.now)
    if version is not None:
        await audit.record(tx, "article.published", "article", article.id, version=version)
    return version


async def current(tx: Tx) -> list[Article]:
    """All articles in force."""
    return [Article(**dict(row)) for row in await tx.rows(sql("knowledge").current)]


async def stamp(tx: Tx) -> str:
    """A text that changes when the knowledge in force changes."""
    found: str = await tx.value(sql("knowledge").stamp)
    return found


async def titles(tx: Tx, words: Sequence[str], collection: str, limit: int) -> list[Title]:
    """Articles in force that hold words beginning so, the best first; without words all, by title."""
    asked = " & ".join(f"{word}:*" for word in words) or None
    rows = await tx.rows(sql("knowledge").titles, asked, collection or None, limit)
    return [Title(**dict(row)) for row in rows]


async def called(tx: Tx, owners: Iterable[str]) -> dict[str, str]:
    """What the owners of articles are called, where they are named by their logins."""
    rows = await tx.rows(sql("knowledge").called, sorted(set(owners)))
    return {row["login"]: row["name"] for row in rows}


async def collections(tx: Tx) -> list[str]:
    """The collections that articles in force belong to."""
    return [row["collection"] for row in await tx.rows(sql("knowledge").collections)]


async def languages(tx: Tx) -> list[str]:
    """The languages that somebody speaks, or that something is written in."""
    return [row["language"] for row in await tx.rows(sql("knowledge").languages)]


async def article(tx: Tx, article_id: str, version: int | None = None) -> Article:
    """An article in force, or one version of it."""
    row = await tx.row(sql("knowledge").article, article_id, version)
    if row is None:
        raise NotFound(what="article", id=article_id if version is None else f"{article_id}/{version}")
    return Article(**dict(row))


async def history(tx: Tx, article_id: str) -> list[Past]:
    """All versions of an article, newest first."""
    return [Past(**dict(row)) for row in await tx.rows(sql("knowledge").history, article_id)]


async def open_drafts(tx: Tx) -> list[Draft]:
    """What is being written or waits for a reader, oldest first."""
    return [Draft(**dict(row)) for row in await tx.rows(sql("knowledge").open_drafts)]


async def draft_of(tx: Tx, article_id: str) -> Draft | None:
    """The open draft of an article."""
    row = await tx.row(sql("knowledge").draft_of, article_id)
    return Draft(**dict(row)) if row else None


async def draft(tx: Tx, draft_id: UUID) -> Draft:
    """A draft."""
    return _found(await tx.row(sql("knowledge").draft, draft_id), draft_id)


async def lock_draft(tx: Tx, draft_id: UUID) -> Draft:
    """A draft, held until the transaction ends."""
    await tx.run(sql("knowledge").lock_draft, draft_id)
    return await draft(tx, draft_id)


async def add_draft(tx: Tx, written_by: UUID, article: Article, base_version: int) -> UUID:
    """A new draft of an article; ``Conflict`` while there is another."""
    draft_id = uuid4()
    made = await tx.run(
        sql("knowledge").add_draft,
        draft_id,
        article.id,
        base_version,
        article.collection,
        article.language,
        article.title,
        article.body,
        article.owner,
        written_by,
        tx.now,
    )
    if not made:
        raise Conflict(what=f"article {article.id}", state="in work", why="somebody is writing on it already")
    await _event(tx, "begun", draft_id, "draft", article.id)
    return draft_id


async def save_draft(tx: Tx, draft: Draft, article: Article) -> None:
    """The text as its writer left it, as the next revision."""
    await tx.one(
        sql("knowledge").save_draft,
        draft.id,
        draft.revision,
        article.collection,
        article.language,
        article.title,
        article.body,
        article.owner,
        tx.now,
    )
    await _event(tx, "saved", draft.id, None, draft.article_id)


async def move_draft(
    tx: Tx,
    draft: Draft,
    event: str,
    state: str,
    *,
    by: UUID | None = None,
    remark: str = "",
    version: int | None = None,
) -> None:
    """Another state, if nobody was first; ``by`` decided it."""
    at = tx.now if by else None
    await tx.one(
        sql("knowledge").move_draft, draft.id, draft.state, draft.revision, state, by, at, remark, version
    )
    await _event(tx, event, draft.id, state, draft.article_id)


async def _event(tx: Tx, event: str, draft_id: UUID, state: str | None, article_id: str) -> None:
    await audit.record(
        tx, f"article_draft.{event}", "article_draft", draft_id, state=state, article=article_id
    )


def _found(row: Record | None, draft_id: UUID) -> Draft:
    if row is None:
        raise NotFound(what="draft of an article", id=draft_id)
    return Draft(**dict(row))
