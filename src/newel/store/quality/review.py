"""Rows of reviews, and of how much is sampled."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import msgspec

from newel.domain.errors import Conflict, NotFound
from newel.domain.quality import Mark, Score, Verdict, Work
from newel.store import audit
from newel.store.case import Case
from newel.store.db import Record, Tx, sql
from newel.store.envelope import Envelope, case_place


class Said(msgspec.Struct, frozen=True):
    """What a reviewer said in words; sealed with the case."""

    remark: str = ""
    coaching: str = ""


class Review(msgspec.Struct, frozen=True, kw_only=True):
    """One review; ``author`` is whose work it is about, where it is a person's."""

    id: UUID
    case_id: UUID
    episode: int
    workflow: str
    kind: str
    work: Work
    author_id: UUID | None
    author: str | None
    state: str
    share: float | None
    miss_id: UUID | None
    cluster: str | None
    marked_by: str | None
    proposal_id: UUID | None
    due_at: datetime | None
    expires_at: datetime | None
    created_at: datetime
    reviewed_by: UUID | None
    reviewer: str | None
    policy_id: UUID | None
    marks: Mapping[str, Mark]
    score: float | None
    passed: bool | None
    critical: tuple[str, ...]
    said_sealed: bytes | None
    ended_at: datetime | None

    def said(self, envelope: Envelope, case: Case) -> Said:
        """What was said of it."""
        if self.said_sealed is None:
            return Said()
        return case.sealer(envelope).open_value(_place(self.id), self.said_sealed, Said)


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be reviewed: a kind, whose work, and what it is about."""

    kind: str
    work: Work
    author_id: UUID | None = None
    share: float | None = None
    miss_id: UUID | None = None
    proposal_id: UUID | None = None
    text_mac: bytes | None = None
    due_at: datetime | None = None
    expires_at: datetime | None = None


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A review in the list."""

    id: UUID
    case_id: UUID
    workflow: str
    kind: str
    work: Work
    author: str | None
    contact_reason: str
    language: str
    cluster: str | None
    due_at: datetime | None
    created_at: datetime


class About(msgspec.Struct, frozen=True, kw_only=True):
    """What was said of somebody's work."""

    id: UUID
    case_id: UUID
    workflow: str
    kind: str
    work: Work
    contact_reason: str
    score: float
    passed: bool
    marks: Mapping[str, Mark]
    critical: tuple[str, ...]
    ended_at: datetime
    coaching: str


async def sampled(tx: Tx, case: Case) -> float | None:
    """The share among which the AI's answers of the episode were chosen for review; None if they were not."""
    found: float | None = await tx.value(sql("quality").sampled, case.id, case.episode)
    return found


async def proposal(tx: Tx, case: Case) -> UUID | None:
    """The newest proposal of the episode."""
    found: UUID | None = await tx.value(sql("quality").proposal, case.id, case.episode)
    return found


async def reasons(tx: Tx, case: Case) -> list[str]:
    """Why the episode was handled as it was."""
    return list(await tx.value(sql("quality").reasons, case.id, case.episode) or ())


async def author(tx: Tx, case: Case, work: Work) -> UUID | None:
    """Whose work an episode was; None where the AI's, or nobody's."""
    if work == "ai":
        return None
    query = sql("quality").approver if work == "approved" else sql("quality").resolver
    found: UUID | None = await tx.value(query, case.id, case.episode)
    return found


async def add(tx: Tx, case: Case, asked: Asked) -> UUID | None:
    """Put it on the list; None when the episode is there already."""
    found: UUID | None = await tx.value(
        sql("quality").add,
        uuid4(),
        case.id,
        case.episode,
        case.workflow,
        asked.kind,
        asked.work,
        asked.author_id,
        asked.share,
        asked.miss_id,
        asked.proposal_id,
        asked.text_mac,
        asked.due_at,
        asked.expires_at,
        tx.now,
    )
    if found is not None:
        await _record(tx, found, case.id, "open", kind=asked.kind, work=asked.work, share=asked.share)
    return found


async def read(tx: Tx, review_id: UUID) -> Review:
    """One review; who decides on it has locked its case."""
    row = await tx.row(sql("quality").read, review_id)
    if row is None:
        raise NotFound(what="review", id=review_id)
    marks = {name: Mark(mark) for name, mark in row["marks"].items()}
    return Review(**{**dict(row), "marks": marks, "critical": tuple(row["critical"])})


async def is_own(tx: Tx, review: Review, staff_id: UUID) -> bool:
    """Whether it is of the person's own work: nobody reviews what is theirs."""
    found: bool = await tx.value(sql("quality").is_own, review.kind, review.case_id, staff_id)
    return found


async def end(
    tx: Tx,
    envelope: Envelope,
    case: Case,
    review: Review,
    state: str,
    said: Verdict,
    judged: tuple[UUID, Score],
    text_mac: bytes | None = None,
) -> None:
    """The verdict of the transaction's actor, by a policy's card; ``Conflict`` when somebody was first."""
    policy, score = judged
    words = Said(said.remark.strip(), said.coaching.strip())
    row = await tx.row(
        sql("quality").end,
        review.id,
        state,
        UUID(tx.actor.id),
        policy,
        dict(said.marks),
        score.value,
        score.passed,
        list(score.critical),
        case.sealer(envelope).seal_value(_place(review.id), words),
        text_mac,
        tx.now,
    )
    if row is None:
        raise Conflict(what=f"review {review.id}", state="decided", why="somebody else was first")
    await _record(
        tx, review.id, case.id, state, score=score.value, passed=score.passed, critical=score.critical
    )


async def void_held(tx: Tx, case_id: UUID, because: str) -> None:
    """What waited for a reviewer is taken back."""
    for row in await tx.rows(sql("quality").void_held, case_id, tx.now):
        await _record(tx, row["id"], case_id, "void", reason=because)


async def opened(tx: Tx, review: Review) -> None:
    """Somebody reads what a review is about."""
    await audit.record(tx, "review.opened", "review", review.id, case_id=review.case_id)


async def _record(tx: Tx, review: UUID, case_id: UUID, state: str, **data: Any) -> None:
    await audit.record(tx, f"review.{state}", "review", review, state=state, case_id=case_id, **data)


async def waiting(tx: Tx, staff_id: UUID, limit: int) -> list[Line]:
    """What this person may review, the most urgent first."""
    return [Line(**dict(row)) for row in await tx.rows(sql("quality").waiting, staff_id, limit)]


async def count(tx: Tx) -> int:
    """How many reviews are open, whoever may do them."""
    found: int = await tx.value(sql("quality").count)
    return found


async def about(tx: Tx, envelope: Envelope, staff_id: UUID, limit: int) -> list[About]:
    """What was said of a person's work, newest first."""
    return [_about(envelope, row) for row in await tx.rows(sql("quality").about, staff_id, limit)]


def _about(envelope: Envelope, row: Record) -> About:
    subject = envelope.subject(row["customer_id"], row["subject_wrapped"])
    sealer = subject.unwrap(case_place(row["case_id"]), row["key_wrapped"])
    said = sealer.open_value(_place(row["id"]), row["said_sealed"], Said)
    shown = {name: row[name] for name in About.__struct_fields__ if name != "coaching"}
    marks = {name: Mark(mark) for name, mark in row["marks"].items()}
    return About(**{**shown, "marks": marks, "critical": tuple(row["critical"])}, coaching=said.coaching)


def _place(review_id: UUID) -> str:
    return f"review.said:{review_id}"
