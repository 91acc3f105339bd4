"""Tier, lock, owner, clock and audit, tried by hand as the application role (INV-3, 4, 6, 7, 9, 13, 17)."""

import asyncio
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from tests.store.guards import acts, rows
from tests.store.guards.rows import HAND, HOUR, change, ground, put

from conftest import House
from newel.store.db import Guarded, Tx


@pytest.mark.parametrize("lower", [{"tier": 2}, {"tier": None}, {"locked": False}], ids=str)
async def test_INV_17_no_tier_falls_without_a_persons_lowering(house: House, lower: dict[str, Any]) -> None:
    on = await ground(house.db, tier=3, locked="locked" in lower)
    async with rows.refused(house.db, "NW-TIER") as tx:
        await change(tx, "cases", on.case, **lower)


async def test_INV_17_a_lowering_counts_in_its_own_transaction_only(house: House) -> None:
    on = await ground(house.db, tier=3, locked=True)
    ivan = await rows.signed_in(house.db)
    async with house.db.tx(ivan) as tx:
        await rows.lowering(tx, on)
    async with rows.refused(house.db, "NW-TIER") as tx:
        await change(tx, "cases", on.case, tier=2, locked=False)
    async with house.db.tx(ivan) as tx:
        await rows.lowering(tx, on)
        await change(tx, "cases", on.case, tier=2, locked=False)


async def test_INV_17_a_lowering_has_a_reason(house: House) -> None:
    on = await ground(house.db, tier=3, locked=True)
    ivan = await rows.signed_in(house.db)
    with pytest.raises(asyncpg.NotNullViolationError):
        async with house.db.tx(ivan) as tx:
            await rows.lowering(tx, on, reason_sealed=None)


async def test_a_tier_may_rise(house: House) -> None:
    on = await ground(house.db)
    async with house.db.tx(HAND) as tx:
        await change(tx, "cases", on.case, tier=3, locked=True)


@pytest.mark.parametrize(
    "act",
    [
        "DELETE FROM newel.job WHERE case_id = $1",
        "UPDATE newel.job SET state = 'dead' WHERE case_id = $1",
        "UPDATE newel.job SET kind = 'other' WHERE case_id = $1",
        "UPDATE newel.job SET case_id = NULL WHERE case_id = $1",
    ],
)
async def test_INV_7_the_job_of_a_waiting_case_does_not_go_alone(house: House, act: str) -> None:
    on = await ground(house.db)
    async with rows.refused(house.db, "NW-LIMBO") as tx:
        await tx.run(act, on.case)


@pytest.mark.parametrize("state", ["ai", "queued"])
async def test_INV_7_no_case_comes_to_a_state_without_what_moves_it_on(house: House, state: str) -> None:
    on = await ground(house.db)
    async with rows.refused(house.db, "NW-LIMBO") as tx:
        await change(tx, "cases", on.case, state=state, due_at=None)


async def test_INV_7_work_does_not_end_under_an_open_case(house: House) -> None:
    on = await ground(house.db, tier=3)
    async with house.db.tx(HAND) as tx:
        item = await rows.work(tx, on)
        await change(tx, "cases", on.case, state="queued", due_at=None)
    async with rows.refused(house.db, "NW-LIMBO") as tx:
        await change(tx, "work_item", item, state="cancelled", done_at=tx.now)


async def test_INV_7_an_approval_does_not_end_under_a_case_that_waits_for_it(house: House) -> None:
    on = await ground(house.db)
    async with house.db.tx(HAND) as tx:
        await change(tx, "cases", on.case, state="ai", due_at=None)
        await change(tx, "cases", on.case, state="approval")
        found = await acts.approval(tx, on)
        await rows.job(tx, "approval_expiry", on.case, found)
    async with rows.refused(house.db, "NW-LIMBO") as tx:
        await change(tx, "approval", found, state="expired", decided_at=tx.now)
    async with rows.refused(house.db, "NW-LIMBO") as tx:
        await tx.run("DELETE FROM newel.job WHERE kind = 'approval_expiry'")


async def test_INV_7_a_case_is_never_deleted(house: House) -> None:
    await ground(house.db)
    for table in ("cases", "message", "outbox", "work_item", "action", "approval"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with house.db.tx(HAND) as tx:
                await tx.run(f"DELETE FROM newel.{table}")


async def test_INV_3_no_AI_job_stands_on_a_T3_case(house: House) -> None:
    on = await ground(house.db, tier=3)
    async with rows.refused(house.db, "NW-AIJOB") as tx:
        await rows.job(tx, "answer", on.case)
    async with rows.refused(house.db, "NW-AIJOB") as tx:
        await rows.job(tx, "other", on.case)
        await tx.run("UPDATE newel.job SET kind = 'answer' WHERE kind = 'other'")


async def test_INV_3_a_case_does_not_become_T3_while_an_AI_job_stands(house: House) -> None:
    on = await ground(house.db)
    async with house.db.tx(HAND) as tx:
        await rows.job(tx, "answer", on.case)
    async with rows.refused(house.db, "NW-AIJOB") as tx:
        await change(tx, "cases", on.case, tier=3)


async def test_INV_3_raising_and_enqueueing_at_once_do_not_pass_each_other(house: House) -> None:
    on = await ground(house.db)

    async def enqueue() -> None:
        async with house.db.tx(HAND) as tx:
            await rows.job(tx, "answer", on.case)

    async with house.db.tx(HAND) as tx:
        await change(tx, "cases", on.case, tier=3)
        waiting = asyncio.create_task(enqueue())
        await rows.blocked(house, waiting)
    with pytest.raises(Guarded, match="NW-AIJOB"):
        await waiting


async def test_INV_6_a_new_owner_needs_a_new_token_and_a_token_never_falls(house: House) -> None:
    on = await ground(house.db, tier=3)
    _, item = await rows.owned(house.db, on)
    async with house.db.tx(HAND) as tx:
        other = await rows.person(tx)
    for sly in ({"owner_id": other}, {"owner_id": other, "token": 1}, {"token": 0}):
        async with rows.refused(house.db, "NW-FENCE") as tx:
            await change(tx, "work_item", item, **sly)
    async with house.db.tx(HAND) as tx:
        await change(tx, "work_item", item, owner_id=other, token=2)


async def test_INV_6_a_case_has_one_open_work_item(house: House) -> None:
    on = await ground(house.db, tier=3)
    await rows.owned(house.db, on)
    with pytest.raises(asyncpg.UniqueViolationError, match="work_item_open"):
        async with house.db.tx(HAND) as tx:
            await rows.work(tx, on)


async def test_RTE_nobody_is_given_more_than_their_capacity(house: House) -> None:
    on = await ground(house.db, tier=3)
    async with house.db.tx(HAND) as tx:
        full, gone = await rows.person(tx, capacity=0), await rows.person(tx, active=False)
        item = await rows.work(tx, on)
    for who in (full, gone):
        async with rows.refused(house.db, "NW-CAPACITY") as tx:
            await change(tx, "work_item", item, state="owned", owner_id=who, owned_at=tx.now, token=1)


async def target(tx: Tx, on: rows.Ground) -> Any:
    """A target of two hours that began an hour ago: 50 % is due now."""
    return await put(
        tx,
        "sla_target",
        case_id=on.case,
        kind="resolution",
        state="running",
        priority=3,
        minutes=120,
        business_time=False,
        started_at=tx.now - HOUR,
        due_at=tx.now + HOUR,
        percents=[50, 100],
        alert_ats=[tx.now, tx.now + HOUR],
        next_alert_at=tx.now,
        next_percent=50,
        policy_id=on.policy,
    )


async def fire(house: House, found: Any, percent: int, due: Any, at: Any) -> None:
    async with house.db.tx(HAND) as tx:
        await tx.run("INSERT INTO newel.sla_alert VALUES ($1, $2, $3, $4)", found, percent, due, at)


async def test_INV_9_an_alert_fires_once_and_at_no_other_time(house: House) -> None:
    on = await ground(house.db)
    async with house.db.tx(HAND) as tx:
        found, now = await target(tx, on), tx.now
    await fire(house, found, 50, now, now)
    with pytest.raises(asyncpg.UniqueViolationError):
        await fire(house, found, 50, now, now)
    for percent, due in ((100, now), (75, now), (50, now - HOUR)):
        with pytest.raises((Guarded, asyncpg.PostgresError), match=r"NW-SLA|duplicate"):
            await fire(house, found, percent, due, now)


async def test_INV_9_an_alert_does_not_fire_early(house: House) -> None:
    on = await ground(house.db)
    async with house.db.tx(HAND) as tx:
        found, now = await target(tx, on), tx.now
    with pytest.raises(asyncpg.CheckViolationError):
        await fire(house, found, 100, now + HOUR, now)
    with pytest.raises(Guarded, match="not before its time"):
        await fire(house, found, 100, now + HOUR, now + HOUR)
    for statement in ("UPDATE newel.sla_alert SET fired_at = now()", "DELETE FROM newel.sla_alert"):
        with pytest.raises(asyncpg.PostgresError, match="permission denied"):
            async with house.db.tx(HAND) as tx:
                await tx.run(statement)


async def test_INV_13_a_change_of_state_has_its_event(house: House) -> None:
    on = await ground(house.db, tier=3)
    async with rows.refused(house.db, "NW-AUDIT") as tx:
        await rows.work(tx, on)
        await tx.run("UPDATE newel.cases SET state = 'queued', due_at = NULL WHERE id = $1", on.case)


async def test_INV_13_a_change_of_state_has_one_event_only(house: House) -> None:
    on = await ground(house.db, tier=3)
    async with rows.refused(house.db, "with 2 audit events") as tx:
        await rows.work(tx, on)
        await change(tx, "cases", on.case, state="queued", due_at=None)
        await rows.audited(tx, "cases", on.case, "queued")


async def test_INV_13_an_event_of_another_transaction_does_not_count(house: House) -> None:
    on = await ground(house.db, tier=3)
    async with house.db.tx(HAND) as tx:
        await rows.work(tx, on)
        await rows.audited(tx, "cases", on.case, "queued")
    async with rows.refused(house.db, "NW-AUDIT") as tx:
        await tx.run("UPDATE newel.cases SET state = 'queued', due_at = NULL WHERE id = $1", on.case)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE newel.audit_event SET event = 'x'",
        "DELETE FROM newel.audit_event",
        "TRUNCATE newel.audit_event",
        "ALTER TABLE newel.audit_event DISABLE TRIGGER ALL",
        "DROP TABLE newel.audit_event",
        "UPDATE newel.state_transition SET to_state = 'x'",
        "INSERT INTO newel.state_transition VALUES ('case', 'resolved', 'owned')",
        "CREATE OR REPLACE FUNCTION newel.guard_outbox() RETURNS trigger LANGUAGE plpgsql"
        " AS 'BEGIN RETURN NEW; END'",
        "DROP TRIGGER outbox_gate ON newel.outbox",
    ],
)
async def test_INV_13_the_application_cannot_touch_audit_or_guards(house: House, statement: str) -> None:
    await ground(house.db)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with house.db.tx(HAND) as tx:
            await tx.run(statement)


async def test_INV_13_the_caller_does_not_choose_the_hash_or_the_transaction(house: House) -> None:
    on = await ground(house.db)
    async with house.db.tx(HAND) as tx:
        await tx.run(
            "INSERT INTO newel.audit_event"
            " (id, at, actor_kind, actor_id, event, entity, entity_id, tx, leaf_hash)"
            " VALUES (gen_random_uuid(), $1, 'ai', 'x', 'e', 'case', $2, '1', $3)",
            tx.now,
            str(on.case),
            rows.MAC,
        )
    (row,) = await house.as_owner(
        "SELECT leaf_hash, newel.audit_leaf(a) AS again, tx::text FROM newel.audit_event a WHERE event = 'e'"
    )
    assert row["leaf_hash"] == row["again"] != rows.MAC
    assert row["tx"] != "1"


async def test_a_state_goes_only_where_the_machine_lets_it(house: House) -> None:
    on = await ground(house.db)
    async with rows.refused(house.db, "may not go from waiting to approval") as tx:
        await change(tx, "cases", on.case, state="approval")


async def test_INV_14_a_policy_in_force_is_not_inserted_nor_changed(house: House) -> None:
    on = await ground(house.db)
    draft = {"workflow": "new", "number": 1, "name": "n", "digest": rows.MAC, "body": "b"}
    async with rows.refused(house.db, "starts as a draft") as tx:
        await put(tx, "policy_version", state="active", created_at=tx.now, activated_at=tx.now, **draft)
    sly_ones: list[dict[str, Any]] = [{"body": "other"}, {"digest": rows.OTHER_MAC}, {"required": ["legal"]}]
    for sly in (*sly_ones, {"workflow": "elsewhere"}, {"number": 7}, {"base_id": on.policy}):
        async with rows.refused(house.db, "NW-SIGN") as tx:
            await change(tx, "policy_version", on.policy, **sly)


async def test_INV_14_the_author_does_not_sign_and_a_signer_has_the_role(house: House) -> None:
    on = await ground(house.db)
    async with house.db.tx(HAND) as tx:
        author = await rows.person(tx, roles=["policy_owner"])
        other = await rows.person(tx, roles=["resolver"])
        draft = await put(
            tx,
            "policy_version",
            workflow="new",
            number=1,
            name="n",
            digest=rows.MAC,
            body="b",
            state="draft",
            required=["policy_owner"],
            submitted_by=author,
            created_at=tx.now,
        )
    for signer in (author, other):
        async with rows.refused(house.db, "lacks a signature") as tx:
            await rows.signature(tx, draft, signer)
            await change(tx, "policy_version", draft, state="active", activated_at=tx.now)
    assert on.policy != draft


async def known(tx: Tx) -> UUID:
    """A customer whom the operator knows by a reference."""
    customer = await put(tx, "customer", profile_sealed=b"", created_at=tx.now, updated_at=tx.now)
    await tx.run("INSERT INTO newel.customer_identity VALUES ('', $1, $2)", uuid4().bytes, customer)
    return customer


async def handed(tx: Tx, on: rows.Ground, to: UUID, *, cases: bool = True) -> None:
    await change(tx, "conversation", on.conversation, customer_id=to, begun_by=on.customer)
    if cases:
        await change(tx, "cases", on.case, customer_id=to)


async def test_INV_4_what_an_unknown_sender_began_becomes_a_known_customers_once(house: House) -> None:
    on = await ground(house.db)
    async with house.db.tx(HAND) as tx:
        theirs = await known(tx)
        await handed(tx, on, theirs)
    async with rows.refused(house.db, "NW-CASE") as tx:
        await change(tx, "conversation", on.conversation, customer_id=await known(tx))
    await house.as_owner("DELETE FROM newel.customer_identity WHERE customer_id = $1", theirs)
    async with rows.refused(house.db, "NW-CASE") as tx:
        await handed(tx, replace(on, customer=theirs), await known(tx))


async def test_INV_4_the_cases_go_with_their_conversation(house: House) -> None:
    on = await ground(house.db)
    async with rows.refused(house.db, "NW-CASE") as tx:
        await handed(tx, on, await known(tx), cases=False)
    async with rows.refused(house.db, "NW-CASE") as tx:
        await change(tx, "cases", on.case, customer_id=await known(tx))


async def test_INV_12_an_action_goes_with_its_case(house: House) -> None:
    on = await ground(house.db)
    async with house.db.tx(HAND) as tx:
        act, to = await acts.refund(tx, on), await known(tx)
        await handed(tx, on, to)
        await tx.run(
            "SELECT newel.become(ARRAY[]::uuid[], $1, $2, ARRAY[$3]::uuid[], ARRAY[''::bytea])",
            on.customer,
            to,
            on.case,
        )
    (row,) = await house.as_owner("SELECT customer_id FROM newel.action WHERE id = $1", act)
    assert row["customer_id"] == to


async def test_INV_4_a_known_customers_conversation_is_never_anothers(house: House) -> None:
    on = await ground(house.db)
    async with house.db.tx(HAND) as tx:
        await tx.run("INSERT INTO newel.customer_identity VALUES ('', $1, $2)", b"ref", on.customer)
    async with rows.refused(house.db, "NW-CASE") as tx:
        await handed(tx, on, await known(tx))


async def test_INV_4_nobody_whom_the_operator_does_not_know_takes_a_conversation(house: House) -> None:
    on, other = await ground(house.db), await ground(house.db, name="other")
    async with house.db.tx(HAND) as tx:
        await known(tx)  # somebody else, which says nothing of this one
    async with rows.refused(house.db, "NW-CASE") as tx:
        await handed(tx, on, other.customer)


async def test_INV_4_no_case_of_another_customer_stands_in_a_conversation(house: House) -> None:
    on = await ground(house.db)
    async with rows.refused(house.db, "NW-CASE") as tx:
        await rows.free_case(tx, replace(on, customer=await known(tx)))
