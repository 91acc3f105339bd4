"""One audit event per change of state, in the change's own transaction (INV-13)."""

from typing import Any
from uuid import UUID, uuid4

from newel.store.db import Tx, sql


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
