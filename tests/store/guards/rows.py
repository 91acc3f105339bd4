"""The rows of one case, written as the application's role could write them: by hand, past all code.

Each row with a state brings its audit event, so that a refusal comes from the guard under test.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from conftest import House
from newel.domain.access import Actor, system
from newel.store import audit
from newel.store.db import Db, Guarded, Tx

HAND = system("by_hand")
ENTITY = {"cases": "case", "policy_version": "policy", "sla_target": "sla"}
MAC = b"m" * 32
OTHER_MAC = b"o" * 32
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Ground:
    """What stands before each attempt: a policy, a customer, a case that waits, and its message."""

    policy: UUID
    customer: UUID
    conversation: UUID
    case: UUID
    message: UUID


async def blocked(house: House, waiting: "asyncio.Task[Any]") -> None:
    """Until a task waits for a lock; one that ends before has not waited."""
    locks = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    while not await house.as_owner(locks):
        assert not waiting.done()
        await asyncio.sleep(0.01)


@asynccontextmanager
async def refused(db: Db, match: str, by: Actor = HAND) -> AsyncIterator[Tx]:
    """A transaction that the store must refuse, in its statement or at its commit."""
    with pytest.raises(Guarded, match=match):
        async with db.tx(by) as tx:
            yield tx


async def put(tx: Tx, table: str, **values: Any) -> UUID:
    """Insert a row with a fresh id; its state is audited."""
    row = {"id": uuid4(), **values}
    places = ", ".join(f"${n}" for n in range(1, len(row) + 1))
    await tx.run(f"INSERT INTO newel.{table} ({', '.join(row)}) VALUES ({places})", *row.values())
    if "state" in row:
        await audited(tx, table, row["id"], row["state"])
    found: UUID = row["id"]
    return found


async def change(tx: Tx, table: str, which: UUID, **values: Any) -> None:
    """Update one row; a new state is audited."""
    places = ", ".join(f"{name} = ${n}" for n, name in enumerate(values, 2))
    assert await tx.run(f"UPDATE newel.{table} SET {places} WHERE id = $1", which, *values.values()) == 1
    if "state" in values:
        await audited(tx, table, which, values["state"])


async def audited(tx: Tx, table: str, which: UUID, state: str) -> None:
    entity = ENTITY.get(table, table)
    await audit.record(tx, f"{entity}.{state}", entity, which, state=state)


async def job(tx: Tx, kind: str, case: UUID, subject: UUID | None = None) -> None:
    await tx.run(
        "INSERT INTO newel.job (kind, case_id, subject_id, run_at, created_at) VALUES ($1, $2, $3, $4, $4)",
        kind,
        case,
        subject,
        tx.now,
    )


async def ground(
    db: Db, *, tier: int = 1, locked: bool = False, outcome: str = "scanned", name: str = "desk"
) -> Ground:
    """A case that waits for the customer, with one inbound message and its receipt."""
    async with db.tx(HAND) as tx:
        policy = await _policy(tx, name)
        customer = await _customer(tx)
        conversation = await put(
            tx,
            "conversation",
            workflow=name,
            channel="api",
            thread_mac=uuid4().bytes,
            customer_id=customer,
            created_at=tx.now,
        )
        case = await _case(tx, policy, customer, conversation, tier, locked, name)
        message = await inbound(tx, case)
        await change(tx, "cases", case, last_inbound_id=message)
        if outcome:
            await receipt(tx, Ground(policy, customer, conversation, case, message), message, outcome)
    return Ground(policy, customer, conversation, case, message)


async def free_case(tx: Tx, on: Ground) -> Ground:
    """Another case of the same conversation, that nothing holds back."""
    case = await _case(tx, on.policy, on.customer, on.conversation, 1, False)
    message = await inbound(tx, case)
    found = replace(on, case=case, message=message)
    await receipt(tx, found, message)
    return found


async def _policy(tx: Tx, workflow: str) -> UUID:
    """A policy in force with one fixed text and one autonomous class."""
    policy = await draft(tx, workflow)
    await tx.run("INSERT INTO newel.policy_autonomous VALUES ($1, 'reset', 0)", policy)
    await signed(tx, policy)
    await change(tx, "policy_version", policy, state="active", activated_at=tx.now)
    return policy


async def draft(tx: Tx, workflow: str, number: int = 1, text_mac: bytes = MAC, **values: Any) -> UUID:
    """A draft that asks for the policy owner's signature, with one fixed text."""
    given = {
        "name": "desk.yaml",
        "digest": MAC,
        "body": "title: desk",
        "required": ["policy_owner"],
        **values,
    }
    policy = await put(
        tx, "policy_version", workflow=workflow, number=number, state="draft", created_at=tx.now, **given
    )
    await tx.run("INSERT INTO newel.policy_template VALUES ($1, 'handover', $2)", policy, text_mac)
    return policy


async def signed(tx: Tx, policy: UUID) -> None:
    """A policy owner signs."""
    owner = await person(tx, roles=["policy_owner"])
    await signature(tx, policy, owner)


async def signature(tx: Tx, policy: UUID, signer: UUID, **values: Any) -> None:
    """A signature of somebody who is signed in, unless said otherwise."""
    mine = {} if values else {"session_hash": await session(tx, signer)}
    row = {"policy_id": policy, "role": "policy_owner", "staff_id": signer, "signed_at": tx.now}
    row = {**row, "proof": "session", **mine, **values}
    places = ", ".join(f"${n}" for n in range(1, len(row) + 1))
    await tx.run(f"INSERT INTO newel.policy_signature ({', '.join(row)}) VALUES ({places})", *row.values())


async def _customer(tx: Tx) -> UUID:
    return await put(tx, "customer", profile_sealed=b"", created_at=tx.now, updated_at=tx.now)


async def _case(
    tx: Tx,
    policy: UUID,
    customer: UUID,
    conversation: UUID,
    tier: int,
    locked: bool,
    workflow: str = "desk",
) -> UUID:
    case = uuid4()
    await job(tx, "settle", case)
    return await put(
        tx,
        "cases",
        id=case,
        workflow=workflow,
        kind="conversation",
        customer_id=customer,
        conversation_id=conversation,
        key_wrapped=b"",
        policy_id=policy,
        state="waiting",
        tier=tier,
        locked=locked,
        due_at=tx.now + HOUR,
        opened_at=tx.now,
        episode_opened_at=tx.now,
    )


async def inbound(tx: Tx, case: UUID) -> UUID:
    """A message of the customer."""
    return await put(
        tx,
        "message",
        case_id=case,
        episode=1,
        direction="inbound",
        channel="api",
        external_mac=uuid4().bytes,
        drafted_by="customer",
        text_mac=MAC,
        body_sealed=b"",
        received_at=tx.now,
        created_at=tx.now,
    )


async def receipt(tx: Tx, on: Ground, message: UUID, outcome: str = "scanned", **values: Any) -> UUID:
    """The scan's receipt of a message; a failed one locks."""
    locked = outcome == "failed"
    given = {"tier_floor": 3 if locked else 1, "locked": locked, **values}
    return await put(
        tx,
        "scan_receipt",
        message_id=message,
        case_id=on.case,
        policy_id=on.policy,
        outcome=outcome,
        markers=[],
        clusters=[],
        risk=0.0,
        not_evaluated=[],
        evidence_sealed=b"",
        at=tx.now,
        **given,
    )


async def outbound(tx: Tx, on: Ground, *, drafted_by: str = "ai", **values: Any) -> UUID:
    """A message to the customer; by the AI unless its provenance says otherwise."""
    given = {"episode": 1, "text_mac": MAC, "body_sealed": b"", **values}
    return await put(
        tx,
        "message",
        case_id=on.case,
        direction="outbound",
        channel="api",
        drafted_by=drafted_by,
        created_at=tx.now,
        **given,
    )


async def boxed(tx: Tx, on: Ground, message: UUID, **values: Any) -> UUID:
    """The message's place in the outbox."""
    given = {"episode": 1, "state": "pending", **values}
    return await put(
        tx,
        "outbox",
        message_id=message,
        case_id=on.case,
        conversation_id=on.conversation,
        created_at=tx.now,
        **given,
    )


async def ai_reply(db: Db, on: Ground, **values: Any) -> UUID:
    """An AI reply that waits in the outbox."""
    async with db.tx(HAND) as tx:
        return await boxed(tx, on, await outbound(tx, on), **values)


async def claim(db: Db, box: UUID) -> None:
    """What an attacker, or a bug, would do: set the state and be done."""
    async with db.tx(HAND) as tx:
        await change(tx, "outbox", box, state="claimed", claimed_at=tx.now)


async def engage(tx: Tx, **values: Any) -> UUID:
    """The kill switch: for all, a workflow, or one contact reason of it."""
    by = tx.actor.id
    found = await put(tx, "kill_switch", reason="test", engaged_by=by, engaged_at=tx.now, **values)
    await audit.record(tx, "kill_switch.engaged", "kill_switch", found)
    return found


async def person(tx: Tx, **values: Any) -> UUID:
    """An account: an approver with a limit, unless said otherwise."""
    given = {"roles": ["approver", "resolver"], "clearance": "senior", "limit_minor": 5000, "capacity": 3}
    login = f"p{uuid4().hex[:8]}"
    found = await put(tx, "staff", login=login, name=login, created_at=tx.now, **(given | values))
    await audit.record(tx, "access.staff_created", "staff", found)
    return found


async def rights(tx: Tx, staff: UUID, **values: Any) -> None:
    """Somebody's rights as they are from here on, with their event."""
    await change(tx, "staff", staff, **values)
    await audit.record(tx, "access.staff_changed", "staff", staff)


async def session(tx: Tx, staff: UUID, **values: Any) -> bytes:
    """A session that lives, unless said otherwise; how it is known."""
    await _began(tx, staff)
    row: dict[str, Any] = {
        "id_hash": uuid4().bytes,
        "staff_id": staff,
        "created_at": tx.now,
        "last_seen_at": tx.now,
    }
    row = {**row, "expires_at": tx.now + HOUR, **values}
    places = ", ".join(f"${n}" for n in range(1, len(row) + 1))
    await tx.run(f"INSERT INTO newel.staff_session ({', '.join(row)}) VALUES ({places})", *row.values())
    return bytes(row["id_hash"])


async def _began(tx: Tx, staff: UUID) -> None:
    """The event of signing in, by whose session it is."""
    await tx.run(
        "INSERT INTO newel.audit_event (id, at, actor_kind, actor_id, event, entity, entity_id, leaf_hash)"
        " VALUES ($1, $2, 'staff', $3, 'access.signed_in', 'staff', $3, '')",
        uuid4(),
        tx.now,
        str(staff),
    )


def acting(staff: UUID) -> Actor:
    """A person as the actor of a transaction."""
    return Actor(kind="staff", id=str(staff))


async def signed_in(db: Db, **values: Any) -> Actor:
    """A signed-in person as the actor of a transaction: a supervisor unless said otherwise."""
    async with db.tx(HAND) as tx:
        staff = await person(tx, **({"roles": ["supervisor"], "clearance": "supervisor"} | values))
        await session(tx, staff)
    return acting(staff)


async def lowering(tx: Tx, on: Ground, *, told: bool = True, **values: Any) -> UUID:
    """A lowering by the transaction's actor, of a locked T3 case to T2, with its event."""
    given = {"from_tier": 3, "to_tier": 2, "unlocked": True, "reason_sealed": b"sealed", "episode": 1}
    given |= {"staff_id": UUID(tx.actor.id), "at": tx.now}
    found = await put(tx, "lowering", case_id=on.case, **(given | values))
    if told:
        await audit.record(tx, "case.lowering", "lowering", found, case_id=on.case)
    return found


async def work(tx: Tx, on: Ground, **values: Any) -> UUID:
    """Work on the case that waits in the queue."""
    found = await tx.value(
        "INSERT INTO newel.bucket (language, skills, regulated, generalist)"
        " VALUES ('en', '{}', false, 'general')"
        " ON CONFLICT (language, skills, regulated, generalist, channel, region, region_needed)"
        " DO UPDATE SET language = 'en' RETURNING id"
    )
    given = {"episode": 1, "workflow": "desk", "state": "queued", "priority": 3, "reason": "test"}
    given |= {"bucket": found}
    return await put(
        tx,
        "work_item",
        case_id=on.case,
        queued_at=tx.now,
        due_at=tx.now + HOUR,
        **(given | values),
    )


async def owned(db: Db, on: Ground) -> tuple[UUID, UUID]:
    """A signed-in person who owns the case's work: the person and the work item."""
    async with db.tx(HAND) as tx:
        staff = await person(tx)
        await session(tx, staff)
        item = await work(tx, on)
        await change(tx, "work_item", item, state="owned", owner_id=staff, owned_at=tx.now, token=1)
    return staff, item
