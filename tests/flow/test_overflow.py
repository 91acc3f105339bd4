"""The overflow pool on the real database: told once at the crossing, its members last, and closed again."""

import asyncio
from typing import Any

import pytest
from msgspec.structs import replace

from conftest import House
from floor import P3, Floor, open_floor
from newel.domain.errors import Conflict, Forbidden, Invalid
from newel.domain.resolution import Category, Resolution
from newel.domain.words import Priority
from newel.flow import overflow, resolution, routing
from newel.store import overflow as rows

DONE = Resolution(category=Category.RESOLVED)
BY_ITSELF = {
    "normal_depth": 2,
    "opens": "by_itself",
    "relief_percent": 100,
    "with_skills": ("invoices",),
    "stands_in_for": ("orders",),
    "most_each": 2,
}
BY_HAND = BY_ITSELF | {"opens": "by_hand", "relief_percent": None}


@pytest.fixture
async def floor(house: House) -> Floor:
    """Nobody is here but Hana of the invoices, who has no orders; and Ivan, who is told."""
    found = await open_floor(house)
    await found.present("ben", "hana")
    await found.rows("UPDATE newel.staff SET capacity = 1 WHERE login = 'ben'")
    return found


async def waiting(floor: Floor, n: int, **more: Any) -> list[Any]:
    cases = []
    for _ in range(n):
        await floor.pass_time(seconds=1)
        cases.append(await floor.escalated(replace(P3, **more)))
    await floor.work()
    return cases


async def owners(floor: Floor, cases: list[Any]) -> list[str | None]:
    return [await floor.owner(case) for case in cases]


async def told(floor: Floor) -> list[str]:
    found = await floor.rows(
        "SELECT kind FROM newel.notice WHERE kind LIKE 'overflow%' AND address = 'role:supervisor'"
        " ORDER BY created_at"
    )
    return [row["kind"] for row in found]


async def events(floor: Floor) -> list[tuple[str, str]]:
    found = await floor.rows(
        "SELECT event, actor_kind FROM newel.audit_event WHERE event LIKE 'overflow%' ORDER BY seq"
    )
    return [(row["event"], row["actor_kind"]) for row in found]


async def resolve(floor: Floor, login: str, case: Any) -> None:
    item = await floor.item(case)
    assert item is not None
    await resolution.resolve(floor.house, await floor.signed_in(login), case, item.token, DONE)
    await floor.work()


async def test_RTE_5_the_alert_is_told_once_and_opens_the_pool_and_calm_closes_it(floor: Floor) -> None:
    floor.pool(**BY_ITSELF)
    cases = await waiting(floor, 3)
    await overflow.watch(floor.house)
    assert await told(floor) == []
    cases += await waiting(floor, 1)
    for _ in range(3):
        await overflow.watch(floor.house)
    assert await told(floor) == ["overflow.opened"]
    assert await events(floor) == [("overflow.alerted", "system"), ("overflow.opened", "system")]
    await floor.work()
    assert await owners(floor, cases) == ["ben", "hana", "hana", None]
    await overflow.watch(floor.house)
    assert await told(floor) == ["overflow.opened", "overflow.closed"]
    assert (await events(floor))[2:] == [("overflow.calmed", "system"), ("overflow.closed", "system")]
    assert await owners(floor, cases) == ["ben", "hana", "hana", None]
    await resolve(floor, "hana", cases[1])
    await routing.sweep(floor.house)
    assert await floor.owner(cases[3]) is None


async def test_RTE_5_several_watches_at_once_tell_it_once_and_a_second_crossing_again(floor: Floor) -> None:
    floor.pool(**BY_HAND)
    cases = await waiting(floor, 4)
    await asyncio.gather(*(overflow.watch(floor.house) for _ in range(6)))
    assert await told(floor) == ["overflow.alerted"]
    assert await floor.owner(cases[1]) is None
    await floor.present("ben", "diego")
    await routing.sweep(floor.house)
    await floor.work()
    await overflow.watch(floor.house)
    assert await told(floor) == ["overflow.alerted"]
    await floor.present("ben")
    await waiting(floor, 3)
    await asyncio.gather(*(overflow.watch(floor.house) for _ in range(6)))
    assert await told(floor) == ["overflow.alerted"] * 2


async def test_RTE_5_opened_by_hand_it_stays_open_below_the_alert_until_it_is_closed(floor: Floor) -> None:
    floor.pool(**BY_ITSELF)
    cases = await waiting(floor, 3)
    assert await owners(floor, cases) == ["ben", None, None]
    await overflow.open_pool(floor.house, floor.staff["ivan"], "customer-support", "a storm is coming")
    await floor.work()
    await overflow.watch(floor.house)
    assert await owners(floor, cases) == ["ben", "hana", "hana"]
    async with floor.tx() as tx:
        (found,) = await rows.openings(tx)
    assert (found.reason, found.opened_by) == ("a storm is coming", floor.staff["ivan"].id)
    with pytest.raises(Conflict, match="already"):
        await overflow.open_pool(floor.house, floor.staff["ivan"], "customer-support", "once more")
    await overflow.close_pool(floor.house, floor.staff["ivan"], "customer-support")
    with pytest.raises(Conflict, match="not open"):
        await overflow.close_pool(floor.house, floor.staff["ivan"], "customer-support")
    assert await events(floor) == [("overflow.opened", "staff"), ("overflow.closed", "staff")]
    assert await owners(floor, cases) == ["ben", "hana", "hana"]


async def test_RTE_5_whoever_does_it_every_day_comes_first(floor: Floor) -> None:
    floor.pool(**BY_HAND)
    await overflow.open_pool(floor.house, floor.staff["ivan"], "customer-support", "busy")
    await floor.rows("UPDATE newel.staff SET load = 0, last_assigned_at = NULL WHERE login = 'hana'")
    await floor.rows("UPDATE newel.staff SET capacity = 3 WHERE login = 'ben'")
    cases = await waiting(floor, 4)
    assert await owners(floor, cases) == ["ben", "ben", "ben", "hana"]
    marked = await floor.rows("SELECT case_id FROM newel.work_item WHERE overflow")
    assert [row["case_id"] for row in marked] == [cases[3]]


async def test_SEC_2_the_pool_loosens_neither_priority_nor_language_nor_regulated_work(floor: Floor) -> None:
    floor.pool(**BY_HAND)
    await overflow.open_pool(floor.house, floor.staff["ivan"], "customer-support", "busy")
    await floor.present("diego", "hana")
    await floor.rows("UPDATE newel.staff SET capacity = 0 WHERE login = 'diego'")
    urgent = await waiting(floor, 1, priority=Priority.P2)
    regulated = await waiting(floor, 1, regulated=True)
    other = await waiting(floor, 1, skills=("orders", "legal"))
    assert await owners(floor, [*urgent, *regulated, *other]) == [None, None, None]
    assert await owners(floor, await waiting(floor, 1)) == ["hana"]


async def test_RTE_5_who_is_marked_for_the_pool_gets_none_of_it_while_it_is_closed(floor: Floor) -> None:
    floor.pool(**BY_HAND | {"people": ("ben",), "with_skills": ()})
    await floor.rows("UPDATE newel.staff SET capacity = 3 WHERE login = 'ben'")
    cases = await waiting(floor, 3)
    assert await owners(floor, cases) == [None, None, None]
    assert await routing.claim_next(floor.house, floor.staff["ben"]) is None
    with pytest.raises(Forbidden, match="overflow pool"):
        await routing.take(floor.house, floor.staff["ben"], cases[0])
    await overflow.open_pool(floor.house, floor.staff["ivan"], "customer-support", "busy")
    await floor.work()
    assert await owners(floor, cases) == ["ben", "ben", None]
    with pytest.raises(Forbidden, match="overflow pool"):
        await routing.take(floor.house, floor.staff["ben"], cases[2])
    await resolve(floor, "ben", cases[0])
    assert await owners(floor, cases[1:]) == ["ben", "ben"]


async def test_RTE_5_a_member_claims_by_themselves_unless_somebody_comes_before_them(floor: Floor) -> None:
    """The router is down: nobody works on its jobs."""
    floor.pool(**BY_HAND)
    await overflow.open_pool(floor.house, floor.staff["ivan"], "customer-support", "busy")
    first, second = await floor.escalated(P3), await floor.escalated(P3)
    assert await routing.claim_next(floor.house, floor.staff["hana"]) is None
    claimed = await routing.claim_next(floor.house, floor.staff["ben"])
    assert claimed is not None
    assert not claimed.overflow
    lent = await routing.claim_next(floor.house, floor.staff["hana"])
    assert lent is not None
    assert lent.overflow
    assert {claimed.case_id, lent.case_id} == {first, second}


async def test_INV_8_of_what_a_pool_lends_the_more_urgent_goes_first(floor: Floor) -> None:
    floor.pool(**BY_HAND | {"from_priority": Priority.P2, "most_each": 1})
    await overflow.open_pool(floor.house, floor.staff["ivan"], "customer-support", "busy")
    await floor.present("hana")
    later = await floor.escalated(P3)
    urgent = await floor.escalated(replace(P3, priority=Priority.P2))
    await floor.rows(
        "UPDATE newel.job SET run_at = run_at + interval '1 hour' WHERE case_id = $1 AND kind = 'routing'",
        urgent,
    )
    await floor.work()
    assert await owners(floor, [urgent, later]) == ["hana", None]


async def test_RTE_5_the_store_lets_nobody_have_work_through_a_closed_pool(floor: Floor) -> None:
    case = await floor.escalated(P3)
    lend = (
        "UPDATE newel.work_item SET state = 'owned', overflow = true, owner_id = $1, token = token + 1,"
        " owned_at = newel.now() WHERE case_id = $2"
    )
    with pytest.raises(Exception, match="NW-OVERFLOW"):
        await floor.rows(lend, floor.id_of("hana"), case)
    floor.pool(**BY_HAND)
    await overflow.open_pool(floor.house, floor.staff["ivan"], "customer-support", "busy")
    await overflow.close_pool(floor.house, floor.staff["ivan"], "customer-support")
    with pytest.raises(Exception, match="NW-OVERFLOW"):
        await floor.rows(lend, floor.id_of("hana"), case)


async def test_who_may_not_or_says_nothing_is_refused_and_nothing_is_written(floor: Floor) -> None:
    ivan = floor.staff["ivan"]
    with pytest.raises(Invalid, match="has none"):
        await overflow.open_pool(floor.house, ivan, "customer-support", "busy")
    floor.pool(**BY_HAND)
    with pytest.raises(Forbidden):
        await overflow.open_pool(floor.house, floor.staff["ben"], "customer-support", "busy")
    with pytest.raises(Forbidden):
        await overflow.close_pool(floor.house, floor.staff["ben"], "customer-support")
    with pytest.raises(Invalid, match="reason"):
        await overflow.open_pool(floor.house, ivan, "customer-support", "  ")
    assert await events(floor) == []
    assert await floor.rows("SELECT FROM newel.overflow") == []


async def test_a_pool_that_the_policy_gives_up_is_closed(floor: Floor) -> None:
    before = floor.running
    floor.pool(**BY_HAND)
    await overflow.open_pool(floor.house, floor.staff["ivan"], "customer-support", "busy")
    floor.replaced(before)
    await overflow.watch(floor.house)
    assert (await events(floor))[-1] == ("overflow.closed", "system")
