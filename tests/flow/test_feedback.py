"""Feedback on the real database: labels, masked and by consent; retries, dead letters, re-runs."""

from typing import Any
from uuid import UUID

import pytest
from tests.domain.test_guide import BOOK

from conftest import House
from floor import AI_KINDS, P3, TEST, Floor, open_floor
from newel.domain.access import system
from newel.domain.errors import Forbidden
from newel.domain.resolution import AiQuality, Category, Resolution
from newel.flow import customer, feedback, resolution
from newel.store import job as jobs

DONE = Resolution(
    category=Category.RESOLVED,
    contact_reason="order_status",
    ai_quality=AiQuality.CORRECT_LOW_CONFIDENCE,
)
OTHERS = ("answer", "delivery", "settle", "rebalance", "routing", "context")


@pytest.fixture
async def floor(house: House) -> Floor:
    return await open_floor(house, playbooks={"order_status": BOOK})


async def resolved(floor: Floor, *, consent: bool = True) -> UUID:
    told = customer.Told(name="Priya Nair", training_consent=consent)
    await customer.put(floor.house, TEST, "C0012", told)
    case_id = await floor.say("Where is 10023? Priya Nair, priya@example.com", ref="C0012")
    await floor.escalate(case_id, P3)
    await floor.work()
    item = await floor.item(case_id)
    assert item is not None
    owner = await floor.signed_in(floor.login_of(item.owner_id) or "")
    await resolution.resolve(floor.house, owner, case_id, item.token, DONE)
    return case_id


async def states(floor: Floor) -> list[str]:
    return [row["state"] for row in await floor.rows("SELECT state FROM newel.feedback ORDER BY created_at")]


async def labels(floor: Floor) -> list[Any]:
    return await floor.rows("SELECT * FROM newel.label ORDER BY use")


async def test_LRN_1_a_resolution_becomes_a_masked_training_label(floor: Floor) -> None:
    await resolved(floor)
    assert await states(floor) == ["pending"]
    await floor.work()
    assert await states(floor) == ["ingested"]
    found = await labels(floor)
    assert [(row["use"], row["contact_reason"]) for row in found] == [("training", "order_status")]
    assert found[0]["masked_text"] == "Where is 10023? [name], [email]"


async def test_LRN_2_without_consent_nothing_is_kept_for_training(floor: Floor) -> None:
    await resolved(floor, consent=False)
    await floor.work()
    assert await states(floor) == ["ingested"]
    assert await labels(floor) == []


async def test_LRN_1_three_retries_then_a_dead_letter_that_a_person_runs_again(floor: Floor) -> None:
    await resolved(floor)
    whole = await floor.rows("SELECT body_sealed FROM newel.feedback")
    await floor.rows("UPDATE newel.feedback SET body_sealed = 'broken'")
    tries = 0
    for _ in range(6):
        await floor.work()
        row = (await floor.rows("SELECT state, attempts FROM newel.feedback"))[0]
        tries = row["attempts"]
        if row["state"] == "dead":
            break
        await floor.pass_time(minutes=3)
    assert (tries, await states(floor)) == (4, ["dead"])
    assert not await floor.rows("SELECT FROM newel.job WHERE kind = 'feedback'")
    ivan = floor.staff["ivan"]
    dead = await feedback.dead(floor.house, ivan)
    assert [letter.error for letter in dead] == ["invalid"]
    with pytest.raises(Forbidden):
        await feedback.rerun(floor.house, floor.staff["ben"])
    await floor.rows("UPDATE newel.feedback SET body_sealed = $1", whole[0]["body_sealed"])
    assert await feedback.rerun(floor.house, ivan, [dead[0].id]) == 1
    await floor.work()
    assert await states(floor) == ["ingested"]


async def test_LRN_1_a_killed_ingester_loses_nothing(floor: Floor) -> None:
    await resolved(floor)
    async with floor.tx(system("doomed")) as tx:
        taken = await jobs.claim(tx, limit=9, without=[*AI_KINDS, *OTHERS], lease_seconds=60)
    assert [job.kind for job in taken] == ["feedback"]
    await floor.work()
    assert await states(floor) == ["pending"]
    await floor.pass_time(seconds=61)
    async with floor.tx() as tx:
        await jobs.expire(tx)
    await floor.work()
    assert await states(floor) == ["ingested"]
    assert len(await labels(floor)) == 1


async def test_ingesting_twice_makes_one_label(floor: Floor) -> None:
    await resolved(floor)
    async with floor.tx() as tx:
        row = await tx.one("SELECT id, case_id FROM newel.feedback")
        for _ in range(3):
            await jobs.add(tx, "feedback", case_id=row["case_id"], subject_id=row["id"])
    await floor.work()
    assert len(await labels(floor)) == 1
    events = await floor.rows("SELECT FROM newel.audit_event WHERE event = 'feedback.ingested'")
    assert len(events) == 1


async def test_INV_15_the_sealed_feedback_shows_no_text(floor: Floor) -> None:
    await resolved(floor)
    rows = await floor.rows("SELECT body_sealed FROM newel.feedback")
    assert b"order_status" not in rows[0]["body_sealed"]
