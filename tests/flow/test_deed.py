"""The owner of a case acts by their own authority: once, within limit and ceiling, on their case (INV-12)."""

import asyncio
from uuid import UUID

import pytest
from tests.flow.desk import MARKER, PERSON, Desk

from newel.domain.deed import DeedRefused, Unconfirmed
from newel.domain.errors import Conflict, Forbidden, Invalid, NotFound, StaleToken
from newel.domain.resolution import Category, Resolution
from newel.flow import deed, escalation, resolution, routing
from newel.flow.deed import Asked
from newel.store.deed import Deed

BROKEN = f"{PERSON}: my mug arrived broken, order 10031"
REFUND = Asked(playbook="refund_damaged", act="refund")


async def owned(desk: Desk, by: str = "esme", text: str = BROKEN, **more: str) -> UUID:
    """A T3 case that somebody works."""
    case_id = await desk.say(text, **more)
    await desk.drain()
    (row,) = await desk.rows("SELECT owner_id FROM newel.work_item WHERE case_id = $1", case_id)
    if str(row["owner_id"]) != desk.staff[by].id:
        await routing.assign(desk.house, desk.staff["ivan"], case_id, UUID(desk.staff[by].id))
    return case_id


async def token(desk: Desk, case_id: UUID) -> int:
    (row,) = await desk.rows("SELECT token FROM newel.work_item WHERE case_id = $1", case_id)
    found: int = row["token"]
    return found


async def do(desk: Desk, case_id: UUID, asked: Asked = REFUND, by: str = "esme") -> Deed:
    return await deed.do(desk.house, desk.staff[by], case_id, await token(desk, case_id), asked)


async def write(desk: Desk, case_id: UUID, text: str = "Done.", *, unconfirmed: bool = False) -> None:
    at = await token(desk, case_id)
    await resolution.reply(desk.house, desk.staff["esme"], case_id, at, text, unconfirmed=unconfirmed)


def refunded(desk: Desk) -> list[object]:
    return [one.args["amount_minor"] for one in desk.books.ledger]


async def told(desk: Desk) -> list[str]:
    """What people hear of their acts."""
    return [row["kind"] for row in await desk.rows("SELECT kind FROM newel.notice WHERE kind LIKE 'act.%'")]


async def test_an_act_whose_outcome_nobody_knows_is_told_once_and_not_repeated(desk: Desk) -> None:
    case_id = await owned(desk)
    await do(desk, case_id)
    desk.books.script, desk.books.silent = ["lost"], True
    for _ in range(12):
        await desk.drain()
        await desk.expire_leases()
        await desk.pass_time(seconds=4000)
    assert await told(desk) == ["act.unknown"]
    assert (await desk.actions(), len(desk.books.calls)) == (["unknown"], 1)
    with pytest.raises(DeedRefused, match="under way"):
        await do(desk, case_id)


async def test_INV_12_RES_1_the_owner_refunds_within_their_limit(desk: Desk) -> None:
    case_id = await owned(desk)
    made = await do(desk, case_id)
    assert (made.state, made.authority, made.payload.args["order"]) == ("authorised", "own_limit", "10031")
    assert desk.books.calls == []
    before = len(desk.inbox.got)
    await desk.drain()
    assert refunded(desk) == [1800]
    (done,) = await deed.done(desk.house, desk.staff["esme"], case_id)
    assert (done.state, done.by) == ("confirmed", "Esme Hartley")
    assert done.reference.startswith("R-")
    assert len(desk.inbox.got) == before, "nothing leaves by itself"
    case = await desk.case(case_id)
    assert (case.state, case.tier) == ("owned", 3)
    assert await desk.limbo() == []


async def test_INV_11_pressed_twice_it_is_done_once(desk: Desk) -> None:
    case_id = await owned(desk)
    asked = Asked(playbook="refund_damaged", act="refund", key="one press")
    first, second = await asyncio.gather(do(desk, case_id, asked), do(desk, case_id, asked))
    assert first.id == second.id
    await desk.drain()
    third = await do(desk, case_id, asked)
    assert (third.id, third.state) == (first.id, "confirmed")
    await desk.drain()
    assert refunded(desk) == [1800]
    with pytest.raises(Conflict, match="another act"):
        await do(
            desk, case_id, Asked(playbook="refund_damaged", act="refund", amount_minor=5, key="one press")
        )


async def test_INV_11_without_a_key_the_same_is_not_begun_while_it_is_under_way(desk: Desk) -> None:
    case_id = await owned(desk)
    await do(desk, case_id)
    with pytest.raises(DeedRefused, match="under way") as refused:
        await do(desk, case_id)
    assert refused.value.data["reason"] == "under_way"


@pytest.mark.parametrize("how", ["dies_before", "dies_after", "lost", "late", "away"])
async def test_INV_11_whatever_becomes_of_the_call_the_ledger_counts_one(desk: Desk, how: str) -> None:
    case_id = await owned(desk)
    await do(desk, case_id)
    desk.books.script = [how]
    for _ in range(5):
        await desk.drain()
        await desk.expire_leases()
    desk.books.land()
    await desk.drain()
    assert (refunded(desk), await desk.actions()) == ([1800], ["confirmed"])


async def test_INV_12_less_is_given_by_hand_but_never_more_than_was_paid(desk: Desk) -> None:
    case_id = await owned(desk)
    for amount in (0, -5, 2196):
        with pytest.raises(DeedRefused, match="at most what was paid"):
            await do(desk, case_id, Asked(playbook="refund_damaged", act="refund", amount_minor=amount))
    await do(desk, case_id, Asked(playbook="refund_damaged", act="refund", amount_minor=1000))
    await desk.drain()
    assert refunded(desk) == [1000]


async def test_INV_12_above_the_own_limit_it_says_who_may(desk: Desk) -> None:
    case_id = await owned(desk)
    await desk.rows("UPDATE newel.staff SET limit_minor = 1799 WHERE login = 'esme'")
    with pytest.raises(DeedRefused, match=r"your limit of 17\.99") as refused:
        await do(desk, case_id)
    assert refused.value.data["reason"] == "over_limit"
    assert "Amara" in refused.value.message
    await desk.rows("UPDATE newel.staff SET limit_minor = 0 WHERE login = 'esme'")
    with pytest.raises(DeedRefused, match="no limit of your own"):
        await do(desk, case_id)
    await desk.drain()
    assert (refunded(desk), await desk.actions()) == ([], [])


async def test_INV_12_a_limit_that_is_lowered_meanwhile_holds_when_it_is_executed(desk: Desk) -> None:
    case_id = await owned(desk)
    await do(desk, case_id)
    await desk.rows("UPDATE newel.staff SET limit_minor = 1799 WHERE login = 'esme'")
    await desk.drain()
    assert (refunded(desk), await desk.actions()) == ([], ["void"])
    assert await told(desk) == ["act.void"]


async def test_INV_12_the_ceiling_counts_what_was_given_in_all_cases(desk: Desk) -> None:
    """Lifetime value unknown: 25.00 in 90 days, whatever the limit of the person."""
    case_id = await owned(desk)
    await do(desk, case_id)
    await desk.drain()
    with pytest.raises(DeedRefused, match=r"at most 7\.00") as refused:
        await do(desk, case_id)
    assert refused.value.data["reason"] == "above_ceiling"
    other = await owned(desk, text=f"{PERSON}, order 10031", thread="another")
    with pytest.raises(DeedRefused, match="ceiling"):
        await do(desk, other)


async def test_INV_12_nobody_acts_on_a_case_that_is_anothers(desk: Desk) -> None:
    case_id = await owned(desk)
    with pytest.raises(StaleToken):
        await do(desk, case_id, by="ivan")
    with pytest.raises(StaleToken):
        await deed.do(desk.house, desk.staff["esme"], case_id, await token(desk, case_id) + 1, REFUND)
    with pytest.raises(Forbidden):
        await do(desk, case_id, by="june")
    with pytest.raises(Forbidden):
        await deed.done(desk.house, desk.staff["ben"], case_id)
    await desk.rows(
        "UPDATE newel.staff SET customer_id = (SELECT customer_id FROM newel.cases) WHERE login = 'esme'"
    )
    with pytest.raises(DeedRefused, match="benefit"):
        await do(desk, case_id)


async def test_INV_17_a_record_of_somebody_else_fills_nothing(desk: Desk) -> None:
    case_id = await owned(desk)
    other = Asked(playbook="refund_damaged", act="refund", slots={"order": "10044"})
    with pytest.raises(Conflict, match="somebody else's"):
        await do(desk, case_id, other)
    nowhere = Asked(playbook="refund_damaged", act="refund", slots={"order": "that one"})
    with pytest.raises(Invalid, match="order"):
        await do(desk, case_id, nowhere)
    with pytest.raises(NotFound):
        await do(desk, case_id, Asked(playbook="refund_damaged", act="credit"))
    with pytest.raises(NotFound):
        await do(desk, case_id, Asked(playbook="none", act="refund"))


async def test_INV_12_what_the_customer_did_not_write_is_said_by_hand(desk: Desk) -> None:
    case_id = await owned(desk, text=PERSON)
    await do(desk, case_id, Asked(playbook="refund_damaged", act="refund", slots={"order": "10031"}))
    await desk.drain()
    assert desk.books.ledger[0].args["order"] == "10031"


async def test_INV_12_a_locked_case_and_the_kill_switch_stop_no_person(desk: Desk) -> None:
    case_id = await owned(desk, text=f"{MARKER} Order 10031 was broken.")
    await do(desk, case_id)
    await desk.drain()
    assert refunded(desk) == [1800]


async def test_INV_19_nothing_is_written_of_an_act_that_is_not_confirmed(desk: Desk) -> None:
    case_id = await owned(desk)
    await do(desk, case_id)
    with pytest.raises(Unconfirmed):
        await write(desk, case_id)
    with pytest.raises(Unconfirmed):
        await resolution.resolve(
            desk.house,
            desk.staff["esme"],
            case_id,
            await token(desk, case_id),
            Resolution(category=Category.RESOLVED),
        )
    await write(desk, case_id, "I am looking into it.", unconfirmed=True)
    desk.books.script = ["late"]
    await desk.drain()
    assert await desk.actions() == ["unknown"]
    with pytest.raises(Unconfirmed):
        await write(desk, case_id)
    desk.books.land()
    await desk.pass_time(seconds=10)
    await desk.drain()
    await write(desk, case_id)
    await desk.drain()
    assert desk.inbox.texts("person") == ["I am looking into it.", "Done."]


async def test_an_own_act_that_is_slow_makes_its_case_no_more_urgent(desk: Desk) -> None:
    case_id = await owned(desk, text="Could somebody paint what came with order 10031?")
    await do(desk, case_id)
    desk.books.script = ["late"]
    await desk.drain()
    assert await desk.actions() == ["unknown"]
    (item,) = await desk.rows("SELECT priority, state, owner_id FROM newel.work_item")
    assert (item["priority"], item["state"]) == (3, "owned")
    assert str(item["owner_id"]) == desk.staff["esme"].id


async def test_a_refused_act_stays_with_its_owner(desk: Desk) -> None:
    case_id = await owned(desk)
    await do(desk, case_id)
    desk.books.script = ["refuse"]
    await desk.drain()
    (done,) = await deed.done(desk.house, desk.staff["esme"], case_id)
    assert (done.state, (await desk.case(case_id)).state) == ("refused", "owned")
    assert await told(desk) == ["act.refused"]
    await do(desk, case_id)
    await desk.drain()
    assert refunded(desk) == [1800]


async def test_an_act_goes_on_when_its_case_passes_to_another(desk: Desk) -> None:
    case_id = await owned(desk)
    await do(desk, case_id)
    await escalation.take_over(desk.house, desk.staff["ivan"], case_id)
    await desk.drain()
    (done,) = await deed.done(desk.house, desk.staff["ivan"], case_id)
    assert (done.state, done.by, refunded(desk)) == ("confirmed", "Esme Hartley", [1800])
