"""Knowledge: finding and reading articles, writing the next version, and another person publishing it."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Response
from litestar.params import FromPath

from newel.domain.access import Act
from newel.domain.contradiction import against, contradictions
from newel.domain.knowledge import Article, blocks, collection, difference, slug, stale
from newel.flow import knowledge
from newel.store import help as readers
from newel.store import knowledge as rows
from newel.store.db import Tx
from newel.store.knowledge import Draft
from newel.web.console.language import home, languages
from newel.web.page import lead, page, part
from newel.web.request import Ask
from newel.web.route import Open, form
from newel.web.route import page as page_at
from newel.web.shapes import BIG

SHOWN = 500
_WORD = re.compile(r"\w+")
Line = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+\Z")]
Typed = Annotated[str, msgspec.Meta(max_length=200)]
Tongue = Annotated[str, msgspec.Meta(max_length=12, pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})?\Z")]
Body = Annotated[str, msgspec.Meta(max_length=100_000, pattern=r"^[^\x00]*\Z")]
Revision = Annotated[int, msgspec.Meta(ge=1, le=BIG // 2**23)]


class Search(msgspec.Struct, frozen=True):
    """What is looked for."""

    q: Annotated[str, msgspec.Meta(max_length=200)] = ""
    collection: Annotated[str, msgspec.Meta(max_length=200)] = ""


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """What a new article begins with."""

    title: Line
    collection: Typed = ""
    new_collection: Typed = ""
    language: Tongue
    owner: Line


class Text(Head, frozen=True, kw_only=True):
    """A draft as its writer left it, from which revision on."""

    revision: Revision
    body: Body = ""


class At(msgspec.Struct, frozen=True, kw_only=True):
    """The revision that somebody has before them, and a remark."""

    revision: Revision
    remark: Annotated[str, msgspec.Meta(max_length=1000, pattern=r"^[^\x00]*\Z")] = ""


@page_at("/knowledge", Open.SIGNED_IN)
async def shelf(request: Ask) -> Response[str]:
    """Articles: all of them, or those that hold the words."""
    asked = request.asked(Search)
    words = [word.lower() for word in _WORD.findall(asked.q)][:10]
    async with request.house.db.tx(request.me.actor, read_only=True) as tx:
        titles = await rows.titles(tx, words, asked.collection, SHOWN)
        drafts = await rows.open_drafts(tx)
        collections = await rows.collections(tx)
        called = await rows.called(tx, (one.owner for one in titles))
        pairs = [] if words else contradictions(await rows.current(tx))
        today = tx.now.date()
    shown: dict[str, Any] = {"asked": asked, "titles": titles, "drafts": drafts, "called": called}
    shown["old"] = {one.id for one in titles if _old(one.updated, today)}
    shown["doubtful"] = {said.article for pair in pairs for said in (pair.one, pair.other)}
    template = "knowledge/list.html" if request.partial else "knowledge.html"
    return (part if request.partial else page)(
        request, template, collections=collections, workflows=list(request.house.in_force()), **shown
    )


def _old(updated: date, today: date) -> bool:
    known = Article(id="", title="", collection="", owner="", updated=updated, language="", body="")
    return stale(known, today)


@page_at("/knowledge/articles/{article_id:str}", Open.SIGNED_IN)
async def article(request: Ask, article_id: FromPath[str]) -> Response[str]:
    """An article in force."""
    return await _article(request, article_id, None)


@page_at("/knowledge/articles/{article_id:str}/versions/{version:int}", Open.SIGNED_IN)
async def version(request: Ask, article_id: FromPath[str], version: FromPath[int]) -> Response[str]:
    """An article as it was, and what has changed since."""
    return await _article(request, article_id, min(max(version, 0), 2**31 - 1))


async def _article(request: Ask, article_id: str, which: int | None) -> Response[str]:
    async with request.house.db.tx(request.me.actor, read_only=True) as tx:
        shown = await rows.article(tx, article_id, which)
        history = await rows.history(tx, article_id)
        now = next((past.version for past in history if past.current), None)
        current = await rows.article(tx, article_id) if now not in {None, shown.version} else None
        draft = await rows.draft_of(tx, article_id)
        judged = await readers.judged(tx, article_id)
        called = await rows.called(tx, [shown.owner])
        shelf = await rows.current(tx)
        doubts = [] if current else against(shown, shelf)
        today = tx.now.date()
    return page(
        request,
        "knowledge/article.html",
        doubts=doubts,
        titles=_titles(shelf),
        judged=judged,
        called=called,
        article=shown,
        blocks=list(blocks(shown.body)),
        history=history,
        current=current,
        changes=list(difference(shown.body, current.body)) if current else [],
        draft=draft,
        stale=stale(shown, today),
    )


@page_at("/knowledge/new", Act.SUBMIT_POLICY)
async def new(request: Ask) -> Response[str]:
    """What a new article begins with."""
    async with request.house.db.tx(request.me.actor, read_only=True) as tx:
        collections, offered = await _collections(request, tx), await languages(request, tx)
    return page(request, "knowledge/new.html", collections=collections, languages=offered, home=home(request))


@form("/knowledge/new", Act.SUBMIT_POLICY)
async def begin_new(request: Ask) -> Response[str]:
    """Begin an article that does not exist yet."""
    asked = await request.filled(Head)
    article = await _article_of(request, asked, slug(asked.title), "")
    made = await knowledge.begin_new(request.house, request.person, article)
    return lead(f"/knowledge/drafts/{made}")


@form("/knowledge/articles/{article_id:str}/drafts", Act.SUBMIT_POLICY)
async def begin(request: Ask, article_id: FromPath[str]) -> Response[str]:
    """Begin the next version of an article."""
    return lead(f"/knowledge/drafts/{await knowledge.begin(request.house, request.person, article_id)}")


@page_at("/knowledge/drafts/{draft_id:uuid}", Act.SUBMIT_POLICY)
async def draft(request: Ask, draft_id: FromPath[UUID]) -> Response[str]:
    """A draft: to write for its writer, to read for the others."""
    async with request.house.db.tx(request.me.actor, read_only=True) as tx:
        found = await rows.draft(tx, draft_id)
        base = await rows.article(tx, found.article_id, found.base_version) if found.base_version else None
        collections = await _collections(request, tx)
        called = await rows.called(tx, [one.owner for one in (found, base) if one])
        shelf = await rows.current(tx)
        doubts = against(knowledge.article_of(found, tx), shelf)
        offered = await languages(request, tx)
    shown = _shown(found, base, called, request) | {"doubts": doubts, "titles": _titles(shelf)}
    return page(request, "knowledge/draft.html", collections=collections, languages=offered, **shown)


def _titles(shelf: Iterable[Article]) -> dict[str, str]:
    """What articles are called, by their id."""
    return {one.id: one.title for one in shelf}


def _shown(draft: Draft, base: Article | None, called: dict[str, str], request: Ask) -> dict[str, Any]:
    heads = [
        (name, *(called.get(value, value) for value in (getattr(base, name), getattr(draft, name))))
        for name in ("title", "collection", "language", "owner")
        if base and getattr(base, name) != getattr(draft, name)
    ]
    return {
        "draft": draft,
        "base": base,
        "heads": heads,
        "mine": draft.written_by == request.me.id,
        "blocks": list(blocks(draft.body)),
        "changes": list(difference(base.body, draft.body)) if base else [],
    }


@form("/knowledge/drafts/{draft_id:uuid}", Act.SUBMIT_POLICY)
async def save(request: Ask, draft_id: FromPath[UUID]) -> Response[str]:
    """Keep what the writer has written."""
    await _save(request, draft_id)
    return lead(f"/knowledge/drafts/{draft_id}", request.gettext("Saved."))


async def _save(request: Ask, draft_id: UUID) -> int:
    asked = await request.filled(Text)
    article = await _article_of(request, asked, "", asked.body)
    await knowledge.save(request.house, request.person, draft_id, asked.revision, article)
    return asked.revision + 1


@form("/knowledge/drafts/{draft_id:uuid}/review", Act.SUBMIT_POLICY)
async def review(request: Ask, draft_id: FromPath[UUID]) -> Response[str]:
    """Keep it, and give it to whoever reads it."""
    revision = await _save(request, draft_id)
    await knowledge.ask_review(request.house, request.person, draft_id, revision)
    return lead(f"/knowledge/drafts/{draft_id}", request.gettext("Somebody else reads it now."))


@form("/knowledge/drafts/{draft_id:uuid}/publication", Act.SUBMIT_POLICY)
async def publish(request: Ask, draft_id: FromPath[UUID]) -> Response[str]:
    """I have read it: it is in force."""
    asked = await request.filled(At)
    version = await knowledge.publish_draft(request.house, request.person, draft_id, asked.revision)
    async with request.house.db.tx(request.person, read_only=True) as tx:
        found = await rows.draft(tx, draft_id)
    return lead(
        f"/knowledge/articles/{found.article_id}", request.gettext("Version %(n)s is in force.", n=version)
    )


@form("/knowledge/drafts/{draft_id:uuid}/return", Act.SUBMIT_POLICY)
async def send_back(request: Ask, draft_id: FromPath[UUID]) -> Response[str]:
    """Back to its writer."""
    asked = await request.filled(At)
    await knowledge.send_back(request.house, request.person, draft_id, asked.revision, asked.remark)
    return lead(f"/knowledge/drafts/{draft_id}", request.gettext("It is with its writer again."))


@form("/knowledge/drafts/{draft_id:uuid}/withdrawal", Act.SUBMIT_POLICY)
async def withdraw(request: Ask, draft_id: FromPath[UUID]) -> Response[str]:
    """Give the draft up."""
    asked = await request.filled(At)
    await knowledge.withdraw(request.house, request.person, draft_id, asked.revision)
    return lead("/knowledge", request.gettext("The draft is withdrawn."))


async def _collections(request: Ask, tx: Tx) -> list[str]:
    """Those of the articles and drafts that there are, and those that a policy in force quotes from."""
    quoted = [running.bundle.knowledge for running in request.house.in_force().values()]
    named = {name for one in quoted if one for name in one.collections}
    drafts = {one.collection for one in await rows.open_drafts(tx)}
    return sorted(named.union(drafts, await rows.collections(tx)))


async def _article_of(request: Ask, head: Head, article_id: str, body: str) -> Article:
    async with request.house.db.tx(request.person, read_only=True) as tx:
        known = await _collections(request, tx)
    return Article(
        id=article_id,
        title=head.title,
        collection=collection(head.collection, head.new_collection, known),
        owner=head.owner,
        updated=date.min,
        language=head.language,
        body=body.replace("\r\n", "\n").strip(),
    )


ROUTES = [
    shelf, article, version, new, begin_new, begin, draft, save, review, publish, send_back, withdraw,
]  # fmt: skip
