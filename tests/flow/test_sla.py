"""The SLA clock on the real database: alerts once, breach to a supervisor, pause, raise."""

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from msgspec.structs import replace

from conftest import NOON, House
from floor import P3, Floor, open_floor
from newel.domain.resolution import Category, Resolution
from newel.domain.words import Priority
from newel.flow import resolution, routing, sla

P2 = replace(P3, priority=Priority.P2)
DONE = Resolution(category=Category.RESOLVED)


@pytest.fixture
async def floor(house: House) -> Floor:
    return await open_floor(house)


async def fired(floor: Floor, kind: str = "resolution") -> list[tuple[int, datetime, datetime]]:
    rows = await floor.rows(
        "SELECT a.percent, a.due_at, a.fired_at FROM newel.sla_alert a"
        " JOIN newel.sla_target t ON t.id = a.target_id WHERE t.kind = $1 ORDER BY a.percent",
        kind,
    )
    return [tuple(row) for row in rows]


async def notices(floor: Floor, kind: str) -> list[Any]:
    return await floor.rows("SELECT staff_id, address FROM newel.notice WHERE kind = $1", kind)


async def token(floor: Floor, case_id: UUID) -> int:
    item = await floor.item(case_id)
    assert item is not None
    return item.token


async def test_SLA_2_each_threshold_fires_in_its_time_and_once(floor: Floor) -> None:
    await floor.escalated(P2)
    for _ in range(12 * 6 + 1):
        await sla.fire(floor.house)
        await floor.pass_time(minutes=5)
    wanted = [(p, NOON + timedelta(minutes=240 * p / 100)) for p in (50, 75, 90, 100, 150)]
    assert [(percent, due) for percent, due, _ in await fired(floor)] == wanted
    assert all(due <= at < due + timedelta(minutes=5) for _, due, at in await fired(floor))


async def test_INV_9_ten_clocks_at_once_fire_each_threshold_once(floor: Floor) -> None:
    for _ in range(12):
        await floor.escalated(P2)
    await floor.pass_time(hours=7)
    counts = await asyncio.gather(*(sla.fire(floor.house) for _ in range(10)))
    rows = await floor.rows(
        "SELECT count(*) AS n, count(DISTINCT (target_id, percent)) AS d FROM newel.sla_alert"
    )
    assert (rows[0]["n"], rows[0]["d"], sum(counts)) == (12 * 2 * 5, 12 * 2 * 5, 12 * 2 * 5)


async def test_INV_10_a_breach_changes_the_owner_tells_the_customer_and_pages(floor: Floor) -> None:
    case_id = await floor.escalated(P2)
    await floor.work()
    assert await floor.owner(case_id) == "amara"
    before = await token(floor, case_id)
    await floor.pass_time(hours=4)
    await sla.fire(floor.house)
    await floor.work()
    item = await floor.item(case_id)
    assert item is not None
    assert (floor.login_of(item.owner_id), item.lane, item.breached) == ("ivan", "supervisor", True)
    assert item.token > before
    said = await floor.rows("SELECT count(*) AS n FROM newel.message WHERE template = 'breach_notice'")
    assert said[0]["n"] == 1
    assert await notices(floor, "sla.resolution.100")
    loads = await floor.rows("SELECT sum(load)::int AS n FROM newel.staff")
    assert loads[0]["n"] == 0
    await floor.pass_time(hours=2)
    await sla.fire(floor.house)
    await floor.work()
    again = await notices(floor, "sla.again")
    assert {row["address"] for row in again} == {"", "on_call"}
    said = await floor.rows("SELECT count(*) AS n FROM newel.message WHERE template = 'breach_notice'")
    assert said[0]["n"] == 1


async def test_INV_10_without_a_supervisor_the_breach_waits_for_one_and_pages(floor: Floor) -> None:
    await floor.present("amara")
    case_id = await floor.escalated(P2)
    await floor.work()
    await floor.pass_time(hours=4)
    await sla.fire(floor.house)
    await floor.work()
    item = await floor.item(case_id)
    assert item is not None
    assert (floor.login_of(item.owner_id), item.breached) == ("amara", True)
    assert [r["address"] for r in await notices(floor, "on_call.breached")] == ["on_call"]
    await floor.present("amara", "ivan")
    await routing.sweep(floor.house)
    assert await floor.owner(case_id) == "ivan"


async def test_a_late_first_response_only_alerts(floor: Floor) -> None:
    case_id = await floor.escalated(P2)
    await floor.work()
    await floor.pass_time(hours=1)
    await sla.fire(floor.house)
    await floor.work()
    assert await floor.owner(case_id) == "amara"
    assert [p for p, _, _ in await fired(floor, "first_response")] == [50, 75, 90, 100]
    assert await notices(floor, "sla.first_response.100")


async def test_SLA_3_waiting_for_the_customer_stops_the_resolution_clock_only(floor: Floor) -> None:
    case_id = await floor.escalated(P2, conversation="one", ref="C1")
    await floor.work()
    amara = await floor.signed_in("amara")
    await floor.pass_time(hours=1, minutes=30)
    await resolution.reply(
        floor.house, amara, case_id, await token(floor, case_id), "Which mug?", timedelta(days=2)
    )
    await floor.pass_time(hours=20)
    await sla.fire(floor.house)
    assert await fired(floor) == []
    assert await floor.say("The moss one", conversation="one", ref="C1") == case_id
    case = await floor.case(case_id)
    assert case.state == "owned"
    targets = await floor.rows(
        "SELECT kind, due_at FROM newel.sla_target WHERE state = 'running' ORDER BY kind"
    )
    assert [tuple(t) for t in targets] == [
        ("next_response", NOON + timedelta(hours=22.5)),
        ("resolution", NOON + timedelta(hours=24)),
    ]


async def test_a_raise_counts_from_the_original_start_and_fires_what_has_passed(floor: Floor) -> None:
    case_id = await floor.escalated(P3)
    await floor.pass_time(minutes=50)
    await sla.fire(floor.house)
    assert await fired(floor) == []
    await floor.escalate(case_id, replace(P3, priority=Priority.P1))
    await sla.fire(floor.house)
    assert [(p, due) for p, due, _ in await fired(floor)] == [
        (50, NOON + timedelta(minutes=30)),
        (75, NOON + timedelta(minutes=45)),
    ]
    item = await floor.item(case_id)
    assert item is not None
    assert item.due_at == NOON + timedelta(hours=1)


async def test_INV_9_what_has_fired_stays_fired_when_the_case_is_raised(floor: Floor) -> None:
    case_id = await floor.escalated(P2)
    await floor.pass_time(hours=2)
    await sla.fire(floor.house)
    assert [p for p, _, _ in await fired(floor)] == [50]
    await floor.escalate(case_id, replace(P3, priority=Priority.P1))
    await sla.fire(floor.house)
    assert [(p, at - NOON) for p, _, at in await fired(floor)] == [
        (p, timedelta(hours=2)) for p in (50, 75, 90, 100, 150)
    ]


async def test_SLA_4_what_was_due_before_the_resolution_is_not_forgotten(floor: Floor) -> None:
    case_id = await floor.escalated(P2)
    await floor.work()
    amara = await floor.signed_in("amara")
    await floor.pass_time(hours=3)
    await resolution.resolve(floor.house, amara, case_id, await token(floor, case_id), DONE)
    assert [p for p, _, _ in await fired(floor)] == [50, 75]
    await floor.pass_time(hours=30)
    assert await sla.fire(floor.house) == 0
    states = await floor.rows("SELECT kind, state FROM newel.sla_target ORDER BY kind")
    assert [tuple(s) for s in states] == [("first_response", "cancelled"), ("resolution", "met")]


async def test_INV_9_the_store_refuses_an_alert_before_its_time(floor: Floor) -> None:
    await floor.escalated(P2)
    target = (await floor.rows("SELECT id, due_at FROM newel.sla_target WHERE kind = 'resolution'"))[0]
    for due, at in ((target["due_at"], target["due_at"]), (NOON, NOON)):
        with pytest.raises(Exception, match="NW-SLA"):
            await floor.rows("INSERT INTO newel.sla_alert VALUES ($1, 100, $2, $3)", target["id"], due, at)


async def test_SLA_3_P3_runs_on_the_calendar(floor: Floor) -> None:
    await floor.pass_time(hours=4)
    case_id = await floor.escalated(P3)
    item = await floor.item(case_id)
    assert item is not None
    assert item.due_at == NOON + timedelta(days=1, hours=4)
