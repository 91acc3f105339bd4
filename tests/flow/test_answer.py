"""What the AI reads as one turn, and what its answer says that it stands on."""

import pytest
from tests.flow.desk import PERSON, STATUS, Desk

from newel.domain.words import Tier
from newel.flow import escalation


async def test_an_answer_to_the_AIs_own_question_is_read_with_what_was_asked_before(desk: Desk) -> None:
    case_id = await desk.say("Where is my order?", ref="C0012")
    await desk.drain()
    assert "Which order" in desk.inbox.texts("ai")[-1]
    assert await desk.say("10023", ref="C0012") == case_id
    await desk.drain()
    assert "PW10023GB" in desk.inbox.texts("ai")[-1]
    assert (await desk.case(case_id)).contact_reason == "order_status"


async def test_what_was_answered_is_not_read_again(desk: Desk) -> None:
    case_id = await desk.say(STATUS, ref="C0012")
    await desk.drain()
    await desk.say("10031", ref="C0012")
    await desk.drain()
    assert len(desk.inbox.texts("ai")) == 1
    assert (await desk.case(case_id)).tier == 3


async def test_a_question_that_has_its_answer_is_over(desk: Desk) -> None:
    case_id = await desk.say("Where is my order?", ref="C0012")
    await desk.drain()
    await desk.say("10023", ref="C0012")
    await desk.drain()
    await desk.say("10031", ref="C0012")
    await desk.drain()
    assert len(desk.inbox.texts("ai")) == 2
    assert (await desk.case(case_id)).tier == 3


async def test_a_reply_that_was_taken_back_has_answered_nothing(desk: Desk) -> None:
    await desk.say("Where is my order?", ref="C0012")
    await desk.drain(without=("delivery",))
    await desk.say("10023, sorry, I forgot the number", ref="C0012")
    await desk.drain()
    (said,) = desk.inbox.texts("ai")
    assert "PW10023GB" in said


async def test_INT_5_the_quiet_time_is_counted_from_the_last_reply_also_after_a_question(desk: Desk) -> None:
    case_id = await desk.say("Where is my order?", ref="C0012")
    await desk.drain()
    await desk.pass_time(seconds=120)
    await desk.say("10023", ref="C0012")
    (due,) = await desk.rows(
        "SELECT extract(epoch FROM run_at - newel.now())::float AS wait FROM newel.job"
        " WHERE kind = 'answer' AND case_id = $1",
        case_id,
    )
    assert 0.5 < due["wait"] < 1.0


async def test_INT_5_a_burst_is_one_turn_with_one_answer(desk: Desk) -> None:
    """Each further message puts the answer off; there is never a second one waiting."""
    await desk.say(STATUS, ref="C0012")
    await desk.pass_time(seconds=0.5)
    case_id = await desk.say("And is it late?", ref="C0012")
    (due,) = await desk.rows(
        "SELECT extract(epoch FROM run_at - newel.now())::float AS wait FROM newel.job"
        " WHERE kind = 'answer' AND case_id = $1",
        case_id,
    )
    assert 0.65 < due["wait"] < 0.75
    await desk.drain()
    assert len(desk.inbox.texts("ai")) == 1


async def test_what_comes_while_an_act_is_under_way_is_one_turn_after_it(desk: Desk) -> None:
    case_id = await desk.proposed()

    async def meanwhile() -> None:
        await desk.say("Where is my order?")
        await desk.say("10031")

    desk.books.meanwhile = meanwhile
    await desk.approve(case_id)
    await desk.drain()
    await desk.drain()
    assert [call.action for call in desk.books.ledger] == ["refund"]
    assert (await desk.case(case_id)).contact_reason == "order_status"


async def test_INV_12_an_act_that_happened_is_not_asked_for_again_when_a_person_hands_back(
    desk: Desk,
) -> None:
    case_id = await desk.proposed()

    async def marker() -> None:
        await desk.say(PERSON)

    desk.books.meanwhile = marker
    await desk.approve(case_id)
    await desk.drain()
    await desk.pass_time(seconds=60)
    await escalation.take_over(desk.house, desk.staff["ivan"], case_id)
    ivan = desk.staff["ivan"]
    await escalation.lower_case(
        desk.house, ivan, case_id, Tier.SUPERVISED, unlock=True, reason="they asked for the AI again"
    )
    await desk.drain()
    assert [call.action for call in desk.books.ledger] == ["refund"]
    assert await desk.pending(case_id) is None


async def test_the_answer_says_what_it_stands_on_and_nobody_else_does(desk: Desk) -> None:
    await desk.say(STATUS, ref="C0012")
    await desk.drain()
    await desk.say(PERSON, ref="C0012")
    await desk.drain()
    sources = {(m.author, m.sources) for m in desk.inbox.got.values()}
    assert sources == {("ai", ("shop.order ['10023']",)), ("system", ())}


async def test_it_means_the_order_of_the_message_before(desk: Desk) -> None:
    await desk.say(STATUS, ref="C0012")
    await desk.drain()
    await desk.say("and when will it arrive?", ref="C0012")
    await desk.drain()
    assert "10023" in desk.inbox.texts("ai")[-1]


async def test_an_answer_stays_with_the_question_that_was_asked(desk: Desk) -> None:
    case_id = await desk.say("Where is my order?", ref="C0012")
    await desk.drain()
    assert "Which order" in desk.inbox.texts("ai")[-1]
    await desk.say("10023, it was missing in the list", ref="C0012")
    await desk.drain()
    assert "PW10023GB" in desk.inbox.texts("ai")[-1]
    assert (await desk.case(case_id)).contact_reason == "order_status"


async def test_a_new_matter_is_not_held_for_an_answer(desk: Desk) -> None:
    case_id = await desk.say("Where is my order?", ref="C0012")
    await desk.drain()
    await desk.say("never mind, I forgot my password", ref="C0012")
    await desk.drain()
    assert (await desk.case(case_id)).contact_reason == "password_reset"


@pytest.mark.parametrize(
    "thanks", ["thank you very much", "Perfect, cheers", "Cheers mate, you've been brill"]
)
async def test_courtesy_is_answered_without_a_person(desk: Desk, thanks: str) -> None:
    case_id = await desk.say("hello", ref="C0012")
    await desk.drain()
    await desk.say(thanks, ref="C0012")
    await desk.drain()
    greeted, thanked = desk.inbox.texts("ai")
    assert greeted.startswith("Hello")
    assert "welcome" in thanked
    assert (await desk.case(case_id)).tier == 1
