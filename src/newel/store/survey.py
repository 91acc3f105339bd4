"""Rows of surveys: asked at the end of an episode, answered once, the comment sealed."""

from collections import defaultdict
from datetime import datetime
from uuid import UUID, uuid4

import msgspec

from newel.domain.errors import NotFound
from newel.domain.survey import OPEN_FOR, SCALES, Heard, heard
from newel.domain.words import Survey as Kind
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


class Answer(msgspec.Struct, frozen=True):
    """What a customer answered once; their comment stands in the trace of its case."""

    kind: Kind
    score: int
    answered_at: datetime
    case_id: UUID

    @property
    def most(self) -> int:
        """The best that the scale of its kind has."""
        return SCALES[self.kind][-1]


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


async def since(tx: Tx, at: datetime) -> list[Heard]:
    """What customers have answered since a time, each kind in its own figure."""
    scored: dict[str, dict[int, int]] = defaultdict(dict)
    for row in await tx.rows(sql("survey").scores, at):
        scored[row["kind"]][row["score"]] = row["times"]
    return [heard(kind, scored[kind]) for kind in Kind]


async def of_customer(tx: Tx, customer_id: UUID, most: int) -> list[Answer]:
    """What a customer answered last, newest first."""
    rows = await tx.rows(sql("survey").of_customer, customer_id, most)
    return [Answer(Kind(row["kind"]), row["score"], row["answered_at"], row["case_id"]) for row in rows]
