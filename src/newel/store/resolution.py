"""Rows of resolution: one for each episode."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

import msgspec

from newel.domain.resolution import Category, Resolution
from newel.store import audit
from newel.store.case import Case
from newel.store.db import Tx, sql
from newel.store.envelope import Envelope


async def add(
    tx: Tx,
    envelope: Envelope,
    case: Case,
    said: Resolution,
    by_kind: str,
    staff_id: UUID | None,
    acts: Sequence[str] = (),
) -> UUID:
    """How the episode ended, by whom and with which acts; the note is sealed."""
    resolution = uuid4()
    place = f"resolution.note:{resolution}"
    note = case.sealer(envelope).seal_value(place, said.note) if said.note else None
    await tx.run(
        sql("resolution").add,
        resolution,
        case.id,
        case.episode,
        said.category,
        said.cause,
        said.ai_quality,
        said.seconds_spent,
        by_kind,
        staff_id,
        note,
        tx.now,
    )
    await audit.record(
        tx,
        "resolution.made",
        "resolution",
        resolution,
        case_id=case.id,
        category=said.category.value,
        cause=said.cause.value if said.cause else None,
        by=by_kind,
        acts=list(acts),
        **({"contact_reason": said.contact_reason} if said.contact_reason else {}),
    )
    return resolution


async def acts(tx: Tx, case: Case) -> tuple[str, ...]:
    """What was done in this episode, each class once in its order, and not taken back or refused."""
    rows = await tx.rows(sql("resolution").acts, case.id, case.episode_opened_at)
    return tuple(dict.fromkeys(row["class"] for row in rows))


class Made(msgspec.Struct, frozen=True):
    """How an episode ended."""

    id: UUID
    category: Category


async def of(tx: Tx, case: Case) -> Made | None:
    """How the case's episode ended, if somebody or something said so."""
    row = await tx.row(sql("resolution").of, case.id, case.episode)
    return Made(row["id"], Category(row["category"])) if row else None


class Ended(msgspec.Struct, frozen=True, kw_only=True):
    """How an episode ended, for people: by whom, when, and the note that stays here."""

    category: Category
    cause: str
    seconds_spent: int | None
    by_kind: str
    by: str
    at: datetime
    note: str


async def ended(tx: Tx, envelope: Envelope, case: Case) -> Ended | None:
    """How the case's episode ended; None while it goes on."""
    row = await tx.row(sql("resolution").ended, case.id, case.episode)
    if row is None:
        return None
    place, sealed = f"resolution.note:{row['id']}", row["note_sealed"]
    return Ended(
        category=Category(row["category"]),
        cause=row["cause"] or "",
        seconds_spent=row["seconds_spent"],
        by_kind=row["by_kind"],
        by=row["by"] or "",
        at=row["at"],
        note=case.sealer(envelope).open_value(place, sealed, str) if sealed else "",
    )


async def acted(tx: Tx, case: Case) -> bool:
    """Whether an action was executed in this episode."""
    found: bool = await tx.value(sql("resolution").acted, case.id, case.episode_opened_at)
    return found
