"""A weekly review and a post-mortem, written by hand."""

from datetime import date
from typing import Any
from uuid import UUID

from tests.store.guards.rows import HOUR, Ground, change, put

from newel.store.db import Tx

MONDAY = date(2026, 11, 23)


async def weekly(tx: Tx, on: Ground, **values: Any) -> UUID:
    """An open one of the last two hours."""
    given = {"workflow": "desk", "week": MONDAY, "state": "open", "policy_id": on.policy, "owner": "Ada"}
    given |= {"since": tx.now - 2 * HOUR, "until": tx.now, "opened_at": tx.now, "due_at": tx.now + HOUR}
    return await put(tx, "weekly", **(given | {"figures": {}} | values))


async def signed(tx: Tx, which: UUID, by: UUID, **values: Any) -> None:
    given = {"state": "signed", "signed_by": by, "signed_at": tx.now, "notes": "a quiet week", **values}
    await change(tx, "weekly", which, **given)


async def miss(tx: Tx, on: Ground, by: UUID, **values: Any) -> UUID:
    given = {"case_id": on.case, "episode": 1, "staff_id": by, "cluster": "emotion", "at": tx.now}
    return await put(tx, "miss", **(given | values))


async def post_mortem(tx: Tx, on: Ground, by: UUID, **values: Any) -> UUID:
    """An open one of a miss that somebody marked just now."""
    given = {"episode": 1, "workflow": "desk", "cluster": "emotion", "state": "open", "owner": "Ada"}
    given |= {"opened_at": tx.now - HOUR, "due_at": tx.now + HOUR}
    if "miss_id" not in values:
        given["miss_id"] = await miss(tx, on, by)
    return await put(tx, "post_mortem", case_id=on.case, **(given | values))


async def written(tx: Tx, which: UUID, by: UUID, **values: Any) -> None:
    given = {"state": "written", "written_by": by, "written_at": tx.now, "why": "not_seen"}
    given |= {"measure": "nothing", "said_sealed": b"sealed"}
    await change(tx, "post_mortem", which, **(given | values))
