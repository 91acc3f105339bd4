"""Approvals decided together, withdrawn, and edits that the ceiling forbids."""

from datetime import timedelta
from uuid import UUID, uuid4

import msgspec
import pytest
from tests.flow.desk import REFUND, RESHIP, TEST, Desk
from tests.flow.outside import ORDERS, order

from newel.domain.access import Actor
from newel.domain.approval import AboveCeiling
from newel.domain.errors import Conflict, Forbidden, Invalid, NotFound
from newel.domain.inbox import Refusal
from newel.flow import approval, kill_switch, selection
from newel.store import answer as answers
from newel.store import case as cases


@pytest.fixture(autouse=True)
def orders(monkeypatch: pytest.MonkeyPatch) -> None:
    """An order of its own for each of three customers."""
    for no, customer in (("10051", "C0051"), ("10052", "C0052"), ("10053", "C0053")):
        monkeypatch.setitem(ORDERS, no, order(no, customer, "delivered", 2400))


async def waiting(desk: Desk, *texts: str) -> list[UUID]:
    found = []
    for n, text in enumerate(texts, 1):
        case_id = await desk.proposed(text.replace("10031", f"1005{n}"), ref=f"C005{n}")
        one = await desk.pending(case_id)
        assert one is not None
        found.append(one)
    return found


async def test_TIR_5_an_edit_above_the_ceiling_is_refused_and_nothing_is_written(desk: Desk) -> None:
    (one,) = await waiting(desk, REFUND)
    before = await desk.rows("SELECT count(*) AS n FROM newel.audit_event")
    await desk.rows("UPDATE newel.staff SET limit_minor = 100000 WHERE login = 'amara'")
    with pytest.raises(AboveCeiling) as refused:
        await desk.decide("amara", one, "edit", amount_minor=2600)
    assert refused.value.data == {"amount_minor": 2600, "ceiling_minor": 2500}
    assert await desk.rows("SELECT count(*) AS n FROM newel.audit_event") == before
    assert await desk.decide("amara", one, "edit", amount_minor=2500) == "approved"
    await desk.drain()
    assert [call.args["amount_minor"] for call in desk.books.ledger] == [2500]


async def test_TIR_5_what_may_have_been_paid_out_counts_at_the_next_decision(desk: Desk) -> None:
    """25.00 in 90 days: after 18.00 nobody is asked to approve a second 18.00, neither while nobody knows
    whether the first has happened, nor once it has; another customer's money is their own.
    """
    first = await desk.proposed(thread="one")
    desk.books.script, desk.books.silent = ["lost"], True
    await desk.approve(first)
    await desk.drain()
    second = await desk.say("The cup is chipped, refund 10031", thread="two")
    await desk.drain()
    assert await desk.actions() == ["unknown"]
    assert ((await desk.case(second)).tier, await desk.pending(second)) == (3, None)
    desk.books.silent = False
    await desk.pass_time(seconds=60)
    await desk.drain()
    assert await desk.actions() == ["confirmed"]
    third = await desk.say("And the saucer, refund 10031", thread="three")
    await desk.drain()
    assert ((await desk.case(third)).tier, await desk.pending(third)) == (3, None)
    await desk.proposed(REFUND.replace("10031", "10051"), ref="C0051")
    async with desk.house.db.tx(TEST) as tx:
        who, since = (await cases.read(tx, first)).customer_id, tx.now - timedelta(days=90)
        assert await answers.spent(tx, who, "refund", since) == 1800
        assert await answers.spent(tx, who, "goodwill", since) == 0
        assert await answers.spent(tx, who, "refund", tx.now) == 0


async def test_TIR_5_what_is_authorised_and_not_yet_called_counts_at_the_next_decision(desk: Desk) -> None:
    """25.00 in 90 days: while 18.00 wait for their call nobody is asked for another 18.00."""
    await desk.approve(await desk.proposed(thread="one"))
    second = await desk.say("The cup is chipped, refund 10031", thread="two")
    await desk.drain(without=("action",))
    assert await desk.actions() == ["authorised"]
    assert ((await desk.case(second)).tier, await desk.pending(second)) == (3, None)


async def test_TIR_5_what_is_authorised_and_not_yet_called_counts_at_the_next_approval(desk: Desk) -> None:
    """Two of 18.00 wait for approval at once: the second is above what the first has left, edit or not."""
    first = await desk.proposed(thread="one")
    second = await desk.proposed("The cup is chipped, refund 10031", thread="two")
    await desk.approve(first)
    for decision in ("approve", "edit"):
        found = await desk.pending(second)
        assert found is not None
        with pytest.raises(AboveCeiling) as refused:
            await desk.decide("amara", found, decision)
        assert refused.value.data == {"amount_minor": 1800, "ceiling_minor": 700}
    assert await desk.actions() == ["authorised"]
    assert await desk.decide("amara", found, "edit", amount_minor=700) == "approved"
    await desk.drain()
    assert await desk.actions() == ["confirmed"] * 2
    assert sorted(call.args["amount_minor"] for call in desk.books.ledger) == [700, 1800]


async def test_TIR_5_what_was_refused_counts_no_more(desk: Desk) -> None:
    desk.books.script = ["refuse"]
    await desk.approve(await desk.proposed(thread="one"))
    await desk.drain()
    assert await desk.actions() == ["refused"]
    await desk.proposed("The cup is chipped, refund 10031", thread="two")


@pytest.mark.parametrize(("entry", "becomes"), [("ceiling", "invalidated"), ("elsewhere", "approved")])
async def test_INV_12_an_approval_binds_the_policy_by_which_it_was_asked_for(
    desk: Desk, entry: str, becomes: str
) -> None:
    found = await desk.pending(await desk.proposed())
    assert found is not None
    ceilings = dict(desk.bundle.ceilings)
    which = "refund" if entry == "ceiling" else "goodwill"
    ceilings[which] = msgspec.structs.replace(ceilings[which], cap_minor=1000)
    desk.amend(ceilings=ceilings)
    if becomes == "invalidated":
        with pytest.raises(Conflict, match="what it bound has changed"):
            await desk.decide("amara", found)
    else:
        await desk.decide("amara", found)
    (row,) = await desk.rows("SELECT state FROM newel.approval WHERE id = $1", found)
    assert row["state"] == becomes


async def test_TIR_6_several_of_one_class_are_decided_each_by_itself(desk: Desk) -> None:
    first, second, third = await waiting(desk, REFUND, REFUND, REFUND)
    await desk.decide("chloe", second, "reject", why=Refusal.WRONG_ACTION, note="twice")
    amara = desk.staff["amara"]
    done = await selection.decide_all(
        desk.house, amara, [first, second, third, first], "reject", note="all of them"
    )
    assert [(one.id, one.state, one.refused and one.refused.code) for one in done] == [
        (first, "rejected", None),
        (second, "rejected", "conflict"),
        (third, "rejected", None),
    ]
    events = await desk.rows("SELECT FROM newel.audit_event WHERE event = 'approval.rejected'")
    assert len(events) == 3


async def test_TIR_6_different_classes_are_not_decided_together(desk: Desk) -> None:
    first, second = await waiting(desk, REFUND, RESHIP)
    amara = desk.staff["amara"]
    with pytest.raises(Invalid, match="one action class"):
        await selection.decide_all(desk.house, amara, [first, second], "approve")
    with pytest.raises(NotFound):
        await selection.decide_all(desk.house, amara, [first, uuid4()], "approve")
    with pytest.raises(Invalid):
        await selection.decide_all(desk.house, amara, [], "approve")
    states = await desk.rows("SELECT DISTINCT state FROM newel.approval")
    assert [row["state"] for row in states] == ["pending"]


async def test_TIR_6_staff_withdraw_and_a_person_has_the_case(desk: Desk) -> None:
    (one,) = await waiting(desk, REFUND)
    robot = Actor(kind="service", id="robot", scopes=frozenset({"approve"}))
    for stranger in (robot, desk.staff["ben"]):
        with pytest.raises(Forbidden):
            await approval.withdraw(desk.house, stranger, one, "not needed")
    await approval.withdraw(desk.house, desk.staff["amara"], one, "the order was cancelled")
    with pytest.raises(Conflict):
        await desk.decide("amara", one)
    (row,) = await desk.rows("SELECT state FROM newel.approval")
    assert row["state"] == "withdrawn"
    (case,) = await desk.rows("SELECT state FROM newel.cases")
    assert case["state"] == "queued"
    assert await desk.limbo() == []


async def test_TIR_14_who_may_stop_the_ai_sees_what_is_stopped(desk: Desk) -> None:
    june, ben = desk.staff["june"], desk.staff["ben"]
    scopes = ((None, None), ("customer-support", None), ("customer-support", "order_status"))
    for workflow, reason in scopes:
        await kill_switch.engage(
            desk.house, june, workflow=workflow, contact_reason=reason, reason="wrong answers"
        )
    for person in (june, ben):
        found = await kill_switch.engaged(desk.house, person)
        assert [(one.workflow, one.contact_reason) for one in found] == list(scopes)
    with pytest.raises(Forbidden):
        await kill_switch.engaged(desk.house, Actor(kind="service", id="robot"))
    for one in found:
        await kill_switch.release(desk.house, june, one.id)
    assert await kill_switch.engaged(desk.house, june) == []


async def test_LRN_1_what_an_approver_decides_is_learnt_from(desk: Desk) -> None:
    case_id = await desk.proposed(REFUND)
    await desk.approve(case_id)
    await desk.drain()
    found = await desk.rows("SELECT kind, state FROM newel.feedback WHERE case_id = $1", case_id)
    assert [(row["kind"], row["state"]) for row in found] == [("approval", "ingested")]
    labels = await desk.rows(
        "SELECT l.use, l.right_answer FROM newel.label l JOIN newel.feedback f ON f.id = l.feedback_id"
    )
    assert ("calibration", True) in {(row["use"], row["right_answer"]) for row in labels}
