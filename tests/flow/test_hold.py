"""Undo send: held, taken back, released; targets and what follows go by the release."""

from datetime import timedelta
from uuid import UUID

import pytest

from conftest import House
from floor import P3, Floor, open_floor
from newel.domain.errors import Conflict, Invalid, StaleToken
from newel.domain.resolution import CONSOLE_HOLD, Category, Resolution
from newel.flow import draft, resolution, routing
from newel.worker.loop import Loop

TEXT = "Your lamp leaves today."
DONE = Resolution(category=Category.RESOLVED, note="all well", reply=TEXT)


@pytest.fixture
async def floor(house: House) -> Floor:
    return await open_floor(house)


async def owned(floor: Floor) -> tuple[UUID, int]:
    case_id = await floor.escalated(P3)
    await Loop(floor.house).drain()
    item = await floor.item(case_id)
    assert item is not None
    assert await floor.owner(case_id) == "ben"
    await floor.signed_in("ben")
    return case_id, item.token


async def sent(floor: Floor) -> list[str]:
    rows = await floor.rows(
        "SELECT o.state FROM newel.outbox o JOIN newel.message m ON m.id = o.message_id"
        " WHERE m.author = 'person' ORDER BY o.seq"
    )
    return [row["state"] for row in rows]


async def targets(floor: Floor) -> dict[str, str]:
    rows = await floor.rows("SELECT kind, state FROM newel.sla_target")
    return {row["kind"]: row["state"] for row in rows}


async def test_a_held_message_leaves_by_itself_and_the_target_stops_then(floor: Floor) -> None:
    case_id, token = await owned(floor)
    wait = timedelta(hours=2)
    await resolution.reply(floor.house, floor.staff["ben"], case_id, token, TEXT, wait, hold=CONSOLE_HOLD)
    await floor.pass_time(seconds=4)
    await Loop(floor.house).drain()
    assert await sent(floor) == ["pending"]
    assert await targets(floor) == {"first_response": "running", "resolution": "running"}
    assert (await floor.case(case_id)).state == "owned"
    await floor.pass_time(seconds=1)
    await Loop(floor.house).drain()
    assert await sent(floor) == ["delivered"]
    assert await targets(floor) == {"first_response": "met", "resolution": "paused"}
    case = await floor.case(case_id)
    async with floor.tx() as tx:
        assert (case.state, case.due_at) == ("waiting", tx.now + wait)


async def test_it_is_taken_back_and_is_a_draft_again(floor: Floor) -> None:
    case_id, token = await owned(floor)
    ben = floor.staff["ben"]
    await resolution.reply(floor.house, ben, case_id, token, TEXT, hold=CONSOLE_HOLD)
    with pytest.raises(StaleToken):
        await resolution.undo(floor.house, floor.staff["diego"], case_id, token)
    assert (await resolution.undo(floor.house, ben, case_id, token)).text == TEXT
    with pytest.raises(Conflict):
        await resolution.undo(floor.house, ben, case_id, token)
    await floor.pass_time(seconds=10)
    await Loop(floor.house).drain()
    assert await sent(floor) == ["withdrawn"]
    assert (await targets(floor))["first_response"] == "running"
    found = await draft.read(floor.house, ben, case_id)
    assert found is not None
    assert found.text == TEXT


async def test_the_store_refuses_to_claim_what_is_held(floor: Floor) -> None:
    case_id, token = await owned(floor)
    await resolution.reply(floor.house, floor.staff["ben"], case_id, token, TEXT, hold=CONSOLE_HOLD)
    with pytest.raises(Exception, match="NW-HELD"):
        await floor.rows(
            "UPDATE newel.outbox SET state = 'claimed', claimed_at = newel.now(), attempts = 1"
            " WHERE id = (SELECT outbox_id FROM newel.hold)"
        )


async def test_what_has_left_cannot_be_taken_back(floor: Floor) -> None:
    case_id, token = await owned(floor)
    ben = floor.staff["ben"]
    await resolution.reply(floor.house, ben, case_id, token, TEXT, hold=CONSOLE_HOLD)
    await floor.pass_time(seconds=5)
    await Loop(floor.house).drain()
    with pytest.raises(Conflict):
        await resolution.undo(floor.house, ben, case_id, token)
    with pytest.raises(Invalid):
        await resolution.reply(floor.house, ben, case_id, token, TEXT, hold=timedelta(seconds=61))


async def test_writing_on_lets_the_message_before_go(floor: Floor) -> None:
    case_id, token = await owned(floor)
    ben = floor.staff["ben"]
    for text in (TEXT, "And a bulb."):
        await resolution.reply(floor.house, ben, case_id, token, text, hold=CONSOLE_HOLD)
    assert (await resolution.undo(floor.house, ben, case_id, token)).text == "And a bulb."
    await floor.pass_time(seconds=5)
    await Loop(floor.house).drain()
    assert await sent(floor) == ["delivered", "withdrawn"]


async def test_a_case_ends_with_the_release_of_its_last_reply(floor: Floor) -> None:
    case_id, token = await owned(floor)
    ben = floor.staff["ben"]
    await resolution.resolve(floor.house, ben, case_id, token, DONE, hold=CONSOLE_HOLD)
    (row,) = await floor.rows("SELECT resolution_sealed FROM newel.hold")
    assert b"all well" not in row["resolution_sealed"]
    with pytest.raises(Conflict, match="being ended"):
        await resolution.reply(floor.house, ben, case_id, token, "one more thing")
    assert (await floor.case(case_id)).state == "owned"
    await floor.pass_time(seconds=5)
    await Loop(floor.house).drain()
    assert (await floor.case(case_id)).state == "resolved"
    assert await sent(floor) == ["delivered"]
    by = await floor.rows("SELECT actor_id FROM newel.audit_event WHERE event = 'resolution.made'")
    assert [row["actor_id"] for row in by] == [ben.id]


async def test_an_end_that_was_taken_back_does_not_come(floor: Floor) -> None:
    case_id, token = await owned(floor)
    ben = floor.staff["ben"]
    await resolution.resolve(floor.house, ben, case_id, token, DONE, hold=CONSOLE_HOLD)
    await resolution.undo(floor.house, ben, case_id, token)
    await floor.pass_time(seconds=5)
    await Loop(floor.house).drain()
    assert (await floor.case(case_id)).state == "owned"
    await resolution.resolve(floor.house, ben, case_id, token, DONE)
    assert (await floor.case(case_id)).state == "resolved"


async def test_INV_6_the_message_leaves_but_a_case_that_passed_on_is_not_ended(floor: Floor) -> None:
    case_id, token = await owned(floor)
    ben = floor.staff["ben"]
    await resolution.resolve(floor.house, ben, case_id, token, DONE, hold=CONSOLE_HOLD)
    await routing.assign(floor.house, floor.staff["ivan"], case_id, floor.id_of("diego"))
    await floor.pass_time(seconds=5)
    await Loop(floor.house).drain()
    assert await sent(floor) == ["delivered"]
    assert (await floor.case(case_id)).state == "owned"
    assert await floor.owner(case_id) == "diego"


async def test_a_customer_who_writes_meanwhile_keeps_the_case_open(floor: Floor) -> None:
    case_id = await floor.escalated(P3, ref="C1", conversation="one")
    await floor.work()
    item = await floor.item(case_id)
    assert item is not None
    ben = await floor.signed_in("ben")
    await resolution.resolve(floor.house, ben, case_id, item.token, DONE, hold=CONSOLE_HOLD)
    assert await floor.say("And the other one?", ref="C1", conversation="one") == case_id
    await floor.pass_time(seconds=5)
    await floor.work()
    assert (await floor.case(case_id)).state == "owned"
