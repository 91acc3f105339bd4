"""The case row: locked, read, moved from state to state with its audit event."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from newel.domain.errors import Conflict, NotFound
from newel.domain.words import Assist, Priority, Tier
from newel.store import audit
from newel.store.db import Tx, sql
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

    def sealer(self, envelope: Envelope) -> Sealer:
        """Opens and seals the texts of this case."""
        subject = envelope.subject(self.customer_id, self.subject_wrapped)
        return subject.unwrap(case_place(self.id), self.key_wrapped)


async def lock(tx: Tx, case_id: UUID) -> Case:
    """The case, locked until the transaction ends."""
    return _case(await tx.row(sql("case").lock, case_id), case_id)


async def read(tx: Tx, case_id: UUID) -> Case:
    """The case as it is now; to change it, lock it."""
    return _case(await tx.row(sql("case").read, case_id), case_id)


async def add(tx: Tx, case: Case) -> Case:
    """A new case with its audit event."""
    await tx.run(
        sql("case").add,
        case.id,
        case.workflow,
        case.kind,
        case.customer_id,
        case.conversation_id,
        case.key_wrapped,
        case.policy_id,
        case.state,
        case.opened_at,
    )
    await audit.record(tx, "case.opened", "case", case.id, state=case.state, case_id=case.id)
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
    )
    if touched != 1:
        raise Conflict(what=f"case {case.id}", state="changed", why="somebody else was first")
    moved = after.state if after.state != case.state else None
    if case.conversation_id is not None:
        tx.changes.add(of_conversation(case.conversation_id))
    tier = int(after.tier) if after.tier else None
    await audit.record(
        tx,
        f"case.{event}",
        "case",
        case.id,
        state=moved,
        case_id=case.id,
        tier=tier,
        locked=after.locked,
        **data,
    )
    return after


def _case(row: Any, case_id: UUID) -> Case:
    if row is None:
        raise NotFound(what="case", id=case_id)
    values = dict(row)
    values["tier"] = Tier(values["tier"]) if values["tier"] else None
    values["priority"] = Priority(values["priority"])
    values["assist"] = Assist(values["assist"])
    return Case(**values)
