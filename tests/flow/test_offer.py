"""Recommendations on the desk: shown to who works the case, used or not, never where anything is wrong."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from tests.flow.desk import RESET, Desk

from newel.domain.access import Actor
from newel.domain.errors import Conflict, Forbidden, NotFound
from newel.domain.offer import Bar
from newel.flow import merge, offer, routing
from newel.store import offer as rows
from newel.store.case import Case
from newel.store.db import Guarded

BEN = "ben"
STATUS = "Where is order 99999?"
LAWYER = "I will call my lawyer about this."
PUT = (
    "INSERT INTO newel.offer (id, case_id, episode, customer_id, workflow, name, state, policy_id, shown_to,"
    " shown_at) SELECT $2, c.id, c.episode, c.customer_id, c.workflow, 'moss_bowl', 'shown', c.policy_id, $3,"
    " newel.now() FROM newel.cases c WHERE c.id = $1"
)


@pytest.fixture(autouse=True)
def lists_orders(desk: Desk) -> None:
    """What offers look up."""
    desk.books.lists_orders = True


async def taken(desk: Desk, by: str = BEN, **more: str) -> UUID:
    """There is no such order: the AI has no answer, and somebody works the case."""
    case_id = await desk.say(STATUS, **more)
    await desk.drain()
    (row,) = await desk.rows("SELECT owner_id FROM newel.work_item WHERE case_id = $1", case_id)
    if str(row["owner_id"]) != desk.staff[by].id:
        await routing.assign(desk.house, desk.staff["ivan"], case_id, UUID(desk.staff[by].id))
    return case_id


async def token(desk: Desk, case_id: UUID) -> int:
    (row,) = await desk.rows(
        "SELECT token FROM newel.work_item WHERE case_id = $1 AND state IN ('queued', 'owned')", case_id
    )
    found: int = row["token"]
    return found


async def fitting(desk: Desk, case_id: UUID, login: str = BEN) -> tuple[list[str], Bar | None]:
    found = await offer.fitting(desk.house, desk.staff[login], case_id)
    return [one.name for one in found.offers], found.withheld


async def states(desk: Desk) -> list[tuple[str, str]]:
    rows = await desk.rows("SELECT name, state FROM newel.offer ORDER BY shown_at")
    return [(row["name"], row["state"]) for row in rows]


async def events(desk: Desk) -> list[str]:
    found = "SELECT event FROM newel.audit_event WHERE event LIKE 'offer.%' ORDER BY seq"
    return [row["event"] for row in await desk.rows(found)]


async def past_guards(desk: Desk, statement: str) -> None:
    """A row is as it would be otherwise, whatever guards its way there."""
    await desk.rows(f"DO $do$ BEGIN SET LOCAL session_replication_role = replica; {statement}; END $do$")


async def test_WRK_2_what_fits_is_shown_with_why_and_used_once(desk: Desk) -> None:
    case_id = await taken(desk)
    before = len(desk.inbox.got)
    found = await offer.fitting(desk.house, desk.staff[BEN], case_id)
    (one,) = found.offers
    assert one.name == "moss_bowl"
    assert one.because.startswith(
        "Order 10031, delivered on Sunday 15 November 2026, holds Stoneware mug, moss"
    )
    assert one.text.startswith("If you like your moss mug")
    assert "£21.00" in one.text
    assert await fitting(desk, case_id) == (["moss_bowl"], None)
    await offer.use(desk.house, desk.staff[BEN], case_id, await token(desk, case_id), "moss_bowl")
    assert await states(desk) == [("moss_bowl", "used")]
    assert await events(desk) == ["offer.shown", "offer.used"]
    with pytest.raises(Conflict):
        await offer.use(desk.house, desk.staff[BEN], case_id, await token(desk, case_id), "moss_bowl")
    assert await fitting(desk, case_id) == ([], None)
    await desk.drain()
    assert len(desk.inbox.got) == before
    (counted,) = await offer.uptakes(desk.house, desk.staff["ivan"], 30)
    assert (counted.name, counted.shown, counted.used, counted.dismissed) == ("moss_bowl", 1, 1, 0)


async def test_WRK_2_what_was_dismissed_rests_for_this_customer(desk: Desk) -> None:
    case_id = await taken(desk)
    await fitting(desk, case_id)
    with pytest.raises(NotFound):
        await offer.dismiss(desk.house, desk.staff[BEN], case_id, await token(desk, case_id), "never_was")
    await offer.dismiss(desk.house, desk.staff[BEN], case_id, await token(desk, case_id), "moss_bowl")
    assert await events(desk) == ["offer.shown", "offer.dismissed"]
    assert await fitting(desk, case_id) == ([], None)
    await past_guards(desk, "UPDATE newel.offer SET episode = 0")
    assert await fitting(desk, case_id) == ([], None)
    await past_guards(desk, "UPDATE newel.offer SET ended_at = ended_at - interval '91 days'")
    assert await fitting(desk, case_id) == (["moss_bowl"], None)


async def test_WRK_2_only_who_works_the_case_is_shown_anything(desk: Desk) -> None:
    case_id = await taken(desk)
    for actor in (desk.staff["amara"], Actor(kind="service", id="crm", scopes=frozenset({"work"}))):
        with pytest.raises(Forbidden):
            await offer.fitting(desk.house, actor, case_id)
    assert await states(desk) == []
    with pytest.raises(Forbidden):
        await offer.uptakes(desk.house, Actor(kind="service", id="crm"), 30)


async def test_WRK_2_the_customer_has_said_no_to_marketing(desk: Desk) -> None:
    case_id = await taken(desk, ref="C0020")
    assert await fitting(desk, case_id) == ([], None)


async def test_WRK_2_a_system_that_is_away_makes_no_error(desk: Desk) -> None:
    case_id = await taken(desk)
    desk.books.away = True
    assert await fitting(desk, case_id) == ([], None)


async def test_WRK_2_a_page_that_looks_again_asks_no_system_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id, asked = await taken(desk), 0

    async def counted() -> None:
        nonlocal asked
        asked += 1
        desk.books.thinking = counted

    desk.books.thinking = counted
    assert await fitting(desk, case_id) == (["moss_bowl"], None)
    first = asked
    assert first > 0
    assert await fitting(desk, case_id) == (["moss_bowl"], None)
    assert asked == first
    await past_guards(desk, "UPDATE newel.sla_target SET breached_at = newel.now()")
    assert await fitting(desk, case_id) == ([], Bar.LATE)
    await past_guards(desk, "UPDATE newel.sla_target SET breached_at = NULL")
    monkeypatch.setattr(offer, "KEPT_SECONDS", -1.0)
    assert await fitting(desk, case_id) == (["moss_bowl"], None)
    assert asked == 2 * first


@pytest.mark.parametrize(
    ("why", "statement"),
    [
        (Bar.VULNERABLE, "UPDATE newel.customer SET vulnerable = true"),
        (Bar.LATE, "UPDATE newel.sla_target SET breached_at = newel.now()"),
        (Bar.ASSIST, "UPDATE newel.cases SET assist = 1"),
        (Bar.TRIGGERED, "UPDATE newel.scan_receipt SET markers = '{risk_words.refund}'"),
        (Bar.UNSCANNED, "UPDATE newel.scan_receipt SET outcome = 'failed', locked = true, tier_floor = 3"),
        (Bar.MONEY_BACK, "UPDATE newel.cases SET contact_reason = 'refund_damaged'"),
    ],
)
async def test_WRK_2_where_something_is_wrong_nothing_is_shown(desk: Desk, why: Bar, statement: str) -> None:
    case_id = await taken(desk)
    await past_guards(desk, statement)
    assert await fitting(desk, case_id) == ([], why)
    assert await states(desk) == []


async def test_WRK_2_a_marker_that_comes_meanwhile_takes_the_offer_back(desk: Desk) -> None:
    case_id = await taken(desk, "esme")

    async def complains() -> None:
        await desk.say(LAWYER)

    desk.books.thinking = complains
    assert await fitting(desk, case_id, "esme") == ([], Bar.LOCKED)
    assert await states(desk) == []


async def test_WRK_2_what_was_shown_before_a_marker_is_not_used_after_it(desk: Desk) -> None:
    case_id, esme = await taken(desk, "esme"), desk.staff["esme"]
    assert await fitting(desk, case_id, "esme") == (["moss_bowl"], None)
    await desk.say(LAWYER)
    with pytest.raises(Conflict, match="locked"):
        await offer.use(desk.house, esme, case_id, await token(desk, case_id), "moss_bowl")
    await offer.dismiss(desk.house, esme, case_id, await token(desk, case_id), "moss_bowl")
    assert await states(desk) == [("moss_bowl", "dismissed")]


async def test_WRK_2_another_case_of_the_customer_that_is_locked_is_enough(desk: Desk) -> None:
    case_id = await taken(desk)
    await desk.say(LAWYER, thread="another")
    assert await fitting(desk, case_id) == ([], Bar.ELSEWHERE)


async def test_WRK_2_after_an_act_that_was_refused_nothing_is_shown(desk: Desk) -> None:
    desk.books.script = ["refuse"]
    case_id = await desk.say(RESET)
    await desk.drain()
    assert await desk.actions() == ["refused"]
    (row,) = await desk.rows("SELECT owner_id FROM newel.work_item WHERE case_id = $1", case_id)
    login = next(login for login, actor in desk.staff.items() if actor.id == str(row["owner_id"]))
    assert await fitting(desk, case_id, login) == ([], Bar.FAILED)


async def test_WRK_2_a_trigger_of_a_case_that_was_merged_into_it_is_enough(desk: Desk) -> None:
    case_id = await taken(desk, "esme")
    other = await desk.say("I want a refund for order 10031", thread="another")
    await desk.drain()
    await merge.merge(desk.house, desk.staff["ivan"], other, case_id)
    assert (await fitting(desk, case_id, "esme"))[1] in {Bar.LOCKED, Bar.TRIGGERED}
    await past_guards(desk, "UPDATE newel.cases SET locked = false")
    assert await fitting(desk, case_id, "esme") == ([], Bar.TRIGGERED)


async def test_WRK_2_what_left_the_desk_is_no_longer_offered_on(desk: Desk) -> None:
    case_id = await taken(desk)
    await routing.hand_back(
        desk.house, desk.staff[BEN], case_id, await token(desk, case_id), "not mine to do"
    )
    with pytest.raises(Forbidden):
        await fitting(desk, case_id)


async def put_by_hand(desk: Desk, case_id: UUID, put: str = PUT) -> Any:
    async with desk.house.db.tx(desk.staff[BEN]) as tx:
        which = uuid4()
        await tx.run(put, case_id, which, UUID(desk.staff[BEN].id))
        await tx.run("SELECT 1")
    return which


async def end_by_hand(desk: Desk, case: Case, state: str, by: UUID) -> None:
    async with desk.house.db.tx(desk.staff[BEN]) as tx:
        await rows.end(tx, case, "moss_bowl", state, by)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE newel.customer SET vulnerable = true",
        "UPDATE newel.cases SET assist = 1",
        "UPDATE newel.cases SET locked = true",
        "UPDATE newel.cases SET state = 'queued'",
        "UPDATE newel.scan_receipt SET markers = '{legal.dictionary}'",
        "UPDATE newel.scan_receipt SET outcome = 'failed', locked = true, tier_floor = 3",
        "UPDATE newel.cases SET kind = 'item'",
    ],
)
async def test_WRK_2_the_store_refuses_an_offer_where_something_is_wrong(desk: Desk, statement: str) -> None:
    case_id = await taken(desk)
    await past_guards(desk, statement)
    with pytest.raises(Guarded, match="nothing is offered"):
        await put_by_hand(desk, case_id)


async def test_WRK_2_the_store_refuses_an_offer_to_another_customer(desk: Desk) -> None:
    case_id = await taken(desk)
    other = await desk.case(await desk.say(STATUS, ref="C0012"))
    with pytest.raises(Guarded, match="nothing is offered"):
        await put_by_hand(desk, case_id, PUT.replace("c.customer_id", f"'{other.customer_id}'"))


async def test_WRK_2_the_store_lets_nothing_be_used_where_something_is_wrong_by_then(desk: Desk) -> None:
    case_id = await taken(desk)
    assert await fitting(desk, case_id) == (["moss_bowl"], None)
    await past_guards(desk, "UPDATE newel.customer SET vulnerable = true")
    case, ben = await desk.case(case_id), UUID(desk.staff[BEN].id)
    with pytest.raises(Guarded, match="nothing is offered"):
        await end_by_hand(desk, case, "used", ben)
    await end_by_hand(desk, case, "dismissed", ben)
    assert await states(desk) == [("moss_bowl", "dismissed")]


async def test_INV_13_an_offer_is_not_recorded_without_its_event(desk: Desk) -> None:
    case_id = await taken(desk)
    with pytest.raises(Guarded, match="NW-AUDIT"):
        await put_by_hand(desk, case_id)
