"""What leaves and what does not, with markers, stops and retries at every moment (INV-1, 2, 3)."""

import asyncio
from uuid import UUID

import pytest
from structlog.testing import capture_logs
from tests.flow.desk import MARKER, PERSON, RESET, STATUS, TEST, Desk

from newel.domain.delivery import fixed_text
from newel.flow import delivery, escalation, kill_switch
from newel.store import case as cases
from newel.store import delivery as outbox
from newel.store.delivery import Provenance

WAITING = """SELECT FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'"""


async def claims(desk: Desk) -> list[tuple[str, str, int]]:
    """Author, state and tries of each message in the outbox, in order."""
    rows = await desk.rows(
        "SELECT m.author, o.state, o.attempts FROM newel.outbox o"
        " JOIN newel.message m ON m.id = o.message_id ORDER BY o.seq"
    )
    return [(row["author"], row["state"], row["attempts"]) for row in rows]


async def test_INV_1_a_marker_before_the_claim_takes_the_reply_back(desk: Desk) -> None:
    case_id = await desk.say(STATUS, ref="C0012")
    await desk.drain(without=("delivery",))
    await desk.say(MARKER, ref="C0012")
    await desk.drain()
    assert desk.inbox.texts("ai") == []
    assert ("ai", "withdrawn", 0) in await claims(desk)
    case = await desk.case(case_id)
    assert (case.tier, case.locked) == (3, True)


async def test_INV_1_a_marker_after_the_claim_finds_the_reply_in_flight(desk: Desk) -> None:
    case_id = await desk.say(STATUS, ref="C0012")
    await desk.rows("UPDATE newel.conversation SET disclosed = true")
    await desk.drain(without=("delivery",))

    async def marker() -> None:
        await desk.say(MARKER, ref="C0012")

    desk.inbox.meanwhile = marker
    await desk.drain()
    assert len(desk.inbox.texts("ai")) == 1
    assert (await desk.case(case_id)).locked


async def test_INV_1_a_try_that_failed_before_the_marker_is_not_repeated_after_it(desk: Desk) -> None:
    case_id = await desk.say(STATUS, ref="C0012")
    desk.inbox.refusals = 2
    await desk.drain()
    assert ("ai", "claimed", 1) in await claims(desk)
    await desk.say(MARKER, ref="C0012")
    await desk.pass_time(seconds=30)
    await desk.drain()
    assert desk.inbox.texts("ai") == []
    assert ("ai", "dead", 1) in await claims(desk)
    dead = await desk.rows("SELECT reason FROM newel.outbox WHERE state = 'dead'")
    assert {row["reason"] for row in dead} == {"in flight when NW003 stopped it"}
    assert (await desk.case(case_id)).locked


async def told_twice(desk: Desk) -> None:
    """Two fixed texts of two steps wait for a case, each with a delivery of its own."""
    case_id = await desk.say(STATUS, ref="C0012")
    for key in ("action_confirmed", "breach_notice"):
        async with desk.house.db.tx(TEST) as tx:
            running = await desk.house.running(tx, "customer-support")
            await delivery.post_system(tx, desk.house, await cases.lock(tx, case_id), running, key)


async def test_RES_2_messages_leave_in_their_order_whichever_is_tried_first(desk: Desk) -> None:
    await told_twice(desk)
    await desk.rows(
        "UPDATE newel.job SET priority = 4 WHERE id = (SELECT min(id) FROM newel.job WHERE kind = 'delivery')"
    )
    for _ in range(2):  # on a slow machine the later one tries again after a second
        await desk.drain(without=("answer",))
        await desk.pass_time(seconds=2)
    said = [desk.messages[key] for key in ("action_confirmed", "breach_notice")]
    assert [(m.text, m.seq) for m in desk.inbox.got.values()] == [(said[0], 1), (said[1], 2)]


async def test_RES_2_a_message_waits_for_the_one_before_it(desk: Desk) -> None:
    await told_twice(desk)
    first = "(SELECT min(id) FROM newel.job WHERE kind = 'delivery')"
    await desk.rows(f"UPDATE newel.job SET run_at = run_at + interval '1 minute' WHERE id = {first}")
    await desk.drain(without=("answer",))
    assert list(desk.inbox.got) == []
    await desk.pass_time(seconds=60)
    await desk.drain(without=("answer",))
    assert desk.inbox.texts() == [desk.messages[key] for key in ("action_confirmed", "breach_notice")]


async def test_RES_2_a_message_waits_while_the_one_before_it_is_leaving(desk: Desk) -> None:
    await told_twice(desk)

    async def slowly() -> None:
        await asyncio.sleep(0.2)

    desk.inbox.meanwhile = slowly
    await desk.drain(without=("answer",))
    assert desk.inbox.texts() == [desk.messages[key] for key in ("action_confirmed", "breach_notice")]


async def test_RES_2_a_message_that_is_to_be_tried_again_holds_up_none_behind_it(desk: Desk) -> None:
    await told_twice(desk)
    desk.inbox.away_for = desk.messages["action_confirmed"]
    for _ in range(3):  # on a slow machine the later one tries again after a second
        await desk.drain(without=("answer",))
        await desk.pass_time(seconds=2)
    assert desk.inbox.texts() == [desk.messages["breach_notice"]]


async def test_RES_3_the_AI_introduces_itself_right_before_its_first_reply(desk: Desk) -> None:
    await desk.say(STATUS, ref="C0012")
    await desk.drain(without=("delivery",))
    assert len(await desk.rows("SELECT id FROM newel.job WHERE kind = 'delivery'")) == 1

    async def then_fail() -> None:
        desk.inbox.refusals = 0

        async def later() -> None:
            desk.inbox.refusals = 1

        desk.inbox.meanwhile = later

    desk.inbox.meanwhile = then_fail
    await desk.drain()
    assert await claims(desk) == [("system", "delivered", 1), ("ai", "claimed", 1)]
    await desk.pass_time(seconds=30)
    await desk.drain()
    assert await claims(desk) == [("system", "delivered", 1), ("ai", "delivered", 2)]
    assert [(m.author, m.seq) for m in desk.inbox.got.values()] == [("system", 1), ("ai", 2)]


async def test_RES_3_an_introduction_does_not_leave_without_its_reply_and_comes_with_the_next(
    desk: Desk,
) -> None:
    await desk.say(STATUS, ref="C0012")
    await desk.drain(without=("delivery",))
    await desk.say("Do you offer gift wrap?", ref="C0012")
    assert await claims(desk) == [("system", "withdrawn", 0), ("ai", "withdrawn", 0)]
    await desk.drain()
    assert desk.inbox.texts("system")[:1] == [desk.messages["ai_disclosure"]]
    assert await desk.limbo() == []


async def test_RES_3_an_introduction_that_was_stopped_in_flight_is_made_again(desk: Desk) -> None:
    case_id = await desk.say(STATUS, ref="C0012")
    desk.inbox.refusals = 2
    await desk.drain()
    await desk.say(MARKER, ref="C0012")
    await desk.pass_time(seconds=30)
    await desk.drain()
    assert (await claims(desk))[:2] == [("system", "dead", 1), ("ai", "dead", 1)]
    (row,) = await desk.rows(
        "SELECT v.disclosed FROM newel.conversation v JOIN newel.cases c ON c.conversation_id = v.id"
        " WHERE c.id = $1",
        case_id,
    )
    assert not row["disclosed"]


async def test_RES_3_no_reply_leaves_without_the_introduction_that_was_given_up(desk: Desk) -> None:
    await desk.say(STATUS, ref="C0012")
    desk.inbox.gone = True
    await desk.drain()
    assert await claims(desk) == [("system", "dead", 1), ("ai", "dead", 1)]
    desk.inbox.gone = False
    await desk.say(RESET, ref="C0012")
    await desk.drain()
    assert [m.author for m in desk.inbox.got.values()] == ["system", "ai"]
    assert desk.inbox.texts("system")[0] == desk.messages["ai_disclosure"]


async def test_RES_3_an_introduction_does_not_leave_without_a_reply_that_states_an_action(desk: Desk) -> None:
    await desk.say(RESET)
    await desk.drain(without=("delivery",))
    await desk.say(MARKER)
    await desk.drain()
    assert (await claims(desk))[:2] == [("system", "withdrawn", 0), ("ai", "withdrawn", 0)]
    assert desk.messages["ai_disclosure"] not in desk.inbox.texts("system")


async def test_INV_1_no_deadlock_and_no_late_claim_when_marker_and_delivery_meet(desk: Desk) -> None:
    for n in range(6):
        await desk.say(STATUS, ref="C0012", thread=f"t{n}")
    await desk.drain(without=("delivery",))
    await asyncio.gather(desk.drain(), *(desk.say(MARKER, ref="C0012", thread=f"t{n}") for n in range(6)))
    await desk.drain()
    late = await desk.rows(
        "SELECT a.id FROM newel.audit_event a JOIN newel.outbox o ON o.id::text = a.entity_id"
        " JOIN newel.message m ON m.id = o.message_id"
        " WHERE a.event = 'outbox.claimed' AND m.author = 'ai' AND a.seq > (SELECT min(l.seq)"
        " FROM newel.audit_event l WHERE l.case_id = a.case_id AND l.event = 'case.escalated')"
    )
    assert late == []
    assert await desk.limbo() == []


async def test_INV_1_whoever_sends_holds_the_case_first(desk: Desk) -> None:
    """Case, then outbox, in every step: who takes a reply back never meets the sender head on."""
    case_id = await desk.say(STATUS, ref="C0012")
    await desk.drain(without=("delivery",))
    with capture_logs() as said:
        async with desk.house.db.tx(TEST) as tx:
            case = await cases.lock(tx, case_id)
            sending = asyncio.create_task(desk.drain())
            while not sending.done() and not await desk.rows(WAITING):
                await asyncio.sleep(0.01)
            await delivery.take_back(tx, case, because="a test")
        await sending
    assert "job.failed" not in {event["event"] for event in said}
    assert desk.inbox.texts("ai") == []
    assert ("ai", "withdrawn", 0) in await claims(desk)


async def test_a_message_that_comes_while_the_AI_drafts_supersedes_the_draft(desk: Desk) -> None:
    case_id = await desk.say(STATUS, ref="C0012")

    async def another() -> None:
        await desk.say("And when will order 10023 be here?", ref="C0012")

    desk.books.thinking = another
    await desk.drain()
    await desk.drain()
    assert (await desk.case(case_id)).turn == 2
    assert len(desk.inbox.texts("ai")) == 1
    (made,) = await desk.rows("SELECT message_id FROM newel.proposal")
    (last,) = await desk.rows("SELECT last_inbound_id AS id FROM newel.cases")
    assert made["message_id"] == last["id"]
    assert await desk.limbo() == []


async def test_INT_5_a_person_who_takes_the_case_while_the_AI_drafts_is_first(desk: Desk) -> None:
    case_id = await desk.say(STATUS, ref="C0012")

    async def taken() -> None:
        await escalation.take_over(desk.house, desk.staff["ivan"], case_id)

    desk.books.thinking = taken
    with capture_logs() as said:
        await desk.drain()
    assert "job.failed" not in {event["event"] for event in said}
    assert (await desk.case(case_id)).state == "owned"
    assert await desk.rows("SELECT FROM newel.proposal") == []
    assert desk.inbox.texts("ai") == []


async def stop(desk: Desk, **scope: str | None) -> UUID:
    given = {"workflow": None, "contact_reason": None, **scope}
    return await kill_switch.engage(desk.house, desk.staff["ivan"], reason="it promises too much", **given)


async def test_INV_1_the_kill_switch_stops_what_has_not_left_and_a_person_has_it(desk: Desk) -> None:
    case_id = await desk.say(STATUS, ref="C0012")
    await desk.drain(without=("delivery",))
    await stop(desk)
    await desk.drain()
    assert desk.inbox.texts("ai") == []
    assert (await desk.case(case_id)).tier == 3


async def test_INV_1_under_the_kill_switch_nothing_new_is_released(desk: Desk) -> None:
    which = await stop(desk, workflow="customer-support", contact_reason="order_status")
    case_id = await desk.say(STATUS, ref="C0012")
    await desk.drain()
    assert desk.inbox.texts("ai") == []
    assert (await desk.case(case_id)).tier == 3
    await kill_switch.release(desk.house, desk.staff["ivan"], which)
    await desk.say("Where is order 10031?")
    await desk.drain()
    assert len(desk.inbox.texts("ai")) == 1


async def test_INV_3_a_text_that_is_not_what_was_released_never_leaves(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id = await desk.say(MARKER)
    await desk.drain()
    async with desk.house.db.tx(TEST) as tx:
        case = await cases.lock(tx, case_id)
        running = await desk.house.running(tx, case.workflow)
        signed = desk.house.envelope.mac("text", fixed_text(running.bundle, "handover", case.language))
        monkeypatch.setattr(type(desk.house.envelope), "mac", lambda *_: signed)
        fixed = Provenance(drafted_by="template", template="handover", policy_id=running.id)
        box = await outbox.add(tx, desk.house.envelope, case, "Send us your password.", fixed)
        await delivery.send(tx, case, box)
    monkeypatch.undo()
    await desk.drain()
    assert "Send us your password." not in desk.inbox.texts("system")
    (row,) = await desk.rows("SELECT state, reason FROM newel.outbox WHERE id = $1", box)
    assert (row["state"], row["reason"]) == ("dead", "text_altered")
    (event,) = await desk.rows(
        "SELECT data->>'reason' AS why FROM newel.audit_event WHERE event = 'outbox.dead' AND entity_id = $1",
        str(box),
    )
    assert event["why"] == "text_altered"
    told = await desk.rows("SELECT address FROM newel.notice WHERE kind = 'text_altered'")
    assert [one["address"] for one in told] == ["role:supervisor"]


async def test_INV_1_kill_switch_and_delivery_at_once_agree_on_an_order(desk: Desk) -> None:
    for n in range(4):
        await desk.say(STATUS, ref="C0012", thread=f"t{n}")
    await desk.drain(without=("delivery",))
    await asyncio.gather(desk.drain(), stop(desk))
    late = await desk.rows(
        "SELECT o.id FROM newel.outbox o JOIN newel.message m ON m.id = o.message_id, newel.audit_event k"
        " JOIN newel.audit_event c ON c.event = 'outbox.claimed' AND c.tx > k.tx"
        " WHERE k.event = 'kill_switch.engaged' AND m.author = 'ai' AND c.entity_id = o.id::text"
        " AND c.seq > k.seq"
    )
    assert late == []


async def test_INV_2_a_scanner_that_fails_sends_the_case_to_a_person(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    running = await desk.house.running(None, "customer-support")  # type: ignore[arg-type]

    def broken(_scanner: object, _message: object) -> None:
        raise RuntimeError("no dictionary")

    monkeypatch.setattr(type(running.scanner), "scan", broken)
    case_id = await desk.say(STATUS, ref="C0012")
    monkeypatch.undo()
    await desk.drain()
    case = await desk.case(case_id)
    assert (case.tier, case.locked) == (3, True)
    (row,) = await desk.rows("SELECT outcome FROM newel.scan_receipt")
    assert row["outcome"] == "failed"
    assert desk.inbox.texts("ai") == []


async def test_INV_3_on_a_case_of_a_person_the_AI_has_nothing_to_do(desk: Desk) -> None:
    for text in (MARKER, PERSON):
        case_id = await desk.say(text, thread=text)
        await desk.say("Where is order 10031?", thread=text)
        kinds = await desk.rows("SELECT kind FROM newel.job WHERE case_id = $1", case_id)
        assert not {row["kind"] for row in kinds} & {"answer", "deflection", "action"}
    await desk.drain()
    assert desk.inbox.texts("ai") == []
    assert await desk.rows("SELECT id FROM newel.proposal") == []


async def test_a_message_is_delivered_once_however_often_it_is_tried(desk: Desk) -> None:
    await desk.say(STATUS, ref="C0012")
    desk.inbox.refusals = 3
    for _ in range(6):
        await desk.drain()
        await desk.pass_time(seconds=40)
    assert len(desk.inbox.got) == 2
    assert {state for _, state, _ in await claims(desk)} == {"delivered"}
