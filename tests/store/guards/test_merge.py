"""Merging, tried by hand as the application's role: what the store refuses (INV-1, 3, 7, 17)."""

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from tests.store.guards import rows
from tests.store.guards.rows import HAND, change, ground, put

from conftest import House
from newel.store.db import Tx


@pytest.fixture
async def pair(house: House) -> tuple[rows.Ground, rows.Ground]:
    """A case that has ended as a person's, and another of its customer that is open as one."""
    one = await ground(house.db, tier=3)
    async with house.db.tx(HAND) as tx:
        into = await rows.free_case(tx, one)
        await change(tx, "cases", into.case, tier=3)
        await ends(tx, one.case)
        await keyed(tx, one.customer)
    return one, into


async def ends(tx: Tx, case: UUID) -> None:
    await change(tx, "cases", case, state="resolved", resolved_at=tx.now, due_at=None)


async def keyed(tx: Tx, customer: UUID) -> None:
    await tx.run(
        "INSERT INTO keyring.subject_key (subject_id, wrapped, created_at) VALUES ($1, 'x', $2)",
        customer,
        tx.now,
    )


async def merges(tx: Tx, one: UUID, into: UUID) -> None:
    staff = await rows.person(tx)
    await tx.run("INSERT INTO newel.merge VALUES ($1, $2, $3, $4)", one, into, staff, tx.now)


async def test_a_case_that_has_ended_is_merged_once(house: House, pair: tuple[rows.Ground, ...]) -> None:
    one, into = pair
    async with house.db.tx(HAND) as tx:
        await merges(tx, one.case, into.case)
    with pytest.raises(asyncpg.UniqueViolationError):
        async with house.db.tx(HAND) as tx:
            await merges(tx, one.case, into.case)


@pytest.mark.parametrize("act", ["UPDATE newel.merge SET at = at", "DELETE FROM newel.merge"])
async def test_INV_13_a_merge_is_never_changed(house: House, pair: tuple[rows.Ground, ...], act: str) -> None:
    one, into = pair
    async with house.db.tx(HAND) as tx:
        await merges(tx, one.case, into.case)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with house.db.tx(HAND) as tx:
            await tx.run(act)
    with pytest.raises(asyncpg.PostgresError, match="append-only"):
        await house.as_owner(act)


@pytest.mark.parametrize(
    "more",
    [
        {"tier": 1},
        {"priority": 3, "one": {"priority": 2}},
        {"assist": 2, "one": {"assist": 0}},
        {"locks": True},
    ],
    ids=str,
)
async def test_INV_17_a_survivor_is_not_below_what_is_merged_into_it(
    house: House, more: dict[str, Any]
) -> None:
    one = await ground(house.db, tier=3, locked="locks" in more)
    async with house.db.tx(HAND) as tx:
        into = await rows.free_case(tx, one)
        await keyed(tx, one.customer)
        values = {name: more[name] for name in ("priority", "assist") if name in more}
        await change(tx, "cases", into.case, **({"tier": more.get("tier", 3)} | values))
        await change(tx, "cases", one.case, **more.get("one", {"tier": 3}))
        await ends(tx, one.case)
    async with rows.refused(house.db, "only rises") as tx:
        await merges(tx, one.case, into.case)


async def test_INV_1_a_merged_case_is_a_persons_and_nothing_of_the_ai_waits_to_leave_it(house: House) -> None:
    one = await ground(house.db)
    async with house.db.tx(HAND) as tx:
        into = await rows.free_case(tx, one)
        await change(tx, "cases", into.case, tier=3)
        await keyed(tx, one.customer)
    box = await rows.ai_reply(house.db, one)
    async with house.db.tx(HAND) as tx:
        await ends(tx, one.case)
    async with rows.refused(house.db, "still waits") as tx:
        await change(tx, "outbox", box, state="withdrawn", ended_at=tx.now)
        await merges(tx, one.case, into.case)
    async with rows.refused(house.db, "still waits") as tx:
        await change(tx, "cases", one.case, tier=3)
        await merges(tx, one.case, into.case)
    async with house.db.tx(HAND) as tx:
        await change(tx, "outbox", box, state="withdrawn", ended_at=tx.now)
        await change(tx, "cases", one.case, tier=3)
        await merges(tx, one.case, into.case)


async def test_never_across_customers_or_workflows(house: House) -> None:
    one, other = await ground(house.db, tier=3), await ground(house.db, tier=3, name="other")
    async with house.db.tx(HAND) as tx:
        await ends(tx, one.case)
        await keyed(tx, one.customer)
    async with rows.refused(house.db, "same customer") as tx:
        await merges(tx, one.case, other.case)


async def test_never_when_the_customer_was_erased(house: House, pair: tuple[rows.Ground, ...]) -> None:
    one, into = pair
    async with house.db.tx(HAND) as tx:
        await tx.run(
            "UPDATE keyring.subject_key SET wrapped = NULL, destroyed_at = $2 WHERE subject_id = $1",
            one.customer,
            tx.now,
        )
    async with rows.refused(house.db, "same customer") as tx:
        await merges(tx, one.case, into.case)


async def test_only_what_has_ended_into_what_is_open(house: House, pair: tuple[rows.Ground, ...]) -> None:
    one, into = pair
    async with rows.refused(house.db, "is open") as tx:
        await merges(tx, into.case, one.case)


async def test_never_a_chain(house: House, pair: tuple[rows.Ground, ...]) -> None:
    one, into = pair
    async with house.db.tx(HAND) as tx:
        third = await rows.free_case(tx, one)
        await change(tx, "cases", third.case, tier=3)
        await merges(tx, one.case, into.case)
        await tx.run("DELETE FROM newel.job WHERE case_id = $1", into.case)
        await ends(tx, into.case)
    async with rows.refused(house.db, "never a chain") as tx:
        await merges(tx, into.case, third.case)


async def test_INV_7_a_merged_case_never_opens_again(house: House, pair: tuple[rows.Ground, ...]) -> None:
    one, into = pair
    async with house.db.tx(HAND) as tx:
        await merges(tx, one.case, into.case)
    async with rows.refused(house.db, "never opens again") as tx:
        await rows.job(tx, "answer", one.case)
        await change(tx, "cases", one.case, state="ai", resolved_at=None, episode=2, tier=None)


async def test_INV_17_answers_go_to_no_other_conversation(
    house: House, pair: tuple[rows.Ground, ...]
) -> None:
    one, into = pair
    async with house.db.tx(HAND) as tx:
        values = {"workflow": "desk", "channel": "api", "created_at": tx.now, "customer_id": one.customer}
        other = await put(tx, "conversation", thread_mac=uuid4().bytes, **values)
        await merges(tx, one.case, into.case)
    async with rows.refused(house.db, "no other conversation") as tx:
        await change(tx, "cases", into.case, reply_to=other)
    async with house.db.tx(HAND) as tx:
        await change(tx, "cases", into.case, reply_to=replace(one).conversation)
