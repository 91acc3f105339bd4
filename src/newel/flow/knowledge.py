"""Knowledge: articles are published as versions; the AI quotes the current ones only.

In the console one person writes a draft, and another reads it and puts it in force.
"""

from collections.abc import Iterable
from uuid import UUID

import msgspec

from newel.domain.access import Act, Actor
from newel.domain.errors import Conflict, Forbidden, Invalid
from newel.domain.knowledge import Article, check_publisher, check_writer
from newel.flow.house import House
from newel.flow.language import must_be_offered
from newel.store import knowledge as rows
from newel.store.db import Tx
from newel.store.knowledge import Draft

LEAST_REMARK = 3


async def publish(house: House, actor: Actor, articles: Iterable[Article]) -> int:
    """Publish articles at the command line; how many were new or changed."""
    actor.must(Act.SUBMIT_POLICY)
    async with house.db.tx(actor) as tx:
        return sum([await rows.put(tx, article) is not None for article in articles])


async def begin(house: House, actor: Actor, article_id: str) -> UUID:
    """A draft of the next version of an article, from the one in force."""
    writer = _person(actor)
    async with house.db.tx(actor) as tx:
        article = await rows.article(tx, article_id)
        return await rows.add_draft(tx, writer, article, article.version)


async def begin_new(house: House, actor: Actor, article: Article) -> UUID:
    """A draft of an article that does not exist yet."""
    writer = _person(actor)
    async with house.db.tx(actor) as tx:
        await must_be_offered(house, tx, article.language)
        if await rows.history(tx, article.id):
            raise Conflict(
                what=f"article {article.id}", state="published", why="change that one, or name it otherwise"
            )
        return await rows.add_draft(tx, writer, article, 0)


async def save(house: House, actor: Actor, draft_id: UUID, revision: int, article: Article) -> None:
    """The writer's text as the next revision; ``revision`` is what they began from."""
    writer = _person(actor)
    async with house.db.tx(actor) as tx:
        draft = await _at(tx, draft_id, revision)
        check_writer(draft.state, draft.written_by, writer)
        await must_be_offered(house, tx, article.language)
        await rows.save_draft(tx, draft, msgspec.structs.replace(article, id=draft.article_id))


async def ask_review(house: House, actor: Actor, draft_id: UUID, revision: int) -> None:
    """The writer gives a draft to whoever reads it; nobody changes it meanwhile."""
    writer = _person(actor)
    async with house.db.tx(actor) as tx:
        draft = await _at(tx, draft_id, revision)
        check_writer(draft.state, draft.written_by, writer)
        _whole(draft)
        await rows.move_draft(tx, draft, "submitted", "review")


async def publish_draft(house: House, actor: Actor, draft_id: UUID, revision: int) -> int:
    """Another person has read it, as of this revision: it is in force; its version."""
    reader = _person(actor)
    async with house.db.tx(actor) as tx:
        draft = await _at(tx, draft_id, revision)
        check_publisher(draft.state, draft.written_by, reader)
        past = await rows.history(tx, draft.article_id)
        if (past[0].version if past else 0) != draft.base_version:
            why = "it was published otherwise since it was begun; write it again from there"
            raise Conflict(what=f"article {draft.article_id}", state="changed", why=why)
        version = await rows.put(tx, article_of(draft, tx))
        await rows.move_draft(
            tx, draft, "published", "published", by=reader, version=version or draft.base_version
        )
        return version or draft.base_version


async def send_back(house: House, actor: Actor, draft_id: UUID, revision: int, remark: str) -> None:
    """The reader gives it back to its writer, with what is to mend; a writer takes their own back."""
    reader = _person(actor)
    async with house.db.tx(actor) as tx:
        draft = await _at(tx, draft_id, revision)
        if draft.state != "review":
            raise Conflict(what="the draft", state=draft.state, why="only what is read is given back")
        if reader != draft.written_by and len(remark.strip()) < LEAST_REMARK:
            raise Invalid(what="the remark", why="say in a few words what is to mend")
        await rows.move_draft(tx, draft, "returned", "draft", by=reader, remark=remark.strip())


async def withdraw(house: House, actor: Actor, draft_id: UUID, revision: int) -> None:
    """A draft is given up."""
    by = _person(actor)
    async with house.db.tx(actor) as tx:
        draft = await _at(tx, draft_id, revision)
        await rows.move_draft(tx, draft, "withdrawn", "withdrawn", by=by)


def article_of(draft: Draft, tx: Tx) -> Article:
    """What a draft says, as of today."""
    return Article(
        id=draft.article_id,
        title=draft.title,
        collection=draft.collection,
        owner=draft.owner,
        updated=tx.now.date(),
        language=draft.language,
        body=draft.body,
    )


async def _at(tx: Tx, draft_id: UUID, revision: int) -> Draft:
    draft = await rows.lock_draft(tx, draft_id)
    if draft.revision != revision:
        raise Conflict(what="the draft", state="changed", why="it was saved meanwhile; look at it again")
    return draft


def _whole(draft: Draft) -> None:
    for name in ("title", "body", "owner", "collection", "language"):
        if not getattr(draft, name).strip():
            raise Invalid(what=name, why="nothing is written there yet")


def _person(actor: Actor) -> UUID:
    actor.must(Act.SUBMIT_POLICY)
    if actor.kind != "staff":
        raise Forbidden(actor=actor.id, act="write an article", why="a person answers for it")
    return UUID(actor.id)
