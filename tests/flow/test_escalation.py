"""Escalation on the real database: queued with its clock, package and message; raised; lowered."""

from datetime import timedelta

import pytest

from conftest import NOON, House
from floor import P3, Floor, open_floor
from newel.domain.errors import Conflict, Forbidden
from newel.domain.escalation import Order
from newel.domain.words import Assist, Priority, Tier
from newel.flow import escalation
from newel.store import case as cases

LEGAL = Order(
    priority=Priority.P2,
    assist=Assist.SUMMARISE,
    skills=("legal",),
    regulated=True,
    lock=True,
    primary="legal",
)
SAFETY = Order(
    priority=Priority.P1, assist=Assist.NONE, skills=("safety",), regulated=True, preset="safety", lock=True,
    primary="safety",
)  # fmt: skip


@pytest.fixture
async def floor(house: House) -> Floor:
    return await open_floor(house)


async def kinds(floor: Floor) -> set[str]:
    return {row["kind"] for row in await floor.rows("SELECT kind FROM newel.job")}


async def test_an_escalated_case_is_queued_with_clock_package_and_message(
    floor: Floor,
) -> None:
    case_id = await floor.escalated(LEGAL)
    case, item = await floor.case(case_id), await floor.item(case_id)
    assert (case.state, case.tier, case.locked, case.assist) == ("queued", Tier.HUMAN, True, Assist.SUMMARISE)
    assert item is not None
    assert (item.skills, item.regulated, item.priority) == (("legal",), True, Priority.P2)
    assert item.due_at == NOON + timedelta(hours=4)
    targets = await floor.rows("SELECT kind, due_at FROM newel.sla_target ORDER BY kind")
    assert [tuple(t) for t in targets] == [
        ("first_response", NOON + timedelta(hours=1)),
        ("resolution", NOON + timedelta(hours=4)),
    ]
    assert {"routing", "context", "delivery"} <= await kinds(floor)
    said = await floor.rows("SELECT template FROM newel.message WHERE direction = 'outbound'")
    assert [row["template"] for row in said] == ["handover"]


async def test_INV_3_no_AI_job_is_left_on_a_case_of_a_person(floor: Floor) -> None:
    case_id = await floor.say("Where is order 10023?")
    assert "answer" in await kinds(floor)
    await floor.escalate(case_id, P3)
    assert not await kinds(floor) & set(escalation.AI_JOBS)


async def test_a_marker_in_the_message_escalates_it_at_intake(floor: Floor) -> None:
    case_id = await floor.say("I will call my lawyer about this.")
    case, item = await floor.case(case_id), await floor.item(case_id)
    assert (case.state, case.locked) == ("queued", True)
    assert item is not None
    assert "legal" in item.skills
    await floor.work()
    assert await floor.owner(case_id) == "esme"


async def test_a_second_order_raises_what_is_open_and_never_lowers(floor: Floor) -> None:
    case_id = await floor.escalated(P3)
    before = await floor.item(case_id)
    await floor.escalate(case_id, LEGAL)
    await floor.escalate(case_id, P3)
    case, item = await floor.case(case_id), await floor.item(case_id)
    assert before is not None
    assert item is not None
    assert item.id == before.id
    assert (item.priority, item.skills, item.regulated) == (Priority.P2, ("legal", "orders"), True)
    assert (case.assist, case.locked) == (Assist.SUMMARISE, True)
    assert item.due_at == NOON + timedelta(hours=4)
    told = await floor.rows("SELECT count(*) AS n FROM newel.message WHERE template = 'handover'")
    assert told[0]["n"] == 1


async def test_SEC_2_an_owner_who_is_no_longer_cleared_gives_it_back(floor: Floor) -> None:
    case_id = await floor.escalated(P3)
    await floor.work()
    assert await floor.owner(case_id) == "ben"
    await floor.escalate(case_id, SAFETY)
    assert (await floor.case(case_id)).state == "queued"
    await floor.work()
    item = await floor.item(case_id)
    assert item is not None
    assert floor.login_of(item.owner_id) in {"ivan", "greta"}
    loads = await floor.rows("SELECT load FROM newel.staff WHERE login = 'ben'")
    assert loads[0]["load"] == 0


async def test_SLA_1_safety_has_fifteen_minutes(floor: Floor) -> None:
    case_id = await floor.escalated(SAFETY)
    item = await floor.item(case_id)
    assert item is not None
    assert item.due_at == NOON + timedelta(minutes=15)


async def lower(floor: Floor, case_id: object, login: str, to: Tier, *, unlock: bool = False) -> None:
    async with floor.tx(await floor.signed_in(login)) as tx:
        case = await cases.lock(tx, case_id)  # type: ignore[arg-type]
        await escalation.lower(
            tx, floor.house, case, floor.staff[login], to, unlock=unlock, reason="nothing legal in it"
        )


async def test_TIR_1_the_owner_lowers_an_unlocked_case_back_to_the_AI(floor: Floor) -> None:
    case_id = await floor.escalated(P3)
    await floor.work()
    with pytest.raises(Forbidden):
        await lower(floor, case_id, "amara", Tier.SUPERVISED)
    await lower(floor, case_id, "ben", Tier.SUPERVISED)
    case = await floor.case(case_id)
    assert (case.state, case.tier) == ("ai", Tier.SUPERVISED)
    assert "answer" in await kinds(floor)
    assert await floor.item(case_id) is None
    live = await floor.rows("SELECT FROM newel.sla_target WHERE state = 'running'")
    assert not live
    labels = await floor.rows("SELECT kind FROM newel.feedback")
    assert [row["kind"] for row in labels] == ["false_alarm"]


async def test_TIR_1_a_lock_takes_a_supervisor_or_an_expert_with_the_skill(floor: Floor) -> None:
    case_id = await floor.escalated(LEGAL)
    for login in ("ben", "farid"):
        with pytest.raises(Forbidden):
            await lower(floor, case_id, login, Tier.SUPERVISED, unlock=True)
    with pytest.raises(Conflict, match="unlock"):
        await lower(floor, case_id, "esme", Tier.SUPERVISED)
    await lower(floor, case_id, "esme", Tier.SUPERVISED, unlock=True)
    assert not (await floor.case(case_id)).locked


async def test_INV_17_without_a_persons_lowering_the_store_refuses(floor: Floor) -> None:
    case_id = await floor.escalated(LEGAL)
    with pytest.raises(Exception, match="only a person lowers a tier"):
        await floor.rows("UPDATE newel.cases SET tier = 2, locked = false WHERE id = $1", case_id)


async def test_a_supervisor_takes_a_case_from_the_AI(floor: Floor) -> None:
    case_id = await floor.say("Where is order 10023?")
    item = await escalation.take_over(floor.house, floor.staff["ivan"], case_id)
    assert floor.login_of(item.owner_id) == "ivan"
    assert (await floor.case(case_id)).state == "owned"
    with pytest.raises(Forbidden):
        await escalation.take_over(floor.house, floor.staff["ben"], case_id)


async def test_RES_3_while_nobody_is_there_no_colleague_is_said_to_take_over(floor: Floor) -> None:
    await floor.present()
    await floor.escalated(LEGAL)
    said = await floor.rows("SELECT template FROM newel.message WHERE direction = 'outbound'")
    assert [row["template"] for row in said] == ["out_of_hours"]
