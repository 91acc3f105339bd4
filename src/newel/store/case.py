"""The case row: locked, read, moved from state to state with its audit event."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from newel.domain.access import Actor
from newel.domain.errors import Conflict, NotFound
from newel.domain.words import Assist, Priority, Tier
from newel.store import audit
from newel.store.db import Db, Record, Tx, sql
from newel.store.envelope import Envelope, Sealer, case_place
from newel.store.live import of_conversation


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """One matter with the state of its current episode, and its wrapped keys."""

    id: UUID
    workflow: str
    kind: str
    customer_id: UUID
    conversation_id: UUID | None
    key_wrapped: bytes
    subject_wrapped: bytes
    policy_id: UUID
    episode: int
    state: str
    tier: Tier | None
    locked: bool
    priority: Priority
    assist: Assist
    contact_reason: str
    language: str
    deflected: bool
    follow_up: bool
    last_inbound_id: UUID | None
    turn: int
    due_at: datetime | None
    opened_at: datetime
    episode_opened_at: datetime
    answered_at: datetime | None
    resolved_at: datetime | None
    reply_to: UUID | None = None

    @property
    def talk(self) -> UUID | None:
        """Where answers go: its own conversation, or that of a merged case where the customer wrote last."""
        return self.reply_to or self.conversation_id

    @property
    def erased(self) -> bool:
        """Whether its customer was erased: without their key nothing of it is read or sealed any more."""
        return self.subject_wrapped is None

    def sealer(self, envelope: Envelope) -> Sealer:
        """Opens and seals the texts of this case."""
        subject = envelope.subject(self.customer_id, self.subject_wrapped)
        return subject.unwrap(case_place(self.id), self.key_wrapped)


@asynccontextmanager
async def locked(db: Db, actor: Actor, case_id: UUID) -> AsyncIterator[tuple[Tx, Case]]:
    """A transaction that begins with the lock of its case."""
    async with db.opened(actor, sql("case").lock, case_id) as (tx, row):
        yield tx, of_row(row, case_id)


async def lock(tx: Tx, case_id: UUID) -> Case:
    """The case, locked until the transaction ends."""
    return of_row(await tx.row(sql("case").lock, case_id), case_id)


async def lock_several(tx: Tx, case_ids: Sequence[UUID], *, wait: bool) -> list[Case]:
    """These cases, locked in the order of their ids; without ``wait`` those alone that nobody else holds."""
    if not case_ids:
        return []
    rows = await tx.rows(sql("case").lock_several if wait else sql("case").lock_free, list(case_ids))
    return [of_row(row, row["id"]) for row in rows]


async def read(tx: Tx, case_id: UUID) -> Case:
    """The case as it is now; to change it, lock it."""
    return of_row(await tx.row(sql("case").read, case_id), case_id)


async def channel(tx: Tx, case: Case) -> str:
    """By what its customer is written to; nothing for an item."""
    found = await tx.row(sql("case").channel, case.talk)
    return str(found["channel"]) if found else ""


async def opened(tx: Tx, case: Case) -> Case:
    """The event of a new case; its row is stored with its first message."""
    await audit.record(tx, "case.opened", "case", case.id, state=case.state, case_id=case.id)
    return case


async def note(tx: Tx, case: Case, event: str) -> Case:
    """The event of a step that leaves nothing to save."""
    await _record(tx, case, event, None)
    return case


async def move(tx: Tx, case: Case, event: str, **changes: Any) -> Case:
    """Save changes; a change of state writes its one event ``case.<event>``.

    ``changes`` may hold ``data`` (a dict of ids and words for the audit event).
    """
    data = changes.pop("data", {})
    after = msgspec.structs.replace(case, **changes)
    touched = await tx.run(
        sql("case").save,
        case.id,
        case.state,
        after.state,
        after.tier,
        after.locked,
        after.priority,
        after.assist,
        after.contact_reason,
        after.language,
        after.deflected,
        after.follow_up,
        after.last_inbound_id,
        after.turn,
        after.due_at,
        after.policy_id,
        after.episode,
        after.episode_opened_at,
        after.answered_at,
        after.resolved_at,
        after.reply_to,
    )
    if touched != 1:
        raise Conflict(what=f"case {case.id}", state="changed", why="somebody else was first")
    await _record(tx, after, event, after.state if after.state != case.state else None, **data)
    return after


async def _record(tx: Tx, case: Case, event: str, state: str | None, **data: Any) -> None:
    tx.changes |= {of_conversation(talk) for talk in (case.conversation_id, case.reply_to) if talk}
    tier = int(case.tier) if case.tier else None
    await audit.record(
        tx,
        f"case.{event}",
        "case",
        case.id,
        state=state,
        case_id=case.id,
        tier=tier,
        locked=case.locked,
        **data,
    )


def of_row(row: Record | None, case_id: UUID) -> Case:
    """The case of a row that may hold more; ``NotFound`` without one."""
    if row is None:
        raise NotFound(what="case", id=case_id)
    values = {name: row[name] for name in Case.__struct_fields__}
    values["tier"] = Tier(values["tier"]) if values["tier"] else None
    values["priority"] = Priority(values["priority"])
    values["assist"] = Assist(values["assist"])
    return Case(**values)
