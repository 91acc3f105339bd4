"""A person lowers a case, and the AI goes on from there; the next message is scanned anew."""

from tests.flow.desk import STATUS, Desk

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
