"""A supervisor takes a case over, wherever it is: from its commit on the AI says nothing more."""

import asyncio

import pytest
from tests.flow.desk import PERSON, STATUS, Desk

from newel.domain.errors import Conflict, Forbidden, StaleToken
from newel.domain.words import Tier
from newel.flow import escalation, routing


async def taken(desk: Desk, case_id: object) -> None:
    case = await desk.case(case_id)  # type: ignore[arg-type]
    assert (case.state, case.tier) == ("owned", Tier.HUMAN)
    rows = await desk.rows(
        "SELECT owner_id FROM newel.work_item WHERE case_id = $1 AND state = 'owned'", case_id
    )
    assert [str(row["owner_id"]) for row in rows] == [desk.staff["ivan"].id]
    assert await desk.limbo() == []


async def test_INV_1_after_a_takeover_nothing_of_the_ai_is_claimed(desk: Desk) -> None:
    case_id = await desk.say(STATUS, ref="C0012")
    await desk.drain(without=("delivery",))
    assert (await desk.case(case_id)).state == "waiting"
    await escalation.take_over(desk.house, desk.staff["ivan"], case_id)
    await desk.drain()
    assert desk.inbox.texts("ai") == []
    states = await desk.rows(
        "SELECT o.state FROM newel.outbox o JOIN newel.message m ON m.id = o.message_id WHERE m.author = 'ai'"
    )
    assert {row["state"] for row in states} == {"withdrawn"}
    await taken(desk, case_id)


async def test_INV_1_a_takeover_while_the_ai_drafts_wins(desk: Desk) -> None:
    case_id = await desk.say(STATUS, ref="C0012")
    await asyncio.gather(
        desk.drain(), escalation.take_over(desk.house, desk.staff["ivan"], case_id), return_exceptions=False
    )
    claimed = await desk.rows(
        "SELECT e.seq FROM newel.audit_event e JOIN newel.outbox o ON o.id::text = e.entity_id"
        " JOIN newel.message m ON m.id = o.message_id WHERE e.event = 'outbox.claimed' AND m.author = 'ai'"
        " AND e.seq > (SELECT seq FROM newel.audit_event WHERE event = 'work_item.taken_over')"
    )
    assert claimed == []
    await taken(desk, case_id)


async def test_INV_12_a_case_in_approval_is_taken_and_its_approval_no_longer_binds(desk: Desk) -> None:
    case_id = await desk.proposed()
    approval = await desk.pending(case_id)
    assert approval is not None
    await escalation.take_over(desk.house, desk.staff["ivan"], case_id)
    with pytest.raises(Conflict):
        await desk.decide("amara", approval)
    await desk.drain()
    assert desk.books.ledger == []
    await taken(desk, case_id)


async def test_INV_6_anothers_case_is_taken_and_their_token_is_stale(desk: Desk) -> None:
    case_id = await desk.say(PERSON)
    await desk.drain()
    (row,) = await desk.rows("SELECT owner_id, token FROM newel.work_item WHERE case_id = $1", case_id)
    owner = next(actor for actor in desk.staff.values() if actor.id == str(row["owner_id"]))
    await escalation.take_over(desk.house, desk.staff["ivan"], case_id)
    with pytest.raises(StaleToken):
        await routing.hand_back(desk.house, owner, case_id, row["token"], "too late for that")
    await taken(desk, case_id)
    with pytest.raises(Conflict):
        await escalation.take_over(desk.house, desk.staff["ivan"], case_id)
    with pytest.raises(Forbidden):
        await escalation.take_over(desk.house, owner, case_id)
