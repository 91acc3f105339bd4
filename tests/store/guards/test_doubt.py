"""A call that may yet land, by hand as the application's role: it keeps its job, and has no other end."""

from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest
from tests.store.guards import acts, rows
from tests.store.guards.rows import HAND, HOUR, change, ground

from conftest import House
from newel.domain.action import LANDS_WITHIN
from newel.store.db import Guarded


async def doubted(house: House, state: str) -> UUID:
    """A refund that was called and has no answer."""
    on = await ground(house.db)
    async with house.db.tx(HAND) as tx:
        act = await acts.refund(tx, on)
    await acts.bring_action_to(house.db, act, "unknown")
    if state != "unknown":
        async with house.db.tx(HAND) as tx:
            await change(tx, "action", act, state="authorised")
    if state == "claimed":
        await acts.claim_action(house.db, act)
    return act


async def end(house: House, act: UUID, state: str) -> None:
    async with house.db.tx(HAND) as tx:
        await change(tx, "action", act, state=state, lease_until=None, ended_at=tx.now)


async def moment(house: House) -> None:
    """The clock stands still from now on."""
    async with house.db.tx(HAND) as tx:
        now = tx.now
    await house.freeze(now)


@pytest.mark.parametrize(
    ("before", "after"),
    [("authorised", "void"), ("unknown", "void"), ("claimed", "refused"), ("unknown", "refused")],
)
async def test_INV_11_what_may_yet_land_does_not_end_unasked(house: House, before: str, after: str) -> None:
    await moment(house)
    act = await doubted(house, before)
    with pytest.raises(Guarded, match="may yet land"):
        await end(house, act, after)
    async with house.db.tx(HAND) as tx:
        now = tx.now
    await house.freeze(now + LANDS_WITHIN - timedelta(seconds=1))
    with pytest.raises(Guarded, match="may yet land"):
        await end(house, act, after)
    await house.freeze(now + LANDS_WITHIN)
    await end(house, act, after)


@pytest.mark.parametrize("sly", [None, timedelta(hours=1)], ids=["forgotten", "dated back"])
async def test_INV_11_a_doubt_is_not_taken_back(house: House, sly: timedelta | None) -> None:
    act = await doubted(house, "authorised")
    async with rows.refused(house.db, "NW-DOUBT") as tx:
        await change(tx, "action", act, doubted_at=tx.now - sly if sly else None)


async def test_INV_11_no_outcome_is_unknown_without_its_doubt(house: House) -> None:
    on = await ground(house.db)
    async with house.db.tx(HAND) as tx:
        act = await acts.action(tx, on)
    await acts.claim_action(house.db, act)
    with pytest.raises(asyncpg.CheckViolationError):
        async with house.db.tx(HAND) as tx:
            await change(tx, "action", act, state="unknown", lease_until=None)


async def test_INV_11_what_has_lapsed_is_not_called_again(house: House) -> None:
    act = await doubted(house, "unknown")
    async with house.db.tx(HAND) as tx:
        await change(tx, "action", act, state="authorised")
        await change(tx, "action", act, state="unknown", lapsed=True)
    for sly in ({"state": "authorised"}, {"lapsed": False}):
        async with rows.refused(house.db, "NW-DOUBT") as tx:
            await change(tx, "action", act, **sly)


@pytest.mark.parametrize("state", ["unknown", "authorised", "claimed"])
async def test_INV_11_what_may_yet_land_keeps_its_job(house: House, state: str) -> None:
    act = await doubted(house, state)
    async with house.db.tx(HAND) as tx:
        case_id = await tx.value("SELECT case_id FROM newel.action WHERE id = $1", act)
        await tx.run(
            "INSERT INTO newel.job (kind, case_id, subject_id, run_at, created_at)"
            " VALUES ('action', $1, $2, $3, $3)", case_id, act, tx.now + HOUR,
        )  # fmt: skip
    for loss in (
        "DELETE FROM newel.job WHERE subject_id = $1",
        "UPDATE newel.job SET state = 'dead' WHERE subject_id = $1",
    ):
        async with rows.refused(house.db, "nobody would ask") as tx:
            await tx.run(loss, act)
    if state != "authorised":
        async with house.db.tx(HAND) as tx:
            await change(tx, "action", act, state="confirmed", lease_until=None, ended_at=tx.now)
            await tx.run("DELETE FROM newel.job WHERE subject_id = $1", act)
