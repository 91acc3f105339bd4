"""Notices: what a person should know, and that they have seen it."""

from uuid import UUID

from newel.domain.access import Staff
from newel.domain.errors import NotFound
from newel.flow.house import House
from newel.store import notice as rows


async def seen(house: House, staff: Staff, notice_id: UUID) -> None:
    """The person has seen a notice that is theirs, or for themselves one of their role's."""
    async with house.db.tx(staff.actor) as tx:
        if not await rows.seen(tx, notice_id, staff):
            raise NotFound(what="unseen notice of yours", id=notice_id)


async def all_seen(house: House, staff: Staff) -> None:
    """The person has seen all; what their roles were told stays for the others."""
    async with house.db.tx(staff.actor) as tx:
        await rows.all_seen(tx, staff)
