"""Read models: what pages, the API and the trace show. They read and never write."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

import msgspec

from newel.domain.attachment import Listed, listed
from newel.domain.errors import NotFound
from newel.domain.knowledge import Pointer
from newel.domain.states import JOB_KINDS
from newel.domain.survey import Figures, figures
from newel.domain.words import Survey
from newel.store.answer import Draft
from newel.store.db import Record, Tx, sql
from newel.store.envelope import Envelope, Sealer, case_place
from newel.store.intake import Body
from newel.store.migrate import migrations


class Open(msgspec.Struct, frozen=True):
    """How many rows of a kind stand in a state."""

    what: str
    state: str
    n: int


async def missing_migrations(tx: Tx) -> list[str]:
    """The shipped migrations that this database lacks."""
    applied = {row["number"] for row in await tx.rows(sql("views").migrations)}
    return [m.name for m in migrations() if m.number not in applied]


async def open_work(tx: Tx) -> list[Open]:
    """All open work by kind and state."""
    return [Open(**dict(row)) for row in await tx.rows(sql("views").open_work)]


class Lag(msgspec.Struct, frozen=True):
    """The seconds for which the oldest of something waits, or since a worker was seen."""

    what: str
    kind: str
    seconds: float


async def lags(tx: Tx) -> list[Lag]:
    """What waits, and since when workers were seen; of what there is none nothing is told."""
    rows = await tx.rows(sql("views").lags, list(JOB_KINDS))
    return [Lag(row["what"], row["kind"], max((tx.now - row["since"]).total_seconds(), 0.0)) for row in rows]


class Visible(msgspec.Struct, frozen=True):
    """A message as its customer sees it."""

    seq: int
    id: UUID
    author: str
    text: str
    at: datetime
    sources: tuple[str, ...]
    attachments: tuple[Listed, ...]
    articles: tuple[Pointer, ...]


class CaseView(msgspec.Struct, frozen=True, kw_only=True):
    """A case at a glance: no text of anybody."""

    id: UUID
    workflow: str
    kind: str
    conversation_id: UUID | None
    contact_reason: str
    language: str
    state: str
    tier: int | None
    locked: bool
    priority: int
    assist: int
    episode: int
    follow_up: bool
    due_at: datetime | None
    opened_at: datetime
    resolved_at: datetime | None
    policy_version: str
    owner: str | None
    approval_id: UUID | None
    tags: Sequence[str]
    targets: Sequence[Mapping[str, Any]]


class WorkView(msgspec.Struct, frozen=True, kw_only=True):
    """A work item as a list shows it; ``token`` fences the owner's writes."""

    id: UUID
    case_id: UUID
    workflow: str
    contact_reason: str
    state: str
    lane: str
    priority: int
    language: str
    skills: Sequence[str]
    regulated: bool
    reason: str
    queued_at: datetime
    due_at: datetime
    breached: bool
    level: str
    token: int
    owner: str | None


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """An approval in the queue."""

    id: UUID
    case_id: UUID
    workflow: str
    contact_reason: str
    priority: int
    amount_minor: int | None
    due_at: datetime
    expires_at: datetime
    created_at: datetime


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What an approver decides on: the message, the reply, the action and why."""

    id: UUID
    case_id: UUID
    workflow: str
    contact_reason: str
    state: str
    edited: bool
    amount_minor: int | None
    due_at: datetime
    expires_at: datetime
    confidence: float
    calibrated: bool
    reasons: Sequence[str]
    sources: Sequence[Any]
    subject: str
    message: str
    attachments: tuple[Listed, ...]
    reply: str
    justification: str
    action: Mapping[str, Any] | None


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody asks a person as an expert."""

    id: UUID
    case_id: UUID
    workflow: str
    contact_reason: str
    priority: int
    asked_by: str
    asked_at: datetime
    expires_at: datetime
    text: str


class Miss(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody said of a case that it should have been T3: at which tier, and where it is now."""

    id: UUID
    case_id: UUID
    episode: int
    workflow: str
    contact_reason: str
    cluster: str
    tier: int | None
    marked_by: str
    at: datetime
    state: str
    tier_now: int | None


async def misses(tx: Tx, since: datetime, until: datetime, limit: int) -> list[Miss]:
    """What was marked as missed in a time: the list of the weekly review."""
    return [Miss(**dict(row)) for row in await tx.rows(sql("views").misses, since, until, limit)]


class Satisfaction(Figures, frozen=True, kw_only=True):
    """The figures of one workflow, tier and kind of survey."""

    workflow: str
    tier: int | None
    kind: Survey


async def satisfaction(tx: Tx, since: datetime) -> list[Satisfaction]:
    """How customers found it since a time, by workflow, tier and kind of survey."""
    rows = await tx.rows(sql("views").satisfaction, since)
    return [
        _satisfaction(workflow, tier, Survey(kind), list(of))
        for (workflow, tier, kind), of in groupby(rows, key=itemgetter("workflow", "tier", "kind"))
    ]


def _satisfaction(workflow: str, tier: int | None, kind: Survey, rows: list[Record]) -> Satisfaction:
    scored = {row["score"]: row["times"] for row in rows if row["score"] is not None}
    found = figures(kind, sum(row["times"] for row in rows), scored)
    return Satisfaction(workflow=workflow, tier=tier, kind=kind, **msgspec.structs.asdict(found))


async def questions(tx: Tx, envelope: Envelope, staff_id: UUID) -> list[Question]:
    """What a person is asked as an expert and has not answered, while it stands."""
    rows = await tx.rows(sql("views").questions, staff_id, tx.now)
    return [_question(envelope, row) for row in rows]


def _question(envelope: Envelope, row: Record) -> Question:
    text = _sealer(envelope, row).open_value(f"note.body:{row['id']}", row["body_sealed"], str)
    shown = {name: row[name] for name in Question.__struct_fields__ if name != "text"}
    return Question(**shown, text=text)


async def conversation(tx: Tx, envelope: Envelope, conversation_id: UUID, after: int) -> list[Visible]:
    """What has left for the customer since a number, in order."""
    if await tx.value(sql("views").conversation, conversation_id) is None:
        raise NotFound(what="conversation", id=conversation_id)
    rows = await tx.rows(sql("views").visible, conversation_id, after)
    bodies = [_body(envelope, r, r["id"]) for r in rows]
    return [
        Visible(
            r["seq"],
            r["id"],
            r["author"],
            body.text,
            r["created_at"],
            body.sources,
            listed(body.attachments),
            body.articles,
        )
        for r, body in zip(rows, bodies, strict=True)
    ]


async def case(tx: Tx, case_id: UUID) -> CaseView:
    """A case at a glance."""
    row = await tx.row(sql("views").case, case_id)
    if row is None:
        raise NotFound(what="case", id=case_id)
    targets = [dict(t) for t in await tx.rows(sql("views").targets, case_id)]
    return CaseView(**dict(row), targets=targets)


async def owned(tx: Tx, staff_id: UUID) -> list[WorkView]:
    """What a person owns, most urgent first."""
    return [WorkView(**dict(row)) for row in await tx.rows(sql("views").owned, staff_id)]


async def queue(tx: Tx, limit: int) -> list[WorkView]:
    """What waits for a person, in the order of claims."""
    return [WorkView(**dict(row)) for row in await tx.rows(sql("views").queue, limit)]


async def work_item(tx: Tx, item_id: UUID) -> WorkView:
    """One work item."""
    return WorkView(**dict(await tx.one(sql("views").work_item, item_id)))


async def staff_id(tx: Tx, login: str) -> UUID:
    """The person of a login."""
    found: UUID | None = await tx.value(sql("views").staff_id, login)
    if found is None:
        raise NotFound(what="person", id=login)
    return found


async def approvals(tx: Tx, limit: int) -> list[Waiting]:
    """What waits for an approver, the most urgent first."""
    return [Waiting(**dict(row)) for row in await tx.rows(sql("views").approvals, limit)]


async def approval(tx: Tx, envelope: Envelope, approval_id: UUID) -> Asked:
    """One approval with everything that its decision needs, opened."""
    row = await tx.row(sql("views").approval, approval_id)
    if row is None:
        raise NotFound(what="approval", id=approval_id)
    said = _body(envelope, row, row["message_id"])
    place = f"proposal.draft:{row['proposal_id']}"
    draft = _sealer(envelope, row).open_value(place, row["draft_sealed"], Draft)
    shown = {name: row[name] for name in Asked.__struct_fields__ if name in row}
    return Asked(
        **shown,
        subject=said.subject,
        message=said.text,
        attachments=listed(said.attachments),
        reply=draft.reply,
        justification=draft.justification,
        action=msgspec.to_builtins(draft.action),
    )


def _body(envelope: Envelope, row: Record, message_id: UUID) -> Body:
    return _sealer(envelope, row).open_value(f"message.body:{message_id}", row["body_sealed"], Body)


def _sealer(envelope: Envelope, row: Record) -> Sealer:
    subject = envelope.subject(row["customer_id"], row["subject_wrapped"])
    return subject.unwrap(case_place(row["case_id"]), row["key_wrapped"])
