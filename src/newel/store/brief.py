"""All that an answer is made from, read at once."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from newel.domain.access import Actor
from newel.store import case as cases
from newel.store import customer as customers
from newel.store import intake
from newel.store.case import Case
from newel.store.customer import Customer
from newel.store.db import Db, Record, Tx, sql
from newel.store.envelope import Envelope
from newel.store.intake import Said


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A case as it is now, with what the AI is told of it."""

    case: Case
    customer: Customer
    said: list[Said]
    fields: Mapping[str, Any]
    confidence: float | None
    answered: int
    """The sequence number of the newest message of this episode that has its answer; 0 when none has."""
    lowered: tuple[int, datetime] | None
    """To which tier a person lowered this episode last, and when."""


@asynccontextmanager
async def told(db: Db, envelope: Envelope, actor: Actor, case_id: UUID) -> AsyncIterator[tuple[Tx, Told]]:
    """A transaction that begins with the reading; the case is not locked."""
    async with db.opened(actor, sql("answer").brief, case_id) as (tx, row):
        case = cases.of_row(row, case_id)
        assert row is not None, "a case without a row is not found"  # noqa: S101
        yield tx, _told(envelope, case, row)


def _told(envelope: Envelope, case: Case, row: Record) -> Told:
    sealer = case.sealer(envelope)
    fields = intake.opened_fields(sealer, row["item_id"], row["item_sealed"])
    lowered = (row["lowered_to"], row["lowered_at"]) if row["lowered_at"] else None
    return Told(
        case=case,
        customer=customers.of_row(envelope, case.customer_id, case.subject_wrapped, row),
        said=intake.said(sealer, row),
        fields=fields,
        confidence=row["item_confidence"],
        answered=row["answered"],
        lowered=lowered,
    )
