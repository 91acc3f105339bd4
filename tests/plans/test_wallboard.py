"""The wallboard at 20,000 open cases: its clocks come from an index, and a look takes no time to speak of."""

import time
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from conftest import House
from newel.domain.access import system
from newel.store import survey as surveys
from newel.store import wallboard
from newel.store.db import sql
from plans.test_work import full, plan

__all__ = ["full"]
LOOKS = 5


@pytest.mark.usefixtures("full")
async def test_WRK_6_the_next_breaches_come_from_an_index(house: House) -> None:
    found = await plan(house, sql("wallboard").breaches, datetime.now(UTC), 8)
    assert "sla_running" in found, found
    assert "Seq Scan on sla_target" not in found, found


@pytest.mark.usefixtures("full")
async def test_WRK_6_a_part_of_the_queue_comes_from_its_index_and_only_what_is_shown_is_joined(
    house: House,
) -> None:
    found = await plan(house, sql("wallboard").queue, 30, 3_000, 3, 3)
    assert "work_item_queue" in found, found
    assert "Seq Scan on work_item" not in found, found
    assert "Seq Scan on cases" not in found, found
    assert "rows=3030" in found, found


@pytest.mark.usefixtures("full")
async def test_WRK_6_a_look_at_a_full_floor_counts_it_all(house: House) -> None:
    took = []
    for _ in range(LOOKS):
        started = time.perf_counter()
        async with house.db.tx(system("test"), read_only=True) as tx:
            _, coming = await wallboard.clocks(tx)
            lanes = await wallboard.lanes(tx, coming, uuid4())
            await wallboard.queue(tx, 30, 6_000, 3)
            await wallboard.desks(tx, 30)
            await wallboard.ai_states(tx)
            await wallboard.talks(tx, 30)
            await wallboard.answered(tx, 8)
            await wallboard.asked(tx)
            await wallboard.stalled(tx)
            await surveys.since(tx, tx.now - timedelta(days=7))
        took.append((time.perf_counter() - started) * 1000)
    assert sum(lane.waiting for lane in lanes) == 20_000
    print(f"median {sorted(took)[LOOKS // 2]:.1f} ms, slowest {max(took):.1f} ms")


@pytest.mark.usefixtures("full")
async def test_RES_5_what_customers_say_can_come_from_an_index(house: House) -> None:
    found = await plan(house, sql("survey").scores, datetime.now(UTC), enable_seqscan="off")
    assert "survey_answered" in found, found
