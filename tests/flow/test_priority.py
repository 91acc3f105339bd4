"""Priority and tags by hand: the clocks that follow, who may, what is refused, one event each."""

import json
from uuid import UUID, uuid4

import pytest
from msgspec.structs import replace

from conftest import House
from floor import P3, Floor, open_floor
from newel.domain.errors import Conflict, Forbidden, Invalid, StaleToken
from newel.domain.words import Priority
from newel.flow import priority, routing, several, tag
from newel.flow.several import Chosen
from newel.store import routing as rows
from newel.store.routing import WorkItem

LOCKED = replace(P3, priority=Priority.P2, lock=True)
WHY = "they go on a journey tomorrow"


@pytest.fixture
async def floor(house: House) -> Floor:
    return await open_floor(house)


async def item(floor: Floor, case_id: UUID) -> WorkItem:
    async with floor.tx() as tx:
        found = await rows.open_of(tx, case_id)
    assert found is not None
    return found


async def events(floor: Floor, case_id: UUID, name: str) -> list[dict[str, object]]:
    found = await floor.rows(
        "SELECT data FROM newel.audit_event WHERE case_id = $1 AND event = $2 ORDER BY seq", case_id, name
    )
    return [json.loads(row["data"]) for row in found]


async def test_WRK_10_a_raise_counts_from_the_start_and_is_told_to_the_audit(floor: Floor) -> None:
    case_id = await floor.escalated(P3)
    await floor.work()
    before = await item(floor, case_id)
    await floor.rows("UPDATE newel.staff SET clearance = 'senior' WHERE login = 'ben'")
    ben = floor.staff["ben"]
    after = await priority.change(floor.house, ben, case_id, before.token, Priority.P2, WHY)
    assert (after.priority, after.token) == (Priority.P2, before.token)
    assert after.due_at < before.due_at
    assert (await floor.case(case_id)).priority is Priority.P2
    targets = await floor.rows("SELECT DISTINCT priority FROM newel.sla_target WHERE case_id = $1", case_id)
    assert [row["priority"] for row in targets] == [2]
    (told,) = await events(floor, case_id, "case.prioritised")
    assert (told["priority"], told["before"]) == (2, 3)
    assert len(await events(floor, case_id, "work_item.prioritised")) == 1
    notes = await floor.rows("SELECT kind FROM newel.note WHERE case_id = $1", case_id)
    assert [row["kind"] for row in notes] == ["note"]


async def test_WRK_10_a_supervisor_lowers_and_the_clocks_stay(floor: Floor) -> None:
    case_id = await floor.escalated(replace(P3, priority=Priority.P2))
    await floor.work()
    before = await item(floor, case_id)
    owner = await floor.owner(case_id)
    assert owner is not None
    for who, refused in ((owner, Forbidden), ("amara", Forbidden)):
        with pytest.raises(refused):
            await priority.change(floor.house, floor.staff[who], case_id, before.token, Priority.P3, WHY)
    ivan = floor.staff["ivan"]
    after = await priority.change(floor.house, ivan, case_id, before.token, Priority.P3, WHY)
    assert (after.priority, after.due_at) == (Priority.P3, before.due_at)
    with pytest.raises(Conflict):
        await priority.change(floor.house, ivan, case_id, before.token, Priority.P3, WHY)


async def test_INV_6_a_lock_keeps_its_priority_and_a_stale_token_changes_nothing(floor: Floor) -> None:
    case_id = await floor.escalated(LOCKED)
    await floor.work()
    now = await item(floor, case_id)
    ivan = floor.staff["ivan"]
    with pytest.raises(Conflict, match="lift the lock"):
        await priority.change(floor.house, ivan, case_id, now.token, Priority.P3, WHY)
    with pytest.raises(StaleToken):
        await priority.change(floor.house, ivan, case_id, now.token + 1, Priority.P1, WHY)
    await floor.rows("UPDATE newel.staff SET clearance = 'specialist' WHERE login = 'amara'")
    with pytest.raises(Invalid):
        await priority.change(floor.house, ivan, case_id, now.token, Priority.P1, " x ")
    assert await item(floor, case_id) == now
    assert await events(floor, case_id, "case.prioritised") == []


async def test_SEC_2_nobody_keeps_what_their_clearance_does_not_permit(floor: Floor) -> None:
    case_id = await floor.escalated(P3)
    await floor.work()
    now = await item(floor, case_id)
    with pytest.raises(Forbidden, match="junior takes no P2 work"):
        await priority.change(floor.house, floor.staff["ivan"], case_id, now.token, Priority.P2, WHY)
    assert await item(floor, case_id) == now


async def test_WRK_10_waiting_work_that_is_raised_goes_first(floor: Floor) -> None:
    await floor.rows("UPDATE newel.staff SET presence = 'away'")
    first, second = [await floor.escalated(P3) for _ in range(2)]
    waits = await item(floor, second)
    await priority.change(floor.house, floor.staff["ben"], second, waits.token, Priority.P2, WHY)
    await floor.rows("UPDATE newel.staff SET presence = 'available' WHERE login = 'amara'")
    taken = await routing.claim_next(floor.house, floor.staff["amara"])
    assert taken is not None
    assert taken.case_id == second
    assert (await item(floor, first)).state == "queued"


async def test_WRK_10_several_are_tagged_each_with_its_event(floor: Floor) -> None:
    mine = await floor.escalated(P3)
    await floor.work()
    token, ben = (await item(floor, mine)).token, floor.staff["ben"]
    await floor.rows("UPDATE newel.staff SET presence = 'away'")
    waits = await floor.escalated(P3)
    chosen = [Chosen(mine, token), Chosen(waits, 0), Chosen(uuid4(), 0), Chosen(waits, 4)]
    told = await several.tags(floor.house, ben, chosen, ("glaze", "late"), ())
    assert [one.refused is not None for one in told] == [False, False, True, True]
    told = await several.tags(floor.house, ben, chosen[:2], ("glaze",), ("late",))
    assert [one.refused for one in told] == [None, None]
    await tag.change(floor.house, ben, waits, 0, ("glaze",), ())
    assert await events(floor, waits, "case.tagged") == [
        {"added": ["glaze", "late"], "removed": []}, {"added": [], "removed": ["late"]},
    ]  # fmt: skip
    assert await tag.known(floor.house, ben) == ["glaze"]
    with pytest.raises(Forbidden):
        await tag.change(floor.house, floor.staff["esme"], mine, token, ("x",), ())
    with pytest.raises(Invalid):
        await tag.change(floor.house, ben, mine, token, (), ())
