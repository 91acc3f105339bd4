"""Which case a message joins, and which episode, as time goes on (INT-1, RES-4)."""

from uuid import UUID

from tests.flow.desk import PERSON, RESET, STATUS, Desk

from newel.domain.resolution import Category, Resolution
from newel.flow import resolution

HOUR = 3600


async def labels(desk: Desk) -> list[str]:
    rows = await desk.rows("SELECT kind FROM newel.feedback ORDER BY created_at, id")
    return [row["kind"] for row in rows]


async def answered(desk: Desk) -> UUID:
    case_id = await desk.say(STATUS, ref="C0012")
    await desk.drain()
    assert (await desk.case(case_id)).state == "waiting"
    return case_id


async def test_RES_4_what_comes_within_a_day_of_the_answer_joins_the_case(desk: Desk) -> None:
    case_id = await answered(desk)
    await desk.pass_time(seconds=23 * HOUR)
    assert await desk.say("And when does order 10023 come? Where is it?", ref="C0012") == case_id
    case = await desk.case(case_id)
    assert (case.episode, case.follow_up, case.state) == (1, True, "ai")
    await desk.drain()
    await desk.pass_time(seconds=23 * HOUR)
    await desk.drain()
    assert (await desk.case(case_id)).state == "waiting"
    await desk.pass_time(seconds=2 * HOUR)
    await desk.drain()
    assert (await desk.case(case_id)).state == "resolved"
    assert await labels(desk) == ["follow_up"]


async def test_RES_4_thanks_are_no_follow_up_and_the_matter_stays_what_it_was(desk: Desk) -> None:
    case_id = await answered(desk)
    assert await desk.say("Thank you very much, that helps!", ref="C0012") == case_id
    await desk.drain()
    case = await desk.case(case_id)
    assert (case.state, case.follow_up, case.contact_reason) == ("waiting", False, "order_status")
    await desk.pass_time(seconds=25 * HOUR)
    await desk.drain()
    assert await labels(desk) == ["resolution"]


async def test_RES_4_the_answer_to_our_own_question_is_no_follow_up_but_what_comes_after_is(
    desk: Desk,
) -> None:
    case_id = await desk.say("Where is my order?", ref="C0012")
    await desk.drain()
    assert (await desk.case(case_id)).state == "waiting"
    await desk.say("10023", ref="C0012")
    assert (await desk.case(case_id)).follow_up is False
    await desk.drain()
    await desk.say("It has still not come. Where is order 10023?", ref="C0012")
    assert (await desk.case(case_id)).follow_up is True


async def test_RES_4_a_marker_after_the_answer_is_a_follow_up_as_well(desk: Desk) -> None:
    case_id = await answered(desk)
    await desk.say(PERSON, ref="C0012")
    case = await desk.case(case_id)
    assert (case.tier, case.follow_up) == (3, True)


async def test_RES_4_a_new_episode_begins_without_the_mark_of_the_old_one(desk: Desk) -> None:
    case_id = await answered(desk)
    await desk.say("And when does order 10023 come? Where is it?", ref="C0012")
    await desk.drain()
    await desk.pass_time(seconds=25 * HOUR)
    await desk.drain()
    await desk.say(RESET, ref="C0012")
    case = await desk.case(case_id)
    assert (case.episode, case.follow_up) == (2, False)


async def test_RES_4_silence_for_a_day_resolves_the_case(desk: Desk) -> None:
    case_id = await answered(desk)
    await desk.pass_time(seconds=23.9 * HOUR)
    await desk.drain()
    assert (await desk.case(case_id)).state == "waiting"
    await desk.pass_time(seconds=0.2 * HOUR)
    await desk.drain()
    case = await desk.case(case_id)
    assert (case.state, case.follow_up) == ("resolved", False)
    assert await labels(desk) == ["resolution"]


async def settled(desk: Desk) -> UUID:
    case_id = await answered(desk)
    await desk.pass_time(seconds=25 * HOUR)
    await desk.drain()
    assert (await desk.case(case_id)).state == "resolved"
    return case_id


async def test_RES_4_within_72_hours_of_its_end_it_is_the_same_case_in_a_new_episode(desk: Desk) -> None:
    case_id = await settled(desk)
    await desk.pass_time(seconds=71.9 * HOUR)
    assert await desk.say(RESET, ref="C0012") == case_id
    case = await desk.case(case_id)
    assert (case.episode, case.state, case.follow_up) == (2, "ai", False)
    await desk.drain()
    assert len(desk.inbox.texts("ai")) == 2


async def test_RES_4_72_hours_after_its_end_it_is_a_new_case_of_the_same_conversation(desk: Desk) -> None:
    case_id = await settled(desk)
    await desk.pass_time(seconds=72 * HOUR)
    taken = await desk.take(STATUS, ref="C0012")
    assert taken.case_id != case_id
    first = await desk.rows("SELECT conversation_id FROM newel.cases WHERE id = $1", case_id)
    assert first[0]["conversation_id"] == taken.conversation_id
    assert (await desk.case(taken.case_id)).episode == 1


async def test_another_conversation_is_another_case(desk: Desk) -> None:
    case_id = await answered(desk)
    assert await desk.say(STATUS, ref="C0012", thread="another") != case_id


async def test_INV_17_a_lock_and_a_tier_end_with_the_episode(desk: Desk) -> None:
    case_id = await desk.say(PERSON, ref="C0012")
    await desk.drain()
    owner = await desk.rows(
        "SELECT s.login, w.token FROM newel.work_item w JOIN newel.staff s ON s.id = w.owner_id"
        " WHERE w.case_id = $1",
        case_id,
    )
    who = desk.staff[owner[0]["login"]]
    said = Resolution(category=Category.RESOLVED)
    await resolution.resolve(desk.house, who, case_id, owner[0]["token"], said)
    assert await desk.say(STATUS, ref="C0012") == case_id
    case = await desk.case(case_id)
    assert (case.episode, case.tier, case.locked) == (2, None, False)
    await desk.drain()
    assert len(desk.inbox.texts("ai")) == 1
