"""Rows by which somebody reads a case that has ended."""

from uuid import UUID

from newel.store.db import Tx, sql


async def had(tx: Tx, case_id: UUID, staff_id: UUID) -> bool:
    """Whether it was theirs when an episode of it ended."""
    found: bool = await tx.value(sql("reading").had, case_id, staff_id)
    return found


async def reads(tx: Tx, case_id: UUID, staff_id: UUID) -> bool:
    """Whether they had it, or were let read its texts and still are."""
    found: bool = await tx.value(sql("reading").reads, case_id, staff_id, tx.now)
    return found


async def regulated(tx: Tx, case_id: UUID) -> bool:
    """Whether any work on it was regulated."""
    found: bool = await tx.value(sql("reading").regulated, case_id)
    return found
