"""One audit event per change of state, in the change's own transaction (INV-13)."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID, uuid4

from newel.store.db import Tx, sql
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
    """Append one event by the transaction's actor; ``data`` carries ids and words, never text."""
    tx.changes.update(topics(entity, case_id))
    await tx.run(
        sql("audit").append,
        uuid4(),
        tx.now,
        tx.actor.kind,
        tx.actor.id,
        event,
        entity,
        str(entity_id),
        state,
        case_id,
        data,
    )


async def record_all(
    tx: Tx, event: str, entity: str, of: Iterable[tuple[UUID, UUID | None, Mapping[str, Any]]]
) -> None:
    """Append one event for each (entity id, case id, data) of a batch; none changes a state."""
    of = list(of)
    tx.changes.update(topic for _, case_id, _ in of for topic in topics(entity, case_id))
    who = (tx.now, tx.actor.kind, tx.actor.id, event, entity)
    rows = [(uuid4(), *who, str(entity_id), None, case_id, dict(data)) for entity_id, case_id, data in of]
    await tx.many(sql("audit").append, rows)
