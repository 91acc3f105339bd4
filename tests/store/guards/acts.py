"""Rows of what is proposed, approved and done, by hand as ``rows`` writes the others."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from tests.store.guards.rows import HAND, HOUR, MAC, Ground, change, person, put, session, work

from newel.store.db import Db, Tx


async def proposal(tx: Tx, on: Ground, **values: Any) -> UUID:
    """A proposal of the AI on the case's last message."""
    given = {
        "drafted_by": "ai",
        "episode": 1,
        "state": "pending",
        "draft_sealed": b"",
        "message_id": on.message,
        "contact_reason": "refund",
    }
    return await put(
        tx,
        "proposal",
        case_id=on.case,
        confidence=0.9,
        calibrated=True,
        model="test",
        reasons=["playbook"],
        sources=[],
        policy_id=on.policy,
        created_at=tx.now,
        **(given | values),
    )


async def approval(tx: Tx, on: Ground, **values: Any) -> UUID:
    """An approval that waits for a decision."""
    made = values.pop("proposal_id", None) or await proposal(tx, on)
    given = {"state": "pending", "binding": MAC, "text_mac": MAC, "payload_mac": MAC, "amount_minor": 1800}
    given |= {"due_at": tx.now + HOUR, "expires_at": tx.now + HOUR}
    return await put(
        tx,
        "approval",
        case_id=on.case,
        proposal_id=made,
        message_id=on.message,
        created_at=tx.now,
        **(given | values),
    )


async def approved(tx: Tx, on: Ground, **values: Any) -> tuple[UUID, UUID]:
    """An approval and the person who gave it."""
    staff = await person(tx)
    await session(tx, staff)
    found = await approval(tx, on, **values)
    await change(tx, "approval", found, state="approved", decided_by=staff, decided_at=tx.now)
    return found, staff


async def action(tx: Tx, on: Ground, **values: Any) -> UUID:
    """An action that is authorised, by an autonomous class unless said otherwise."""
    made = values.pop("proposal_id", None) or await proposal(tx, on)
    given = {
        "class": "reset",
        "state": "authorised",
        "authority": "autonomous",
        "payload_mac": MAC,
        "args_sealed": b"",
        "keyed": True,
        "message_id": on.message,
        "customer_id": on.customer,
    }
    return await put(
        tx,
        "action",
        case_id=on.case,
        proposal_id=made,
        policy_id=on.policy,
        created_at=tx.now,
        **(given | values),
    )


async def refund(tx: Tx, on: Ground, **values: Any) -> UUID:
    """A refund of 18.00 under an approval, within a cap of 50.00 over 90 days."""
    made = await proposal(tx, on)
    found = values.pop("approval_id", None)
    if found is None:
        found, _ = await approved(tx, on, proposal_id=made)
    given = {
        "class": "refund",
        "authority": "approval",
        "approval_id": found,
        "binding": MAC,
        "amount_minor": 1800,
        "cap_minor": 5000,
        "window_from": tx.now - timedelta(days=90),
    }
    return await action(tx, on, proposal_id=made, **(given | values))


async def own(tx: Tx, on: Ground, **values: Any) -> tuple[UUID, UUID]:
    """A refund by who owns the T3 case, within a cap of 50.00 over 90 days: the act and the person."""
    staff = values.pop("staff_id", None)
    if staff is None:
        staff = await owner(tx, on)
    made = values.pop("proposal_id", None) or await proposal(tx, on, drafted_by="person", state="decided")
    given = {
        "class": "refund",
        "authority": "own_limit",
        "staff_id": staff,
        "amount_minor": 1800,
        "cap_minor": 5000,
        "window_from": tx.now - timedelta(days=90),
    }
    return await action(tx, on, proposal_id=made, **(given | values)), staff


async def owner(tx: Tx, on: Ground, *, tier: int = 3, **who: Any) -> UUID:
    """Somebody who owns the case, which is a T3 one from here on unless said otherwise."""
    staff = await person(tx, **who)
    await session(tx, staff)
    item = await work(tx, on)
    await change(tx, "work_item", item, state="owned", owner_id=staff, owned_at=tx.now, token=1)
    await change(tx, "cases", on.case, tier=tier)
    return staff


async def claim_action(db: Db, action_id: UUID, **values: Any) -> None:
    """Claim it for execution, by hand."""
    async with db.tx(HAND) as tx:
        await change(tx, "action", action_id, state="claimed", lease_until=tx.now + HOUR, **values)


async def bring_action_to(db: Db, action_id: UUID, state: str) -> None:
    """Take an authorised action to a state, each step as the house takes it."""
    if state == "authorised":
        return
    if state == "void":
        async with db.tx(HAND) as tx:
            await change(tx, "action", action_id, state="void", ended_at=tx.now)
        return
    await claim_action(db, action_id)
    if state != "claimed":
        async with db.tx(HAND) as tx:
            ended = tx.now if state in {"confirmed", "refused"} else None
            doubted = {"doubted_at": tx.now} if state == "unknown" else {}
            await change(tx, "action", action_id, state=state, lease_until=None, ended_at=ended, **doubted)


async def doubted(db: Db, action_id: UUID) -> None:
    """Called, without an answer, and without a trace of it when it was asked about: to be called again."""
    await bring_action_to(db, action_id, "unknown")
    async with db.tx(HAND) as tx:
        await change(tx, "action", action_id, state="authorised")
