"""What the frame of every page shows: the menu's numbers. It reads and never writes."""

from uuid import UUID

import msgspec

from newel.store.db import Tx, sql


class Counts(msgspec.Struct, frozen=True):
    """A person's own work, the approvals that wait, and the reviews that they may do."""

    mine: int
    approvals: int
    reviews: int


async def counts(tx: Tx, staff_id: UUID, *, scores: bool) -> Counts:
    """The menu's numbers; reviews are counted for who ``scores``."""
    return Counts(**dict(await tx.one(sql("frame").counts, staff_id, scores)))
