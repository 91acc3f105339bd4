"""The review desk at 20,000 cases with an open review: its list walks one index, whoever asks."""

import time
from uuid import UUID, uuid4

import pytest

from conftest import House
from newel.domain.access import system
from newel.store import quality
from newel.store.db import sql
from plans.test_work import full, plan

__all__ = ["full"]
LOOKS = 5
MOST_MS = 400
"""Far above what it takes, and far below what a walk over all reviews for each line would."""


@pytest.fixture
async def reviews(full: object, house: House) -> UUID:
    """An open review for each case; the rows are what is measured, their audit is not."""
    await house.as_owner("ALTER TABLE newel.review DISABLE TRIGGER USER")
    await house.as_owner(
        "INSERT INTO newel.review (id, case_id, episode, workflow, kind, work, state, share, created_at)"
        " SELECT gen_random_uuid(), id, episode, workflow, 'sample', 'ai', 'open', 0.1, newel.now()"
        " FROM newel.cases"
    )
    return uuid4()


async def test_WRK_7_the_list_of_reviews_comes_from_an_index(house: House, reviews: UUID) -> None:
    found = await plan(house, sql("quality").waiting, reviews, 100)
    assert "review_open" in found, found
    assert "Seq Scan on review" not in found, found
    found = await plan(house, sql("quality").window, "customer-support", "ai", 50)
    assert "review_sampled" in found, found
    took = []
    for _ in range(LOOKS):
        started = time.perf_counter()
        async with house.db.tx(system("test"), read_only=True) as tx:
            assert len(await quality.waiting(tx, reviews, 100)) == 100
        took.append((time.perf_counter() - started) * 1000)
    print(f"median {sorted(took)[LOOKS // 2]:.1f} ms, slowest {max(took):.1f} ms")
    assert sorted(took)[LOOKS // 2] < MOST_MS
