"""Rows of saved views."""

from uuid import UUID, uuid4

from newel.domain.errors import NotFound
from newel.domain.saved_view import Filter, SavedView
from newel.store import audit
from newel.store.db import Record, Tx, sql

_FILTER = Filter.__struct_fields__


async def seen_by(tx: Tx, staff_id: UUID) -> list[SavedView]:
    """A person's own views, then those of their team, by name."""
    return [_view(row) for row in await tx.rows(sql("saved_view").seen_by, staff_id)]


async def read(tx: Tx, view_id: UUID) -> SavedView:
    """One view that was not removed."""
    row = await tx.row(sql("saved_view").read, view_id)
    if row is None:
        raise NotFound(what="saved view", id=view_id)
    return _view(row)


async def kept(tx: Tx, staff_id: UUID, name: str) -> int:
    """How many views the person keeps under other names."""
    found: int = await tx.value(sql("saved_view").kept, staff_id, name)
    return found


async def put(tx: Tx, staff_id: UUID, team: str, name: str, asked: Filter) -> UUID:
    """Keep it, in place of one of the same name."""
    what = (asked.workflow, asked.priority, asked.language, asked.late, asked.tag)
    view: UUID = await tx.value(sql("saved_view").put, uuid4(), staff_id, team, name, *what, tx.now)
    await audit.record(tx, "saved_view.put", "saved_view", view, team=team or None)
    return view


async def remove(tx: Tx, view_id: UUID) -> None:
    """It is not shown any more."""
    await tx.one(sql("saved_view").remove, view_id, tx.now)
    await audit.record(tx, "saved_view.removed", "saved_view", view_id)


def _view(row: Record) -> SavedView:
    values = dict(row)
    asked = Filter(**{name: values.pop(name) for name in _FILTER})
    return SavedView(filter=asked, **values)
