"""Private notes on a case: who writes, who reads, who is told; sealed in the store and in the trace."""

from uuid import UUID

import pytest

from conftest import House
from floor import Floor, open_floor
from newel.domain.access import Act, Actor
from newel.domain.errors import Conflict, Forbidden, Invalid, NewelError, NotFound, StaleToken
from newel.flow import context, note, trace
from newel.store import views


@pytest.fixture
async def floor(house: House) -> Floor:
    return await open_floor(house)


async def bens_case(floor: Floor) -> tuple[Actor, UUID]:
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


async def test_WRK_4_an_expert_is_asked_opens_the_package_for_a_time_and_answers_once(floor: Floor) -> None:
    ben, case_id = await bens_case(floor)
    item, esme = await floor.item(case_id), floor.staff["esme"]
    assert item is not None
    question = await note.ask(floor.house, ben, case_id, item.token, "esme", "A threat?", 30)
    async with floor.tx() as tx:
        (asked,) = await views.questions(tx, floor.house.envelope, floor.id_of("esme"))
    assert (asked.id, asked.text, asked.asked_by) == (question, "A threat?", "ben")
    assert (await context.open_package(floor.house, esme, case_id)).case_id == case_id
    with pytest.raises(Forbidden):
        await note.answer(floor.house, floor.staff["farid"], question, "not mine")
    await note.answer(floor.house, esme, question, "No threat.")
    with pytest.raises(Conflict):
        await note.answer(floor.house, esme, question, "Or is it?")
    told = await floor.rows("SELECT staff_id FROM newel.notice WHERE kind = 'answered'")
    assert [row["staff_id"] for row in told] == [floor.id_of("ben")]
    async with floor.tx() as tx:
        assert await views.questions(tx, floor.house.envelope, floor.id_of("esme")) == []
    last = (await note.read(floor.house, ben, case_id))[-1]
    assert (last.kind.value, last.answers) == ("answer", question)


async def test_INV_16_a_question_that_stood_its_time_opens_and_takes_nothing(floor: Floor) -> None:
    ben, case_id = await bens_case(floor)
    item, esme = await floor.item(case_id), floor.staff["esme"]
    assert item is not None
    question = await note.ask(floor.house, ben, case_id, item.token, "esme", "A threat?", 30)
    await floor.pass_time(minutes=30)
    with pytest.raises(Forbidden):
        await context.open_package(floor.house, esme, case_id)
    with pytest.raises(Conflict):
        await note.answer(floor.house, esme, question, "Too late.")


@pytest.mark.parametrize(
    ("login", "minutes", "error"),
    [("ben", 60, Invalid), ("nobody", 60, NotFound), ("june", 60, Invalid), ("esme", 481, Invalid)],
)
async def test_whom_one_cannot_ask_is_told_and_nothing_is_written(
    floor: Floor, login: str, minutes: int, error: type[NewelError]
) -> None:
    ben, case_id = await bens_case(floor)
    item = await floor.item(case_id)
    assert item is not None
    with pytest.raises(error):
        await note.ask(floor.house, ben, case_id, item.token, login, "A threat?", minutes)
    with pytest.raises(StaleToken):
        await note.ask(floor.house, ben, case_id, item.token + 1, "esme", "A threat?")
    assert await floor.rows("SELECT FROM newel.note") == []
    assert await floor.rows("SELECT FROM newel.context_grant") == []
