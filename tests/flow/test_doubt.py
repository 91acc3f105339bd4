"""A call that may yet land: under way, counted and asked about until its end is known (INV-11, INV-12)."""

from contextlib import suppress
from uuid import UUID

import pytest
from tests.flow.desk import MARKER, Desk

from newel.domain.approval import AboveCeiling
from newel.domain.context import Part
from newel.domain.errors import Conflict
from newel.flow import context, routing

MORE = "I have not heard anything yet"
AGAIN = "Give my money back for the chipped cup, refund 10031"
MINUTES = 20


async def called(desk: Desk, *hows: str, thread: str = "") -> UUID:
    """An approved refund whose first call has no answer."""
    case_id = await desk.proposed(thread=thread)
    await desk.approve(case_id)
    desk.books.script = list(hows)
    await desk.drain()
    assert await desk.actions() == ["unknown"]
    return case_id


async def written(desk: Desk, moment: str, text: str = MORE) -> None:
    """The customer writes while it is unknown, or in the second after no trace of it was found."""
    if moment == "after":
        await desk.drain()
        assert await desk.actions() == ["authorised"]
    await desk.say(text)
    await desk.drain()
    await desk.drain()


async def asked_for(desk: Desk, minutes: int) -> None:
    for _ in range(minutes):
        await desk.pass_time(seconds=54)
        await desk.drain()


async def told(desk: Desk, case_id: UUID) -> list[str]:
    """What the owner reads in the context of what was done."""
    with suppress(Conflict):  # it is his already
        await routing.assign(desk.house, desk.staff["ivan"], case_id, UUID(desk.staff["ivan"].id))
    await desk.drain()
    opened = await context.open_package(desk.house, desk.staff["ivan"], case_id)
    (trigger,) = (part.value for part in opened.parts if part.part is Part.TRIGGER)
    return [reason for reason in trigger["reasons"] if reason.startswith("action.")]


MOMENTS = pytest.mark.parametrize("moment", ["meanwhile", "after"])


@MOMENTS
async def test_INV_11_a_late_call_is_known_when_it_lands_whatever_the_customer_wrote(
    desk: Desk, moment: str
) -> None:
    case_id = await called(desk, "late")
    await written(desk, moment)
    case = await desk.case(case_id)
    assert (case.tier, case.priority) == (3, 2)
    assert await desk.actions() == ["unknown"]
    assert await told(desk, case_id) == ["action.unknown:refund"]
    desk.books.land()
    await asked_for(desk, 10)
    assert (len(desk.books.calls), len(desk.books.ledger)) == (1, 1)
    assert await desk.actions() == ["confirmed"]
    assert await told(desk, case_id) == ["action.confirmed:refund"]
    assert desk.inbox.texts("system").count(desk.messages["action_confirmed"]) == 1
    assert await desk.limbo() == []


@MOMENTS
async def test_INV_11_a_marker_does_not_hide_the_call_that_may_land(desk: Desk, moment: str) -> None:
    case_id = await called(desk, "late")
    await written(desk, moment, MARKER)
    case = await desk.case(case_id)
    assert (case.tier, case.priority, case.locked) == (3, 2, True)
    assert await told(desk, case_id) == ["action.unknown:refund"]
    desk.books.land()
    await asked_for(desk, 10)
    assert await desk.actions() == ["confirmed"]


@MOMENTS
async def test_INV_12_the_cap_counts_what_may_yet_land(desk: Desk, moment: str) -> None:
    """25.00 in 90 days: a second 18.00 is refused while the first may land, and after it has."""
    second = await desk.proposed(AGAIN, thread="two")
    first = await called(desk, "late", thread="one")
    if moment == "after":
        await desk.drain()
    await desk.say(MORE, thread="one")
    with pytest.raises(AboveCeiling):
        await desk.approve(second)
    await desk.drain()
    await desk.drain()
    desk.books.land()
    await asked_for(desk, 10)
    assert sum(request.args["amount_minor"] for request in desk.books.ledger) == 1800
    states = {
        row["case_id"]: row["state"] for row in await desk.rows("SELECT case_id, state FROM newel.action")
    }
    assert states == {first: "confirmed"}
    with pytest.raises(AboveCeiling):
        await desk.approve(second)


@MOMENTS
async def test_INV_11_without_a_trace_for_long_enough_it_ends_and_the_person_is_told(
    desk: Desk, moment: str
) -> None:
    case_id = await called(desk, "late")
    await written(desk, moment)
    await asked_for(desk, MINUTES - 2)
    assert await desk.actions() == ["unknown"]
    await asked_for(desk, 8)
    assert (len(desk.books.calls), await desk.actions()) == (1, ["void"])
    assert await told(desk, case_id) == ["action.void:refund"]
    assert await desk.rows("SELECT id FROM newel.job WHERE kind = 'action'") == []


async def test_INV_11_a_refusal_of_the_second_call_says_nothing_of_the_first(desk: Desk) -> None:
    case_id = await called(desk, "late", "refuse")
    await desk.drain()
    await desk.drain()
    assert len(desk.books.calls) == 2
    assert (await desk.actions(), (await desk.case(case_id)).priority) == (["unknown"], 2)
    desk.books.land()
    await asked_for(desk, 20)
    assert await desk.actions() == ["confirmed"]
    assert (len(desk.books.calls), len(desk.books.ledger)) == (2, 1)


async def test_a_call_that_never_left_is_no_doubt(desk: Desk) -> None:
    case_id = await desk.proposed()
    await desk.approve(case_id)
    desk.books.script = ["away"]
    await desk.drain()
    assert await desk.actions() == ["authorised"]
    await desk.say(MORE)
    await desk.drain()
    assert (await desk.actions(), desk.books.ledger) == (["void"], [])
    assert (await desk.case(case_id)).priority == 3


async def test_INV_11_a_lost_answer_of_a_refund_under_a_lost_approval_is_found(desk: Desk) -> None:
    await called(desk, "lost")
    await desk.say(MORE)
    await desk.drain()
    assert await desk.actions() == ["confirmed"]
    assert [request.action for request in desk.books.ledger] == ["refund"]
