"""Notices to people: ids and words of the policy, never text of a customer."""

from typing import Any
from uuid import UUID, uuid4

import msgspec

from newel.store.db import Tx, sql
from newel.store.live import NOTICES

SUPERVISORS = "role:supervisor"
APPROVERS = "role:approver"
ON_CALL = "on_call"


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """Something a person should know: to one person, or to an address (a role, the on-call)."""

    kind: str
    case_id: UUID | None = None
    staff_id: UUID | None = None
    address: str = ""
    about: str = ""
    data: dict[str, Any] = {}


async def add(tx: Tx, *notices: Notice) -> None:
    """Send them, and let the pages know."""
    rows = [
        (uuid4(), n.staff_id, n.address, n.case_id, n.kind, {"about": n.about, **n.data}, tx.now)
        for n in notices
    ]
    if rows:
        await tx.many(sql("notice").add, rows)
        tx.wakes.add("notice")
        tx.changes.add(NOTICES)


async def sent(tx: Tx, case_id: UUID, kind: str, about: str) -> bool:
    """Whether such a notice went out before."""
    found: bool = await tx.value(sql("notice").sent, case_id, kind, about)
    return found


async def unseen(tx: Tx, staff_id: UUID, roles: frozenset[str]) -> list[dict[str, Any]]:
    """What a person has not seen yet."""
    addresses = [f"role:{role}" for role in sorted(roles)]
    return [dict(row) for row in await tx.rows(sql("notice").unseen, staff_id, addresses)]


async def seen(tx: Tx, notice_id: UUID) -> None:
    """The person has seen it."""
    await tx.run(sql("notice").seen, notice_id, tx.now)
