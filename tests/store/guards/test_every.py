"""What holds for each machine and each append-only table, tried by hand on a row of every one (INV-13)."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg
import pytest
from msgspec.structs import replace
from tests.store.guards import acts, reviews, rows
from tests.store.guards.rows import HAND, MAC, Ground, change, ground, person, put

from conftest import House
from newel.domain.states import MACHINES
from newel.store import notice
from newel.store.db import Tx
from newel.store.notice import Notice

Make = Callable[[Tx, Ground], Awaitable[UUID]]


async def case(tx: Tx, on: Ground) -> UUID:
    return (await rows.free_case(tx, on)).case


async def policy(tx: Tx, on: Ground) -> UUID:
    return await rows.draft(tx, "desk", 2)


async def sla(tx: Tx, on: Ground) -> UUID:
    given = {"kind": "resolution", "state": "running", "priority": 3, "minutes": 120, "business_time": False}
    given |= {"started_at": tx.now, "due_at": tx.now + 2 * rows.HOUR, "percents": [50], "alert_ats": [tx.now]}
    return await put(tx, "sla_target", case_id=on.case, policy_id=on.policy, **given)


async def box(tx: Tx, on: Ground) -> UUID:
    return await rows.boxed(tx, on, await rows.outbound(tx, on))


async def feedback(tx: Tx, on: Ground) -> UUID:
    given = {"kind": "follow_up", "state": "pending", "body_sealed": b"", "created_at": tx.now}
    return await put(tx, "feedback", case_id=on.case, **given)


async def article(tx: Tx, on: Ground) -> UUID:
    given = {"article_id": "a", "base_version": 0, "state": "draft", "collection": "c", "language": "en"}
    given |= {"title": "t", "body": "b", "owner": "o", "written_by": await person(tx), "saved_at": tx.now}
    return await put(tx, "article_draft", **given)


async def overflow(tx: Tx, on: Ground) -> UUID:
    given = {"workflow": "desk", "state": "open", "reason": "many", "opened_by": "x", "opened_at": tx.now}
    return await put(tx, "overflow", **given)


async def offer(tx: Tx, on: Ground) -> UUID:
    owner, item = await person(tx), await rows.work(tx, on)
    await change(tx, "work_item", item, state="owned", owner_id=owner, owned_at=tx.now, token=1)
    await change(tx, "cases", on.case, state="owned", due_at=None)
    given = {"workflow": "desk", "name": "plus", "state": "shown", "shown_to": owner, "shown_at": tx.now}
    given |= {"episode": 1, "customer_id": on.customer, "policy_id": on.policy}
    return await put(tx, "offer", case_id=on.case, **given)


async def review(tx: Tx, on: Ground) -> UUID:
    given = {"kind": "sample", "work": "person", "state": "open", "share": 0.1, "episode": 1}
    return await put(tx, "review", case_id=on.case, workflow="desk", created_at=tx.now, **given)


async def weekly(tx: Tx, on: Ground) -> UUID:
    return await reviews.weekly(tx, on)


async def post_mortem(tx: Tx, on: Ground) -> UUID:
    return await reviews.post_mortem(tx, on, await person(tx))


class Machine(NamedTuple):
    """A machine's table, a row of it, how the row comes to an end, and where it may not go from there."""

    table: str
    make: Make
    end: dict[str, Any]
    never: dict[str, Any]


OVER = {"ended_at": rows.HOUR}
EACH = {
    "case": Machine("cases", case, {}, {"state": "approval"}),
    "proposal": Machine("proposal", acts.proposal, {"state": "discarded"}, {"state": "pending"}),
    "approval": Machine(
        "approval", acts.approval, {"state": "expired", "decided_at": rows.HOUR}, {"state": "withdrawn"}
    ),
    "action": Machine("action", acts.action, {"state": "void", **OVER}, {"state": "confirmed"}),
    "work_item": Machine(
        "work_item", rows.work, {"state": "cancelled", "done_at": rows.HOUR}, {"state": "done"}
    ),
    "sla": Machine("sla_target", sla, {"state": "cancelled", **OVER}, {"state": "met"}),
    "outbox": Machine("outbox", box, {"state": "withdrawn", **OVER}, {"state": "dead"}),
    "feedback": Machine("feedback", feedback, {"state": "ingested", **OVER}, {"state": "dead"}),
    "policy": Machine("policy_version", policy, {}, {"state": "retired"}),
    "article_draft": Machine("article_draft", article, {"state": "withdrawn"}, {"state": "review"}),
    "overflow": Machine(
        "overflow",
        overflow,
        {"state": "closed", "closed_by": "x", "closed_at": rows.HOUR},
        {"state": "open", "closed_by": None, "closed_at": None},
    ),
    "offer": Machine("offer", offer, {}, {"state": "none"}),
    "review": Machine("review", review, {}, {"state": "none"}),
    "weekly": Machine("weekly", weekly, {}, {"state": "none"}),
    "post_mortem": Machine("post_mortem", post_mortem, {}, {"state": "none"}),
}


def test_each_machine_is_tried() -> None:
    assert EACH.keys() == MACHINES.keys()


@pytest.mark.parametrize("name", EACH)
async def test_INV_13_a_state_goes_nowhere_but_where_its_machine_lets_it(house: House, name: str) -> None:
    on, each = await ground(house.db), EACH[name]
    async with house.db.tx(HAND) as tx:
        found = await each.make(tx, on)
        if each.end:
            at = {k: tx.now if isinstance(v, timedelta) else v for k, v in each.end.items()}
            await change(tx, each.table, found, **at)
    async with rows.refused(house.db, f"NW-STATE: {name} may not go") as tx:
        await change(tx, each.table, found, **each.never)


@pytest.mark.parametrize("name", EACH)
async def test_INV_13_a_row_with_a_state_has_its_event(
    house: House, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    on, each = await ground(house.db), EACH[name]
    audited = rows.audited

    async def told(tx: Tx, table: str, which: UUID, state: str) -> None:
        if table != each.table:
            await audited(tx, table, which, state)

    monkeypatch.setattr(rows, "audited", told)
    async with rows.refused(house.db, f"NW-AUDIT: {name} ") as tx:
        await each.make(tx, on)


async def alerted(tx: Tx, on: Ground) -> None:
    found = await sla(tx, on)
    await tx.run("INSERT INTO newel.sla_alert VALUES ($1, 50, $2, $2)", found, tx.now)


async def decided(tx: Tx, on: Ground) -> None:
    given = {"kind": "release", "tier": 1, "reasons": ["x"], "signals": {}, "at": tx.now, "episode": 1}
    await put(tx, "decision", case_id=on.case, policy_id=on.policy, **given)


KEPT = {
    "message": "text_mac",
    "decision": "kind",
    "policy_signature": "role",
    "sla_alert": "due_at",
}


@pytest.mark.parametrize("table", KEPT)
async def test_INV_13_not_even_the_owner_of_the_database_changes_what_was_said(
    house: House, table: str
) -> None:
    on = await ground(house.db)
    async with house.db.tx(HAND) as tx:
        await alerted(tx, on)
        await decided(tx, on)
    for statement in (
        f"UPDATE newel.{table} SET {KEPT[table]} = {KEPT[table]}",
        f"DELETE FROM newel.{table}",
    ):
        with pytest.raises(asyncpg.PostgresError, match=f"NW-APPEND: {table} is append-only"):
            await house.as_owner(statement)


async def test_INV_13_not_even_the_owner_of_the_database_empties_the_audit(house: House) -> None:
    with pytest.raises(asyncpg.PostgresError, match="append-only"):
        await house.as_owner("TRUNCATE newel.audit_event")


async def test_INV_12_a_case_has_one_approval_that_waits(house: House) -> None:
    on = await ground(house.db)
    async with house.db.tx(HAND) as tx:
        await acts.approval(tx, on)
    with pytest.raises(asyncpg.UniqueViolationError, match="approval_pending"):
        async with house.db.tx(HAND) as tx:
            await acts.approval(tx, on, binding=MAC)


async def test_RTE_2_the_on_call_is_told_once_of_one_item_and_cause(house: House) -> None:
    on = await ground(house.db)
    called = Notice(kind="on_call.breached", case_id=on.case, address="on_call", about="an item")
    for one in (called, replace(called, about="another"), replace(called, kind="on_call.escalated")):
        async with house.db.tx(HAND) as tx:
            await notice.add(tx, one)
    with pytest.raises(asyncpg.UniqueViolationError, match="notice_called"):
        async with house.db.tx(HAND) as tx:
            await notice.add(tx, called)


async def test_INV_9_a_case_has_one_clock_of_a_kind(house: House) -> None:
    on = await ground(house.db)
    async with house.db.tx(HAND) as tx:
        await sla(tx, on)
    with pytest.raises(asyncpg.UniqueViolationError, match="sla_live"):
        async with house.db.tx(HAND) as tx:
            await sla(tx, on)
