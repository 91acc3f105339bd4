"""OPS-8: the AI is away, and people are served; a busy AI keeps what it works off."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from msgspec import structs
from tests.flow.desk import REFUND, STATUS, Desk

from newel.domain.scan.lexicon import shipped_lexicon
from newel.domain.scan.scanner import compile_scanner
from newel.domain.states import JOB_KINDS
from newel.domain.words import Priority
from newel.flow import answer, away
from newel.flow.house import House
from newel.store import job as jobs
from newel.worker.timetable import TIMETABLE

PEOPLE_ONLY = ("answer",)


async def primary(desk: Desk, case_id: UUID) -> list[Any]:
    rows = await desk.rows("SELECT reason FROM newel.work_item WHERE case_id = $1", case_id)
    return [row["reason"] for row in rows]


async def test_OPS_8_without_the_AI_a_person_has_the_case_within_minutes(desk: Desk) -> None:
    case_id = await desk.say(STATUS, ref="C0012")
    await desk.drain(without=PEOPLE_ONLY)
    await away.watch(desk.house)
    assert (await desk.case(case_id)).state == "ai"
    await desk.pass_time(minutes=2)
    await away.watch(desk.house)
    await desk.drain(without=PEOPLE_ONLY)
    case = await desk.case(case_id)
    assert (case.state, case.tier, case.locked) == ("owned", 3, False)
    assert await primary(desk, case_id) == ["ai_away"]
    clocks = await desk.rows(
        "SELECT kind FROM newel.sla_target WHERE case_id = $1 AND state = 'running'", case_id
    )
    assert {row["kind"] for row in clocks} == {"first_response", "resolution"}
    assert [m.author for m in desk.inbox.got.values()] == ["system"]
    assert await desk.rows("SELECT FROM newel.job WHERE case_id = $1 AND kind = 'answer'", case_id) == []
    await desk.drain()
    assert desk.inbox.texts("ai") == []


async def test_OPS_8_many_at_once_and_each_once(desk: Desk) -> None:
    count = away.BATCH + 3
    for number in range(count):
        await desk.say(STATUS, ref=f"C{number:04d}")
    await desk.pass_time(minutes=3)
    await away.watch(desk.house)
    await away.watch(desk.house)
    rows = await desk.rows("SELECT count(*) AS n FROM newel.work_item WHERE reason = 'ai_away'")
    assert rows[0]["n"] == count
    assert await desk.limbo() == []


async def test_OPS_8_a_busy_AI_keeps_its_backlog(desk: Desk) -> None:
    waiting = [await desk.say(STATUS, ref=ref) for ref in ("C0012", "C0013", "C0014")]
    await desk.pass_time(minutes=10)
    (job,) = await jobs.claim(
        desk.house.db, limit=1, without=[k for k in JOB_KINDS if k != "answer"], lease_seconds=60
    )
    await answer.answer(desk.house, job)
    await desk.pass_time(seconds=100)
    await away.watch(desk.house)
    assert await desk.rows("SELECT FROM newel.work_item WHERE reason = 'ai_away'") == []
    states = [(await desk.case(case_id)).state for case_id in waiting]
    assert states.count("ai") == 2
    await desk.drain()
    assert [await primary(desk, case_id) for case_id in waiting].count(["ai_away"]) == 0
    assert (await desk.case(waiting[0])).state == "waiting"


async def test_OPS_8_a_worker_that_has_just_begun_says_of_nobody_that_they_are_away(desk: Desk) -> None:
    case_id = await desk.say(STATUS, ref="C0012")
    await desk.pass_time(minutes=60)
    async with desk.house.db.tx(away.WATCH) as tx:
        worker = await jobs.enlist(tx)
    house = House(**(vars(desk.house) | {"worker": worker}))
    await away.watch(house)
    assert (await desk.case(case_id)).state == "ai"
    await desk.pass_time(minutes=3)
    await away.watch(house)
    assert (await desk.case(case_id)).state == "queued"


async def test_OPS_8_writing_again_does_not_begin_the_wait_anew(desk: Desk) -> None:
    case_id = await desk.say(STATUS, ref="C0012")
    for _ in range(3):
        await desk.pass_time(minutes=1)
        await desk.say("hello?", ref="C0012")
    await away.watch(desk.house)
    assert (await desk.case(case_id)).state == "queued"


async def test_OPS_8_an_answer_step_that_always_fails_ends_with_a_person(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from newel.flow import tier

    failing = await desk.say(STATUS, ref="C0012")
    settle = tier.settle

    async def broken(house: House, job: jobs.Job, brief: Any, said: Any) -> None:
        if job.case_id == failing:
            raise RuntimeError("a defect")
        await settle(house, job, brief, said)

    monkeypatch.setattr(tier, "settle", broken)
    for _ in range(6):
        await desk.pass_time(seconds=62)
        other = await desk.say(STATUS, ref="C0013")
        await desk.drain()
        await away.watch(desk.house)
    assert (await desk.case(other)).tier is not None
    assert (await desk.case(failing)).tier == 3
    assert await primary(desk, failing) == ["ai_away"]


def test_OPS_8_the_watch_is_on_the_timetable() -> None:
    assert "away" in [entry.name for entry in TIMETABLE]


def scanning(desk: Desk, trigger: str, **said: object) -> None:
    """The policy in force says otherwise of one trigger."""
    running = desk._running["customer-support"]
    changed = structs.replace(running.bundle.triggers[trigger], **said)
    bundle = structs.replace(running.bundle, triggers=running.bundle.triggers | {trigger: changed})
    scanner = compile_scanner(bundle, shipped_lexicon())
    desk._running["customer-support"] = replace(running, bundle=bundle, scanner=scanner)


async def test_OPS_8_what_the_scan_found_goes_with_the_case(desk: Desk) -> None:
    scanning(desk, "risk_words.refund", skills=("billing",), priority=Priority.P2)
    case_id = await desk.say(REFUND, ref="C0017")
    plain = await desk.say(STATUS, ref="C0012")
    assert (await desk.case(case_id)).state == "ai"
    await desk.pass_time(minutes=3)
    await away.watch(desk.house)
    found = {
        row["case_id"]: (row["skills"], row["priority"], row["reason"])
        for row in await desk.rows(
            "SELECT w.case_id, b.skills, w.priority, w.reason"
            " FROM newel.work_item w JOIN newel.bucket b ON b.id = w.bucket"
        )
    }
    assert found[case_id] == (["billing"], 2, "ai_away")
    assert found[plain][1:] == (3, "ai_away")
