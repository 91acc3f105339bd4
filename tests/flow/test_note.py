"""Private notes on a case: who writes, who reads, who is told; sealed in the store and in the trace."""

import pytest

from conftest import House
from floor import Floor, open_floor
from newel.domain.access import Act, Actor
from newel.domain.errors import Forbidden, Invalid
from newel.flow import context, note, trace


@pytest.fixture
async def floor(house: House) -> Floor:
    return await open_floor(house)


async def bens_case(floor: Floor) -> tuple[Actor, object]:
    case_id = await floor.escalated()
    await floor.work()
    assert await floor.owner(case_id) == "ben"
    return floor.staff["ben"], case_id


async def test_WRK_4_the_owners_note_tells_whom_it_names_and_is_sealed(floor: Floor) -> None:
    ben, case_id = await bens_case(floor)
    said = "She rang twice. @esme and @nobody, look; mail x@ben.example, says @ben."
    written = await note.write(floor.house, ben, case_id, said)
    assert written.mentioned == ("esme",)
    told = await floor.rows("SELECT staff_id, case_id, data FROM newel.notice WHERE kind = 'mentioned'")
    assert [(row["staff_id"], row["case_id"]) for row in told] == [(floor.id_of("esme"), case_id)]
    assert "rang" not in str(told[0]["data"])
    (row,) = await floor.rows("SELECT body_sealed FROM newel.note")
    assert b"rang" not in row["body_sealed"]
    events = await floor.rows("SELECT data FROM newel.audit_event WHERE event = 'note.written'")
    assert len(events) == 1
    assert "rang" not in events[0]["data"]


async def test_WRK_4_whoever_is_named_reads_that_note_alone(floor: Floor) -> None:
    ben, case_id = await bens_case(floor)
    await note.write(floor.house, ben, case_id, "hers alone")
    await note.write(floor.house, ben, case_id, "@esme, what do you say?")
    texts = [one.text for one in await note.read(floor.house, floor.staff["esme"], case_id)]
    assert texts == ["@esme, what do you say?"]
    everything = [one.text for one in await note.read(floor.house, floor.staff["ivan"], case_id)]
    assert everything == ["hers alone", "@esme, what do you say?"]
    with pytest.raises(Forbidden):
        await note.read(floor.house, floor.staff["farid"], case_id)


async def test_INV_16_only_those_inside_write(floor: Floor) -> None:
    ben, case_id = await bens_case(floor)
    farid, robot = floor.staff["farid"], Actor(kind="service", id="robot", scopes=frozenset({Act.WORK}))
    for stranger in (farid, robot):
        with pytest.raises(Forbidden):
            await note.write(floor.house, stranger, case_id, "mine too")
    with pytest.raises(Invalid):
        await note.write(floor.house, ben, case_id, "  \n ")
    await context.grant(floor.house, floor.staff["ivan"], case_id, floor.id_of("farid"), "second opinion", 60)
    await note.write(floor.house, farid, case_id, "now I may")
    await floor.pass_time(minutes=61)
    with pytest.raises(Forbidden):
        await note.write(floor.house, farid, case_id, "no more")
    assert [row["n"] for row in await floor.rows("SELECT count(*) AS n FROM newel.note")] == [1]


async def test_POL_6_a_note_is_in_the_trace_for_those_who_may_open_it(floor: Floor) -> None:
    ben, case_id = await bens_case(floor)
    await note.write(floor.house, ben, case_id, "a quiet word")
    for login, shown in (("june", True), ("amara", False)):
        story = await trace.trace(floor.house, floor.staff[login], case_id)
        (step,) = [one for one in story.steps if one.event == "note.written"]
        assert (step.detail.get("text") == "a quiet word") is shown
