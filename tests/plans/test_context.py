"""The package at 20,000 cases that ended: what a case is like is looked up, never searched for."""

from uuid import UUID, uuid4

import asyncpg
import pytest

from conftest import House
from newel.store.db import sql
from plans.test_work import ROWS, plan

FILL = (
    "SET session_replication_role = replica",
    "INSERT INTO newel.cases (id, workflow, kind, customer_id, key_wrapped, policy_id, state, tier,"
    " opened_at, episode_opened_at, resolved_at) SELECT gen_random_uuid(), 'w', 'item', gen_random_uuid(),"
    f" '', gen_random_uuid(), 'resolved', 3, now(), now(), now() FROM generate_series(1, {ROWS})",
    "INSERT INTO newel.work_item (id, case_id, episode, workflow, state, priority, bucket, reason, queued_at,"
    " due_at, done_at) SELECT gen_random_uuid(), id, 1, 'w', 'done', 3, 1, CASE WHEN n > 6 THEN 'often' ELSE"
    " 'seldom' END, now(), now(), now() - n * interval '1 minute'"
    " FROM (SELECT id, row_number() OVER ()::int AS n FROM newel.cases) c",
    "INSERT INTO newel.resolution (id, case_id, episode, category, by_kind, staff_id, at)"
    " SELECT gen_random_uuid(), case_id, 1, 'resolved', 'staff', gen_random_uuid(), done_at"
    " FROM newel.work_item",
    "INSERT INTO newel.review (id, case_id, episode, workflow, kind, work, state, share, created_at)"
    " SELECT gen_random_uuid(), case_id, 1, 'w', 'sample', 'ai', 'open', 0.1, now()"
    " FROM newel.work_item",
    "VACUUM ANALYZE newel.work_item, newel.cases, newel.resolution, newel.review",
)


@pytest.fixture
async def ended(house: House) -> House:
    connection = await asyncpg.connect(house.owner_url)
    for statement in FILL:
        await connection.execute(statement)
    await connection.close()
    return house


async def case_of(house: House, reason: str) -> UUID:
    rows = await house.as_owner("SELECT case_id FROM newel.work_item WHERE reason = $1 LIMIT 1", reason)
    found: UUID = rows[0]["case_id"]
    return found


@pytest.mark.parametrize(("reason", "hits"), [("often", 10), ("seldom", 5)])
async def test_CTX_1_what_the_same_rule_brought_before_is_read_from_its_newest_on(
    ended: House, reason: str, hits: int
) -> None:
    case_id = await case_of(ended, reason)
    found = await plan(ended, sql("context").similar_trigger, case_id)
    assert "work_item_case" in found, found
    assert "work_item_ended" in found, found
    assert "Seq Scan" not in found, found
    assert len(await ended.as_owner(sql("context").similar_trigger, case_id)) == hits


async def test_a_cases_work_and_its_reviews_are_one_look_each(ended: House) -> None:
    work = await plan(ended, sql("trace").work_items, uuid4())
    assert "work_item_case" in work, work
    reviews = await plan(ended, sql("trace").reviews, uuid4())
    assert "review_case" in reviews, reviews
