"""Rows of macros."""

from datetime import datetime
from uuid import UUID, uuid4

import msgspec

from newel.domain.errors import NotFound
from newel.domain.macro import Text
from newel.store import audit
from newel.store.db import Tx, sql


class Macro(msgspec.Struct, frozen=True, kw_only=True):
    """One canned text."""

    id: UUID
    workflow: str
    language: str
    name: str
    team: str
    body: str
    active: bool
    updated_by: str
    updated_at: datetime


async def named(tx: Tx, text: Text) -> Macro | None:
    """The macro of this name, also a retired one; the name is locked."""
    await tx.value(sql("macro").lock_name, f"{text.workflow}/{text.language}/{text.name}")
    row = await tx.row(sql("macro").named, text.workflow, text.language, text.name)
    return Macro(**dict(row)) if row else None


async def read(tx: Tx, macro_id: UUID) -> Macro:
    """One macro that is in use."""
    row = await tx.row(sql("macro").read, macro_id)
    if row is None or not row["active"]:
        raise NotFound(what="macro", id=macro_id)
    return Macro(**dict(row))


async def put(tx: Tx, before: Macro | None, text: Text) -> UUID:
    """Add it, or make it what is given."""
    macro = before.id if before else uuid4()
    await tx.run(
        sql("macro").put,
        macro,
        text.workflow,
        text.language,
        text.name,
        text.team,
        text.body,
        tx.actor.id,
        tx.now,
    )
    await audit.record(
        tx, "macro.put", "macro", macro, workflow=text.workflow, language=text.language, name=text.name
    )
    return macro


async def retire(tx: Tx, macro: Macro) -> None:
    """It is not offered any more."""
    await tx.one(sql("macro").retire, macro.id, tx.actor.id, tx.now)
    await audit.record(tx, "macro.retired", "macro", macro.id, name=macro.name)


async def search(tx: Tx, workflow: str, language: str, words: str, limit: int) -> list[Macro]:
    """What fits; a name that begins with the words comes first."""
    rows = await tx.rows(sql("macro").search, workflow, language, words, limit)
    return [Macro(**dict(row)) for row in rows]


async def shelf(tx: Tx, team: str, words: str, limit: int) -> list[Macro]:
    """Those of all workflows that have the words, a team's own first."""
    return [Macro(**dict(row)) for row in await tx.rows(sql("macro").shelf, team, words, limit)]
