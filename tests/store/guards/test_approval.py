"""Who may approve, when, and what, tried by hand as the application's role (INV-12)."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from tests.store.guards import acts, rows
from tests.store.guards.rows import HAND, HOUR, OTHER_MAC, change, ground

from conftest import House
from newel.store.db import Guarded


async def approve(house: House, found: UUID, by: UUID, **values: Any) -> None:
    async with house.db.tx(HAND) as tx:
        await rows.session(tx, by)
        given = {"decided_at": tx.now, **values}
        await change(tx, "approval", found, state="approved", decided_by=by, **given)


async def test_INV_12_an_approval_is_not_inserted_as_approved(house: House) -> None:
    on = await ground(house.db)
    async with rows.refused(house.db, "starts pending") as tx:
        by = await rows.person(tx)
        await acts.approval(tx, on, state="approved", decided_by=by, decided_at=tx.now)


@pytest.mark.parametrize(
    "who",
    [{"limit_minor": 1799}, {"roles": ["resolver"]}, {"active": False}, {"customer_id": "beneficiary"}],
    ids=["above their limit", "no approver", "left", "beneficiary"],
)
async def test_INV_12_only_a_person_with_the_right_approves(house: House, who: dict[str, Any]) -> None:
    on = await ground(house.db)
    if "customer_id" in who:
        who = {"customer_id": on.customer}
    async with house.db.tx(HAND) as tx:
        by, found = await rows.person(tx, **who), await acts.approval(tx, on)
    with pytest.raises(Guarded, match="no authority"):
        await approve(house, found, by)


@pytest.mark.parametrize("state", ["approved", "rejected"])
@pytest.mark.parametrize("session", [None, "ended_at", "expires_at", "another's"])
async def test_INV_12_who_decides_is_signed_in(house: House, session: str | None, state: str) -> None:
    on = await ground(house.db)
    async with house.db.tx(HAND) as tx:
        by, found = await rows.person(tx), await acts.approval(tx, on)
        if session == "another's":
            await rows.session(tx, await rows.person(tx))
        elif session:
            await rows.session(tx, by, **{session: tx.now})
    async with rows.refused(house.db, "not signed in") as tx:
        await change(tx, "approval", found, state=state, decided_by=by, decided_at=tx.now)


async def test_INV_12_nobody_approves_after_the_expiry_whatever_time_they_write(house: House) -> None:
    on = await ground(house.db)
    async with house.db.tx(HAND) as tx:
        by = await rows.person(tx)
        found = await acts.approval(tx, on, expires_at=tx.now + timedelta(milliseconds=30))
        early = tx.now
    await asyncio.sleep(0.04)
    for lie in ({}, {"decided_at": early}):
        with pytest.raises(Guarded, match="no authority"):
            await approve(house, found, by, **lie)
    async with rows.refused(house.db, "never changes") as tx:
        await change(tx, "approval", found, expires_at=tx.now + HOUR)


@pytest.mark.parametrize("together", [True, False], ids=["while approving", "by itself"])
@pytest.mark.parametrize("column", ["binding", "text_mac", "payload_mac", "amount_minor"])
async def test_INV_12_what_was_shown_to_the_approver_never_changes(
    house: House, column: str, together: bool
) -> None:
    on = await ground(house.db)
    other = 1 if column == "amount_minor" else OTHER_MAC
    async with house.db.tx(HAND) as tx:
        by, found = await rows.person(tx), await acts.approval(tx, on)
    async with rows.refused(house.db, "never changes") as tx:
        if together:
            decided = {"state": "approved", "decided_by": by, "decided_at": tx.now}
            await change(tx, "approval", found, **{column: other}, **decided)
        else:
            await change(tx, "approval", found, **{column: other})


async def test_INV_12_a_decision_keeps_its_giver(house: House) -> None:
    on = await ground(house.db)
    async with house.db.tx(HAND) as tx:
        found, _ = await acts.approved(tx, on)
        other = await rows.person(tx)
    async with rows.refused(house.db, "never changes") as tx:
        await change(tx, "approval", found, decided_by=other)


async def test_INV_12_two_approvers_one_decision(house: House) -> None:
    on = await ground(house.db)
    async with house.db.tx(HAND) as tx:
        one, two = await rows.person(tx), await rows.person(tx)
        found = await acts.approval(tx, on)
    ended = await asyncio.gather(
        approve(house, found, one), approve(house, found, two), return_exceptions=True
    )
    assert [type(e) for e in ended if e is not None] == [Guarded]
    (row,) = await house.as_owner("SELECT state, decided_by FROM newel.approval WHERE id = $1", found)
    assert row["state"] == "approved"
    assert row["decided_by"] == (one if ended[0] is None else two)
