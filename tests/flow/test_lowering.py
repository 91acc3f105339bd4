"""A person lowers a case, and the AI goes on from there; the next message is scanned anew."""

from uuid import UUID

import pytest
from tests.flow.desk import PERSON, STATUS, Desk
from tests.flow.test_deed import do, owned

from newel.domain.errors import Conflict
from newel.domain.words import Tier
from newel.flow import escalation

FALSE_ALARM = f"{STATUS} It is a present from my lawyer."


async def lowered(desk: Desk) -> str:
    case_id = await desk.say(FALSE_ALARM, ref="C0012")
    await desk.drain()
    assert (await desk.case(case_id)).locked
    supervisor = desk.staff["ivan"]
    await escalation.lower_case(
        desk.house, supervisor, case_id, Tier.AUTONOMOUS, unlock=True, reason="the lawyer is a friend"
    )
    await desk.drain()
    return str(case_id)


async def test_TIR_1_the_ai_answers_what_a_person_gave_back(desk: Desk) -> None:
    await lowered(desk)
    assert len(desk.inbox.texts("ai")) == 1


async def test_INV_2_the_next_message_is_scanned_again(desk: Desk) -> None:
    await lowered(desk)
    again = await desk.say("I will call my lawyer now", ref="C0012")
    await desk.drain()
    case = await desk.case(again)
    assert (case.tier, case.locked) == (Tier.HUMAN, True)
    assert len(desk.inbox.texts("ai")) == 1


async def test_RES_3_after_a_lowering_the_customer_is_told_anew_who_talks(desk: Desk) -> None:
    await lowered(desk)
    handover, disclosure = desk.messages["handover"], desk.messages["ai_disclosure"]
    assert desk.inbox.texts("system") == [handover, disclosure]
    await desk.say(PERSON, ref="C0012")
    await desk.drain()
    assert desk.inbox.texts("system") == [handover, disclosure, handover]
    await desk.say("And please be quick.", ref="C0012")
    await desk.say(f"{PERSON}!", ref="C0012")
    await desk.drain()
    assert desk.inbox.texts("system") == [handover, disclosure, handover]


async def test_RES_3_the_AI_introduces_itself_again_where_a_person_talked(desk: Desk) -> None:
    await desk.say(STATUS, ref="C0012")
    await desk.drain()
    await desk.say(PERSON, ref="C0012")
    await desk.drain()
    case_id = await desk.say("Where is order 10023 now?", ref="C0012")
    await escalation.lower_case(
        desk.house, desk.staff["ivan"], case_id, Tier.AUTONOMOUS, unlock=True, reason="the AI knows it"
    )
    await desk.drain()
    authors = [m.author for m in desk.inbox.got.values()]
    assert authors == ["system", "ai", "system", "system", "ai"]
    assert desk.inbox.texts("system")[-1] == desk.messages["ai_disclosure"]


async def lower(desk: Desk, case_id: UUID, to: Tier = Tier.SUPERVISED) -> None:
    await escalation.lower_case(
        desk.house, desk.staff["ivan"], case_id, to, unlock=True, reason="the AI knows it"
    )


@pytest.mark.parametrize("called", [False, True])
async def test_INV_19_a_case_does_not_go_back_to_the_ai_while_an_act_of_its_owner_is_under_way(
    desk: Desk, called: bool
) -> None:
    """Whether it is authorised alone, or was called and nobody knows what became of it."""
    case_id = await owned(desk)
    await do(desk, case_id)
    if called:
        desk.books.script, desk.books.silent = ["lost"], True
        await desk.drain()
    assert await desk.actions() == ["unknown" if called else "authorised"]
    with pytest.raises(Conflict, match="under way"):
        await lower(desk, case_id)
    case = await desk.case(case_id)
    assert (case.state, case.tier, case.locked) == ("owned", Tier.HUMAN, True)
    await lower(desk, case_id, Tier.HUMAN)
    assert not (await desk.case(case_id)).locked
    desk.books.silent = False
    await desk.pass_time(seconds=60)
    await desk.drain()
    assert await desk.actions() == ["confirmed"]
    await escalation.lower_case(
        desk.house, desk.staff["esme"], case_id, Tier.SUPERVISED, unlock=False, reason="the AI knows it"
    )
    assert (await desk.case(case_id)).state == "ai"
    assert len(desk.books.ledger) == 1


async def test_INV_11_a_case_does_not_go_back_to_the_ai_while_what_it_did_may_yet_land(desk: Desk) -> None:
    """Approved and called late; the customer asks for a person, who does not give it back meanwhile."""
    case_id = await desk.proposed()
    await desk.approve(case_id)
    desk.books.script, desk.books.silent = ["late"], True
    await desk.drain()
    await desk.say(PERSON)
    await desk.drain()
    assert ((await desk.case(case_id)).tier, await desk.actions()) == (Tier.HUMAN, ["unknown"])
    with pytest.raises(Conflict, match="under way"):
        await lower(desk, case_id)
    desk.books.silent = False
    desk.books.land()
    await desk.pass_time(seconds=60)
    await desk.drain()
    assert await desk.actions() == ["confirmed"]
    await lower(desk, case_id)
    assert (await desk.case(case_id)).state == "ai"
