"""Search over sealed text: words go in as keyed hashes, and come out as cases and customers."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final, Literal
from uuid import UUID

import msgspec

from newel.domain import search as rule
from newel.domain.attachment import spoken
from newel.store.customer import Profile, profile_of
from newel.store.db import Tx, sql
from newel.store.envelope import Envelope, case_place
from newel.store.intake import Body

MAC_BYTES: Final = 12
OVERLAP: Final = timedelta(seconds=60)
"""No transaction lives longer: what committed late is still found."""
Kind = Literal["case", "customer"]


class Read(msgspec.Struct, frozen=True):
    """One text that was read: what it belongs to and when that began, since when it stands, its words."""

    row_id: UUID
    subject_id: UUID
    since: datetime
    at: datetime
    words: frozenset[str]


class CaseHit(msgspec.Struct, frozen=True, kw_only=True):
    """A case that was found, and whose it is."""

    id: UUID
    workflow: str
    contact_reason: str
    state: str
    tier: int | None
    priority: int
    language: str
    opened_at: datetime
    resolved_at: datetime | None
    customer_id: UUID
    owner: str | None
    customer: str


class PersonHit(msgspec.Struct, frozen=True, kw_only=True):
    """A customer who was found."""

    id: UUID
    kind: str
    segment: str
    vip: bool
    vulnerable: bool
    lifetime_value_minor: int | None
    currency: str
    cases: int
    ref: str
    name: str


class ArticleHit(msgspec.Struct, frozen=True):
    """An article that was found."""

    id: str
    title: str
    collection: str
    language: str
    updated: date
    excerpt: str


async def alone(tx: Tx) -> bool:
    """Whether this transaction is the one that reads."""
    found: bool = await tx.value(sql("search").lock)
    return found


async def since(tx: Tx, part: str) -> datetime:
    """From when on a part may hold texts that were not read."""
    mark: datetime | None = await tx.value(sql("search").mark, part)
    return (mark or datetime.fromtimestamp(0, tx.now.tzinfo)) - (OVERLAP if mark else timedelta())


async def messages(tx: Tx, envelope: Envelope, after: datetime, limit: int) -> list[Read]:
    """Messages (and fields of items) that were not read yet, opened and taken apart."""
    return [_message(envelope, row) for row in await tx.rows(sql("search").messages, after, limit)]


def _message(envelope: Envelope, row: Mapping[str, Any]) -> Read:
    if row["subject_wrapped"] is None:  # erased: nobody can read it any more
        return Read(row["id"], row["case_id"], row["since"], row["at"], frozenset())
    subject = envelope.subject(row["customer_id"], row["subject_wrapped"])
    sealer = subject.unwrap(case_place(row["case_id"]), row["key_wrapped"])
    body = sealer.open_value(f"message.body:{row['id']}", row["body_sealed"], Body)
    texts = [body.subject, body.text, *(spoken(one.name) for one in body.attachments)]
    if row["item_id"]:
        fields = sealer.open_value(f"item.fields:{row['item_id']}", row["fields_sealed"], dict[str, Any])
        texts += [str(value) for value in fields.values() if value is not None]
    return Read(row["id"], row["case_id"], row["since"], row["at"], rule.words(" ".join(texts)))


async def customers(tx: Tx, envelope: Envelope, after: datetime, limit: int) -> list[Read]:
    """Profiles that were not read since they were changed."""
    return [_profile(envelope, row) for row in await tx.rows(sql("search").customers, after, limit)]


def _profile(envelope: Envelope, row: Mapping[str, Any]) -> Read:
    who = _open(envelope, row["id"], row)
    known = " ".join((who.ref, who.name, who.email, who.phone, *who.addresses.values()))
    return Read(row["id"], row["id"], row["since"], row["at"], rule.words(known))


def _open(envelope: Envelope, customer_id: UUID, row: Mapping[str, Any]) -> Profile:
    return profile_of(envelope, customer_id, row["subject_wrapped"], row["profile_sealed"])


async def keep(tx: Tx, envelope: Envelope, part: str, read: list[Read], *, all_read: bool) -> None:
    """Keep the words of what was read, and how far that is."""
    kind: Kind = "customer" if part == "customer" else "case"
    if kind == "customer":
        await tx.run(sql("search").forget_words, [r.subject_id for r in read])
    rows = sorted({(mac(envelope, word), r.subject_id, r.since) for r in read for word in r.words})
    macs, subjects, begun = zip(*rows, strict=True) if rows else ((), (), ())
    await tx.run(sql("search").add, macs, kind, subjects, begun)
    await tx.run(sql("search").done, [r.row_id for r in read], [r.at for r in read])
    mark = tx.now if all_read else read[-1].at
    await tx.run(sql("search").set_mark, part, mark)


async def tidy(tx: Tx) -> None:
    """Forget what no late commit can come before any more, over all parts."""
    marks = [await since(tx, part) for part in ("message", "customer")]
    await tx.run(sql("search").forget_done, min(marks))


def mac(envelope: Envelope, word: str) -> bytes:
    """The blind key of a word."""
    return envelope.mac("search", word)[:MAC_BYTES]


async def cases(tx: Tx, envelope: Envelope, words: Iterable[str], limit: int) -> list[CaseHit]:
    """Cases with all these words, the newest first."""
    macs = [mac(envelope, word) for word in words]
    return [_case(envelope, row) for row in await tx.rows(sql("search").cases, macs, limit)]


async def cases_of(tx: Tx, envelope: Envelope, customer_id: UUID, limit: int) -> list[CaseHit]:
    """All cases of a customer, the newest first."""
    return [_case(envelope, row) for row in await tx.rows(sql("search").cases_of, customer_id, limit)]


def _case(envelope: Envelope, row: Mapping[str, Any]) -> CaseHit:
    who = _open(envelope, row["customer_id"], row)
    shown = {name: row[name] for name in CaseHit.__struct_fields__ if name in row}
    return CaseHit(**shown, customer=who.name or who.ref)


async def people(tx: Tx, envelope: Envelope, words: Iterable[str], limit: int) -> list[PersonHit]:
    """Customers with all these words in their profile."""
    macs = [mac(envelope, word) for word in words]
    rows = await tx.rows(sql("search").people, macs, limit)
    return [_person(envelope, row) for row in rows]


def _person(envelope: Envelope, row: Mapping[str, Any]) -> PersonHit:
    who = _open(envelope, row["id"], row)
    shown = {name: row[name] for name in PersonHit.__struct_fields__ if name in row}
    return PersonHit(**shown, ref=who.ref, name=who.name)


async def articles(tx: Tx, asked: str, limit: int) -> list[ArticleHit]:
    """Articles in force about what is asked, the best first."""
    return [ArticleHit(**dict(row)) for row in await tx.rows(sql("search").articles, asked, limit)]
