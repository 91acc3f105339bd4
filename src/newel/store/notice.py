"""Notices to people: ids and words of the policy, never text of a customer."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import msgspec

from newel.domain.access import Staff
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


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A notice as a person reads it; ``address`` is the role or login that it went to, if any."""

    id: UUID
    case_id: UUID | None
    kind: str
    address: str
    contact_reason: str
    priority: int | None
    data: dict[str, Any]
    created_at: datetime


async def unseen(tx: Tx, staff: Staff, limit: int = 200) -> list[Told]:
    """What a person has not seen yet, with what their roles are told; newest first."""
    rows = await tx.rows(sql("notice").unseen, staff.id, _addresses(staff), limit)
    return [Told(**dict(row)) for row in rows]


async def seen(tx: Tx, notice_id: UUID, staff: Staff) -> bool:
    """The person has seen it; False when it is not theirs, or was seen before."""
    changed = await tx.run(sql("notice").seen, notice_id, tx.now, staff.id, _addresses(staff)) > 0
    if changed:
        tx.changes.add(NOTICES)
    return changed


async def all_seen(tx: Tx, staff: Staff) -> int:
    """The person has seen whatever went to them alone; how many that were."""
    n = await tx.run(sql("notice").all_seen, staff.id, tx.now, [staff.login])
    if n:
        tx.changes.add(NOTICES)
    return n


def _addresses(staff: Staff) -> list[str]:
    """Where else notices to this person go: to their roles, and to their login when they are on call."""
    return [staff.login, *(f"role:{role}" for role in sorted(staff.roles))]
