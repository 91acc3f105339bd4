"""Reading what has ended: a case like mine, masked and on record; my own; and opening it again."""

from uuid import UUID

import pytest
from msgspec.structs import replace

from conftest import House
from floor import P3, Floor, open_floor
from newel.domain.access import Actor
from newel.domain.desk import Sight
from newel.domain.errors import Conflict, Forbidden
from newel.domain.escalation import Order
from newel.domain.resolution import Category, Resolution
from newel.domain.words import Assist
from newel.flow import context, desk, note, reading, reopening, resolution

NOTED = "He is at ben.other@example.com, ask there."


@pytest.fixture
async def floor(house: House) -> Floor:
    return await open_floor(house)


async def ended(floor: Floor, login: str = "ben", order: Order = P3) -> UUID:
    """A case that this person had and ended."""
    await floor.present(login)
    case_id = await floor.say("Where is order 10023? Mail me at priya@example.com")
    await floor.escalate(case_id, order)
    await floor.work()
    item, actor = await floor.item(case_id), floor.staff[login]
    assert item is not None
    assert floor.login_of(item.owner_id) == login
    await note.write(floor.house, actor, case_id, NOTED)
    said = Resolution(category=Category.RESOLVED, note=NOTED)
    await resolution.resolve(floor.house, actor, case_id, item.token, said)
    return case_id


async def at_hand(floor: Floor, login: str = "amara", order: Order = P3) -> UUID:
    """A case like it that is this person's now, with its package filled."""
    await floor.present(login)
    case_id = await floor.escalated(order)
    await floor.work()
    assert await floor.owner(case_id) == login
    return case_id


def texts(opened: desk.Desk) -> str:
    return "".join(piece.text for line in opened.lines for piece in line.text)


async def test_INV_16_a_case_that_is_suggested_is_read_masked_and_on_record(floor: Floor) -> None:
    other = await ended(floor)
    mine, amara = await at_hand(floor), floor.staff["amara"]
    assert (await desk.open_case(floor.house, amara, other)).sight is Sight.GLANCE
    await reading.beside(floor.house, amara, mine, other)
    await reading.beside(floor.house, amara, mine, other)
    opened = await desk.open_case(floor.house, amara, other)
    assert opened.sight is Sight.READ
    assert "Where is order" in texts(opened)
    assert "priya@" not in texts(opened)
    assert opened.package is None
    assert [one.text for one in opened.notes] == ["He is at [email], ask there."]
    assert opened.ended is not None
    assert (opened.ended.category, opened.ended.note) == ("resolved", "He is at [email], ask there.")
    assert not opened.reopens
    (row,) = await floor.rows("SELECT data, actor_id FROM newel.audit_event WHERE event = 'context.granted'")
    assert (row["actor_id"], str(mine) in row["data"]) == (amara.id, True)
    assert len(await floor.rows("SELECT FROM newel.audit_event WHERE event = 'desk.opened'")) == 1


async def test_INV_16_reading_beside_a_case_opens_no_package_reveals_nothing_and_ends(floor: Floor) -> None:
    other = await ended(floor)
    mine, amara = await at_hand(floor), floor.staff["amara"]
    await reading.beside(floor.house, amara, mine, other)
    with pytest.raises(Forbidden):
        await context.open_package(floor.house, amara, other)
    with pytest.raises(Forbidden):
        await desk.reveal(floor.house, amara, other, "conversation", "email-1")
    with pytest.raises(Forbidden):
        await note.write(floor.house, amara, other, "mine too")
    await floor.pass_time(minutes=31)
    assert (await desk.open_case(floor.house, amara, other)).sight is Sight.GLANCE


async def test_INV_16_only_what_was_suggested_to_a_case_of_mine_is_read(floor: Floor) -> None:
    other, unlike = await ended(floor), await ended(floor, order=replace(P3, primary="another"))
    mine, amara = await at_hand(floor), floor.staff["amara"]
    with pytest.raises(Forbidden):
        await reading.beside(floor.house, amara, mine, unlike)
    with pytest.raises(Forbidden):
        await reading.beside(floor.house, floor.staff["ben"], mine, other)
    assert await floor.rows("SELECT FROM newel.context_grant") == []


async def test_TIR_8_where_the_ai_may_suggest_nothing_nothing_is_read_beside_it(floor: Floor) -> None:
    silent = replace(P3, assist=Assist.NONE)
    other = await ended(floor, order=silent)
    mine = await at_hand(floor, order=silent)
    with pytest.raises(Forbidden):
        await reading.beside(floor.house, floor.staff["amara"], mine, other)


async def test_INV_16_who_is_not_cleared_for_regulated_work_reads_none(floor: Floor) -> None:
    other = await ended(floor, "esme", replace(P3, regulated=True, skills=("legal",)))
    mine = await at_hand(floor)
    with pytest.raises(Forbidden, match="regulated"):
        await reading.beside(floor.house, floor.staff["amara"], mine, other)


async def test_INV_16_what_was_opened_again_is_its_owners_alone(floor: Floor) -> None:
    other = await ended(floor)
    mine, amara, ben = await at_hand(floor), floor.staff["amara"], floor.staff["ben"]
    await reading.beside(floor.house, amara, mine, other)
    await reopening.reopen(floor.house, ben, other, "He wrote to me elsewhere.")
    assert (await desk.open_case(floor.house, amara, other)).sight is Sight.GLANCE
    with pytest.raises(Conflict):
        await reading.beside(floor.house, amara, mine, other)


async def test_WRK_1_who_ended_a_case_still_reads_it(floor: Floor) -> None:
    case_id = await ended(floor)
    opened = await desk.open_case(floor.house, floor.staff["ben"], case_id)
    assert (opened.sight, opened.reopens, opened.package) == (Sight.READ, True, None)
    assert "Where is order" in texts(opened)
    assert "priya@" not in texts(opened)
    assert (await desk.open_case(floor.house, floor.staff["amara"], case_id)).sight is Sight.GLANCE


async def test_WRK_1_who_had_it_opens_it_again_as_closed_to_the_ai_as_it_was(floor: Floor) -> None:
    case_id = await ended(floor, order=replace(P3, assist=Assist.SUMMARISE, lock=True))
    sent = await floor.rows("SELECT FROM newel.outbox")
    item = await reopening.reopen(floor.house, floor.staff["ben"], case_id, "I had forgotten the refund.")
    case = await floor.case(case_id)
    assert (case.state, case.episode, case.tier, case.locked) == ("owned", 2, 3, True)
    assert (case.assist, floor.login_of(item.owner_id)) == (Assist.SUMMARISE, "ben")
    assert len(await floor.rows("SELECT FROM newel.outbox")) == len(sent)
    opened = await desk.open_case(floor.house, floor.staff["ben"], case_id)
    assert (opened.sight, opened.mine, opened.ended) == (Sight.WHOLE, True, None)
    assert "I had forgotten the refund." in [one.text for one in opened.notes]
    with pytest.raises(Conflict):
        await reopening.reopen(floor.house, floor.staff["ben"], case_id, "once more")
    again = await floor.item(case_id)
    assert again is not None
    said = Resolution(category=Category.RESOLVED)
    await resolution.resolve(floor.house, floor.staff["ben"], case_id, again.token, said)


async def test_WRK_1_another_does_not_open_it_again_but_a_supervisor(floor: Floor) -> None:
    case_id = await ended(floor)
    with pytest.raises(Forbidden):
        await reopening.reopen(floor.house, floor.staff["amara"], case_id, "mine now")
    ivan: Actor = floor.staff["ivan"]
    await reopening.reopen(floor.house, ivan, case_id, "a complaint came by letter")
    assert await floor.owner(case_id) == "ivan"
