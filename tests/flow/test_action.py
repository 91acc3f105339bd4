"""Approval and action on the real database: authority for exactly this, and at most once (INV-11, 12, 19)."""

import asyncio

import pytest
from tests.flow.desk import MARKER, REFUND, RESET, RESHIP, STATUS, Desk

from newel.domain.errors import Conflict, Forbidden
from newel.store import answer as answers


async def test_a_fact_is_answered_with_the_disclosure_first(desk: Desk) -> None:
    case_id = await desk.say(STATUS, ref="C0012")
    await desk.drain()
    case = await desk.case(case_id)
    assert (case.state, case.tier) == ("waiting", 1)
    assert desk.inbox.texts("system") == [desk.messages["ai_disclosure"]]
    (answer,) = desk.inbox.texts("ai")
    assert "PW10023GB" in answer


async def test_INV_11_approved_it_executes_once_and_the_reply_leaves_then(desk: Desk) -> None:
    case_id = await desk.proposed()
    assert desk.books.calls == []
    assert await desk.approve(case_id) == "approved"
    assert desk.inbox.texts("person") == []
    await desk.drain()
    assert [(r.action, r.args["amount_minor"]) for r in desk.books.ledger] == [("refund", 1800)]
    (reply,) = desk.inbox.texts("person")
    assert "refunded" in reply
    assert (await desk.case(case_id)).state == "waiting"


async def test_INV_11_approving_twice_is_one_decision(desk: Desk) -> None:
    case_id = await desk.proposed()
    found = await desk.pending(case_id)
    assert found is not None
    ended = await asyncio.gather(
        desk.decide("amara", found), desk.decide("esme", found), return_exceptions=True
    )
    assert sorted(str(type(e).__name__) for e in ended) == ["Conflict", "str"]
    with pytest.raises(Conflict, match="decided or ended before"):
        await desk.decide("ivan", found)
    await desk.drain()
    assert len(desk.books.ledger) == 1


HOWS = ["dies_before", "dies_after", "lost", "late", "away"]


@pytest.mark.parametrize("how", HOWS)
async def test_INV_11_whatever_becomes_of_the_call_the_ledger_counts_one(desk: Desk, how: str) -> None:
    case_id = await desk.proposed()
    await desk.approve(case_id)
    desk.books.script = [how]
    await desk.drain()
    assert desk.inbox.texts("person") == []
    for _ in range(4):
        await desk.expire_leases()
        await desk.drain()
    desk.books.land()
    await desk.drain()
    assert len(desk.books.ledger) == 1
    assert await desk.actions() == ["confirmed"]
    assert len(desk.inbox.texts("person")) == 1
    assert await desk.limbo() == []


async def test_INV_11_a_call_without_a_key_is_never_repeated(desk: Desk) -> None:
    case_id = await desk.proposed(RESHIP)
    await desk.approve(case_id)
    desk.books.script = ["late"]
    for _ in range(12):
        await desk.expire_leases()
        await desk.drain()
        await desk.pass_time(seconds=400)
    assert len(desk.books.calls) == 1
    case = await desk.case(case_id)
    assert (case.tier, case.priority) == (3, 2)
    assert desk.inbox.texts("person") == []
    desk.books.land()
    await desk.pass_time(hours=1)
    await desk.drain()
    assert len(desk.books.ledger) == 1
    assert await desk.actions() == ["confirmed"]
    assert desk.inbox.texts("system").count(desk.messages["action_confirmed"]) == 1


async def test_INV_11_two_workers_with_one_job_make_one_call(desk: Desk) -> None:
    case_id = await desk.proposed()
    await desk.approve(case_id)

    async def another_worker() -> None:
        await desk.expire_leases()
        await desk.drain()

    desk.books.meanwhile = another_worker
    await desk.drain()
    await desk.expire_leases()
    await desk.drain()
    assert len(desk.books.ledger) == 1
    assert await desk.actions() == ["confirmed"]
    assert len(desk.inbox.texts("person")) == 1


async def test_a_refused_action_goes_to_a_person_and_its_reply_never_leaves(desk: Desk) -> None:
    case_id = await desk.proposed()
    await desk.approve(case_id)
    desk.books.script = ["refuse"]
    await desk.drain()
    assert (await desk.case(case_id)).tier == 3
    assert desk.inbox.texts("person") == []
    assert desk.inbox.texts("ai") == []


async def test_INV_12_a_person_without_the_right_does_not_approve(desk: Desk) -> None:
    case_id = await desk.proposed()
    for login in ("ben", "june"):
        with pytest.raises(Forbidden):
            await desk.approve(case_id, login)
    await desk.rows("UPDATE newel.staff SET roles = '{resolver}' WHERE login = 'chloe'")
    with pytest.raises(Forbidden, match="active approver"):
        await desk.approve(case_id, "chloe")
    await desk.rows("UPDATE newel.staff SET limit_minor = 1799 WHERE login = 'amara'")
    with pytest.raises(Forbidden, match="limit"):
        await desk.approve(case_id, "amara")
    await desk.rows(
        "UPDATE newel.staff SET customer_id = (SELECT customer_id FROM newel.cases) WHERE login = 'esme'"
    )
    with pytest.raises(Forbidden, match="benefit"):
        await desk.approve(case_id, "esme")
    await desk.drain()
    assert desk.books.ledger == []


async def test_INV_12_an_edit_binds_what_was_edited(desk: Desk) -> None:
    case_id = await desk.proposed()
    found = await desk.pending(case_id)
    assert found is not None
    await desk.decide("amara", found, "edit", text="You get 10.00 back.", amount_minor=1000)
    await desk.drain()
    assert [r.args["amount_minor"] for r in desk.books.ledger] == [1000]
    assert desk.inbox.texts("person") == ["You get 10.00 back."]


async def test_INV_12_an_approval_expires_unheard(desk: Desk) -> None:
    case_id = await desk.proposed()
    found = await desk.pending(case_id)
    assert found is not None
    await desk.pass_time(hours=2)
    with pytest.raises(Conflict):
        await desk.decide("amara", found)
    (row,) = await desk.rows("SELECT state FROM newel.approval WHERE id = $1", found)
    assert row["state"] == "expired"
    await desk.drain()
    assert desk.books.ledger == []
    assert (await desk.case(case_id)).tier == 3


async def test_INV_12_a_newer_message_undoes_the_approval_before_execution(desk: Desk) -> None:
    case_id = await desk.proposed()
    await desk.approve(case_id)
    await desk.say("Actually, only half of it is broken")
    await desk.drain()
    assert desk.books.ledger == []
    assert await desk.actions() == ["void"]
    assert (await desk.case(case_id)).tier == 3


async def test_INV_12_a_payload_swapped_behind_the_guards_is_not_executed(desk: Desk) -> None:
    """Even by the database's owner: the sealed arguments are held against what was authorised."""
    case_id = await desk.proposed()
    await desk.approve(case_id)
    (act,) = await desk.rows("SELECT id, args_sealed FROM newel.action")
    sealer, place = (await desk.case(case_id)).sealer(desk.house.envelope), f"action.args:{act['id']}"
    dearer = sealer.open(place, act["args_sealed"]).replace(b"1800", b"9900")
    await desk.rows("ALTER TABLE newel.action DISABLE TRIGGER ALL")
    await desk.rows("UPDATE newel.action SET args_sealed = $1", sealer.seal(place, dearer))
    await desk.rows("ALTER TABLE newel.action ENABLE TRIGGER ALL")
    await desk.drain()
    assert desk.books.calls == []


async def test_INV_12_the_cap_of_a_customer_holds_over_their_cases(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lifetime value unknown: 25.00 in 90 days. Two of 18.00 are approved at the same moment, neither of
    which the other sees: the second to be called goes to a person.
    """

    async def nothing(*_: object) -> int:
        return 0

    first = await desk.proposed(thread="one")
    second = await desk.proposed("Give my money back for the chipped cup, refund 10031", thread="two")
    monkeypatch.setattr(answers, "spent", nothing)
    await desk.approve(first)
    await desk.approve(second)
    await desk.drain()
    assert len(desk.books.ledger) == 1
    assert sorted(await desk.actions()) == ["confirmed", "void"]
    assert {(await desk.case(first)).tier, (await desk.case(second)).tier} == {2, 3}


async def test_INV_12_what_is_autonomous_runs_without_a_person(desk: Desk) -> None:
    case_id = await desk.say(RESET)
    await desk.drain()
    case = await desk.case(case_id)
    assert [r.action for r in desk.books.ledger] == ["password_reset"], case
    assert len(desk.inbox.texts("ai")) == 1


async def test_INV_19_a_marker_between_approval_and_confirmation_withdraws_the_text(desk: Desk) -> None:
    case_id = await desk.proposed()
    await desk.approve(case_id)

    async def marker() -> None:
        await desk.say(MARKER)

    desk.books.meanwhile = marker
    await desk.drain()
    case = await desk.case(case_id)
    assert (case.tier, case.locked) == (3, True)
    assert await desk.actions() == ["confirmed"]
    assert desk.inbox.texts("person") == []
    assert desk.inbox.texts("ai") == []
    assert desk.messages["action_confirmed"] in desk.inbox.texts("system")


@pytest.mark.parametrize("text", [REFUND, RESET])
async def test_INV_19_a_marker_between_confirmation_and_delivery_withdraws_the_text(
    desk: Desk, text: str
) -> None:
    case_id = await desk.say(text)
    await desk.drain(without=("delivery",))
    if await desk.pending(case_id):
        await desk.approve(case_id)
        await desk.drain(without=("delivery",))
    assert await desk.actions() == ["confirmed"]
    await desk.say(MARKER)
    await desk.drain()
    assert desk.inbox.texts("person") == []
    assert desk.inbox.texts("ai") == []
    assert desk.inbox.texts("system").count(desk.messages["action_confirmed"]) == 1


async def test_INV_19_another_plain_message_does_not_take_the_confirmation_away(desk: Desk) -> None:
    case_id = await desk.proposed()
    await desk.approve(case_id)
    await desk.drain(without=("delivery",))
    await desk.say("Where is order 10031?")
    await desk.drain()
    assert any("refunded" in text for text in desk.inbox.texts("person"))
    assert (await desk.case(case_id)).tier == 2
