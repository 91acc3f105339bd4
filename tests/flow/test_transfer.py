"""Work passes from hand to hand: to a person, back to the queue with another ask, up, aside and back."""

from datetime import timedelta
from uuid import UUID

import pytest
from msgspec.structs import replace

from conftest import NOON, House
from floor import P3, Floor, open_floor
from newel.domain.errors import Conflict, Forbidden, Invalid, StaleToken
from newel.domain.support import Ground, Level, Up
from newel.domain.words import Priority
from newel.flow import note, routing, support
from newel.store.routing import WorkItem

WHY = "it is closer to them"


@pytest.fixture
async def floor(house: House) -> Floor:
    return await open_floor(house)


async def owned(floor: Floor, login: str = "ben") -> tuple[UUID, WorkItem]:
    case_id = await floor.escalated(P3)
    await floor.work()
    assert await floor.owner(case_id) == login
    item = await floor.item(case_id)
    assert item is not None
    return case_id, item


async def events(floor: Floor, case_id: UUID) -> list[str]:
    rows = await floor.rows("SELECT event FROM newel.audit_event WHERE case_id = $1 ORDER BY seq", case_id)
    return [row["event"] for row in rows]


async def test_WRK_4_a_transfer_takes_reason_and_notes_along(floor: Floor) -> None:
    case_id, item = await owned(floor)
    ben, diego = floor.staff["ben"], floor.staff["diego"]
    await note.write(floor.house, ben, case_id, "she rang twice")
    with pytest.raises(Invalid):
        await routing.transfer(floor.house, ben, case_id, item.token, floor.id_of("diego"), " x ")
    await routing.transfer(floor.house, ben, case_id, item.token, floor.id_of("diego"), WHY)
    assert await floor.owner(case_id) == "diego"
    texts = [(one.kind.value, one.text) for one in await note.read(floor.house, diego, case_id)]
    assert texts == [("note", "she rang twice"), ("handover", WHY)]
    assert (await events(floor, case_id)).count("work_item.transferred") == 1


async def test_SEC_2_nobody_is_handed_what_their_clearance_forbids(floor: Floor) -> None:
    case_id = await floor.escalated(replace(P3, priority=Priority.P2))
    await floor.work()
    item = await floor.item(case_id)
    assert item is not None
    login = await floor.owner(case_id)
    assert login
    with pytest.raises(Forbidden):
        await routing.transfer(floor.house, floor.staff[login], case_id, item.token, floor.id_of("ben"), WHY)
    assert await floor.rows("SELECT FROM newel.note") == []


async def test_SCN_14_back_to_the_queue_it_may_ask_for_another_language(floor: Floor) -> None:
    case_id, item = await owned(floor)
    ben = floor.staff["ben"]
    with pytest.raises(Invalid, match="nobody"):
        await routing.hand_back(floor.house, ben, case_id, item.token, WHY, skills=("juggling",))
    moved = await routing.hand_back(floor.house, ben, case_id, item.token, WHY, language="fr")
    assert (moved.state, moved.language, moved.skills) == ("queued", "fr", ("orders",))
    await floor.work()
    owner = await floor.owner(case_id)
    assert owner in {"amara", "chloe"}


async def test_who_passed_it_on_does_not_get_it_again(floor: Floor) -> None:
    await floor.present("ben", "ivan")
    case_id, item = await owned(floor)
    await routing.hand_back(floor.house, floor.staff["ben"], case_id, item.token, WHY)
    assert await routing.claim_next(floor.house, floor.staff["ben"]) is None
    await floor.work()
    assert await floor.owner(case_id) == "ivan"


async def test_INV_7_a_snooze_is_moved_and_ended_by_its_owner_alone(floor: Floor) -> None:
    case_id, item = await owned(floor)
    ben, house = floor.staff["ben"], floor.house
    for until in (NOON, NOON + timedelta(days=31)):
        with pytest.raises(Invalid):
            await routing.snooze(house, ben, case_id, item.token, until)
    with pytest.raises(Conflict):
        await routing.unsnooze(house, ben, case_id, item.token)
    await routing.snooze(house, ben, case_id, item.token, NOON + timedelta(hours=1))
    await routing.snooze(house, ben, case_id, item.token, NOON + timedelta(hours=2))
    jobs = await floor.rows("SELECT run_at FROM newel.job WHERE kind = 'wake'")
    assert [row["run_at"] for row in jobs] == [NOON + timedelta(hours=2)]
    with pytest.raises(StaleToken):
        await routing.unsnooze(house, floor.staff["diego"], case_id, item.token)
    case = await routing.unsnooze(house, ben, case_id, item.token)
    assert (case.state, case.due_at) == ("owned", None)
    assert await floor.rows("SELECT FROM newel.job WHERE kind = 'wake'") == []


async def test_RTE_9_up_to_a_supervisor_it_is_theirs_at_once(floor: Floor) -> None:
    case_id, item = await owned(floor)
    up = await support.escalate(
        floor.house,
        floor.staff["ben"],
        case_id,
        item.token,
        to=Up.SUPERVISOR,
        cause=Ground.CUSTOMER_ASKS,
        reason="asks for my manager",
    )
    assert (floor.login_of(up.owner_id), up.lane, up.priority) == ("ivan", "supervisor", Priority.P2)
    assert up.due_at == NOON + timedelta(hours=4)
    assert (await floor.case(case_id)).priority is Priority.P2
    assert [row["load"] for row in await floor.rows("SELECT load FROM newel.staff WHERE load > 0")] == []
    happened = await events(floor, case_id)
    assert happened.count("work_item.escalated") == 1
    assert happened.count("case.raised") == 1


async def test_RTE_9_without_a_supervisor_the_on_call_is_paged_and_the_owner_keeps_it(floor: Floor) -> None:
    await floor.present("ben")
    case_id, item = await owned(floor)
    await support.escalate(
        floor.house, floor.staff["ben"], case_id, item.token, to=Up.SUPERVISOR, cause=Ground.NEEDS_AUTHORITY,
        reason=WHY,
    )  # fmt: skip
    assert await floor.owner(case_id) == "ben"
    pages = await floor.rows("SELECT kind FROM newel.notice WHERE address = 'on_call'")
    assert [row["kind"] for row in pages] == ["on_call.escalated"]


async def test_RTE_9_up_to_L3_it_waits_for_an_expert_with_the_skill(floor: Floor) -> None:
    case_id, item = await owned(floor)
    ben, up = floor.staff["ben"], {"to": Up.EXPERT, "cause": Ground.PRECEDENT, "reason": WHY}
    with pytest.raises(Invalid, match="nobody who may take it"):
        await support.escalate(floor.house, ben, case_id, item.token, **up)
    asked = await support.escalate(floor.house, ben, case_id, item.token, skills=("fraud",), **up)
    assert (asked.level, asked.state, asked.priority) == (Level.L3, "queued", Priority.P3)
    assert asked.skills == ("fraud",)
    await floor.work()
    assert await floor.owner(case_id) == "farid"


async def test_RTE_9_an_expert_gets_it_and_may_not_send_it_to_L3_again(floor: Floor) -> None:
    case_id = await floor.escalated(replace(P3, skills=("billing",)))
    await floor.present("amara", "farid")
    await floor.work()
    item = await floor.item(case_id)
    assert item is not None
    assert await floor.owner(case_id) == "amara"
    amara, farid = floor.staff["amara"], floor.staff["farid"]
    why = {"to": Up.EXPERT, "cause": Ground.HIGH_STAKES, "reason": WHY}
    await support.escalate(floor.house, amara, case_id, item.token, **why)
    await floor.work()
    assert await floor.owner(case_id) == "farid"
    up = await floor.item(case_id)
    assert up is not None
    assert (up.level, up.priority) == (Level.L3, Priority.P2)
    with pytest.raises(StaleToken):
        await support.escalate(floor.house, amara, case_id, item.token, **why)
    with pytest.raises(Conflict):
        await support.escalate(floor.house, farid, case_id, up.token, **why)


async def test_RTE_7_a_batch_is_of_P3_alone_and_within_capacity(floor: Floor) -> None:
    await floor.present()
    urgent = await floor.escalated(replace(P3, priority=Priority.P2))
    for _ in range(6):
        await floor.escalated(P3)
    await floor.present("amara")
    amara = floor.staff["amara"]
    with pytest.raises(Invalid):
        await routing.claim_batch(floor.house, amara, 21)
    taken = await routing.claim_batch(floor.house, amara, 3)
    assert [item.priority for item in taken] == [Priority.P3] * 3
    assert len(await routing.claim_batch(floor.house, amara, 20)) == 1
    assert await floor.owner(urgent) is None
    with pytest.raises(Conflict, match="full"):
        await routing.claim_batch(floor.house, amara, 1)
    logged = await floor.rows(
        "SELECT FROM newel.audit_event WHERE event = 'work_item.claimed' AND data ->> 'why' = 'batch'"
    )
    assert len(logged) == 4


async def test_RTE_6_what_a_supervisor_pins_is_claimed_first_the_last_pin_before_all(floor: Floor) -> None:
    await floor.present()
    cases = [await floor.escalated(P3) for _ in range(3)]
    ivan = floor.staff["ivan"]
    for case_id in (cases[1], cases[2]):
        await routing.reorder(floor.house, ivan, case_id)
    with pytest.raises(Forbidden):
        await routing.reorder(floor.house, floor.staff["ben"], cases[0])
    with pytest.raises(Invalid):
        await routing.reorder(floor.house, ivan, cases[0], 1001)
    await floor.present("ben")
    taken = [await routing.claim_next(floor.house, floor.staff["ben"]) for _ in range(3)]
    assert [item.case_id for item in taken if item] == [cases[2], cases[1], cases[0]]
    logged = await floor.rows("SELECT data FROM newel.audit_event WHERE event = 'work_item.reordered'")
    assert ["true" in str(row["data"]) for row in logged] == [True, True]
