"""What the frame of every page shows: the menu's numbers. It reads and never writes."""

from uuid import UUID

import msgspec

from newel.store.db import Tx, sql


class Counts(msgspec.Struct, frozen=True):
    """A person's own work, the approvals that wait, and the reviews."""

    mine: int
    approvals: int
    reviews: int


async def counts(tx: Tx, staff_id: UUID) -> Counts:
    """The menu's numbers."""
    return Counts(**dict(await tx.one(sql("frame").counts, staff_id)))
