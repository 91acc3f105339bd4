"""What an open overflow pool costs: claims, decisions and the watch, beside the closed pool."""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable

import asyncpg

from benchmarks.claim import ACTOR, fill, median
from benchmarks.common import demo_house, emit
from newel.domain import overflow as rule
from newel.flow import overflow
from newel.flow.house import House
from newel.flow.routing.reach import asked, crowd, pools_of, reach, rules_of, through
from newel.store import claim
from newel.store import overflow as pools
from newel.store import routing as work
from newel.store.db import Tx

WORKFLOW = "customer-support"
WAITING = (1_000, 10_000, 100_000)
ROUNDS = 15
_AT_WORK = """
UPDATE newel.staff SET presence = 'available', zone = 'UTC', load = 0,
    shifts = (SELECT jsonb_object_agg(d, '["00:00-24:00"]'::jsonb)
              FROM unnest('{mon,tue,wed,thu,fri,sat,sun}'::text[]) d)
"""
_FULL = "UPDATE newel.staff SET load = capacity"


async def _owner(url: str, *statements: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


async def _milliseconds(act: Callable[[], Awaitable[object]]) -> float:
    seconds = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        await act()
        seconds.append(time.perf_counter() - began)
    return statistics.median(seconds) * 1e3


async def _claim(house: House, tx: Tx, login: str) -> None:
    """What a claim reads and locks before it writes."""
    person = next(p for p in await work.people(tx) if p.login == login)
    serving = await reach(house, tx, await work.lock_person(tx, person.id))
    item = await claim.next_for(tx, serving)
    if item:
        await through(house, tx, serving, item, await crowd(house, tx, serving))


async def _decisions(house: House, tx: Tx, items: int) -> None:
    """What the router reads and decides of the items at the head of the queue."""
    running = await house.running(tx, WORKFLOW)
    pool = (await pools_of(tx, running)).get(WORKFLOW)
    people = await work.people(tx)
    for item in await work.waiting(tx, items):
        rule.decide(asked(tx, item), people, tx.now, rules_of(running), pool)


async def _open(house: House, tx: Tx) -> None:
    if not (await pools.standing(tx, WORKFLOW)).is_open:
        await pools.open_pool(tx, WORKFLOW, "benchmark")


async def _figures(house: House, url: str) -> dict[str, float]:
    """Claims and decisions in microseconds."""
    found = {}
    for who, login in (("whose work it is", "amara"), ("a member of the pool", "greta")):
        await _owner(url, _AT_WORK, f"{_FULL} WHERE login <> '{login}'")
        found[f"claim by {who}"] = await median(house, lambda tx, login=login: _claim(house, tx, login))
    found["a decision"] = await median(house, lambda tx: _decisions(house, tx, 1))
    await _owner(url, _FULL)
    found["200 decisions, all are full"] = await median(house, lambda tx: _decisions(house, tx, 200))
    return found


async def main() -> None:
    """Print the figures, the open pool's beside the closed one's."""
    async with demo_house() as (_, house, postgres):
        for rows in WAITING:
            await fill(postgres.owner_url, rows)
            async with house.db.tx(ACTOR) as tx:
                await pools.close_pool(tx, WORKFLOW)
                await work.requalify(tx)
            closed = await _figures(house, postgres.owner_url)
            async with house.db.tx(ACTOR) as tx:
                await _open(house, tx)
                await pools.raise_alert(tx, WORKFLOW, rows, 8)
            opened = await _figures(house, postgres.owner_url)
            for name, value in opened.items():
                emit(f"{name}, {rows:,} wait", value, "µs", peer="pool closed", peer_value=closed[name])
            watched = await _milliseconds(lambda: overflow.watch(house))
            async with house.db.tx(ACTOR, read_only=True) as tx:
                began = time.perf_counter()
                await pools.known(tx)
                counted = (time.perf_counter() - began) * 1e3
            emit(f"watch, {rows:,} wait", watched, "ms", peer="everything counted", peer_value=counted)


if __name__ == "__main__":
    asyncio.run(main())
