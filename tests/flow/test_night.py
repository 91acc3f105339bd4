"""A night without anybody: the on-call is told at once and once, and is somebody (RTE-2)."""

from dataclasses import replace as another
from datetime import timedelta

import pytest
from msgspec.structs import replace

from conftest import NOON, House
from floor import Floor, open_floor
from newel.domain.words import Priority
from newel.flow import routing, sla
from newel.flow.routing.queue import call_out
from newel.store import access
from newel.store import notice as notices

NIGHT = NOON + timedelta(hours=16)
SAFETY = "It shattered and cut my hand badly"
PAGE = "on_call.nobody_able_on_shift"


@pytest.fixture
async def floor(house: House) -> Floor:
    """Four in the morning: every shift is over, though nobody has signed out."""
    floor = await open_floor(house)
    await floor.rows("""UPDATE newel.staff SET zone = 'UTC', shifts = '{"wed": ["08:00-20:00"]}'""")
    await house.freeze(NIGHT)
    return floor


def names(floor: Floor, login: str) -> None:
    """The policy that runs has this on-call."""
    rule = replace(floor.running.bundle.routing, on_call=login)
    floor.replaced(another(floor.running, bundle=replace(floor.running.bundle, routing=rule)))


async def told(floor: Floor) -> set[str]:
    """Who finds the page when they look."""
    async with floor.tx() as tx:
        people = {login: await access.staff(tx, floor.id_of(login)) for login in floor.staff}
        found = {login: await notices.unseen(tx, one, 50) for login, one in people.items() if one}
    return {login for login, unseen in found.items() if PAGE in {one.kind for one in unseen}}


async def test_RTE_2_at_night_the_on_call_is_told_at_once_and_once(floor: Floor) -> None:
    case_id = await floor.say(SAFETY, ref="C0017", conversation="night")
    await floor.work()
    item = await floor.item(case_id)
    assert item is not None
    assert (item.priority, item.state, item.breached) == (1, "queued", False)
    await floor.say("and it still bleeds", ref="C0017", conversation="night")
    await floor.pass_time(minutes=5)
    await floor.work()
    await routing.sweep(floor.house)
    pages = await floor.rows("SELECT kind, created_at FROM newel.notice WHERE case_id = $1", case_id)
    assert [tuple(row) for row in pages] == [(PAGE, NIGHT)]
    logged = await floor.rows(
        "SELECT entity_id, at FROM newel.audit_event WHERE event = 'routing.potential_breach'"
    )
    assert [tuple(row) for row in logged] == [(str(item.id), NIGHT)]
    assert await floor.rows("SELECT FROM newel.limbo") == []


async def test_RTE_2_what_becomes_more_urgent_is_told_once_more_and_never_for_less(floor: Floor) -> None:
    case_id = await floor.say("May I speak to a person, please?", ref="C0017", conversation="night")
    await floor.work()
    first = await floor.item(case_id)
    await floor.say(SAFETY, ref="C0017", conversation="night")
    await floor.work()
    second = await floor.item(case_id)
    assert first is not None
    assert second is not None
    assert first.id == second.id
    assert first.priority > second.priority == 1
    for _ in range(2):
        await floor.pass_time(minutes=5)
        await floor.work()
        await routing.sweep(floor.house)
    async with floor.tx() as tx:
        for less in set(Priority) - {second.priority}:
            await call_out(tx, replace(second, priority=less), floor.running, "nobody_able_on_shift")
    pages = await floor.rows("SELECT kind FROM newel.notice WHERE case_id = $1", case_id)
    assert [page["kind"] for page in pages] == [PAGE, PAGE]


async def test_RTE_2_where_the_policy_names_no_on_call_every_supervisor_is_it(floor: Floor) -> None:
    await floor.say(SAFETY)
    await floor.work()
    assert await told(floor) == {"ivan"}
    async with floor.tx(floor.staff["ivan"]) as tx:
        ivan = await access.staff(tx, floor.id_of("ivan"))
        assert ivan is not None
        (page,) = await notices.unseen(tx, ivan, 50)
        assert await notices.seen(tx, page.id, ivan)
    assert await told(floor) == set()


async def test_RTE_2_whom_the_policy_names_is_the_on_call_alone(floor: Floor) -> None:
    names(floor, "greta")
    await floor.say(SAFETY)
    await floor.work()
    assert await told(floor) == {"greta"}


@pytest.mark.parametrize("named", ["nobody", "greta"])
async def test_RTE_2_an_on_call_who_is_gone_leaves_it_to_every_supervisor(floor: Floor, named: str) -> None:
    await floor.rows("UPDATE newel.staff SET active = false WHERE login = 'greta'")
    names(floor, named)
    await floor.say(SAFETY)
    await floor.work()
    assert await told(floor) == {"ivan"}


async def test_RTE_2_when_it_is_late_as_well_the_on_call_is_told_of_that_too(floor: Floor) -> None:
    names(floor, "nobody")
    case_id = await floor.say(SAFETY)
    await floor.work()
    await floor.pass_time(hours=2)
    await sla.fire(floor.house)
    await floor.work()
    pages = await floor.rows(
        "SELECT kind FROM newel.notice WHERE case_id = $1 AND address = 'on_call' ORDER BY kind", case_id
    )
    assert [page["kind"] for page in pages] == ["on_call.breached", PAGE, "sla.again"]
