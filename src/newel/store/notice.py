"""Notices to people: ids and words of the policy, never text of a customer."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import msgspec

from newel.domain.access import Role, Staff
from newel.store.db import Tx, sql
from newel.store.live import NOTICES

SUPERVISORS = "role:supervisor"
APPROVERS = "role:approver"
POLICY_OWNERS = "role:policy_owner"
ON_CALL = "on_call"
"""The on-call where the policy names nobody who is there: every supervisor reads what goes to it."""
ROLE_NOTICES_STAND = timedelta(days=3)
"""For so long what a role is told waits for each of its people."""


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


async def on_call(tx: Tx, named: str) -> str:
    """Where a page for the on-call goes: to the login that is named, if an account in use has it."""
    found: bool = await tx.value(sql("notice").in_use, named)
    return named if found else ON_CALL


async def sent(tx: Tx, case_id: UUID, kind: str, *about: str) -> bool:
    """Whether such a notice went out before, about one of these."""
    found: bool = await tx.value(sql("notice").sent, case_id, kind, about)
    return found


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A notice as a person reads it; ``address`` is the role or login that it went to, if any."""

    id: UUID
    case_id: UUID | None
    kind: str
    address: str
    workflow: str
    contact_reason: str
    priority: int | None
    data: dict[str, Any]
    created_at: datetime


async def unseen(tx: Tx, staff: Staff, limit: int) -> list[Told]:
    """What a person has not seen yet, with what their roles are told; the newest, newest first."""
    since = await tx.value(sql("notice").since, staff.id, tx.now - ROLE_NOTICES_STAND)
    rows = await tx.rows(sql("notice").unseen, staff.id, [staff.login, *_roles(staff)], since, limit)
    return [Told(**dict(row)) for row in rows]


async def seen(tx: Tx, notice_id: UUID, staff: Staff) -> bool:
    """The person has seen it, for themselves; False when it is not theirs, or was seen before."""
    changed = await tx.run(sql("notice").seen, notice_id, tx.now, staff.id, staff.login)
    if not changed:
        changed = await tx.run(sql("notice").seen_of_role, notice_id, tx.now, staff.id, _roles(staff))
    if changed:
        tx.changes.add(NOTICES)
    return changed > 0


async def all_seen(tx: Tx, staff: Staff) -> None:
    """The person has seen whatever went to them alone, and for themselves what their roles were told."""
    await tx.run(sql("notice").all_seen, staff.id, tx.now, staff.login)
    await tx.run(sql("notice").mark, staff.id, tx.now)
    tx.changes.add(NOTICES)


def _roles(staff: Staff) -> list[str]:
    """Where notices to the person's roles go."""
    shared = [f"role:{role}" for role in sorted(staff.roles)]
    return [*shared, ON_CALL] if Role.SUPERVISOR in staff.roles else shared
