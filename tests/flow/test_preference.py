"""SCN-8: who wants people always has one, by their own act alone; by chat, at the desk, by API."""

from typing import Any
from uuid import UUID

import pytest
from tests.flow.desk import PERSON, RESET, STATUS, TEST, Desk

from newel.domain.access import Actor
from newel.domain.chat import Visitor
from newel.domain.errors import NotFound, StaleToken
from newel.domain.words import Tier
from newel.flow import chat, customer

REF = "C0012"
VISITOR = Visitor(id="a-stranger", ref="", name="", site="shop", exp=2**40)


async def wishes(desk: Desk) -> list[Any]:
    return await desk.rows(
        "SELECT actor_kind, case_id, data::text AS data FROM newel.audit_event"
        " WHERE event = 'customer.preferred' ORDER BY seq"
    )


async def prefers(desk: Desk) -> bool:
    return await customer.preference(desk.house, TEST, REF)


async def owner(desk: Desk, case_id: UUID) -> tuple[Actor, int]:
    (row,) = await desk.rows("SELECT owner_id, token FROM newel.work_item WHERE case_id = $1", case_id)
    return next(one for one in desk.staff.values() if one.id == str(row["owner_id"])), row["token"]


async def test_SCN_8_what_the_ai_has_under_way_leaves_it_with_the_wish(desk: Desk) -> None:
    case_id = await desk.say(STATUS, ref=REF)
    await customer.prefer(desk.house, TEST, REF, human=True)
    case = await desk.case(case_id)
    assert (case.tier, case.locked, case.state) == (Tier.HUMAN, True, "queued")
    (item,) = await desk.rows("SELECT reason, priority FROM newel.work_item")
    assert (item["reason"], item["priority"]) == ("request.prefers_human", 2)
    await desk.drain()
    assert desk.inbox.texts("ai") == []
    assert await desk.limbo() == []


async def test_SCN_8_an_answer_that_has_not_left_is_taken_back(desk: Desk) -> None:
    case_id = await desk.say(STATUS, ref=REF)
    await desk.drain(without=("delivery",))
    assert (await desk.case(case_id)).state == "waiting"
    await customer.prefer(desk.house, TEST, REF, human=True)
    await desk.drain()
    assert desk.inbox.texts("ai") == []
    assert (await desk.case(case_id)).tier is Tier.HUMAN


async def test_SCN_8_an_answered_case_is_not_opened_again_and_the_next_one_is_a_persons(desk: Desk) -> None:
    case_id = await desk.say(STATUS, ref=REF)
    await desk.drain()
    await customer.prefer(desk.house, TEST, REF, human=True)
    assert (await desk.case(case_id)).state == "waiting"
    again = await desk.say(STATUS, ref=REF, thread="another")
    assert (await desk.case(again)).tier is Tier.HUMAN
    await customer.prefer(desk.house, TEST, REF, human=False)
    third = await desk.say(RESET, ref=REF, thread="a third")
    assert (await desk.case(third)).tier is not Tier.HUMAN


async def test_SCN_8_a_request_for_a_person_in_words_is_never_taken_for_the_lasting_wish(desk: Desk) -> None:
    await desk.say("Always give me a human. I never want to talk to a robot again!", ref=REF)
    await desk.say(PERSON, ref=REF)
    assert not await prefers(desk)
    assert await wishes(desk) == []


async def test_SCN_8_the_same_wish_twice_is_one_event(desk: Desk) -> None:
    await desk.say(STATUS, ref=REF)
    for human in (True, True, False, False):
        await customer.prefer(desk.house, TEST, REF, human=human)
    assert [row["data"] for row in await wishes(desk)] == ['{"human": true}', '{"human": false}']


async def test_SCN_8_the_owner_of_the_case_sets_and_clears_it_as_they_were_told(desk: Desk) -> None:
    case_id = await desk.say(PERSON, ref=REF)
    await desk.drain()
    me, token = await owner(desk, case_id)
    await customer.prefer_in_case(desk.house, me, case_id, token, human=True)
    assert await prefers(desk)
    other = next(one for one in desk.staff.values() if one.id != me.id and one.clearance != "none")
    for actor, given in ((other, token), (me, token + 1)):
        with pytest.raises(StaleToken):
            await customer.prefer_in_case(desk.house, actor, case_id, given, human=False)
    assert await prefers(desk)
    await customer.prefer_in_case(desk.house, me, case_id, token, human=False)
    assert not await prefers(desk)
    assert [(row["actor_kind"], row["case_id"]) for row in await wishes(desk)] == [("staff", case_id)] * 2


async def test_SCN_8_in_the_chat_it_is_the_customers_own_choice(desk: Desk) -> None:
    with pytest.raises(NotFound):
        await chat.prefer(desk.house, VISITOR, human=True)
    taken = await chat.say(desk.house, VISITOR, STATUS, "a-first-message")
    await chat.prefer(desk.house, VISITOR, human=True)
    assert (await desk.case(taken.case_id)).tier is Tier.HUMAN
    (event,) = await wishes(desk)
    assert (event["actor_kind"], event["case_id"]) == ("customer", taken.case_id)
    await chat.prefer(desk.house, VISITOR, human=False)
    assert len(await wishes(desk)) == 2


async def test_SCN_8_the_wish_of_a_stranger_goes_with_them_when_they_become_known(desk: Desk) -> None:
    await customer.put(desk.house, TEST, REF, customer.Told(name="Maya"))
    await chat.say(desk.house, VISITOR, STATUS, "a-first-message")
    await chat.prefer(desk.house, VISITOR, human=True)
    known = Visitor(id="", ref=REF, name="", site="shop", exp=2**40, was=VISITOR.id)
    assert not await prefers(desk)
    await chat.say(desk.house, known, STATUS, "signed-in-by-now")
    assert await prefers(desk)
    again = await desk.say(RESET, ref=REF, thread="elsewhere")
    assert (await desk.case(again)).tier is Tier.HUMAN
