"""Who comes back to the AI's answer by another way follows it up, and its case says so (RES-4)."""

import asyncio
from uuid import UUID, uuid4

import pytest
from tests.flow.desk import PERSON, REFUND, RESET, STATUS, TEST, Desk

from newel.domain.intake import Inbound, Sender
from newel.flow import intake, merge, trace
from newel.store import case as cases
from newel.worker.loop import Loop

REF = "C0012"
HOUR = 3600
AGAIN = "Order 10023 has not come yet. Where is it?"


async def answered(desk: Desk, text: str = STATUS, thread: str = "chat") -> UUID:
    case_id = await desk.say(text, ref=REF, thread=thread)
    await desk.drain()
    case = await desk.case(case_id)
    assert (case.state, case.tier, case.follow_up) == ("waiting", 1, False)
    return case_id


async def by_mail(desk: Desk, text: str = AGAIN, sender: str = REF) -> UUID:
    message = Inbound(
        channel="email",
        external_id=str(uuid4()),
        conversation=f"mail of {sender} {uuid4()}",
        customer=Sender(ref=sender, address=f"{sender}@example.com"),
        text=text,
    )
    return (await intake.receive(desk.house, TEST, message)).case_id


async def followed(desk: Desk) -> dict[UUID, str]:
    """By case that was followed up, the case in which it was."""
    rows = await desk.rows(
        "SELECT case_id, data ->> 'again_in' AS by FROM newel.audit_event WHERE event = 'case.followed'"
    )
    assert len({row["case_id"] for row in rows}) == len(rows)
    return {row["case_id"]: row["by"] for row in rows}


async def labels(desk: Desk, case_id: UUID) -> list[str]:
    rows = await desk.rows(
        "SELECT kind FROM newel.feedback WHERE case_id = $1 ORDER BY created_at, id", case_id
    )
    return [row["kind"] for row in rows]


async def test_RES_4_a_contact_by_another_channel_is_a_follow_up_of_the_answered_case(desk: Desk) -> None:
    case_id = await answered(desk)
    await desk.pass_time(seconds=23 * HOUR)
    second = await by_mail(desk)
    assert second != case_id
    case = await desk.case(case_id)
    assert (case.state, case.tier, case.follow_up) == ("waiting", 1, True)
    assert await followed(desk) == {case_id: str(second)}
    leaf = await desk.rows(
        "SELECT length(leaf_hash) AS n FROM newel.audit_event WHERE event = 'case.followed'"
    )
    assert leaf[0]["n"] == 32
    await desk.pass_time(seconds=2 * HOUR)
    await Loop(desk.house, without=("delivery",)).drain()
    assert (await desk.case(case_id)).state == "resolved"
    assert await labels(desk, case_id) == ["follow_up"]


async def test_RES_4_it_is_looked_into_by_a_person_and_the_story_leads_from_the_first_to_it(
    desk: Desk,
) -> None:
    case_id = await answered(desk)
    second = await by_mail(desk)
    assert (await desk.case(second)).tier == 3
    story = await trace.trace(desk.house, desk.staff["ivan"], case_id)
    steps = [step for step in story.steps if step.event == "case.followed"]
    assert [step.detail["again_in"] for step in steps] == [str(second)]


async def test_RES_4_the_policy_may_have_no_trigger_for_repeats_and_it_counts_all_the_same(
    desk: Desk,
) -> None:
    case_id = await answered(desk)
    support = desk._running["customer-support"]
    scanner = support.scanner
    assert any(marker.id == "repeat.contact" for marker in scanner._triggers)  # type: ignore[attr-defined]
    kept = scanner._triggers  # type: ignore[attr-defined]
    scanner._triggers = tuple(each for each in kept if each.id != "repeat.contact")  # type: ignore[attr-defined]
    try:
        second = await by_mail(desk)
    finally:
        scanner._triggers = kept  # type: ignore[attr-defined]
    assert (await desk.case(second)).tier is None
    assert await followed(desk) == {case_id: str(second)}


@pytest.mark.parametrize("text", ["Thank you very much, that helps!", RESET, "Where is order 10044?"])
async def test_RES_4_thanks_and_another_matter_are_none(desk: Desk, text: str) -> None:
    case_id = await answered(desk)
    await by_mail(desk, text)
    assert await followed(desk) == {}
    assert (await desk.case(case_id)).follow_up is False


async def test_RES_4_another_customer_and_another_day_are_none(desk: Desk) -> None:
    case_id = await answered(desk)
    await by_mail(desk, sender="C0031")
    await desk.pass_time(seconds=24 * HOUR + 1)
    await by_mail(desk)
    assert await followed(desk) == {}
    assert (await desk.case(case_id)).follow_up is False


async def test_RES_4_what_a_person_released_is_theirs(desk: Desk) -> None:
    case_id = await desk.proposed(ref="C0017", thread="chat")
    await desk.approve(case_id)
    await desk.drain()
    case = await desk.case(case_id)
    assert (case.state, case.tier) == ("waiting", 2)
    await by_mail(desk, REFUND, "C0017")
    assert await followed(desk) == {}


async def test_RES_4_what_we_asked_ourselves_is_no_answer(desk: Desk) -> None:
    await answered(desk, "Where is my order?")
    await by_mail(desk, "Where is my order 10023?")
    assert await followed(desk) == {}


async def test_RES_4_what_had_ended_well_by_then_did_not(desk: Desk) -> None:
    case_id = await answered(desk)
    case = await desk.case(case_id)
    assert case.due_at is not None
    await desk.database.freeze(case.due_at)
    await Loop(desk.house).drain()
    assert await labels(desk, case_id) == ["resolution"]
    await by_mail(desk)
    case = await desk.case(case_id)
    assert (case.state, case.follow_up) == ("resolved", True)
    assert sorted(await labels(desk, case_id)) == ["follow_up", "resolution"]
    ends = await desk.rows("SELECT DISTINCT resolution_id FROM newel.feedback WHERE case_id = $1", case_id)
    assert len(ends) == 1
    await Loop(desk.house, without=("delivery",)).drain()
    assert await desk.rows("SELECT FROM newel.feedback WHERE state <> 'ingested'") == []
    assert await desk.rows("SELECT FROM newel.label") == []


async def test_RES_4_the_first_who_comes_back_is_told_and_a_new_episode_begins_without_it(desk: Desk) -> None:
    case_id = await answered(desk)
    second = await by_mail(desk)
    await by_mail(desk)
    assert await followed(desk) == {case_id: str(second)}
    await desk.pass_time(seconds=25 * HOUR)
    await Loop(desk.house, without=("delivery",)).drain()
    await desk.say(RESET, ref=REF, thread="chat")
    case = await desk.case(case_id)
    assert (case.episode, case.follow_up) == (2, False)


async def test_RES_4_a_message_in_a_case_that_is_open_follows_up_another_one_as_well(desk: Desk) -> None:
    theirs = await desk.say(PERSON, ref=REF, thread="mail")
    case_id = await answered(desk)
    assert await desk.say(AGAIN, ref=REF, thread="mail") == theirs
    assert await followed(desk) == {case_id: str(theirs)}


async def blocked(desk: Desk, n: int) -> None:
    """So many wait for a lock now."""
    waiting = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    async with asyncio.timeout(20):
        while len(await desk.rows(waiting)) < n:
            await asyncio.sleep(0.01)


async def test_RES_4_a_new_case_waits_for_the_lock_and_looks_again(desk: Desk) -> None:
    case_id = await answered(desk)
    async with desk.house.db.tx(TEST) as tx:
        case = await cases.lock(tx, case_id)
        writing = asyncio.create_task(by_mail(desk))
        await blocked(desk, 1)
        await cases.move(tx, case, "message", follow_up=True)
    await writing
    assert await followed(desk) == {}
    assert (await desk.case(case_id)).follow_up is True


async def test_RES_4_of_two_answered_cases_the_one_of_the_lower_id_is_locked_first(desk: Desk) -> None:
    first, second = sorted([await answered(desk), await answered(desk, RESET, "second")])
    async with desk.house.db.tx(TEST) as tx:
        await cases.lock(tx, first)
        writing = asyncio.create_task(by_mail(desk, f"{STATUS} And: {RESET}"))
        await blocked(desk, 1)
        async with asyncio.timeout(5):
            await cases.lock(tx, second)
    by = str(await writing)
    assert await followed(desk) == {first: by, second: by}


async def test_RES_4_who_holds_a_case_waits_for_no_other(desk: Desk) -> None:
    theirs = await desk.say(PERSON, ref=REF, thread="mail")
    case_id = await answered(desk)
    async with desk.house.db.tx(TEST) as tx:
        await cases.lock(tx, case_id)
        async with asyncio.timeout(5):
            assert await desk.say(AGAIN, ref=REF, thread="mail") == theirs
    assert await followed(desk) == {}


@pytest.mark.parametrize("later", [0.0, 0.005, 0.02])
async def test_RES_4_contacts_and_merges_at_one_moment_never_lock_each_other_out(
    desk: Desk, later: float
) -> None:
    """Two answered cases, contacts on both matters by new cases and by held ones, and a merge of the two."""
    first = await answered(desk)
    second = await answered(desk, RESET, "second")
    both = f"{STATUS} And: {RESET}"

    async def merged() -> object:
        await asyncio.sleep(later)
        return await merge.merge(desk.house, desk.staff["ivan"], max(first, second), min(first, second))

    contacts = [by_mail(desk, text) for text in (both, STATUS, RESET, both)]
    held = [desk.say(both, ref=REF, thread=thread) for thread in ("chat", "second")]
    found = await asyncio.gather(*contacts, merged(), *held, return_exceptions=True)
    assert [one for one in found if isinstance(one, Exception)] == []
    assert set(await followed(desk)) <= {first, second}
    assert await desk.limbo() == []
