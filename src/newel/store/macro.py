"""Rows of saved texts. They hold nothing of a customer."""

from uuid import UUID, uuid4

from newel.domain.macro import Macro
from newel.store import audit
from newel.store.db import Tx, sql


async def usable(tx: Tx, workflow: str, staff_id: UUID) -> list[Macro]:
    """What a person may insert in a workflow, by name."""
    return [Macro(**dict(row)) for row in await tx.rows(sql("macro").usable, workflow, staff_id)]


async def put(tx: Tx, macro: Macro, owner_id: UUID | None) -> UUID:
    """Save a text, in place of the one of the same name."""
    values = (uuid4(), owner_id, macro.workflow, macro.name, macro.title, macro.body, tx.now, tx.actor.id)
    found: UUID = await tx.value(sql("macro").put, *values)
    await audit.record(tx, "macro.saved", "macro", found, name=macro.name, team=macro.team)
    return found


async def remove(tx: Tx, name: str, workflow: str, owner_id: UUID | None) -> bool:
    """Take a text away; False when there is none."""
    found = await tx.value(sql("macro").remove, name, workflow, owner_id)
    if found is not None:
        await audit.record(tx, "macro.removed", "macro", found, name=name, team=owner_id is None)
    return found is not None
