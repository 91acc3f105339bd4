"""Jobs: each is one worker's at a time, comes back when that one is gone, and is one for its key."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import asyncpg
import pytest

from conftest import NOON, House
from newel.domain.access import system
from newel.domain.errors import StaleToken
from newel.store import job as jobs
from newel.store.job import Job

ACTOR = system("test")


async def add(house: House, kind: str = "routing", **more: object) -> None:
    async with house.db.tx(ACTOR) as tx:
        await jobs.add(tx, kind, **more)  # type: ignore[arg-type]


async def claim(house: House, limit: int = 10, without: tuple[str, ...] = ()) -> list[Job]:
    async with house.db.tx(ACTOR) as tx:
        return await jobs.claim(tx, limit=limit, without=without, lease_seconds=60)


async def expire(house: House) -> int:
    async with house.db.tx(ACTOR) as tx:
        return await jobs.expire(tx)


async def done(house: House, job: Job) -> None:
    async with house.db.tx(ACTOR) as tx:
        await jobs.done(tx, job)


async def done_and_more(house: House, job: Job) -> None:
    async with house.db.tx(ACTOR) as tx:
        await jobs.add(tx, "delivery")
        await jobs.done(tx, job)


async def state(house: House) -> list[tuple[str, int, str | None]]:
    rows = await house.as_owner("SELECT state, attempts, error FROM newel.job ORDER BY id")
    return [(row["state"], row["attempts"], row["error"]) for row in rows]


async def test_many_workers_take_each_job_once(house: House) -> None:
    for _ in range(30):
        await add(house)
    taken = await asyncio.gather(*(claim(house, limit=5) for _ in range(12)))
    taken.append(await claim(house, limit=30))
    ids = [job.id for some in taken for job in some]
    assert len(ids) == len(set(ids)) == 30


async def test_a_lease_that_runs_out_makes_the_job_ready_and_the_first_worker_stale(house: House) -> None:
    await house.freeze(NOON)
    await add(house)
    (first,) = await claim(house)
    assert (await claim(house), await expire(house)) == ([], 0)
    await house.pass_time(timedelta(seconds=61))
    assert await expire(house) == 1
    (second,) = await claim(house)
    assert (second.id, second.attempts) == (first.id, 2)
    assert second.token > first.token
    with pytest.raises(StaleToken):
        await done(house, first)
    await done(house, second)
    assert await state(house) == []


async def test_a_stale_worker_neither_retries_nor_buries(house: House) -> None:
    await house.freeze(NOON)
    await add(house)
    (first,) = await claim(house)
    await house.pass_time(timedelta(seconds=61))
    await expire(house)
    await claim(house)
    async with house.db.tx(ACTOR) as tx:
        await jobs.retry(tx, first, at=tx.now, error="late")
        await jobs.bury(tx, first, error="late")
    assert await state(house) == [("running", 2, None)]


async def test_what_a_stale_step_wrote_is_undone_with_it(house: House) -> None:
    await house.freeze(NOON)
    await add(house)
    (first,) = await claim(house)
    await house.pass_time(timedelta(seconds=61))
    await expire(house)
    with pytest.raises(StaleToken):
        await done_and_more(house, first)
    assert [one[0] for one in await state(house)] == ["ready"]


async def test_one_key_is_one_job_at_its_newest_time(house: House) -> None:
    await house.freeze(NOON)
    for minutes in (5, 9):
        await add(house, key="k", at=NOON + timedelta(minutes=minutes))
    rows = await house.as_owner("SELECT run_at FROM newel.job")
    assert [row["run_at"] for row in rows] == [NOON + timedelta(minutes=9)]
    await add(house, key="k", at=NOON)
    (running,) = await claim(house)
    await add(house, key="k", at=NOON + timedelta(minutes=3))
    assert await state(house) == [("running", 1, None)]
    await done(house, running)


async def test_it_waits_for_its_time_and_the_urgent_goes_first(house: House) -> None:
    await house.freeze(NOON)
    await add(house, "settle", at=NOON + timedelta(seconds=5))
    await add(house, "routing")
    await add(house, "action", priority=1)
    assert [job.kind for job in await claim(house, limit=1)] == ["action"]
    assert [job.kind for job in await claim(house)] == ["routing"]
    await house.pass_time(timedelta(seconds=5))
    assert [job.kind for job in await claim(house)] == ["settle"]


async def test_a_worker_leaves_out_the_kinds_that_it_is_told_to(house: House) -> None:
    await add(house, "answer")
    await add(house, "delivery")
    assert [job.kind for job in await claim(house, without=("answer",))] == ["delivery"]


async def test_a_job_given_back_waits_and_a_dead_one_rests(house: House) -> None:
    await house.freeze(NOON)
    await add(house)
    (job,) = await claim(house)
    async with house.db.tx(ACTOR) as tx:
        await jobs.retry(tx, job, at=NOON + timedelta(seconds=9), error="away")
    assert await claim(house) == []
    await house.pass_time(timedelta(seconds=9))
    (again,) = await claim(house)
    async with house.db.tx(ACTOR) as tx:
        await jobs.bury(tx, again, error="never")
    assert await claim(house) == []
    assert await state(house) == [("dead", 2, "never")]


async def test_dropping_takes_the_cases_jobs_of_that_kind_only(house: House) -> None:
    case, other = uuid4(), uuid4()
    for which, kind in ((case, "a"), (case, "b"), (other, "a")):
        await add(house, kind, case_id=which)
    async with house.db.tx(ACTOR) as tx:
        await jobs.drop(tx, case, "a")
    rows = await house.as_owner("SELECT case_id, kind FROM newel.job ORDER BY id")
    assert [tuple(row) for row in rows] == [(case, "b"), (other, "a")]


async def enlisted(house: House) -> int:
    async with house.db.tx(ACTOR) as tx:
        return await jobs.enlist(tx)


async def test_the_jobs_of_a_worker_that_is_gone_come_back_at_once(house: House) -> None:
    here, gone = await enlisted(house), await enlisted(house)
    lives = await asyncpg.connect(house.url)
    await lives.execute(jobs.LIVES.format(here))
    for worker in (here, gone):
        await add(house)
        async with house.db.tx(ACTOR) as tx:
            assert len(await jobs.claim(tx, limit=1, without=(), lease_seconds=60, worker=worker)) == 1
    assert await expire(house) == 0
    await house.as_owner("UPDATE newel.worker SET seen_at = seen_at - interval '3 seconds'")
    await asyncio.sleep(jobs.GRACE.total_seconds())
    assert await expire(house) == 1
    rows = await house.as_owner("SELECT state, worker FROM newel.job ORDER BY id")
    assert [tuple(row) for row in rows] == [("running", here), ("ready", gone)]
    assert [row["number"] for row in await house.as_owner("SELECT number FROM newel.worker")] == [here]
    await lives.close()


async def test_what_a_step_adds_and_drops_stands_as_if_it_were_written_at_once(house: House) -> None:
    case = uuid4()
    await add(house, "a", case_id=case)
    async with house.db.tx(ACTOR) as tx:
        await jobs.add(tx, "a", case_id=case)
        await jobs.drop(tx, case, "a")
        await jobs.add(tx, "b", case_id=case, key="k", at=NOON)
        await jobs.add(tx, "b", case_id=case, key="k", at=NOON + timedelta(hours=1))
    rows = await house.as_owner("SELECT kind, run_at FROM newel.job")
    assert [tuple(row) for row in rows] == [("b", NOON + timedelta(hours=1))]


async def test_INV_6_a_token_never_comes_twice_even_when_a_lease_was_taken_back(house: House) -> None:
    await add(house)
    (first,) = await claim(house)
    await house.as_owner("UPDATE newel.job SET state = 'ready', lease_until = NULL, token = 0")
    (second,) = await claim(house)
    assert second.token > first.token
