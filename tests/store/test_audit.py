"""Audit rows: append-only, with a leaf hash that nobody chooses, one event for each change."""

import pytest

from conftest import House
from newel.domain.access import system
from newel.domain.errors import StaleToken
from newel.store import audit, job


async def test_INV_13_an_event_is_never_changed(house: House) -> None:
    async with house.db.tx(system("test")) as tx:
        await audit.record(tx, "thing.made", "thing", 1)
    for statement in ("UPDATE newel.audit_event SET event = 'x'", "DELETE FROM newel.audit_event"):
        with pytest.raises(Exception, match="append-only"):
            await house.as_owner(statement)


async def test_INV_13_the_leaf_hash_is_the_stores_own(house: House) -> None:
    async with house.db.tx(system("test")) as tx:
        await audit.record(tx, "thing.made", "thing", 1, note="ids only")
    rows = await house.as_owner("SELECT leaf_hash, newel.audit_leaf(a) AS again FROM newel.audit_event a")
    assert rows[0]["leaf_hash"] == rows[0]["again"]


async def test_a_job_is_claimed_once_and_fenced(house: House) -> None:
    async with house.db.tx(system("test")) as tx:
        await job.add(tx, "routing")
    async with house.db.tx(system("a")) as one, house.db.tx(system("b")) as two:
        first = await job.claim(one, limit=5, without=[], lease_seconds=30)
        second = await job.claim(two, limit=5, without=[], lease_seconds=30)
    assert (len(first), len(second)) == (1, 0)
    async with house.db.tx(system("test")) as tx:
        await job.done(tx, first[0])
    with pytest.raises(StaleToken):
        async with house.db.tx(system("test")) as tx:
            await job.done(tx, first[0])
