"""Authority, tried by hand as the application's role: nothing executes without it (INV-11, 12)."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from tests.store.guards import acts, rows
from tests.store.guards.rows import HAND, HOUR, OTHER_MAC, change, ground

from conftest import House
from newel.store.db import Guarded


async def test_an_approved_refund_may_be_claimed(house: House) -> None:
    on = await ground(house.db)
    async with house.db.tx(HAND) as tx:
        act = await acts.refund(tx, on)
    await acts.claim_action(house.db, act)
    (row,) = await house.as_owner("SELECT state FROM newel.action WHERE id = $1", act)
    assert row["state"] == "claimed"


async def test_INV_12_an_action_is_not_inserted_as_claimed_or_confirmed(house: House) -> None:
    on = await ground(house.db)
    for state in ("claimed", "confirmed"):
        async with rows.refused(house.db, "starts authorised") as tx:
            lease = tx.now + HOUR if state == "claimed" else None
            ended = None if lease else tx.now
            await acts.action(tx, on, state=state, lease_until=lease, ended_at=ended)


@pytest.mark.parametrize("state", ["pending", "rejected", "withdrawn", "invalidated", "expired"])
async def test_INV_12_no_action_under_an_approval_that_was_not_given(house: House, state: str) -> None:
    on = await ground(house.db)
    async with house.db.tx(HAND) as tx:
        made, by = await acts.proposal(tx, on), await rows.person(tx)
        await rows.session(tx, by)
        found = await acts.approval(tx, on, proposal_id=made)
        act = await acts.action(
            tx,
            on,
            proposal_id=made,
            authority="approval",
            approval_id=found,
            binding=rows.MAC,
            amount_minor=1800,
            cap_minor=5000,
            window_from=tx.now,
        )
        if state != "pending":
            await change(tx, "approval", found, state=state, decided_by=by, decided_at=tx.now)
    with pytest.raises(Guarded, match="does not bind"):
        await acts.claim_action(house.db, act)


@pytest.mark.parametrize(
    "other",
    [{"payload_mac": OTHER_MAC}, {"binding": OTHER_MAC}, {"amount_minor": 1801}, {"amount_minor": 1}],
    ids=["payload", "binding", "more", "less"],
)
async def test_INV_12_an_approval_binds_exactly_one_payload(house: House, other: dict[str, Any]) -> None:
    on = await ground(house.db)
    async with house.db.tx(HAND) as tx:
        act = await acts.refund(tx, on, **other)
    with pytest.raises(Guarded, match="does not bind"):
        await acts.claim_action(house.db, act)


async def test_INV_12_one_approval_is_not_used_for_a_second_proposal(house: House) -> None:
    on = await ground(house.db)
    async with house.db.tx(HAND) as tx:
        made = await acts.proposal(tx, on)
        found, _ = await acts.approved(tx, on, proposal_id=made)
        second = await acts.refund(tx, on, approval_id=found)
    with pytest.raises(Guarded, match="does not bind"):
        await acts.claim_action(house.db, second)


async def test_INV_12_an_approval_no_longer_binds_after_another_message(house: House) -> None:
    on = await ground(house.db)
    async with house.db.tx(HAND) as tx:
        refund, reset = await acts.refund(tx, on), await acts.action(tx, on)
        await rows.receipt(tx, on, await rows.inbound(tx, on.case))
    with pytest.raises(Guarded, match="does not bind"):
        await acts.claim_action(house.db, refund)
    with pytest.raises(Guarded, match="not an autonomous"):
        await acts.claim_action(house.db, reset)


async def test_INV_12_an_approval_binds_only_until_it_expires(house: House) -> None:
    on = await ground(house.db)
    async with house.db.tx(HAND) as tx:
        act = await acts.refund(tx, on)
        now = tx.now
    await house.freeze(now + timedelta(hours=2))
    with pytest.raises(Guarded, match="does not bind"):
        await acts.claim_action(house.db, act)


@pytest.mark.parametrize(
    "sly",
    [
        {"payload_mac": OTHER_MAC},
        {"args_sealed": b"other"},
        {"amount_minor": 1},
        {"cap_minor": 10**9},
        {"cap_minor": None, "window_from": None},
        {"class": "goodwill"},
        {"authority": "own_limit"},
    ],
    ids="+".join,
)
async def test_INV_12_a_payload_never_changes_not_even_while_claiming(
    house: House, sly: dict[str, Any]
) -> None:
    on = await ground(house.db)
    async with house.db.tx(HAND) as tx:
        act = await acts.refund(tx, on)
    with pytest.raises((Guarded, asyncpg.CheckViolationError), match=r"never changes|check constraint"):
        await acts.claim_action(house.db, act, **sly)


async def test_INV_12_autonomous_is_only_what_the_policy_in_force_lists(house: House) -> None:
    on = await ground(house.db)
    async with house.db.tx(HAND) as tx:
        allowed = await acts.action(tx, on)
        other = await acts.action(tx, on, **{"class": "refund"})
        dear = await acts.action(tx, on, amount_minor=1)
    for refused in (other, dear):
        with pytest.raises(Guarded, match="not an autonomous"):
            await acts.claim_action(house.db, refused)
    with pytest.raises((Guarded, asyncpg.PostgresError), match="NW-SIGN"):
        async with house.db.tx(HAND) as tx:
            await tx.run("INSERT INTO newel.policy_autonomous VALUES ($1, 'refund', 99999)", on.policy)
    async with house.db.tx(HAND) as tx:
        await change(tx, "policy_version", on.policy, state="retired", retired_at=tx.now)
    with pytest.raises(Guarded, match="not an autonomous"):
        await acts.claim_action(house.db, allowed)


async def test_INV_12_nothing_autonomous_on_a_T3_case(house: House) -> None:
    on = await ground(house.db)
    async with house.db.tx(HAND) as tx:
        act = await acts.action(tx, on)
        await change(tx, "cases", on.case, tier=3)
    with pytest.raises(Guarded, match="not an autonomous"):
        await acts.claim_action(house.db, act)


@pytest.mark.parametrize(
    "who", [{"limit_minor": 1799}, {"active": False}, {"customer_id": "beneficiary"}], ids=str
)
async def test_INV_12_a_person_acts_within_their_own_limit_and_never_for_themselves(
    house: House, who: dict[str, Any]
) -> None:
    on = await ground(house.db)
    who = {"customer_id": on.customer} if "customer_id" in who else who
    async with house.db.tx(HAND) as tx:
        act, by = await acts.own(tx, on)
        fine, _ = await acts.own(tx, await rows.free_case(tx, on))
        await rows.rights(tx, by, **who)
    with pytest.raises(Guarded, match="limit"):
        await acts.claim_action(house.db, act)
    await acts.claim_action(house.db, fine)


@pytest.mark.parametrize(
    "sly", ["another", "queued", "elsewhere", "T2", "of the AI", "no limit", "dear", "free"]
)
async def test_INV_12_by_their_own_authority_only_the_owner_of_a_T3_case_acts(house: House, sly: str) -> None:
    on = await ground(house.db)
    own: dict[str, Any] = {}
    async with rows.refused(house.db, "not the act of who owns the case") as tx:
        at = await rows.free_case(tx, on)
        limit = 0 if sly in {"no limit", "dear", "free"} else 5000
        own["staff_id"] = await acts.owner(tx, at, tier=2 if sly == "T2" else 3, limit_minor=limit)
        if sly == "another":
            own["staff_id"] = await rows.person(tx)
        if sly == "queued":
            (item,) = await tx.rows("SELECT id FROM newel.work_item WHERE case_id = $1", at.case)
            await change(tx, "work_item", item["id"], state="done", done_at=tx.now)
        if sly == "elsewhere":
            own["proposal_id"] = await acts.proposal(tx, on, drafted_by="person", state="decided")
        if sly == "of the AI":
            own["proposal_id"] = await acts.proposal(tx, at)
        if sly == "dear":
            own |= {"class": "reset", "amount_minor": 1}
        if sly == "free":
            own["amount_minor"] = 0
        await acts.own(tx, at, **own)


async def test_INV_12_without_a_limit_a_person_does_what_the_AI_may_do_alone(house: House) -> None:
    on = await ground(house.db)
    async with house.db.tx(HAND) as tx:
        by = await acts.owner(tx, on, limit_minor=0)
        act, _ = await acts.own(tx, on, staff_id=by, **{"class": "reset", "amount_minor": 0})
    await acts.claim_action(house.db, act)


async def test_INV_12_a_person_gives_nothing_without_a_cap(house: House) -> None:
    on = await ground(house.db)
    with pytest.raises(asyncpg.CheckViolationError, match="action_own_cap"):
        async with house.db.tx(HAND) as tx:
            await acts.own(tx, on, cap_minor=None, window_from=None)


async def test_INV_12_a_person_gives_within_the_cap(house: House) -> None:
    on = await ground(house.db)
    async with house.db.tx(HAND) as tx:
        act, _ = await acts.own(tx, on, cap_minor=1799)
    with pytest.raises(Guarded, match="NW-CAP"):
        await acts.claim_action(house.db, act)


@pytest.mark.parametrize("state", ["authorised", "claimed", "unknown"])
async def test_INV_11_the_same_is_not_done_again_while_nobody_knows_how_it_ended(
    house: House, state: str
) -> None:
    on = await ground(house.db)
    async with house.db.tx(HAND) as tx:
        act, by = await acts.own(tx, on, amount_minor=100)
    await acts.bring_action_to(house.db, act, state)
    with pytest.raises(asyncpg.UniqueViolationError, match="action_own_open"):
        async with house.db.tx(HAND) as tx:
            await acts.own(tx, on, staff_id=by, amount_minor=100)
    async with house.db.tx(HAND) as tx:
        await acts.own(tx, on, staff_id=by, **{"class": "credit", "amount_minor": 100})


async def test_INV_12_an_action_is_the_case_customers(house: House) -> None:
    on, other = await ground(house.db), await ground(house.db, name="other")
    async with rows.refused(house.db, "not the customer") as tx:
        await acts.refund(tx, on, customer_id=other.customer)


async def test_INV_12_an_action_goes_to_its_cases_customer_alone(house: House) -> None:
    on, other = await ground(house.db), await ground(house.db, name="other")
    async with house.db.tx(HAND) as tx:
        act = await acts.refund(tx, on)
    async with rows.refused(house.db, "not the customer") as tx:
        await rows.change(tx, "action", act, customer_id=other.customer)


async def spent(house: House, on: rows.Ground) -> int:
    (row,) = await house.as_owner(
        "SELECT coalesce(sum(amount_minor), 0)::int AS n FROM newel.action"
        " WHERE customer_id = $1 AND (under_way OR state = 'confirmed')",
        on.customer,
    )
    found: int = row["n"]
    return found


async def refunds(house: House, on: rows.Ground, amounts: Sequence[int]) -> list[UUID]:
    """Approved refunds of one customer, each on a case of its own."""
    async with house.db.tx(HAND) as tx:
        found = []
        for amount in amounts:
            at = await rows.free_case(tx, on)
            made = await acts.proposal(tx, at)
            approved, _ = await acts.approved(tx, at, proposal_id=made, amount_minor=amount)
            act = await acts.action(
                tx,
                at,
                proposal_id=made,
                authority="approval",
                approval_id=approved,
                binding=rows.MAC,
                amount_minor=amount,
                cap_minor=5000,
                window_from=tx.now - timedelta(days=90),
                **{"class": "refund"},
            )
            found.append(act)
    return found


@pytest.mark.parametrize("after", ["claimed", "confirmed", "unknown", "doubted"])
async def test_INV_12_the_cap_counts_all_that_may_have_happened(house: House, after: str) -> None:
    on = await ground(house.db)
    first, fits, over = await refunds(house, on, [3000, 2000, 1])
    if after == "doubted":
        await acts.doubted(house.db, first)
    else:
        await acts.bring_action_to(house.db, first, after)
    await acts.claim_action(house.db, fits)
    with pytest.raises(Guarded, match="NW-CAP"):
        await acts.claim_action(house.db, over)
    assert await spent(house, on) == 5000


async def test_INV_12_what_was_refused_does_not_count(house: House) -> None:
    on = await ground(house.db)
    first, second = await refunds(house, on, [3000, 5000])
    await acts.bring_action_to(house.db, first, "refused")
    await acts.claim_action(house.db, second)


async def test_INV_12_the_cap_holds_between_two_connections(house: House) -> None:
    on = await ground(house.db)
    found = await refunds(house, on, [3000, 3000])
    ended = await asyncio.gather(*(acts.claim_action(house.db, act) for act in found), return_exceptions=True)
    assert [type(e) for e in ended if e is not None] == [Guarded]
    assert await spent(house, on) == 3000


async def test_INV_12_the_second_of_two_waits_for_the_first_and_is_refused(house: House) -> None:
    on = await ground(house.db)
    one, two = await refunds(house, on, [3000, 3000])
    async with house.db.tx(HAND) as tx:
        await change(tx, "action", one, state="claimed", lease_until=tx.now + HOUR)
        second = asyncio.create_task(acts.claim_action(house.db, two))
        await rows.blocked(house, second)
    with pytest.raises(Guarded, match="NW-CAP"):
        await second


async def test_INV_11_one_proposal_has_one_action(house: House) -> None:
    on = await ground(house.db)
    async with house.db.tx(HAND) as tx:
        made = await acts.proposal(tx, on)
        await acts.action(tx, on, proposal_id=made)
    with pytest.raises(asyncpg.UniqueViolationError, match="action_proposal"):
        async with house.db.tx(HAND) as tx:
            await acts.action(tx, on, proposal_id=made)


@pytest.mark.parametrize("ended", ["confirmed", "refused"])
async def test_INV_11_what_has_ended_is_not_claimed_again(house: House, ended: str) -> None:
    on = await ground(house.db)
    async with house.db.tx(HAND) as tx:
        act = await acts.action(tx, on)
    await acts.bring_action_to(house.db, act, ended)
    for back in ("authorised", "claimed", "unknown"):
        async with rows.refused(house.db, "NW-STATE") as tx:
            lease = tx.now + HOUR if back == "claimed" else None
            await change(tx, "action", act, state=back, lease_until=lease, ended_at=None)


async def test_INV_11_an_unknown_outcome_is_not_claimed_blindly(house: House) -> None:
    on = await ground(house.db)
    async with house.db.tx(HAND) as tx:
        act = await acts.action(tx, on)
    await acts.bring_action_to(house.db, act, "unknown")
    with pytest.raises(Guarded, match="NW-STATE"):
        await acts.claim_action(house.db, act)
