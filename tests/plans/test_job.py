"""The claim of jobs with 2,000 due: short walks of one index, then each by its id."""

from datetime import UTC, datetime

import pytest

from conftest import House
from newel.domain.states import JOB_KINDS
from newel.store.db import sql
from plans.test_work import plan

DUE = 2000
FILL = (
    "INSERT INTO newel.job (kind, priority, run_at, created_at)"
    " SELECT (ARRAY['answer', 'delivery'])[1 + n % 2], 1 + n % 4, now() - n * interval '1 ms', now()"
    f" FROM generate_series(1, {DUE}) n"
)


@pytest.mark.parametrize("known", [False, True])
async def test_SCL_a_claim_costs_what_it_takes_and_not_what_waits(house: House, known: bool) -> None:
    """Whether the planner has met the table as it is, or believes it empty."""
    await house.as_owner(FILL)
    if known:
        await house.as_owner("ANALYZE newel.job")
    found = await plan(house, sql("job").claim, 16, list(JOB_KINDS), 60.0, None)
    assert "Join Filter" not in found, found
    assert "Hash Join" not in found, found
    assert found.count("job_pkey") == 2, found  # locked one by one, then written
    assert "Seq Scan" not in found, found


async def test_OPS_8_the_look_for_an_AI_that_is_away_walks_indexes(house: House) -> None:
    await house.as_owner(FILL)
    await house.as_owner("ANALYZE newel.job")
    found = await plan(house, sql("away").overdue, datetime.now(UTC), 5, 1, 50, enable_seqscan="off")
    assert "Index Only Scan Backward using decision_at" in found, found
    assert "job_failing" in found, found
    assert "job_ready" in found, found
