"""Reviews, by hand as the application's role: what waits does not leave, nobody judges themselves."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from tests.store.guards import acts, rows
from tests.store.guards.rows import HAND, HOUR, MAC, OTHER_MAC, Ground, change, ground, outbound, person, put

from conftest import House
from newel.store import audit
from newel.store.db import Tx

VERDICT = {"score": 1.0, "passed": True}


async def reviewer(tx: Tx, **values: Any) -> UUID:
    return await person(tx, **({"roles": ["reviewer"]} | values))


async def sample(tx: Tx, on: Ground, **values: Any) -> UUID:
    given = {"kind": "sample", "work": "person", "state": "open", "share": 0.1, "episode": 1}
    return await put(tx, "review", case_id=on.case, workflow="desk", created_at=tx.now, **(given | values))


async def held(tx: Tx, on: Ground, proposal: UUID, **values: Any) -> UUID:
    given = {"kind": "held", "work": "ai", "share": None, "proposal_id": proposal, "text_mac": MAC}
    given |= {"due_at": tx.now + HOUR, "expires_at": tx.now + 2 * HOUR}
    return await sample(tx, on, **(given | values))


async def decision(tx: Tx, on: Ground, proposal: UUID, *, is_held: bool) -> None:
    await put(
        tx,
        "decision",
        case_id=on.case,
        episode=1,
        proposal_id=proposal,
        kind="release",
        tier=2,
        reasons=["review_first"],
        signals={},
        held=is_held,
        policy_id=on.policy,
        at=tx.now,
    )


async def judge(tx: Tx, on: Ground, review: UUID, by: UUID, state: str = "done", **values: Any) -> None:
    given = {"reviewed_by": by, "policy_id": on.policy, "ended_at": tx.now, **VERDICT, **values}
    await change(tx, "review", review, state=state, **given)


@pytest.mark.parametrize(("is_held", "leaves"), [(False, True), (True, False)])
async def test_QUA_3_what_waits_never_leaves_as_the_ais_own_word(
    house: House, is_held: bool, leaves: bool
) -> None:
    on = await ground(house.db)
    async with house.db.tx(HAND) as tx:
        made = await acts.proposal(tx, on)
        await decision(tx, on, made, is_held=is_held)
        box = await rows.boxed(tx, on, await outbound(tx, on, proposal_id=made))
        if is_held:
            by = await reviewer(tx)
            await judge(tx, on, await held(tx, on, made), by, "released")
    if leaves:
        await rows.claim(house.db, box)
        return
    async with rows.refused(house.db, "NW-UNREVIEWED") as tx:
        await change(tx, "outbox", box, state="claimed", claimed_at=tx.now)


async def test_QUA_3_a_reviewer_is_the_author_of_exactly_what_they_let_leave_and_once(house: House) -> None:
    on = await ground(house.db)
    async with house.db.tx(HAND) as tx:
        made, by = await acts.proposal(tx, on), await reviewer(tx)
        review = await held(tx, on, made)
    sent = {"proposal_id": made, "released_by": by, "text_mac": MAC}
    async with rows.refused(house.db, "NW-AUTHOR") as tx:
        await outbound(tx, on, **sent)
    async with house.db.tx(HAND) as tx:
        other = await reviewer(tx)
        await judge(tx, on, review, by, "released")
    for sly in ({"text_mac": OTHER_MAC}, {"released_by": other}, {"drafted_by": "person"}):
        async with rows.refused(house.db, "NW-AUTHOR") as tx:
            await outbound(tx, on, **(sent | sly))
    async with house.db.tx(HAND) as tx:
        await outbound(tx, on, **sent)
    async with rows.refused(house.db, "NW-AUTHOR") as tx:
        await outbound(tx, on, **sent)


async def test_QUA_3_a_correction_is_sent_as_it_was_written(house: House) -> None:
    on = await ground(house.db)
    async with house.db.tx(HAND) as tx:
        made, by = await acts.proposal(tx, on), await reviewer(tx)
        await judge(tx, on, await held(tx, on, made), by, "corrected", text_mac=OTHER_MAC, passed=False)
    sent = {"proposal_id": made, "released_by": by, "drafted_by": "person"}
    async with rows.refused(house.db, "NW-AUTHOR") as tx:
        await outbound(tx, on, text_mac=MAC, **sent)
    async with house.db.tx(HAND) as tx:
        await outbound(tx, on, text_mac=OTHER_MAC, **sent)


async def test_QUA_3_what_failed_or_was_changed_or_is_late_is_not_released(house: House) -> None:
    on = await ground(house.db)
    async with house.db.tx(HAND) as tx:
        made, by = await acts.proposal(tx, on), await reviewer(tx)
        review = await held(tx, on, made)
    with pytest.raises(Exception, match="review_check"):
        async with house.db.tx(HAND) as tx:
            await judge(tx, on, review, by, "released", passed=False)
    async with rows.refused(house.db, "NW-REVIEW: what was reviewed") as tx:
        await judge(tx, on, review, by, "released", text_mac=OTHER_MAC)
    await house.pass_time(timedelta(hours=2))
    for state in ("released", "corrected"):
        async with rows.refused(house.db, "NW-REVIEW: it is too late") as tx:
            await judge(tx, on, review, by, state)
    async with house.db.tx(HAND) as tx:
        await judge(tx, on, review, by, "returned", passed=False)


async def test_QUA_3_a_held_case_is_in_limbo_without_its_open_review(house: House) -> None:
    on = await ground(house.db)
    async with house.db.tx(HAND) as tx:
        await change(tx, "cases", on.case, state="ai")
        await rows.job(tx, "answer", on.case)
    async with rows.refused(house.db, "NW-LIMBO") as tx:
        await change(tx, "cases", on.case, state="held")
        await rows.job(tx, "review_expiry", on.case)
    async with house.db.tx(HAND) as tx:
        review = await held(tx, on, await acts.proposal(tx, on))
        await change(tx, "cases", on.case, state="held")
        await rows.job(tx, "review_expiry", on.case)
    async with rows.refused(house.db, "NW-LIMBO") as tx:
        await change(tx, "review", review, state="void", ended_at=tx.now)


async def test_QUA_nobody_reviews_what_is_to_their_own_benefit(house: House) -> None:
    on = await ground(house.db)
    async with house.db.tx(HAND) as tx:
        review = await sample(tx, on)
        waits = await held(tx, on, await acts.proposal(tx, on))
        customer, other = await reviewer(tx, customer_id=on.customer), await reviewer(tx)
    for one, state in ((review, "done"), (waits, "released")):
        async with rows.refused(house.db, "own work") as tx:
            await judge(tx, on, one, customer, state)
    async with house.db.tx(HAND) as tx:
        await judge(tx, on, review, other)


async def rows_of(tx: Tx, table: str, on: Ground, staff: UUID) -> None:
    await put(
        tx, table, case_id=on.case, episode=1, category="resolved", by_kind="staff", staff_id=staff, at=tx.now
    )


@pytest.mark.parametrize(
    "way", ["wrote", "approved", "resolved", "lowered", "owned", "owned_before", "released"]
)
async def test_QUA_each_way_of_having_a_hand_in_a_case_bars(house: House, way: str) -> None:
    on = await ground(house.db, tier=3 if way == "lowered" else 1)
    owner, _ = await rows.owned(house.db, on)
    async with house.db.tx(HAND) as tx:
        by = (
            owner
            if way in {"wrote", "owned", "lowered"}
            else await reviewer(tx, roles=["reviewer", "approver"])
        )
        await rows.rights(tx, by, roles=["reviewer", "approver", "resolver"])
        review = await sample(tx, on)
    async with house.db.tx(rows.acting(by)) as tx:
        await _hand(tx, on, way, by)
        if way in {"wrote", "lowered"}:
            await tx.run(
                "UPDATE newel.work_item SET owner_id = $2, token = token + 1 WHERE case_id = $1",
                on.case,
                await person(tx),
            )
    async with rows.refused(house.db, "own work") as tx:
        await judge(tx, on, review, by)


async def _hand(tx: Tx, on: Ground, way: str, by: UUID) -> None:
    if way == "wrote":
        await outbound(tx, on, drafted_by="person", released_by=by)
    elif way == "approved":
        approval = await acts.approval(tx, on)
        await rows.session(tx, by)
        await change(tx, "approval", approval, state="approved", decided_by=by, decided_at=tx.now)
    elif way == "resolved":
        await rows_of(tx, "resolution", on, by)
    elif way == "lowered":
        await rows.lowering(tx, on, unlocked=False)
    elif way == "owned_before":
        await audit.record(tx, "work_item.owned", "work_item", uuid4(), case_id=on.case, owner=str(by))
    elif way == "released":
        await judge(tx, on, await held(tx, on, await acts.proposal(tx, on)), by, "released")


async def test_QUA_only_an_active_reviewer_judges_and_once(house: House) -> None:
    on = await ground(house.db)
    async with house.db.tx(HAND) as tx:
        review, by = await sample(tx, on), await reviewer(tx)
        others = [await person(tx), await reviewer(tx, active=False)]
    for other in others:
        async with rows.refused(house.db, "not a reviewer") as tx:
            await judge(tx, on, review, other)
    async with house.db.tx(HAND) as tx:
        await judge(tx, on, review, by, score=0.5, passed=False)
    for later in ({"score": 1.0, "passed": True}, {"said_sealed": b"other"}):
        async with rows.refused(house.db, "NW-REVIEW: what was reviewed") as tx:
            await change(tx, "review", review, **later)
    async with rows.refused(house.db, "starts open") as tx:
        await sample(
            tx,
            on,
            episode=2,
            state="done",
            reviewed_by=by,
            policy_id=on.policy,
            ended_at=tx.now,
            **VERDICT,
        )


async def test_QUA_what_is_held_is_a_proposal_of_its_case(house: House) -> None:
    on = await ground(house.db)
    async with house.db.tx(HAND) as tx:
        made = await acts.proposal(tx, await rows.free_case(tx, on))
    async with rows.refused(house.db, "not an answer of this case") as tx:
        await held(tx, on, made)
