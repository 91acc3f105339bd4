"""Rows of held messages: written, not yet released, still to be taken back."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from newel.domain.attachment import Attached
from newel.domain.resolution import Resolution
from newel.store import audit
from newel.store.case import Case
from newel.store.db import Tx, sql
from newel.store.envelope import Envelope
from newel.store.intake import Body
from newel.store.routing import WorkItem


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """A message that waits for its release, under whose token it was written, and what follows it."""

    outbox_id: UUID
    staff_id: UUID
    token: int
    inbound_id: UUID | None
    release_at: datetime
    wait: timedelta | None
    resolution: Resolution | None
    text: str
    attachments: tuple[Attached, ...] = ()


async def add(
    tx: Tx,
    envelope: Envelope,
    case: Case,
    item: WorkItem,
    box: UUID,
    release_at: datetime,
    follows: timedelta | Resolution | None,
) -> None:
    """Hold a message of the owner until then; a wait or the end of the episode may follow it."""
    ends = isinstance(follows, Resolution)
    sealed = case.sealer(envelope).seal_value(_place(box), follows) if ends else None
    wait = None if ends else follows
    await tx.run(
        sql("hold").add,
        box,
        case.id,
        item.owner_id,
        item.token,
        case.last_inbound_id,
        wait,
        sealed,
        release_at,
    )


async def open_of(tx: Tx, envelope: Envelope, case: Case) -> Held | None:
    """What the case holds now; there is one at most."""
    row = await tx.row(sql("hold").open_of, case.id)
    if row is None:
        return None
    sealer, sealed = case.sealer(envelope), row["resolution_sealed"]
    body = sealer.open_value(f"message.body:{row['message_id']}", row["body_sealed"], Body)
    return Held(
        outbox_id=row["outbox_id"],
        staff_id=row["staff_id"],
        token=row["token"],
        inbound_id=row["inbound_id"],
        release_at=row["release_at"],
        wait=row["wait"],
        resolution=sealer.open_value(_place(row["outbox_id"]), sealed, Resolution) if sealed else None,
        text=body.text,
        attachments=body.attachments,
    )


async def end(tx: Tx, case: Case, held: Held, *, released: bool) -> None:
    """It is held no longer: released (its own event), or taken back (the outbox row's event)."""
    await tx.one(sql("hold").end, held.outbox_id, tx.now)
    if released:
        await audit.record(tx, "outbox.released", "outbox", held.outbox_id, case_id=case.id)


def _place(box: UUID) -> str:
    return f"hold.resolution:{box}"
