"""Query plans at 20,000 open rows: the claim and the clock read an index, never the table."""

from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from conftest import House
from newel.store.db import sql

ROWS = 20_000
FILL = (
    "SET session_replication_role = replica",
    "INSERT INTO newel.bucket (language, skills, regulated)"
    " SELECT 'en', ARRAY['skill' || n], false FROM generate_series(1, 40) n",
    "INSERT INTO newel.cases (id, workflow, kind, customer_id, key_wrapped, policy_id, state, tier,"
    " opened_at, episode_opened_at) SELECT gen_random_uuid(), 'w', 'item', gen_random_uuid(), '',"
    f" gen_random_uuid(), 'queued', 3, now(), now() FROM generate_series(1, {ROWS})",
    "INSERT INTO newel.work_item (id, case_id, episode, workflow, state, priority, bucket, reason, queued_at,"
    " due_at) SELECT gen_random_uuid(), id, 1, 'w', 'queued', 1 + n % 3, 1 + n % 40, 'x', now(),"
    " now() + n * interval '1 second' FROM (SELECT id, row_number() OVER ()::int AS n FROM newel.cases) c",
    "INSERT INTO newel.sla_target (id, case_id, work_item_id, kind, state, priority, minutes, business_time,"
    " started_at, due_at, percents, alert_ats, next_alert_at, next_percent, policy_id)"
    " SELECT gen_random_uuid(), case_id, id, 'resolution', 'running', 2, 240, false, now(), due_at,"
    " '{100}', ARRAY[due_at], due_at, 100, gen_random_uuid() FROM newel.work_item",
    "VACUUM ANALYZE newel.work_item, newel.cases, newel.sla_target",
)


@pytest.fixture
async def full(house: House) -> House:
    connection = await asyncpg.connect(house.owner_url)
    for statement in FILL:
        await connection.execute(statement)
    await connection.close()
    return house


async def plan(house: House, statement: str, *args: Any, **settings: str) -> str:
    """As a pooled connection meets it: prepared, and planned without knowing the arguments."""
    connection = await asyncpg.connect(house.owner_url, server_settings=settings)
    await connection.execute("SET plan_cache_mode = force_generic_plan")
    explain = f"EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, BUFFERS) {statement}"
    rows = await connection.fetch(explain, *args)
    await connection.close()
    return "\n".join(row[0] for row in rows)


async def test_RTE_3_candidates_come_from_the_buckets_index(full: House) -> None:
    mine = [3, 17, 31]
    found = await plan(full, sql("claim").candidates, mine, [5], [], 2, 32, uuid4())
    assert found.count("work_item_bucket") == 1, found
    assert found.count("work_item_general") == 1, found
    assert "Seq Scan" not in found, found


async def test_RTE_3_a_plan_that_was_made_while_nothing_waited_is_right_for_a_full_queue(
    house: House,
) -> None:
    kept = {"enable_seqscan": "off", "enable_bitmapscan": "off"}
    found = await plan(house, sql("claim").candidates, [3], [5], [], 2, 32, uuid4(), **kept)
    assert found.count("work_item_bucket ") == 1, found
    assert found.count("work_item_general ") == 1, found


async def test_RTE_3_with_nothing_for_a_person_the_claim_reads_almost_nothing(full: House) -> None:
    found = await plan(full, sql("claim").candidates, [999], [], [], 2, 32, uuid4())
    assert "rows=0" in found
    assert "Seq Scan" not in found, found


async def test_RTE_3_the_winner_is_locked_by_its_keys(full: House) -> None:
    ids = [row["id"] for row in await full.as_owner("SELECT id FROM newel.work_item LIMIT 32")]
    found = await plan(full, sql("claim").winner, ids, list(range(1, 41)), [], 1, uuid4())
    assert "work_item_pkey" in found, found
    assert "cases_pkey" in found, found


async def test_RTE_5_members_of_a_pool_claim_by_workflow_and_bucket(full: House) -> None:
    ways = (["w", "w", "v"], [3, 17, 31], [3, 1, 1], [False, True, False])
    found = await plan(full, sql("claim").candidates_apart, *ways, [], 32, uuid4())
    assert found.count("work_item_apart ") == 1, found
    assert found.count("work_item_apart_general ") == 1, found
    assert "Seq Scan" not in found, found
    ids = [row["id"] for row in await full.as_owner("SELECT id FROM newel.work_item LIMIT 32")]
    won = await plan(full, sql("claim").winner_apart, ids, *ways, uuid4())
    assert "work_item_apart" not in won, won
    assert "work_item_pkey" in won, won
    assert "cases_pkey" in won, won


async def test_RTE_5_a_depth_is_counted_up_to_its_line_alone(full: House) -> None:
    for workflow, counted in (("w", 12), ("v", 0)):
        found = await plan(full, sql("overflow").depth, workflow, 12, enable_seqscan="off")
        assert "Index Only Scan using work_item_" in found, found
        assert f"rows={counted}" in found, found


async def test_the_head_of_the_queue_comes_in_order(full: House) -> None:
    found = await plan(full, sql("routing").waiting, 200)
    assert "work_item_queue" in found, found


async def test_work_that_waits_for_other_generalists_is_found_by_its_bucket(full: House) -> None:
    for generalist, hits in (("general", False), ("billing", True)):
        found = await plan(full, sql("routing").strayed, ["w"], [generalist], [""], [False], 200)
        assert "Seq Scan on work_item" not in found, found
        assert ("never executed" in found) is not hits, found


async def test_SLA_4_the_clock_reads_what_is_due(full: House) -> None:
    now = (await full.as_owner("SELECT now() + interval '1 hour' AS at"))[0]["at"]
    found = await plan(full, sql("sla").due, now, 500)
    assert "sla_due" in found, found
    assert "Seq Scan" not in found, found


async def test_the_open_item_and_live_targets_of_a_case_are_one_look_each(full: House) -> None:
    assert "work_item_open" in await plan(full, sql("routing").open_of, uuid4())
    live = await plan(full, sql("sla").live, uuid4())
    assert "sla_live" in live or "sla_case" in live, live
