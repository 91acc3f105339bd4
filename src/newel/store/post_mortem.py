"""Rows of post-mortems; what is said in them is sealed with their case."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import msgspec

from newel.domain.errors import Conflict, NotFound
from newel.domain.post_mortem import Told
from newel.domain.words import Cluster
from newel.store import audit
from newel.store.case import Case
from newel.store.db import Record, Tx, sql
from newel.store.envelope import Envelope, case_place


class PostMortemWords(msgspec.Struct, frozen=True):
    """What is said in words; empty while it is open, and for an erased customer."""

    missed: str = ""
    remedy: str = ""
    phrases: tuple[str, ...] = ()


class PostMortem(msgspec.Struct, frozen=True, kw_only=True):
    """One post-mortem; ``draft`` is the version that its marker is drafted in.

    A closed one was open when its customer was erased: it cannot be written any more.
    """

    id: UUID
    case_id: UUID
    episode: int
    workflow: str
    contact_reason: str
    cluster: Cluster
    miss_id: UUID
    marked_by: str
    by_audit: bool
    state: str
    owner: str
    owner_id: UUID | None
    owner_name: str | None
    opened_at: datetime
    due_at: datetime
    overdue_at: datetime | None
    written_by: str | None
    written_at: datetime | None
    closed_at: datetime | None
    why: str | None
    measure: str | None
    draft: str | None
    draft_state: str | None
    said: PostMortemWords


class Bare(msgspec.Struct, frozen=True):
    """A miss that has no post-mortem yet."""

    id: UUID
    case_id: UUID
    episode: int
    cluster: Cluster


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """A post-mortem of which somebody hears: it is theirs to write, or was not written in time."""

    id: UUID
    case_id: UUID
    owner_id: UUID | None


async def add(
    tx: Tx, case: Case, miss: Bare, owner: str, owner_id: UUID | None, due_at: datetime
) -> UUID | None:
    """Open it with its event; None when the cluster has one in this episode."""
    of_miss = (case.id, miss.episode, case.workflow, miss.cluster, miss.id)
    found: UUID | None = await tx.value(
        sql("post_mortem").add, uuid4(), *of_miss, owner, owner_id, tx.now, due_at
    )
    if found is not None:
        told = {"cluster": miss.cluster.value, "miss": miss.id, "owner": owner_id}
        await _record(tx, "opened", found, case.id, "open", **told)
    return found


async def missing(tx: Tx, workflows: Sequence[str], limit: int) -> list[Bare]:
    """Misses of these workflows without a post-mortem, the oldest first."""
    rows = await tx.rows(sql("post_mortem").missing, workflows, limit)
    return [msgspec.convert(dict(row), Bare) for row in rows]


async def read(tx: Tx, envelope: Envelope, post_mortem_id: UUID) -> PostMortem:
    """One post-mortem; who writes it has locked its case."""
    found = await _listed(tx, envelope, post_mortem_id, None, None, None, None, 1)
    if not found:
        raise NotFound(what="post-mortem", id=post_mortem_id)
    return found[0]


async def listed(tx: Tx, envelope: Envelope, state: str | None, limit: int) -> list[PostMortem]:
    """Those in a state, or all: what is open first, what is due first."""
    return await _listed(tx, envelope, None, None, state, None, None, limit)


async def of_week(
    tx: Tx, envelope: Envelope, workflow: str, since: datetime, until: datetime, limit: int
) -> list[PostMortem]:
    """Those of a workflow that were opened in a time."""
    return await _listed(tx, envelope, None, workflow, None, since, until, limit)


async def _listed(tx: Tx, envelope: Envelope, *which: object) -> list[PostMortem]:
    return [_post_mortem(envelope, row) for row in await tx.rows(sql("post_mortem").listed, *which)]


def _post_mortem(envelope: Envelope, row: Record) -> PostMortem:
    given = dict(row)
    sealed, wrapped = given.pop("said_sealed"), given.pop("wrapped")
    customer, key, said = given.pop("customer_id"), given.pop("key_wrapped"), PostMortemWords()
    if sealed is not None and wrapped is not None:
        sealer = envelope.subject(customer, wrapped).unwrap(case_place(row["case_id"]), key)
        said = sealer.open_value(_place(row["id"]), sealed, PostMortemWords)
    return PostMortem(**{**given, "cluster": Cluster(row["cluster"])}, said=said)


async def drafted(tx: Tx, workflow: str, base_id: UUID) -> UUID | None:
    """The draft of the markers that wait already, if it is of the version in force."""
    found: UUID | None = await tx.value(sql("post_mortem").drafted, workflow, base_id)
    return found


async def write(
    tx: Tx, envelope: Envelope, case: Case, one: PostMortem, told: Told, draft_id: UUID | None
) -> None:
    """What the transaction's actor says of it, with its event; ``Conflict`` when somebody was first."""
    sealed = case.sealer(envelope).seal_value(
        _place(one.id), PostMortemWords(told.missed, told.remedy, told.phrases)
    )
    by = (UUID(tx.actor.id), tx.now)
    row = await tx.row(sql("post_mortem").write, one.id, *by, told.why, told.measure, sealed, draft_id)
    if row is None:
        raise Conflict(what=f"post-mortem {one.id}", state="written", why="somebody else was first")
    words = {"why": told.why.value, "measure": told.measure.value, "draft": draft_id}
    await _record(tx, "written", one.id, case.id, "written", **words)


async def close_erased(tx: Tx) -> None:
    """Close what is open of erased customers, each with its event."""
    for row in await tx.rows(sql("post_mortem").close_erased, tx.now):
        await _record(tx, "closed", row["id"], row["case_id"], "closed", why="erased")


async def overdue(tx: Tx) -> list[Call]:
    """What was not written in time and is told now, each with its event."""
    found = [Call(**dict(row)) for row in await tx.rows(sql("post_mortem").overdue, tx.now)]
    for one in found:
        await _record(tx, "overdue", one.id, one.case_id, None)
    return found


async def _record(tx: Tx, event: str, which: UUID, case_id: UUID, state: str | None, **data: Any) -> None:
    await audit.record(tx, f"post_mortem.{event}", "post_mortem", which, state=state, case_id=case_id, **data)


def _place(post_mortem_id: UUID) -> str:
    return f"post_mortem.said:{post_mortem_id}"
