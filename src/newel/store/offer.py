"""Rows of recommendations: what speaks against one, and which were shown, used and dismissed."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID, uuid4

import msgspec

from newel.domain.errors import Conflict, NotFound
from newel.domain.offer import Matter, Uptake, uptake
from newel.store import audit
from newel.store.case import Case
from newel.store.customer import Customer
from newel.store.db import Tx, sql


async def matter(
    tx: Tx, case: Case, customer: Customer, merged: Collection[UUID], *, money_back: bool
) -> Matter:
    """What decides whether anything is offered on a case, with those that were merged into it."""
    row = await tx.row(sql("offer").matter, case.id, case.customer_id, [case.id, *merged])
    assert row is not None, "a row of no table"  # noqa: S101
    return Matter(
        kind=case.kind,
        state=case.state,
        locked=case.locked,
        assist=case.assist,
        vulnerable=customer.vulnerable,
        money_back=money_back,
        **dict(row),
    )


class Ended(msgspec.Struct, frozen=True):
    """When one was last used or dismissed with a customer, and whether on this very episode."""

    ended_at: datetime
    here: bool


async def ended_of(tx: Tx, case: Case, names: Collection[str]) -> dict[str, Ended]:
    """What became of each of these before, with the customer of a case."""
    found = await tx.rows(sql("offer").ended_of, case.customer_id, list(names), case.id, case.episode)
    return {row["name"]: Ended(row["ended_at"], row["here"]) for row in found}


async def show(tx: Tx, case: Case, name: str, policy_id: UUID, staff_id: UUID) -> None:
    """It is shown on this episode; one event, however often the page is looked at."""
    of = (case.id, case.episode, case.customer_id, case.workflow, name, policy_id, staff_id)
    found: UUID | None = await tx.value(sql("offer").show, uuid4(), *of, tx.now)
    if found is not None:
        await audit.record(tx, "offer.shown", "offer", found, state="shown", case_id=case.id, name=name)


async def end(tx: Tx, case: Case, name: str, state: str, staff_id: UUID) -> None:
    """It was used or dismissed; ``Conflict`` when that had happened."""
    row = await tx.row(sql("offer").find, case.id, case.episode, name)
    if row is None:
        raise NotFound(what="recommendation", id=name)
    ended = await tx.value(sql("offer").end, row["id"], state, staff_id, tx.now)
    if ended is None:
        raise Conflict(what="the recommendation", state=row["state"], why="each is used or dismissed once")
    await audit.record(tx, f"offer.{state}", "offer", ended, state=state, case_id=case.id, name=name)


async def uptakes(tx: Tx, since: datetime) -> list[Uptake]:
    """How each recommendation fared since a time."""
    return [uptake(**dict(row)) for row in await tx.rows(sql("offer").uptake, since)]
