"""The help page: what the published articles answer, and a contact form that becomes a conversation.

It answers by the library that the AI quotes from, with the same refusals; what a person should
look at gets no article instead (TIR-12), and whoever reads the page cannot tell why (SEC-7).
"""

import asyncio
import hashlib
from collections.abc import Sequence
from uuid import UUID

import msgspec

from newel.domain import answer, help
from newel.domain.access import system
from newel.domain.chat import Visitor
from newel.domain.errors import Invalid, NotFound
from newel.domain.help import Contact, Problem
from newel.domain.knowledge import Article
from newel.domain.policy.bundle import Bundle
from newel.domain.ports import Passage
from newel.domain.scan.features import ScanInput
from newel.domain.words import Tier
from newel.flow import chat
from newel.flow.house import House, Running
from newel.flow.scan import heard, scanned
from newel.store import help as rows
from newel.store import knowledge as articles
from newel.store.db import Tx
from newel.store.help import Title
from newel.store.intake import Taken

READER = system("help")
READ = 5
LISTED = 12


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What a search leads to: the answer word for word, what comes near, and where the words stand."""

    answer: Passage | None = None
    near: Sequence[Passage] = ()
    titles: Sequence[Title] = ()


async def topics(house: House) -> dict[str, list[Title]]:
    """All that customers may read, by collection, in the policy's order."""
    async with house.db.tx(READER, read_only=True) as tx:
        collections = published(await _bundle(house, tx))
        listed = await rows.topics(tx, collections)
    found = {name: [one for one in listed if one.collection == name] for name in collections}
    return {name: several for name, several in found.items() if several}


def published(policy: Bundle) -> tuple[str, ...]:
    """The collections that the AI may quote: no others are for customers."""
    return policy.knowledge.collections if policy.knowledge else ()


async def article(house: House, article_id: str) -> tuple[Article, list[Title]]:
    """A published article in force, with the others of its collection."""
    async with house.db.tx(READER, read_only=True) as tx:
        found = await _published(house, tx, article_id)
        beside = await rows.topics(tx, [found.collection])
    return found, [one for one in beside if one.id != found.id]


async def _published(house: House, tx: Tx, article_id: str) -> Article:
    if "\x00" in article_id:
        raise NotFound(what="article", id="of this name")
    found = await articles.article(tx, article_id)
    if found.collection not in published(await _bundle(house, tx)):
        raise NotFound(what="article", id=article_id)
    return found


async def judge(house: House, article_id: str, helped: bool) -> None:
    """A reader says whether an article helped."""
    async with house.db.tx(READER) as tx:
        found = await _published(house, tx, article_id)
        await rows.judge(tx, article_id, found.version, helped)


async def search(house: House, asked: str) -> Found:
    """What answers, what comes near, and which articles hold the words."""
    async with house.db.tx(READER, read_only=True) as tx:
        running = await house.running(tx, chat.WORKFLOW)
        words = help.looked_for(asked)
        titles = await rows.titles(tx, published(running.bundle), words, LISTED)
    best, near = await _read(house, running, asked)
    shown = {one.article for one in (best, *near) if one}
    return Found(answer=best, near=near, titles=[one for one in titles if one.id not in shown])


async def make_ready(house: House) -> None:
    """Whoever looks at the page will search: what is made at the first search is made meanwhile."""
    async with house.db.tx(READER, read_only=True) as tx:
        running = await house.running(tx, chat.WORKFLOW)
    await asyncio.to_thread(running.library.search, "", 1)


async def suggest(house: House, message: str) -> Sequence[Passage]:
    """The articles that may spare a message: none to who asks for a person, or whom one should hear."""
    async with house.db.tx(READER, read_only=True) as tx:
        running = await house.running(tx, chat.WORKFLOW)
    best, near = await _read(house, running, message)
    most = running.bundle.deflection.articles if running.bundle.deflection else 0
    return [one for one in (best, *near) if one][:most]


async def _read(house: House, running: Running, text: str) -> tuple[Passage | None, list[Passage]]:
    """As the AI would be answered: the passage that fits, and those worth offering."""
    message = ScanInput(text=text, channel=chat.CHANNEL, workflow=chat.WORKFLOW)
    message = await heard(house.reading, house.listens, message)
    receipt = await scanned(house.reading, running, message)
    if receipt.tier_floor is Tier.HUMAN:
        return None, []
    passages = await asyncio.to_thread(running.library.answers, text, READ)
    best = answer.fitting(passages, running.bundle)
    offered = answer.offers(passages, running.bundle)
    by_id = {one.article: one for one in passages}
    return best, [by_id[name] for name in offered if best is None or name != best.article]


async def problems(house: House, given: Contact) -> dict[str, Problem]:
    """What of a form cannot be sent yet, by field."""
    async with house.db.tx(READER, read_only=True) as tx:
        patterns = help.order_patterns(await _bundle(house, tx))
    return dict(help.problems(given, patterns))


async def write(
    house: House, visitor: Visitor, given: Contact, form_id: str, attachments: tuple[UUID, ...] = ()
) -> Taken:
    """The form as a message of its writer, in their conversation: once for each form and text."""
    found = await problems(house, given)
    if found:
        raise Invalid(what=min(found), why=str(found[min(found)]))
    text = help.said(given)
    writer = visitor if visitor.ref else msgspec.structs.replace(visitor, name=given.name)
    return await chat.say(house, writer, text, _once(form_id, text), attachments, contact=given.email)


async def go_on(house: House, visitor: Visitor, text: str, form_id: str) -> Taken:
    """More words in the same conversation: once for each form and text."""
    return await chat.say(house, visitor, text, _once(form_id, text))


def _once(form_id: str, text: str) -> str:
    """A form that is sent twice is one message; one that was changed meanwhile is another."""
    return f"{form_id}#{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()}"


async def _bundle(house: House, tx: Tx) -> Bundle:
    return (await house.running(tx, chat.WORKFLOW)).bundle
