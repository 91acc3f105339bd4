"""Rows of merges: which case ended in which other one of its customer."""

from datetime import datetime
from uuid import UUID

import msgspec

from newel.domain.errors import NotFound
from newel.domain.merge import Foreseen, Side
from newel.domain.words import Priority
from newel.store import case as cases
from newel.store.case import Case
from newel.store.db import Tx, sql


class Other(msgspec.Struct, frozen=True, kw_only=True):
    """Another open case of the same customer, without a word of its texts."""

    id: UUID
    contact_reason: str
    state: str
    tier: int | None
    locked: bool
    priority: int
    opened_at: datetime
    due_at: datetime | None
    due_from: datetime | None
    reason: str | None
    owner: str | None

    @property
    def stands(self) -> Foreseen:
        """As it stands now."""
        return Foreseen(
            priority=Priority(self.priority),
            locked=self.locked,
            due_at=self.due_at,
            due_from=self.due_from,
        )


class Waits(msgspec.Struct, frozen=True):
    """What a case holds that a merge carries along (messages) or takes back."""

    messages: int
    approval: bool
    held: bool
    draft: bool


async def add(tx: Tx, case: Case, into: Case, staff_id: UUID) -> None:
    """The merge; its events are those of the two cases."""
    await tx.run(sql("merge").add, case.id, into.id, staff_id, tx.now)


async def into(tx: Tx, case_id: UUID) -> UUID | None:
    """The case in which this one goes on; None when it was never merged."""
    found: UUID | None = await tx.value(sql("merge").into, case_id)
    return found


async def taken_in(tx: Tx, case_id: UUID) -> list[Case]:
    """The cases that were merged into this one, in that order."""
    return [await cases.read(tx, row["case_id"]) for row in await tx.rows(sql("merge").taken_in, case_id)]


async def heard(tx: Tx, case: Case, into: Case) -> UUID | None:
    """Where the survivor answers when that is not its own conversation: where its customer wrote last."""
    said = [one for one in (case.last_inbound_id, into.last_inbound_id) if one]
    newest = await tx.value(sql("merge").newest, said)
    if newest != case.last_inbound_id or case.conversation_id == into.conversation_id:
        return into.reply_to
    return case.conversation_id


async def side(tx: Tx, case: Case) -> Side:
    """The case as the rule asks for it."""
    return Side(
        id=case.id,
        customer_id=case.customer_id,
        workflow=case.workflow,
        kind=case.kind,
        state=case.state,
        acting=await tx.value(sql("merge").acting, case.id),
        took_in=bool(await tx.rows(sql("merge").taken_in, case.id)),
        erased=case.erased,
    )


async def others(tx: Tx, case_id: UUID) -> list[Other]:
    """What the case may be merged into, the newest first."""
    return [Other(**dict(row)) for row in await tx.rows(sql("merge").others, case_id, None)]


async def other(tx: Tx, case_id: UUID, into_id: UUID) -> Other:
    """One of them."""
    row = await tx.row(sql("merge").others, case_id, into_id)
    if row is None:
        raise NotFound(what="other open case of this customer", id=into_id)
    return Other(**dict(row))


async def waits(tx: Tx, case_id: UUID, staff_id: UUID) -> Waits:
    """What the case holds, and whether this person is writing on it."""
    return Waits(**dict(await tx.one(sql("merge").waits, case_id, staff_id)))
