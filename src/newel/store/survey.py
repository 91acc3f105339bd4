"""Rows of surveys: asked at the end of an episode, answered once, the comment sealed."""

from datetime import datetime
from uuid import UUID, uuid4

import msgspec

from newel.domain.errors import NotFound
from newel.domain.survey import OPEN_FOR
from newel.store import audit
from newel.store.case import Case
from newel.store.db import Tx, sql
from newel.store.envelope import Envelope


class Survey(msgspec.Struct, frozen=True):
    """One survey as far as answering needs it."""

    id: UUID
    case_id: UUID
    kind: str
    answered_at: datetime | None
    expires_at: datetime


class Open(msgspec.Struct, frozen=True):
    """A survey that waits for its customer."""

    id: UUID
    kind: str
    asked_at: datetime
    expires_at: datetime


async def add(tx: Tx, case: Case, conversation_id: UUID, kind: str) -> UUID:
    """Ask about the episode that ends."""
    survey, tier = uuid4(), int(case.tier) if case.tier else None
    until = tx.now + OPEN_FOR
    about = (case.id, conversation_id, case.episode, tier, kind)
    await tx.run(sql("survey").add, survey, *about, tx.now, until)
    await audit.record(tx, "survey.asked", "survey", survey, case_id=case.id, tier=tier, kind=kind)
    return survey


async def read(tx: Tx, survey_id: UUID) -> Survey:
    """One survey."""
    row = await tx.row(sql("survey").read, survey_id)
    if row is None:
        raise NotFound(what="survey", id="of this token")
    return Survey(**dict(row))


async def open_of(tx: Tx, conversation_id: UUID) -> Open | None:
    """What the customer of a conversation can answer now."""
    row = await tx.row(sql("survey").open_of, conversation_id, tx.now)
    return Open(**dict(row)) if row else None


async def answer(tx: Tx, envelope: Envelope, case: Case, survey: Survey, score: int, comment: str) -> None:
    """The answer, once; ``Conflict`` when somebody was first."""
    sealed = case.sealer(envelope).seal_value(f"survey.comment:{survey.id}", comment) if comment else None
    await tx.one(sql("survey").answer, survey.id, score, sealed, tx.now)
    about, kind = case.id, survey.kind
    await audit.record(tx, "survey.answered", "survey", survey.id, case_id=about, kind=kind, score=score)
