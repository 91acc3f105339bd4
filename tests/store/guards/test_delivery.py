"""The last gate, tried by hand as the application's role: what may not leave does not (INV-1, 2, 3, 19)."""

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from tests.store.guards import acts, rows
from tests.store.guards.rows import HAND, OTHER_MAC, change, ground, outbound, put

from conftest import House
from newel.domain.access import Actor
from newel.store import audit
from newel.store.db import Guarded, Tx

PAST = datetime(2026, 1, 1, tzinfo=UTC)


async def test_an_ai_reply_may_be_claimed_on_an_open_case(house: House) -> None:
    on = await ground(house.db)
    box = await rows.ai_reply(house.db, on)
    await rows.claim(house.db, box)
    (row,) = await house.as_owner("SELECT state FROM newel.outbox WHERE id = $1", box)
    assert row["state"] == "claimed"


@pytest.mark.parametrize("locked", [True, False])
async def test_INV_1_no_ai_reply_is_claimed_on_a_locked_or_T3_case(house: House, locked: bool) -> None:
    on = await ground(house.db, tier=3, locked=locked)
    box = await rows.ai_reply(house.db, on)
    with pytest.raises(Guarded, match="NW-LOCKED"):
        await rows.claim(house.db, box)


async def test_INV_1_a_further_try_of_a_claimed_reply_is_refused_after_the_lock(house: House) -> None:
    on = await ground(house.db)
    box = await rows.ai_reply(house.db, on)
    await rows.claim(house.db, box)
    async with house.db.tx(HAND) as tx:
        await change(tx, "cases", on.case, tier=3, locked=True)
    async with rows.refused(house.db, "NW-LOCKED") as tx:
        await change(tx, "outbox", box, attempts=2)


async def test_INV_1_a_reply_never_shows_without_its_claim(house: House) -> None:
    on = await ground(house.db, tier=3, locked=True)
    box = await rows.ai_reply(house.db, on)
    for sly in ({"visible_seq": 1}, {"claimed_at": None, "visible_seq": 1}):
        async with rows.refused(house.db, "NW-OUTBOX") as tx:
            await change(tx, "outbox", box, **sly)
    async with house.db.tx(HAND) as tx:
        message = await outbound(tx, on)
    for shown in ({"visible_seq": 1}, {"state": "claimed"}):
        async with rows.refused(house.db, "NW-OUTBOX") as tx:
            await rows.boxed(tx, on, message, claimed_at=tx.now, **shown)


async def test_INV_1_a_lock_is_not_left_behind_by_a_new_episode(house: House) -> None:
    on = await ground(house.db, tier=3, locked=True)
    async with rows.refused(house.db, "NW-TIER") as tx:
        await change(tx, "cases", on.case, episode=2, tier=1, locked=False)


async def test_INV_1_what_is_sent_never_changes(house: House) -> None:
    on, other = await ground(house.db), None
    box = await rows.ai_reply(house.db, on)
    async with house.db.tx(HAND) as tx:
        other = await outbound(tx, on)
    async with rows.refused(house.db, "NW-OUTBOX") as tx:
        await change(tx, "outbox", box, message_id=other)
    with pytest.raises((Guarded, asyncpg.InsufficientPrivilegeError)):
        async with house.db.tx(HAND) as tx:
            await change(tx, "message", other, drafted_by="template", template="handover")


async def test_INV_1_a_message_leaves_under_its_own_case_only(house: House) -> None:
    on = await ground(house.db, tier=3, locked=True)
    async with house.db.tx(HAND) as tx:
        message = await outbound(tx, on)
        free = await rows.free_case(tx, on)
    async with rows.refused(house.db, "not a message of this case") as tx:
        await rows.boxed(tx, free, message)


@pytest.mark.parametrize("outcome", ["", "failed"])
async def test_INV_2_no_ai_reply_leaves_without_a_receipt_of_the_latest_message(
    house: House, outcome: str
) -> None:
    on = await ground(house.db, outcome=outcome)
    box = await rows.ai_reply(house.db, on)
    with pytest.raises(Guarded, match="NW-RECEIPT"):
        await rows.claim(house.db, box)


async def test_INV_2_the_latest_message_is_the_one_that_came_last(house: House) -> None:
    on = await ground(house.db)
    box = await rows.ai_reply(house.db, on)
    async with house.db.tx(HAND) as tx:
        await rows.inbound(tx, on.case)
    with pytest.raises(Guarded, match="NW-RECEIPT"):
        await rows.claim(house.db, box)


async def test_INV_2_a_receipt_that_found_a_marker_lets_nothing_pass(house: House) -> None:
    on = await ground(house.db)
    box = await rows.ai_reply(house.db, on)
    async with house.db.tx(HAND) as tx:
        marked = await rows.inbound(tx, on.case)
        await rows.receipt(tx, on, marked, tier_floor=3, locked=True)
    with pytest.raises(Guarded, match="NW-RECEIPT"):
        await rows.claim(house.db, box)


async def test_INV_2_a_receipt_is_not_made_up_later_nor_changed(house: House) -> None:
    on = await ground(house.db, outcome="")
    async with rows.refused(house.db, "NW-RECEIPT") as tx:
        await rows.receipt(tx, on, on.message)
    scanned = await ground(house.db, name="other")
    for statement in ("UPDATE newel.scan_receipt SET locked = false", "DELETE FROM newel.scan_receipt"):
        with pytest.raises((Guarded, asyncpg.PostgresError), match=r"append-only|permission denied"):
            async with house.db.tx(HAND) as tx:
                await tx.run(f"{statement} WHERE message_id = $1", scanned.message)
        with pytest.raises(asyncpg.PostgresError, match="append-only"):
            await house.as_owner(statement)


@pytest.mark.parametrize(("workflow", "reason"), [(None, None), ("desk", None), ("desk", "refund")])
async def test_INV_1_no_ai_reply_is_claimed_under_the_kill_switch(
    house: House, workflow: str | None, reason: str | None
) -> None:
    on = await ground(house.db)
    box = await rows.ai_reply(house.db, on)
    async with house.db.tx(HAND) as tx:
        await change(tx, "cases", on.case, contact_reason="refund")
        await rows.engage(tx, workflow=workflow, contact_reason=reason)
    with pytest.raises(Guarded, match="NW-KILL"):
        await rows.claim(house.db, box)


async def test_the_kill_switch_of_one_reason_leaves_the_others(house: House) -> None:
    on = await ground(house.db)
    box = await drafted(house, on, "status")
    async with house.db.tx(HAND) as tx:
        await rows.engage(tx, workflow="desk", contact_reason="refund")
        await rows.engage(tx, workflow="elsewhere")
    await rows.claim(house.db, box)


async def drafted(house: House, on: rows.Ground, reason: str) -> UUID:
    """An AI reply in the outbox, made for a contact reason."""
    async with house.db.tx(HAND) as tx:
        made = await acts.proposal(tx, on, contact_reason=reason, state="released")
        await change(tx, "cases", on.case, contact_reason=reason)
        return await rows.boxed(tx, on, await outbound(tx, on, proposal_id=made))


async def test_INV_1_a_stop_of_one_reason_holds_whatever_the_case_is_called_later(house: House) -> None:
    on = await ground(house.db)
    box = await drafted(house, on, "refund")
    async with house.db.tx(HAND) as tx:
        await rows.engage(tx, workflow="desk", contact_reason="refund")
        await change(tx, "cases", on.case, contact_reason="status")
    with pytest.raises(Guarded, match="NW-KILL"):
        await rows.claim(house.db, box)


async def test_INV_1_a_stop_of_one_reason_holds_what_names_no_draft_of_its_case(house: House) -> None:
    on, other = await ground(house.db), await ground(house.db, name="other")
    async with house.db.tx(HAND) as tx:
        strange = await acts.proposal(tx, other, contact_reason="status", state="released")
        boxes = [
            await rows.boxed(tx, on, await outbound(tx, on, proposal_id=named)) for named in (None, strange)
        ]
        await rows.engage(tx, workflow="desk", contact_reason="refund")
    for box in boxes:
        with pytest.raises(Guarded, match="NW-KILL"):
            await rows.claim(house.db, box)


async def test_INV_1_a_proposal_keeps_the_reason_that_it_was_made_for(house: House) -> None:
    on = await ground(house.db)
    async with house.db.tx(HAND) as tx:
        made = await acts.proposal(tx, on)
    for sly in ({"contact_reason": "status"}, {"draft_sealed": b"other"}, {"drafted_by": "person"}):
        async with rows.refused(house.db, "NW-PROPOSAL") as tx:
            await change(tx, "proposal", made, **sly)
    async with house.db.tx(HAND) as tx:
        await change(tx, "proposal", made, state="discarded")


async def test_INV_1_a_stop_is_released_with_its_event_and_by_whom_it_says(house: House) -> None:
    async with house.db.tx(HAND) as tx:
        stop = await rows.engage(tx)
    by, other = await rows.signed_in(house.db), await rows.signed_in(house.db)
    async with rows.refused(house.db, "NW-AUDIT", by=by) as tx:
        await change(tx, "kill_switch", stop, released_by=tx.actor.id, released_at=tx.now)
    async with rows.refused(house.db, "NW-AUDIT", by=by) as tx:
        await change(tx, "kill_switch", stop, released_by=other.id, released_at=tx.now)
        await audit.record(tx, "kill_switch.released", "kill_switch", stop)
    async with rows.refused(house.db, "NW-AUDIT") as tx:
        await put(tx, "kill_switch", reason="test", engaged_by=tx.actor.id, engaged_at=tx.now)
    async with house.db.tx(by) as tx:
        await change(tx, "kill_switch", stop, released_by=tx.actor.id, released_at=tx.now)
        await audit.record(tx, "kill_switch.released", "kill_switch", stop)


@pytest.mark.parametrize(
    "who",
    [
        {"roles": ["resolver", "approver"]},
        {"active": False},
        {"ended_at": True},
        {"expires_at": True},
        {"by_hand": True},
    ],
    ids=lambda who: next(iter(who)),
)
async def test_INV_1_a_stop_is_released_by_who_may_stop(house: House, who: dict[str, Any]) -> None:
    async with house.db.tx(HAND) as tx:
        stop = await rows.engage(tx)
        over = {key: tx.now for key in who if key.endswith("_at")}
        said = {} if over or "by_hand" in who else who
        by = await rows.person(tx, **{"roles": ["supervisor"], **said})
        await rows.session(tx, by, **over)
    actor = HAND if "by_hand" in who else rows.acting(by)
    async with rows.refused(house.db, "not theirs to release", by=actor) as tx:
        await change(tx, "kill_switch", stop, released_by=tx.actor.id, released_at=tx.now)
        await audit.record(tx, "kill_switch.released", "kill_switch", stop)


@pytest.mark.parametrize(
    ("token", "lets"),
    [
        ({}, True),
        ({"scopes": ["intake"]}, False),
        ({"revoked_at": PAST}, False),
        ({"expires_at": PAST}, False),
    ],
)
async def test_INV_1_a_token_releases_a_stop_by_its_scope(
    house: House, token: dict[str, Any], lets: bool
) -> None:
    async with house.db.tx(HAND) as tx:
        stop = await rows.engage(tx)
        given = {"name": "watch", "token_hash": rows.MAC, "scopes": ["kill_switch"], "created_at": tx.now}
        await put(tx, "service_token", **(given | token))
    watch = Actor(kind="service", id="watch")
    how = house.db.tx(watch) if lets else rows.refused(house.db, "not theirs to release", by=watch)
    async with how as tx:
        await change(tx, "kill_switch", stop, released_by="watch", released_at=tx.now)
        await audit.record(tx, "kill_switch.released", "kill_switch", stop)


async def test_INV_1_a_stop_never_changes_but_by_its_release(house: House) -> None:
    async with house.db.tx(HAND) as tx:
        stop = await rows.engage(tx, workflow="desk")
    for sly in ({"workflow": "elsewhere"}, {"contact_reason": "none"}, {"reason": "another"}):
        async with rows.refused(house.db, "never changes") as tx:
            await change(tx, "kill_switch", stop, **sly)
            await audit.record(tx, "kill_switch.released", "kill_switch", stop)


async def test_INV_1_a_kill_switch_is_not_got_round_by_moving_the_case(house: House) -> None:
    on = await ground(house.db)
    async with rows.refused(house.db, "NW-CASE") as tx:
        await change(tx, "cases", on.case, workflow="elsewhere")


async def test_INV_3_a_system_text_leaves_a_locked_case_but_only_one_of_the_policy(house: House) -> None:
    on = await ground(house.db, tier=3, locked=True)
    async with house.db.tx(HAND) as tx:
        fixed = await outbound(tx, on, drafted_by="template", template="handover", policy_id=on.policy)
        box = await rows.boxed(tx, on, fixed)
    await rows.claim(house.db, box)
    for forged in ({"text_mac": OTHER_MAC}, {"template": "unknown"}, {"policy_id": None}):
        given = {"template": "handover", "policy_id": on.policy, **forged}
        async with rows.refused(house.db, "NW-AUTHOR") as tx:
            await outbound(tx, on, drafted_by="template", **given)


async def test_INV_3_a_text_of_a_draft_is_no_system_text(house: House) -> None:
    on = await ground(house.db, tier=3, locked=True)
    async with house.db.tx(HAND) as tx:
        mine = await rows.draft(tx, "desk", 2, OTHER_MAC)
    async with rows.refused(house.db, "NW-AUTHOR") as tx:
        await template(tx, on, mine)


async def test_INV_3_a_text_that_nobody_signed_is_no_system_text(house: House) -> None:
    on = await ground(house.db, tier=3, locked=True)
    for number, given in (
        (2, {"required": []}),
        (3, {"required": [], "emergency": True, "review": ["legal"]}),
    ):
        async with house.db.tx(HAND) as tx:
            mine = await rows.draft(tx, "desk", number, OTHER_MAC, **given)
            await _replace(tx, mine)
        async with rows.refused(house.db, "NW-AUTHOR") as tx:
            await template(tx, on, mine)


async def test_INV_3_a_text_of_another_workflow_is_no_system_text(house: House) -> None:
    on, other = await ground(house.db, tier=3, locked=True), await ground(house.db, name="other")
    async with rows.refused(house.db, "NW-AUTHOR") as tx:
        await template(tx, on, other.policy, rows.MAC)


async def test_an_emergency_says_what_was_signed_before_it(house: House) -> None:
    on = await ground(house.db, tier=3, locked=True)
    async with house.db.tx(HAND) as tx:
        tighter = await rows.draft(tx, "desk", 2, required=[], emergency=True, review=["policy_owner"])
        await _replace(tx, tighter)
    async with house.db.tx(HAND) as tx:
        await template(tx, on, tighter, rows.MAC)
        await template(tx, on, on.policy, rows.MAC)


async def template(tx: Tx, on: rows.Ground, policy: UUID, text_mac: bytes = OTHER_MAC) -> UUID:
    return await outbound(
        tx, on, drafted_by="template", template="handover", policy_id=policy, text_mac=text_mac
    )


async def _replace(tx: Tx, policy: UUID) -> None:
    """This version is in force, in place of the one that was."""
    old = await tx.value("SELECT id FROM newel.policy_version WHERE workflow = 'desk' AND state = 'active'")
    await change(tx, "policy_version", old, state="retired", retired_at=tx.now)
    await change(tx, "policy_version", policy, state="active", activated_at=tx.now)


async def test_INV_14_a_text_is_not_added_to_a_policy_in_force(house: House) -> None:
    on = await ground(house.db)
    for statement in (
        "INSERT INTO newel.policy_template (policy_id, key, text_mac) VALUES ($1, 'mine', $2)",
        "INSERT INTO newel.policy_template (policy_id, key, text_mac) VALUES ($1, 'handover', $2)"
        " ON CONFLICT (policy_id, key, language) DO UPDATE SET text_mac = excluded.text_mac",
    ):
        with pytest.raises((Guarded, asyncpg.PostgresError), match=r"NW-SIGN|permission denied"):
            async with house.db.tx(HAND) as tx:
                await tx.run(statement, on.policy, OTHER_MAC)


async def test_INV_3_a_person_is_the_author_only_of_what_they_released(house: House) -> None:
    on = await ground(house.db, tier=3)
    await rows.owned(house.db, on)
    async with house.db.tx(HAND) as tx:
        stranger = await rows.person(tx)
        await rows.session(tx, stranger)
    forgeries: list[dict[str, Any]] = [
        {"released_by": stranger},
        {"released_by": stranger, "drafted_by": "person"},
        {"released_by": stranger, "approval_id": uuid4()},
    ]
    for forged in forgeries:
        async with rows.refused(house.db, "NW-AUTHOR") as tx:
            await outbound(tx, on, **forged)


async def test_INV_3_an_approval_makes_author_of_exactly_its_text_and_only_its_giver(house: House) -> None:
    on, elsewhere = await ground(house.db), await ground(house.db, name="other")
    async with house.db.tx(HAND) as tx:
        found, giver = await acts.approved(tx, on)
        waiting, other = await acts.approval(tx, on), await rows.person(tx)
        await outbound(tx, on, released_by=giver, approval_id=found)
    forgeries: list[tuple[rows.Ground, dict[str, Any]]] = [
        (on, {"released_by": giver, "approval_id": found, "text_mac": OTHER_MAC}),
        (on, {"released_by": other, "approval_id": found}),
        (on, {"released_by": giver, "approval_id": waiting}),
        (elsewhere, {"released_by": giver, "approval_id": found}),
    ]
    for at, forged in forgeries:
        async with rows.refused(house.db, "NW-AUTHOR") as tx:
            await outbound(tx, at, **forged)


@pytest.mark.parametrize("over", ["ended_at", "expires_at"])
async def test_INV_3_an_owner_writes_only_while_their_session_lives(house: House, over: str) -> None:
    on = await ground(house.db, tier=3)
    owner, _ = await rows.owned(house.db, on)
    async with house.db.tx(HAND) as tx:
        await outbound(tx, on, drafted_by="person", released_by=owner)
    await house.as_owner(f"UPDATE newel.staff_session SET {over} = $1", PAST)
    async with rows.refused(house.db, "NW-AUTHOR") as tx:
        await outbound(tx, on, drafted_by="person", released_by=owner)


@pytest.mark.parametrize("state", ["authorised", "claimed", "unknown", "refused", "void"])
async def test_INV_19_a_reply_waits_until_its_action_is_confirmed(house: House, state: str) -> None:
    on = await ground(house.db)
    async with house.db.tx(HAND) as tx:
        made = await acts.proposal(tx, on)
        act = await acts.action(tx, on, proposal_id=made)
        box = await rows.boxed(tx, on, await outbound(tx, on, proposal_id=made), action_id=act)
        unnamed = await rows.boxed(tx, on, await outbound(tx, on, proposal_id=made))
    await acts.bring_action_to(house.db, act, state)
    for one in (box, unnamed):
        with pytest.raises(Guarded, match="not confirmed"):
            await rows.claim(house.db, one)


async def test_INV_19_a_reply_leaves_with_its_confirmed_action(house: House) -> None:
    on = await ground(house.db)
    async with house.db.tx(HAND) as tx:
        act = await acts.action(tx, on)
        box = await rows.boxed(tx, on, await outbound(tx, on), action_id=act)
    await acts.bring_action_to(house.db, act, "confirmed")
    await rows.claim(house.db, box)


async def test_INV_1_marker_against_claim_the_claim_was_first_or_is_refused(house: House) -> None:
    """Two connections: while the marker's transaction is open the claim waits, and then fails."""
    on = await ground(house.db)
    box = await rows.ai_reply(house.db, on)
    async with house.db.tx(HAND) as tx:
        await change(tx, "cases", on.case, tier=3, locked=True)
        claim = asyncio.create_task(rows.claim(house.db, box))
        await rows.blocked(house, claim)
    with pytest.raises(Guarded, match="NW-LOCKED"):
        await claim


async def test_INV_1_a_claim_that_was_first_makes_the_marker_wait(house: House) -> None:
    on = await ground(house.db)
    box = await rows.ai_reply(house.db, on)

    async def mark() -> None:
        async with house.db.tx(HAND) as tx:
            await change(tx, "cases", on.case, tier=3, locked=True)

    async with house.db.tx(HAND) as tx:
        await change(tx, "outbox", box, state="claimed", claimed_at=tx.now)
        marker = asyncio.create_task(mark())
        await rows.blocked(house, marker)
    await marker
    (row,) = await house.as_owner("SELECT state FROM newel.outbox WHERE id = $1", box)
    assert row["state"] == "claimed"


async def test_INV_1_kill_switch_against_claim_each_waits_for_the_other(house: House) -> None:
    on = await ground(house.db)
    first, second = await rows.ai_reply(house.db, on), await rows.ai_reply(house.db, on)

    async def stop() -> None:
        async with house.db.tx(HAND) as tx:
            await rows.engage(tx)

    async with house.db.tx(HAND) as tx:
        await change(tx, "outbox", first, state="claimed", claimed_at=tx.now)
        engaging = asyncio.create_task(stop())
        await rows.blocked(house, engaging)
    await engaging
    with pytest.raises(Guarded, match="NW-KILL"):
        await rows.claim(house.db, second)


async def test_INV_1_a_claim_waits_for_a_kill_switch_that_is_being_engaged(house: House) -> None:
    on = await ground(house.db)
    box = await rows.ai_reply(house.db, on)
    async with house.db.tx(HAND) as tx:
        await rows.engage(tx)
        claim = asyncio.create_task(rows.claim(house.db, box))
        await rows.blocked(house, claim)
    with pytest.raises(Guarded, match="NW-KILL"):
        await claim
