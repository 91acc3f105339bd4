"""Above their own limit the owner of a case asks somebody with a higher one, and keeps the case (INV-12)."""

from uuid import UUID

import pytest
from tests.flow.desk import Desk
from tests.flow.test_deed import REFUND, do, owned, refunded, token

from newel.domain.deed import DeedRefused
from newel.domain.errors import Conflict, Forbidden
from newel.domain.resolution import Category, Resolution
from newel.domain.words import Tier
from newel.flow import deed, escalation, inbox, resolution

WHY = "It came broken for the second time."


async def asked(desk: Desk, by: str = "esme") -> tuple[UUID, UUID]:
    """A case whose owner may give 10.00 and asks for 18.00, and the approval."""
    case_id = await owned(desk, by)
    await desk.rows("UPDATE newel.staff SET limit_minor = 1000 WHERE login = $1", by)
    which = await deed.ask(desk.house, desk.staff[by], case_id, await token(desk, case_id), REFUND, WHY)
    return case_id, which


async def told(desk: Desk) -> list[tuple[str, str]]:
    rows = await desk.rows("SELECT kind, staff_id::text FROM newel.notice WHERE kind LIKE 'asked.%'")
    return [(row["kind"], row["staff_id"]) for row in rows]


async def test_INV_12_what_is_above_ones_limit_is_asked_of_another_and_done_once(desk: Desk) -> None:
    case_id, which = await asked(desk)
    case = await desk.case(case_id)
    assert (case.state, case.tier) == ("owned", 3)
    assert desk.books.calls == []
    sheet = (await inbox.opened(desk.house, desk.staff["farid"], which)).sheet
    assert sheet is not None
    assert (sheet.asked_by, sheet.draft.reply, sheet.draft.justification) == ("Esme Hartley", "", WHY)
    before = len(desk.inbox.got)
    assert await desk.decide("farid", which, "approve") == "approved"
    await desk.drain()
    assert refunded(desk) == [1800]
    assert len(desk.inbox.got) == before, "its owner writes to the customer"
    (done,) = await deed.done(desk.house, desk.staff["esme"], case_id)
    assert (done.state, done.authority, done.by) == ("confirmed", "approval", "Esme Hartley")
    assert await told(desk) == [("asked.approved", desk.staff["esme"].id)]
    case = await desk.case(case_id)
    assert (case.state, case.tier) == ("owned", 3)
    assert await desk.rows("SELECT FROM newel.feedback WHERE kind = 'approval'") == []
    assert await desk.limbo() == []


async def test_INV_12_nobody_approves_what_they_asked_for(desk: Desk) -> None:
    _, which = await asked(desk)
    await desk.rows("UPDATE newel.staff SET limit_minor = 90000 WHERE login = 'esme'")
    sheet = (await inbox.opened(desk.house, desk.staff["esme"], which)).sheet
    assert sheet is not None
    assert "you asked for it" in str(sheet.hindrance)
    with pytest.raises(Forbidden, match="yourself"):
        await desk.decide("esme", which, "approve")
    with pytest.raises(Exception, match="NW-APPROVAL"):
        await desk.rows("UPDATE newel.approval SET asked_by = NULL")
    with pytest.raises(Exception, match="NW-APPROVAL"):
        await desk.rows(
            "UPDATE newel.approval SET state = 'approved', decided_by = asked_by, decided_at = newel.now()"
        )


async def test_INV_12_only_the_limit_is_anothers_to_lift(desk: Desk) -> None:
    case_id = await owned(desk)
    at, esme = await token(desk, case_id), desk.staff["esme"]
    with pytest.raises(Conflict, match="yourself"):
        await deed.ask(desk.house, esme, case_id, at, REFUND, WHY)
    await desk.rows("UPDATE newel.customer SET lifetime_value_minor = 0")
    await desk.rows("UPDATE newel.staff SET limit_minor = 1000 WHERE login = 'esme'")
    more = deed.Asked(playbook="refund_damaged", act="refund", amount_minor=999_900)
    with pytest.raises(DeedRefused):
        await deed.ask(desk.house, esme, case_id, at, more, WHY)


async def test_while_it_is_asked_for_nothing_else_is_and_the_ask_ends_with_the_case(desk: Desk) -> None:
    case_id, which = await asked(desk)
    at, esme = await token(desk, case_id), desk.staff["esme"]
    with pytest.raises(Conflict, match="decided"):
        await do(desk, case_id)
    with pytest.raises(Conflict, match="decided"):
        await deed.ask(desk.house, esme, case_id, at, REFUND, WHY)
    await resolution.resolve(desk.house, esme, case_id, at, Resolution(category=Category.NO_RESOLUTION))
    with pytest.raises(Conflict, match="withdrawn"):
        await desk.decide("farid", which, "approve")
    await desk.drain()
    assert desk.books.calls == []


async def test_a_rejected_one_leaves_the_case_with_its_owner_and_tells_them(desk: Desk) -> None:
    case_id, which = await asked(desk)
    await desk.decide("farid", which, "reject", note="Offer a replacement first.")
    case = await desk.case(case_id)
    assert (case.state, await told(desk)) == ("owned", [("asked.rejected", desk.staff["esme"].id)])
    await desk.drain()
    assert desk.books.calls == []


async def test_TIR_7_a_newer_message_undoes_it_and_tells_its_owner(desk: Desk) -> None:
    case_id, which = await asked(desk)
    again = await desk.say("It is solved, thank you.")
    assert again == case_id
    with pytest.raises(Conflict):
        await desk.decide("farid", which, "approve")
    await desk.drain()
    assert await told(desk) == [("asked.invalidated", desk.staff["esme"].id)]
    assert desk.books.calls == []


async def test_given_back_to_the_ai_it_is_asked_for_no_more(desk: Desk) -> None:
    case_id, which = await asked(desk)
    ivan = desk.staff["ivan"]
    await escalation.lower_case(
        desk.house, ivan, case_id, Tier.SUPERVISED, unlock=True, reason="a false alarm"
    )
    rows = await desk.rows("SELECT state FROM newel.approval WHERE id = $1", which)
    assert [row["state"] for row in rows] == ["withdrawn"]


async def test_TIR_6_one_that_nobody_decides_expires_and_leaves_the_case_and_its_acts_alone(
    desk: Desk,
) -> None:
    case_id, which = await asked(desk)
    await desk.pass_time(hours=30)
    await desk.drain()
    rows = await desk.rows("SELECT state FROM newel.approval WHERE id = $1", which)
    assert [row["state"] for row in rows] == ["expired"]
    assert ("asked.expired", desk.staff["esme"].id) in await told(desk)
    assert desk.books.calls == []
    proposals = await desk.rows(
        "SELECT state FROM newel.proposal WHERE case_id = $1 AND drafted_by = 'person'", case_id
    )
    assert [row["state"] for row in proposals] == ["superseded"]
