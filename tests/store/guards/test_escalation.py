"""Who may lower a tier or lift a lock, tried by hand as the application's role (INV-17, INV-1)."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from tests.store.guards import rows
from tests.store.guards.rows import HAND, HOUR, change, ground

from conftest import House
from newel.store import audit

EXPERT = {"roles": ["resolver"], "clearance": "specialist", "skills": {"legal": 3}}
PLAIN: dict[str, Any] = {"roles": ["approver", "resolver"], "clearance": "senior"}


async def worked(house: House, on: rows.Ground) -> None:
    """Work on the case waits that asks for a skill."""
    bucket = (
        "INSERT INTO newel.bucket (language, skills, regulated) VALUES ('en', '{legal}', true) RETURNING id"
    )
    async with house.db.tx(HAND) as tx:
        await rows.work(tx, on, bucket=await tx.value(bucket))


@pytest.mark.parametrize("who", [{}, EXPERT], ids=["supervisor", "expert"])
async def test_a_lock_is_lifted_by_a_supervisor_or_an_expert(house: House, who: dict[str, Any]) -> None:
    on = await ground(house.db, tier=3, locked=True)
    await worked(house, on)
    async with house.db.tx(await rows.signed_in(house.db, **who)) as tx:
        await rows.lowering(tx, on)
        await change(tx, "cases", on.case, tier=2, locked=False)


@pytest.mark.parametrize(
    "who",
    [
        PLAIN,
        {"active": False},
        {"roles": ["approver"]},
        {"team": "partner"},
        {**EXPERT, "roles": ["approver"]},
        {**EXPERT, "skills": {"tax": 5}},
        {**EXPERT, "clearance": "senior"},
        {**EXPERT, "team": "partner"},
    ],
    ids=lambda who: "-".join(map(str, who.values())),
)
async def test_INV_17_nobody_else_lifts_a_lock(house: House, who: dict[str, Any]) -> None:
    on = await ground(house.db, tier=3, locked=True)
    await worked(house, on)
    by = await rows.signed_in(house.db, **who)
    async with rows.refused(house.db, "NW-LOWER", by=by) as tx:
        await rows.lowering(tx, on)


async def test_INV_17_the_owner_of_a_locked_case_does_not_unlock_it(house: House) -> None:
    on = await ground(house.db, tier=3, locked=True)
    owner, _ = await rows.owned(house.db, on)
    async with rows.refused(house.db, "NW-LOWER", by=rows.acting(owner)) as tx:
        await rows.lowering(tx, on)


async def test_INV_17_an_unlocked_case_is_its_owners_to_lower(house: House) -> None:
    on = await ground(house.db, tier=3)
    owner, _ = await rows.owned(house.db, on)
    stranger = await rows.signed_in(house.db, **PLAIN)
    async with rows.refused(house.db, "NW-LOWER", by=stranger) as tx:
        await rows.lowering(tx, on, unlocked=False)
    async with rows.refused(house.db, "NW-LOWER", by=rows.acting(owner)) as tx:
        await rows.lowering(tx, on, unlocked=True)
    async with house.db.tx(rows.acting(owner)) as tx:
        await rows.lowering(tx, on, unlocked=False)
        await change(tx, "cases", on.case, tier=2)


async def test_INV_17_a_lowering_lifts_no_lock_unless_it_says_so(house: House) -> None:
    on = await ground(house.db, tier=3)
    owner, _ = await rows.owned(house.db, on)
    async with rows.refused(house.db, "NW-TIER", by=rows.acting(owner)) as tx:
        await rows.lowering(tx, on, unlocked=False)
        await change(tx, "cases", on.case, locked=True)
        await change(tx, "cases", on.case, locked=False)


async def test_INV_17_a_tier_falls_no_deeper_than_was_said(house: House) -> None:
    on = await ground(house.db, tier=3, locked=True)
    by = await rows.signed_in(house.db)
    async with rows.refused(house.db, "NW-TIER", by=by) as tx:
        await rows.lowering(tx, on, to_tier=2)
        await change(tx, "cases", on.case, tier=1, locked=False)


@pytest.mark.parametrize("ended", ["ended_at = $1", "expires_at = $1"])
async def test_INV_17_who_lowers_has_a_session_that_lives(house: House, ended: str) -> None:
    on = await ground(house.db, tier=3, locked=True)
    by = await rows.signed_in(house.db)
    await house.as_owner(f"UPDATE newel.staff_session SET {ended}", datetime(2026, 1, 1, tzinfo=UTC))
    async with rows.refused(house.db, "NW-LOWER", by=by) as tx:
        await rows.lowering(tx, on)


@pytest.mark.parametrize(
    "sly", [{"episode": 2}, {"from_tier": 2, "to_tier": 1}, {"unlocked": False}], ids=str
)
async def test_INV_17_a_lowering_is_of_the_case_as_it_stands(house: House, sly: dict[str, Any]) -> None:
    on = await ground(house.db, tier=3, locked=True)
    by = await rows.signed_in(house.db)
    async with rows.refused(house.db, "NW-LOWER", by=by) as tx:
        await rows.lowering(tx, on, **sly)


async def test_INV_2_no_lowering_is_written_ahead_of_its_time(house: House) -> None:
    on = await ground(house.db, tier=3, locked=True)
    by = await rows.signed_in(house.db)
    async with rows.refused(house.db, "NW-LOWER", by=by) as tx:
        await rows.lowering(tx, on, at=tx.now + HOUR)
    async with house.db.tx(by) as tx:
        await rows.lowering(tx, on)


async def test_INV_17_a_lowering_is_not_made_ready_for_a_later_transaction(house: House) -> None:
    on = await ground(house.db, tier=3, locked=True)
    async with house.db.tx(await rows.signed_in(house.db)) as tx:
        await rows.lowering(tx, on)
        sly = await tx.value(
            "INSERT INTO newel.lowering (id, case_id, episode, from_tier, to_tier, unlocked, staff_id, at,"
            " reason_sealed, tx) SELECT gen_random_uuid(), case_id, episode, from_tier, to_tier, unlocked,"
            " staff_id, at, reason_sealed, '7' FROM newel.lowering RETURNING id"
        )
        await audit.record(tx, "case.lowering", "lowering", sly)
        assert await tx.value("SELECT tx = pg_current_xact_id() FROM newel.lowering WHERE id = $1", sly)


async def test_INV_17_a_lowering_has_its_event_by_who_lowers(house: House) -> None:
    on = await ground(house.db, tier=3, locked=True)
    by, other = await rows.signed_in(house.db), await rows.signed_in(house.db)
    async with rows.refused(house.db, "NW-AUDIT", by=by) as tx:
        await rows.lowering(tx, on, told=False)
    async with rows.refused(house.db, "NW-AUDIT", by=other) as tx:
        await rows.lowering(tx, on, staff_id=UUID(by.id))
