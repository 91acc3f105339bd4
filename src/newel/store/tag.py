"""Rows of tags."""

from uuid import UUID

from newel.domain.tag import Change
from newel.store import audit
from newel.store.db import Tx, sql


async def of_case(tx: Tx, case_id: UUID) -> list[str]:
    """The tags of a case, by name."""
    return [row["tag"] for row in await tx.rows(sql("tag").of_case, case_id)]


async def change(tx: Tx, case_id: UUID, left: Change) -> None:
    """Put on and take off; one event says both."""
    if left.remove:
        await tx.run(sql("tag").remove, case_id, list(left.remove), tx.now)
    if left.add:
        await tx.run(sql("tag").add, case_id, list(left.add), tx.now)
    added, removed = list(left.add), list(left.remove)
    await audit.record(tx, "case.tagged", "case", case_id, case_id=case_id, added=added, removed=removed)


async def known(tx: Tx) -> list[str]:
    """The tags that are in use, by name; the first two hundred."""
    return [row["tag"] for row in await tx.rows(sql("tag").known)]
