"""One audit event per change of state, in the change's own transaction (INV-13)."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID, uuid4

import msgspec

from newel import span
from newel.store.db import Tx
from newel.store.ending import Event
from newel.store.live import topics


async def record(
    tx: Tx,
    event: str,
    entity: str,
    entity_id: object,
    *,
    state: str | None = None,
    case_id: UUID | None = None,
    **data: Any,
) -> None:
    """Append one event by the transaction's actor; ``data`` carries ids and words, never text.

    It is written with the step's last statement; the store's guard counts at commit. Where traces are
    collected it names its own, so that whoever reads the audit finds how it came about (OPS-6).
    """
    tx.changes.update(topics(entity, case_id))
    if trace := span.trace_id():
        data["trace_id"] = trace
    told = msgspec.json.encode(data).decode()
    tx.ending.events.append(Event(uuid4(), event, entity, str(entity_id), state, case_id, told))


async def record_all(
    tx: Tx, event: str, entity: str, of: Iterable[tuple[UUID, UUID | None, Mapping[str, Any]]]
) -> None:
    """Append one event for each (entity id, case id, data) of a batch; none changes a state."""
    for entity_id, case_id, data in of:
        await record(tx, event, entity, entity_id, case_id=case_id, **data)
