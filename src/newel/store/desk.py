"""Read models of the desk: my work and the queue, and one case opened. They read and never write."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from newel.domain import desk as rule
from newel.domain import mask
from newel.domain.attachment import Attached
from newel.domain.desk import Piece, Sight
from newel.domain.mask import Known
from newel.domain.saved_view import Filter
from newel.domain.scan.receipt import Receipt
from newel.store.case import Case
from newel.store.customer import Profile
from newel.store.db import Record, Tx, sql
from newel.store.envelope import Envelope, Sealer, case_place
from newel.store.intake import Body
from newel.store.routing import Serving

MESSAGES: Final = 100
EXCERPTS: Final = 4_000
STORY: Final = (
    "case.escalated",
    "case.owned",
    "case.snoozed",
    "case.waiting",
    "case.lowered",
    "case.unlocked",
    "case.resolved",
    "case.merged",
    "case.absorbed",
    "case.followed",
    "case.tagged",
    "case.prioritised",
    "work_item.transferred",
    "work_item.assigned",
    "work_item.taken_over",
    "work_item.handed_back",
    "work_item.escalated",
)
"""The audit events that stand between the messages."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A case in the list: what it is about, how urgent it is, and the customer's newest words, masked."""

    case_id: UUID
    token: int
    workflow: str
    kind: str
    state: str
    case_state: str
    priority: int
    due_at: datetime
    due_kind: str | None = None
    """What is due soonest: an answer, or the end."""
    next_due: datetime
    due_from: datetime
    queued_at: datetime
    breached: bool
    level: str
    reason: str
    contact_reason: str
    language: str
    locked: bool
    until: datetime | None
    unanswered: bool
    said_at: datetime | None
    message_id: UUID | None
    tags: Sequence[str]
    able: bool = True
    lent: bool = False
    customer: str = ""
    excerpt: str = ""


class Depth(msgspec.Struct, frozen=True):
    """How much of a workflow, priority and language waits."""

    workflow: str
    priority: int
    language: str
    n: int


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A message as the desk shows it: in pieces, with what its scan saw and whether it has left."""

    id: UUID
    case_id: UUID
    seq: int
    episode: int
    direction: str
    author: str
    drafted_by: str
    template: str | None
    channel: str
    at: datetime
    released_by: str | None
    delivery: str | None
    undelivered: str | None
    release_at: datetime | None
    held_by: UUID | None
    seen: bool
    seen_at: datetime | None
    subject: tuple[Piece, ...] = ()
    text: tuple[Piece, ...] = ()
    contact: tuple[Piece, ...] = ()
    sources: tuple[str, ...] = ()
    attachments: tuple[Attached, ...] = ()
    untrusted: bool = False
    cut: int = 0


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """A step in the story of a case."""

    at: datetime
    event: str
    actor_kind: str
    actor: str | None
    owner: str | None
    data: Mapping[str, Any]


class Question(msgspec.Struct, frozen=True):
    """What the person is asked on this case."""

    id: UUID
    asked_by: str
    expires_at: datetime


class Colleague(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody to whom work may go, or who may be asked."""

    id: UUID
    login: str
    name: str
    clearance: str
    presence: str
    load: int
    capacity: int
    languages: Sequence[str]
    skills: Mapping[str, int]


async def mine(tx: Tx, envelope: Envelope, staff_id: UUID) -> list[Row]:
    """What a person owns, most urgent first."""
    return [_row(envelope, row, Sight.WHOLE) for row in await tx.rows(sql("desk").mine, staff_id)]


async def queue(
    tx: Tx, envelope: Envelope, serving: Serving, highest: int, part: Filter, limit: int
) -> list[Row]:
    """What waits: first what the person may take, then the rest, each in the order of claims."""
    what = (part.workflow, part.priority, limit, part.language, part.late, part.tag)
    asked = (serving.eligible, serving.general, highest, serving.person.id, *what)
    return [_row(envelope, row, Sight.GLANCE) for row in await tx.rows(sql("desk").queue, *asked)]


async def depth(tx: Tx) -> list[Depth]:
    """How much waits, by workflow, priority and language."""
    return [Depth(**dict(row)) for row in await tx.rows(sql("desk").depth)]


def _row(envelope: Envelope, row: Record, seen: Sight) -> Row:
    customer, excerpt = _glance(envelope, row, seen)
    shown = {name: row[name] for name in Row.__struct_fields__ if name in row}
    return Row(**shown, customer=customer, excerpt=excerpt)


_glances: dict[tuple[UUID, UUID | None, int, Sight], tuple[str, str]] = {}
"""Short names and masked beginnings, by case, message, what is known of the customer, and who looks:
what is sealed there does not change in place."""


def _glance(envelope: Envelope, row: Record, seen: Sight) -> tuple[str, str]:
    key = (row["case_id"], row["message_id"], hash(row["profile_sealed"]), seen)
    if key not in _glances:
        if len(_glances) > EXCERPTS:
            _glances.clear()
        subject = envelope.subject(row["customer_id"], row["subject_wrapped"])
        profile = subject.open_value(f"customer.profile:{row['customer_id']}", row["profile_sealed"], Profile)
        said = _excerpt(subject, row, profile) if row["message_id"] else ""
        _glances[key] = rule.short_name(profile.name, seen), said
    return _glances[key]


def _excerpt(subject: Sealer, row: Record, profile: Profile) -> str:
    sealer = subject.unwrap(case_place(row["case_id"]), row["key_wrapped"])
    body = sealer.open_value(f"message.body:{row['message_id']}", row["body_sealed"], Body)
    known = mask.known_of(profile.name, profile.address, profile.phone)
    names = ", ".join(one.name for one in body.attachments)
    return rule.excerpt(body.text.strip() or body.subject or names, known)


class Opened(msgspec.Struct, frozen=True):
    """The messages of a case with their bodies and receipts, in order."""

    rows: Sequence[Record]
    bodies: Sequence[Body]
    receipts: Sequence[Receipt | None]

    @property
    def texts(self) -> list[str]:
        """All that may hold personal data, in one order: what ``reveal`` looks through."""
        return [
            text[: rule.LONGEST] for body in self.bodies for text in (body.subject, body.text, body.contact)
        ]

    def lines(self, known: Known) -> tuple[Line, ...]:
        """As the desk shows them: masked, with the evidence marked."""
        texts = self.texts
        hidden = mask.hidden(texts, known)
        return tuple(
            _line(row, _hidden(body, known), receipt, texts[3 * n : 3 * n + 3], hidden[3 * n : 3 * n + 3])
            for n, (row, body, receipt) in enumerate(zip(self.rows, self.bodies, self.receipts, strict=True))
        )


def _hidden(body: Body, known: Known) -> Body:
    """The names of attachments masked like every other text."""
    if not body.attachments:
        return body
    shown = tuple(
        msgspec.structs.replace(one, name=mask.masked_text(one.name, known)) for one in body.attachments
    )
    return msgspec.structs.replace(body, attachments=shown)


async def messages(tx: Tx, envelope: Envelope, case: Case, merged: Sequence[Case] = ()) -> Opened:
    """The newest messages of a case and of those merged into it, each under its own key, oldest first."""
    sealers = {one.id: one.sealer(envelope) for one in (case, *merged)}
    rows = list(reversed(await tx.rows(sql("desk").messages, list(sealers), MESSAGES)))
    bodies = [_body(sealers[row["case_id"]], row) for row in rows]
    return Opened(rows, bodies, [_receipt(sealers[row["case_id"]], row) for row in rows])


def _body(sealer: Sealer, row: Record) -> Body:
    return sealer.open_value(f"message.body:{row['id']}", row["body_sealed"], Body)


def _receipt(sealer: Sealer, row: Record) -> Receipt | None:
    if not row["receipt_id"]:
        return None
    return sealer.open_value(f"scan_receipt.evidence:{row['receipt_id']}", row["evidence_sealed"], Receipt)


def _line(
    row: Record, body: Body, receipt: Receipt | None, texts: Sequence[str], hidden: Sequence[Any]
) -> Line:
    markers = receipt.markers if receipt else ()
    shown = {name: row[name] for name in Line.__struct_fields__ if name in row}
    return Line(
        **shown,
        subject=rule.pieces(texts[0], hidden[0], ()),
        text=rule.pieces(texts[1], hidden[1], rule.marks(markers)),
        contact=rule.pieces(texts[2], hidden[2], ()),
        cut=len(body.text) if len(body.text) > rule.LONGEST else 0,
        sources=body.sources,
        attachments=body.attachments,
        untrusted=rule.untrusted(markers),
    )


async def moments(tx: Tx, case_id: UUID) -> list[Moment]:
    """What became of a case, in order."""
    return [Moment(**dict(row)) for row in await tx.rows(sql("desk").moments, case_id, list(STORY))]


async def opened(tx: Tx, entity: str, entity_id: UUID, event: str) -> bool:
    """Whether the transaction's person has opened it lately: looking again is not another opening."""
    since = tx.now - rule.OPENED_FOR
    found: bool = await tx.value(sql("desk").opened, str(entity_id), entity, event, tx.actor.id, since)
    return found


async def question(tx: Tx, case_id: UUID, staff_id: UUID) -> Question | None:
    """What the person is asked on a case and can still answer."""
    row = await tx.row(sql("desk").question, case_id, staff_id, tx.now)
    return Question(**dict(row)) if row else None


async def people(tx: Tx) -> list[Colleague]:
    """Everybody who works on cases."""
    return [Colleague(**dict(row)) for row in await tx.rows(sql("desk").people)]


async def names(tx: Tx, staff_ids: Sequence[UUID]) -> dict[UUID, str]:
    """The names of people."""
    return {row["id"]: row["name"] for row in await tx.rows(sql("desk").names, list(staff_ids))}
