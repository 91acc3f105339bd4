"""What the owner is writing: kept, sealed, sent, and handed over with the case."""

from datetime import timedelta
from uuid import UUID

import pytest

from conftest import House
from floor import AI_KINDS, Floor, open_floor
from newel.domain.errors import Conflict, StaleToken, TooLarge
from newel.flow import draft, resolution, routing
from newel.flow.sla import fire
from newel.store.routing import WorkItem

TEXT = "Dear Ms Nair, your lamp"


@pytest.fixture
async def floor(house: House) -> Floor:
    return await open_floor(house)


async def begun(floor: Floor) -> tuple[UUID, WorkItem]:
    case_id = await floor.escalated()
    await floor.work()
    item = await floor.item(case_id)
    assert item is not None
    await draft.save(floor.house, floor.staff["ben"], case_id, item.token, TEXT)
    return case_id, item


async def texts(floor: Floor, case_id: UUID, *logins: str) -> list[str | None]:
    found = [await draft.read(floor.house, floor.staff[login], case_id) for login in logins]
    return [one.text if one else None for one in found]


async def recorded(floor: Floor) -> list[str]:
    rows = await floor.rows("SELECT event FROM newel.audit_event WHERE entity = 'draft' ORDER BY seq")
    return [row["event"] for row in rows]


async def test_a_draft_is_kept_sealed_and_recorded_once(floor: Floor) -> None:
    case_id, item = await begun(floor)
    ben = floor.staff["ben"]
    await draft.save(floor.house, ben, case_id, item.token, TEXT + " leaves today")
    assert await texts(floor, case_id, "ben") == [TEXT + " leaves today"]
    (row,) = await floor.rows("SELECT body_sealed FROM newel.draft")
    assert b"lamp" not in row["body_sealed"]
    assert await recorded(floor) == ["draft.begun"]
    with pytest.raises(TooLarge):
        await draft.save(floor.house, ben, case_id, item.token, "x" * 20_001)
    await draft.save(floor.house, ben, case_id, item.token, " \n")
    assert await texts(floor, case_id, "ben") == [None]
    assert await recorded(floor) == ["draft.begun", "draft.cleared"]


async def test_INV_6_a_stale_token_keeps_no_draft(floor: Floor) -> None:
    case_id, item = await begun(floor)
    await routing.transfer(
        floor.house, floor.staff["ben"], case_id, item.token, floor.id_of("diego"), "it is closer to him"
    )
    with pytest.raises(StaleToken):
        await draft.save(floor.house, floor.staff["ben"], case_id, item.token, "mine again")
    assert await texts(floor, case_id, "ben", "diego") == [None, TEXT]
    found = await draft.read(floor.house, floor.staff["diego"], case_id)
    assert found is not None
    assert found.handed_over_by == "ben"
    assert await recorded(floor) == ["draft.begun", "draft.handed_over"]


async def test_SLA_2_on_a_breach_the_supervisor_has_the_draft(floor: Floor) -> None:
    case_id, _ = await begun(floor)
    await floor.pass_time(days=3)
    await fire(floor.house)
    await floor.work(without=tuple(kind for kind in AI_KINDS))
    assert await floor.owner(case_id) == "ivan"
    assert await texts(floor, case_id, "ben", "ivan") == [None, TEXT]


async def test_through_the_queue_it_is_the_next_owners_and_never_overwrites_theirs(
    floor: Floor,
) -> None:
    case_id, item = await begun(floor)
    await floor.present("diego")
    await routing.hand_back(floor.house, floor.staff["ben"], case_id, item.token, "off for today")
    await floor.work()
    assert await texts(floor, case_id, "ben", "diego") == [None, TEXT]
    again = await floor.item(case_id)
    assert again is not None
    diego = floor.staff["diego"]
    await routing.transfer(floor.house, diego, case_id, again.token, floor.id_of("ben"), "he is back")
    back = await floor.item(case_id)
    assert back is not None
    await draft.save(floor.house, floor.staff["ben"], case_id, back.token, "another text")
    assert await texts(floor, case_id, "ben", "diego") == ["another text", None]


async def test_what_was_sent_is_a_draft_no_more(floor: Floor) -> None:
    case_id, item = await begun(floor)
    ben = await floor.signed_in("ben")
    await resolution.reply(floor.house, ben, case_id, item.token, TEXT, timedelta(hours=2))
    assert await texts(floor, case_id, "ben") == [None]
    with pytest.raises(Conflict):
        await routing.hand_back(floor.house, ben, case_id, item.token, "while it waits")
