"""Two cases of one customer become one: what ends, what rises, where the next words go (WRK-10)."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from tests.flow.desk import MARKER, PERSON, RESET, STATUS, Desk

from newel.domain.errors import Conflict, Forbidden, Invalid, StaleToken
from newel.domain.resolution import CONSOLE_HOLD, Category, Resolution
from newel.domain.words import Priority, Tier
from newel.flow import draft, merge, resolution
from newel.store import case as cases
from newel.store import routing as work
from newel.store.routing import WorkItem

REF = "C0012"


async def both(desk: Desk, one: str = MARKER, into: str = STATUS) -> tuple[UUID, UUID]:
    """Two matters of one customer, each in a thread of its own."""
    first, second = await desk.say(one, ref=REF, thread="one"), await desk.say(into, ref=REF, thread="two")
    await desk.drain()
    assert first != second
    return first, second


async def item_of(desk: Desk, case_id: UUID) -> WorkItem:
    async with desk.house.db.tx(desk.staff["ivan"], read_only=True) as tx:
        found = await work.open_of(tx, case_id)
    assert found is not None
    return found


async def owner_of(desk: Desk, case_id: UUID) -> str:
    found = (await item_of(desk, case_id)).owner_id
    return next(login for login, actor in desk.staff.items() if actor.id == str(found))


async def merged_by(desk: Desk, login: str, one: UUID, into: UUID) -> UUID:
    return (await merge.merge(desk.house, desk.staff[login], one, into)).id


async def events(desk: Desk, case_id: UUID) -> list[str]:
    rows = await desk.rows("SELECT event FROM newel.audit_event WHERE case_id = $1 ORDER BY seq", case_id)
    return [row["event"] for row in rows]


async def test_WRK_10_the_owner_merges_and_goes_on_with_both_in_one(desk: Desk) -> None:
    one, into = await both(desk)
    login, item = await owner_of(desk, one), await item_of(desk, one)
    assert (await desk.case(into)).state == "waiting"
    with pytest.raises(StaleToken):
        await merge.merge(desk.house, desk.staff[login], one, into, item.token + 1)
    case = await merge.merge(desk.house, desk.staff[login], one, into, item.token)
    assert (case.id, case.state, case.tier, case.locked, case.priority) == (
        into, "owned", Tier.HUMAN, True, Priority.P2,
    )  # fmt: skip
    assert await owner_of(desk, into) == login
    ended = await desk.case(one)
    assert (ended.state, ended.tier, ended.locked) == ("resolved", Tier.HUMAN, True)
    assert (await events(desk, one)).count("case.merged") == 1
    assert (await events(desk, into)).count("case.absorbed") == 1
    loads = await desk.rows("SELECT load FROM newel.staff WHERE login = $1", login)
    assert loads[0]["load"] == 1
    live = await desk.rows("SELECT case_id FROM newel.sla_target WHERE state IN ('running', 'paused')")
    assert {row["case_id"] for row in live} == {into}
    assert await desk.rows("SELECT FROM newel.resolution") == []
    assert await desk.rows("SELECT FROM newel.survey") == []
    assert await desk.limbo() == []
    await desk.drain()
    assert await desk.limbo() == []


async def test_WRK_10_the_customer_is_answered_where_they_wrote_last(desk: Desk) -> None:
    one, into = await both(desk)
    await merged_by(desk, "ivan", one, into)
    login, token = await owner_of(desk, into), (await item_of(desk, into)).token
    first, second = (await desk.case(one)).conversation_id, (await desk.case(into)).conversation_id
    for thread, conversation in (("one", first), ("two", second), ("one", first)):
        taken = await desk.take("And what now?", ref=REF, thread=thread)
        assert (taken.case_id, taken.conversation_id) == (into, conversation)
        await resolution.reply(desk.house, desk.staff[login], into, token, "I am on it.")
        sent = await desk.rows("SELECT conversation_id FROM newel.outbox ORDER BY seq DESC LIMIT 1")
        assert sent[0]["conversation_id"] == conversation
        assert (await desk.case(into)).talk == conversation
    assert (await desk.case(one)).episode == 1
    await desk.drain()
    assert await desk.limbo() == []


async def test_INT_1_a_message_that_names_the_merged_case_joins_its_survivor_also_when_that_has_ended(
    desk: Desk,
) -> None:
    one, into = await both(desk)
    await merged_by(desk, "ivan", one, into)
    token = (await item_of(desk, into)).token
    done = Resolution(category=Category.RESOLVED)
    await resolution.resolve(desk.house, desk.staff[await owner_of(desk, into)], into, token, done)
    taken = await desk.take(RESET, ref=REF, thread="one")
    assert taken.case_id == into
    case = await desk.case(into)
    assert (case.episode, case.tier, case.locked) == (2, None, False)
    for days in (0, 2, 4):  # answered, over, and too long ago
        await desk.pass_time(days=days)
        await desk.drain()
    later = await desk.take(STATUS, ref=REF, thread="one")
    assert later.case_id not in {one, into}
    assert later.conversation_id == (await desk.case(one)).conversation_id


async def test_INV_1_nothing_of_the_ai_leaves_either_case_after_a_merge(desk: Desk) -> None:
    one = await desk.say(STATUS, ref=REF, thread="one")
    into = await desk.say("Hello!", ref=REF, thread="two")
    await desk.drain(without=("delivery",))
    assert {(await desk.case(case)).state for case in (one, into)} == {"waiting"}
    await merged_by(desk, "ivan", one, into)
    await desk.drain()
    assert desk.inbox.texts("ai") == []
    assert {(await desk.case(case)).tier for case in (one, into)} == {Tier.HUMAN}


async def test_INV_12_what_waits_of_a_merged_case_no_longer_binds(desk: Desk) -> None:
    one = await desk.proposed(thread="one")
    into = await desk.say(PERSON, thread="two")
    approval = await desk.pending(one)
    assert approval is not None
    await desk.drain()
    await merged_by(desk, "ivan", one, into)
    with pytest.raises(Conflict):
        await desk.decide("amara", approval)
    await desk.drain()
    assert desk.books.ledger == []
    assert await desk.limbo() == []


async def test_INV_11_a_case_with_an_action_under_way_is_not_merged(desk: Desk) -> None:
    one, into = await desk.proposed(thread="one"), await desk.say(PERSON, thread="two")
    await desk.approve(one)
    with pytest.raises(Conflict, match="under way"):
        await merged_by(desk, "ivan", one, into)
    assert (await desk.case(one)).state == "acting"


async def test_only_open_matters_of_one_customer_by_whom_may(desk: Desk) -> None:
    one, into = await both(desk)
    other = await desk.say(PERSON, ref="C0031", thread="three")
    await desk.drain()
    owner = await owner_of(desk, one)
    stranger = next(login for login in ("ben", "chloe") if login != owner)
    with pytest.raises(Forbidden):
        await merged_by(desk, stranger, one, into)
    with pytest.raises(Conflict, match="another customer"):
        await merged_by(desk, "ivan", one, other)
    with pytest.raises(Invalid):
        await merged_by(desk, "ivan", one, one)
    assert await merged_by(desk, "ivan", one, into) == into
    before = await events(desk, into)
    assert await merged_by(desk, "ivan", one, into) == into
    assert await events(desk, into) == before
    with pytest.raises(Invalid):  # what was merged stands for the case in which it goes on
        await merged_by(desk, "ivan", into, one)


async def test_a_merge_is_no_chain(desk: Desk) -> None:
    one, into = await both(desk)
    third = await desk.say(PERSON, ref=REF, thread="three")
    await desk.drain()
    await merged_by(desk, "ivan", one, into)
    with pytest.raises(Conflict, match="merged into it"):
        await merged_by(desk, "ivan", into, third)
    assert await merged_by(desk, "ivan", third, one) == into
    rows = await desk.rows("SELECT case_id, into_id FROM newel.merge")
    assert {(row["case_id"], row["into_id"]) for row in rows} == {(one, into), (third, into)}


async def test_SLA_1_the_survivor_runs_from_the_earlier_start(desk: Desk) -> None:
    one = await desk.say(PERSON, ref=REF, thread="one")
    await desk.drain()
    await desk.pass_time(minutes=50)
    into = await desk.say(PERSON, ref=REF, thread="two")
    await desk.drain()
    before, later = (await item_of(desk, one)).due_at, (await item_of(desk, into)).due_at
    assert before < later
    await merged_by(desk, "ivan", one, into)
    assert (await item_of(desk, into)).due_at == before
    rows = await desk.rows(
        "SELECT kind, started_at, due_at FROM newel.sla_target WHERE state = 'running' ORDER BY kind"
    )
    assert [row["kind"] for row in rows] == ["first_response", "resolution"]
    assert len({row["started_at"] for row in rows}) == 1
    assert rows[1]["due_at"] == before
    await desk.pass_time(minutes=55)
    await desk.drain()
    assert await desk.limbo() == []


async def test_what_the_owner_was_writing_goes_along_and_what_they_wrote_leaves(desk: Desk) -> None:
    one, into = await both(desk)
    login, token = await owner_of(desk, one), (await item_of(desk, one)).token
    me = desk.staff[login]
    await resolution.reply(desk.house, me, one, token, "I have read it.", hold=CONSOLE_HOLD)
    await draft.save(desk.house, me, one, token, "Dear Ms Nair, about both")
    await merge.merge(desk.house, me, one, into, token)
    kept = await draft.read(desk.house, me, into)
    assert kept is not None
    assert kept.text == "Dear Ms Nair, about both"
    await desk.drain()
    assert "I have read it." in desk.inbox.texts("person")


@pytest.mark.parametrize("later", [0.0, 0.01, 0.05])
async def test_INV_5_a_message_that_comes_at_that_moment_is_in_one_of_them(desk: Desk, later: float) -> None:
    one, into = await both(desk)

    async def writes() -> UUID:
        await asyncio.sleep(later)
        return await desk.say("Do you hear me?", ref=REF, thread="one")

    found, _ = await asyncio.gather(writes(), merged_by(desk, "ivan", one, into))
    case = await desk.case(one)
    assert found in {one, into}
    assert (case.state, case.episode) == ("resolved", 1)
    assert await desk.say("And now?", ref=REF, thread="one") == into
    await desk.drain()
    assert await desk.limbo() == []


async def blocked(desk: Desk, n: int) -> None:
    """So many wait for a lock now."""
    waiting = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    while len(await desk.rows(waiting)) < n:
        await asyncio.sleep(0.01)


async def test_INV_5_a_message_that_chose_the_case_before_its_merge_follows_it(desk: Desk) -> None:
    one, into = await both(desk)
    async with desk.house.db.tx(desk.staff["ivan"]) as tx:
        await cases.lock(tx, one)
        merging = asyncio.create_task(merged_by(desk, "ivan", one, into))
        await blocked(desk, 1)
        writing = asyncio.create_task(desk.take("Do you hear me?", ref=REF, thread="one"))
        await blocked(desk, 2)
    assert await merging == into
    taken = await writing
    assert (taken.case_id, taken.conversation_id) == (into, (await desk.case(one)).conversation_id)
    assert (await desk.case(one)).state == "resolved"


async def test_two_merges_against_each_other_leave_one_survivor(desk: Desk) -> None:
    one, into = await both(desk)
    done = await asyncio.gather(
        merged_by(desk, "ivan", one, into), merged_by(desk, "ivan", into, one), return_exceptions=True
    )
    refused = [result for result in done if isinstance(result, Exception)]
    assert [type(result) for result in refused] == [Conflict]
    states = {(await desk.case(case)).state for case in (one, into)}
    assert states in ({"resolved", "owned"}, {"resolved", "queued"})
    assert await desk.limbo() == []


async def test_a_preview_says_what_will_be(desk: Desk) -> None:
    one, into = await both(desk)
    login = await owner_of(desk, one)
    seen = await merge.preview(desk.house, desk.staff[login], one, into)
    assert (seen.now.priority, seen.now.locked) == (Priority.P3, False)
    assert (seen.after.priority, seen.after.locked) == (Priority.P2, True)
    assert (seen.to_owner, seen.waits.messages >= 1, seen.waits.draft) == (login, True, False)
    token = (await item_of(desk, one)).token
    case = await merge.merge(desk.house, desk.staff[login], one, into, token)
    assert (case.priority, case.locked) == (seen.after.priority, seen.after.locked)
    assert (await item_of(desk, into)).due_at == seen.after.due_at
    assert timedelta() < (await item_of(desk, into)).due_at - case.opened_at
