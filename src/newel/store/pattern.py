"""Rows of patterns: who has seen what again, in sealed words."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import msgspec

from newel.store import audit
from newel.store.case import Case
from newel.store.db import Tx, sql
from newel.store.envelope import Envelope, case_place


class Pattern(msgspec.Struct, frozen=True, kw_only=True):
    """One flag: what happens again, and how often its reason was flagged in the time that is looked at.

    It may be without words, when it was said as the case ended.
    """

    id: UUID
    case_id: UUID
    workflow: str
    contact_reason: str
    flagged_by: str
    name: str
    at: datetime
    words: str
    times: int


async def add(tx: Tx, envelope: Envelope, case: Case, contact_reason: str, words: str) -> UUID | None:
    """The flag with its event; None when this person has flagged the episode before."""
    flag = uuid4()
    sealed = case.sealer(envelope).seal_value(_place(flag), words) if words else None
    values = (flag, case.id, case.episode, UUID(tx.actor.id), contact_reason, sealed, tx.now)
    if not await tx.row(sql("pattern").add, *values):
        return None
    await audit.record(tx, "pattern.flagged", "pattern", flag, case_id=case.id, contact_reason=contact_reason)
    return flag


async def flagged(tx: Tx, envelope: Envelope, since: datetime, limit: int) -> list[Pattern]:
    """What was flagged since a time, the newest first; of an erased customer without the words."""
    return [_pattern(envelope, dict(row)) for row in await tx.rows(sql("pattern").flagged, since, limit)]


def _pattern(envelope: Envelope, row: dict[str, Any]) -> Pattern:
    sealed, wrapped = row.pop("words_sealed"), row.pop("wrapped")
    customer, key, words = row.pop("customer_id"), row.pop("key_wrapped"), ""
    if wrapped is not None and sealed is not None:
        sealer = envelope.subject(customer, wrapped).unwrap(case_place(row["case_id"]), key)
        words = sealer.open_value(_place(row["id"]), sealed, str)
    return Pattern(words=words, **row)


def _place(flag: UUID) -> str:
    return f"pattern.words:{flag}"
