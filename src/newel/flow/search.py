"""Search: texts are read into blind word keys soon after they come, and people find cases by them."""

from typing import Final
from uuid import UUID

import msgspec

from newel.domain import mask
from newel.domain import search as rule
from newel.domain.access import Act, Actor, system
from newel.flow.house import House
from newel.store import audit
from newel.store import search as rows
from newel.store.search import ArticleHit, CaseHit, PersonHit

READER: Final = system("search")
BATCH: Final = 400
SHOWN: Final = 30


class Found(msgspec.Struct, frozen=True):
    """What was found: cases and customers by all words, articles by their sense. Names are shortened."""

    cases: tuple[CaseHit, ...] = ()
    people: tuple[PersonHit, ...] = ()
    articles: tuple[ArticleHit, ...] = ()


async def index(house: House) -> int:
    """Read what is new, a batch at a time; how many texts were read. One process does it at a time."""
    async with house.db.tx(READER) as tx:
        if not await rows.alone(tx):
            return 0
        messages = await rows.messages(tx, house.envelope, await rows.since(tx, "message"), BATCH)
        profiles = await rows.customers(tx, house.envelope, await rows.since(tx, "customer"), BATCH)
        for part, read in (("message", messages), ("customer", profiles)):
            if read:
                await rows.keep(tx, house.envelope, part, read, all_read=len(read) < BATCH)
        if messages or profiles:
            await rows.tidy(tx)
    return len(messages) + len(profiles)


async def find(house: House, actor: Actor, asked: str, *, limit: int = SHOWN) -> Found:
    """Everything that the words lead to; that somebody searched is noted, never for what."""
    actor.must(Act.READ_CASE)
    words = rule.words(asked)
    async with house.db.tx(actor) as tx:
        if not words:
            return Found()
        cases = await rows.cases(tx, house.envelope, words, limit)
        people = await rows.people(tx, house.envelope, words, limit)
        articles = await rows.articles(tx, asked, limit)
        await audit.record(tx, "search.asked", "search", actor.id, cases=len(cases), customers=len(people))
    return Found(tuple(map(_case, cases)), tuple(map(_person, people)), tuple(articles))


async def cases_of(house: House, actor: Actor, customer_id: UUID) -> tuple[CaseHit, ...]:
    """All cases of a customer."""
    actor.must(Act.READ_CASE)
    async with house.db.tx(actor, read_only=True) as tx:
        return tuple(map(_case, await rows.cases_of(tx, house.envelope, customer_id, SHOWN)))


def _case(hit: CaseHit) -> CaseHit:
    return msgspec.structs.replace(hit, customer=mask.short_name(hit.customer))


def _person(hit: PersonHit) -> PersonHit:
    return msgspec.structs.replace(hit, name=mask.short_name(hit.name))
