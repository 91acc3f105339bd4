"""Rows of actions: authorised, claimed, ended; the store guards authority, payload and cap."""

from datetime import datetime
from uuid import UUID

import msgspec

from newel.domain.errors import Invalid, NotFound
from newel.domain.playbook import Action as Payload
from newel.store import audit
from newel.store.case import Case
from newel.store.db import Tx, sql
from newel.store.envelope import Envelope


class Action(msgspec.Struct, frozen=True, kw_only=True):
    """One payload to execute once."""

    id: UUID
    case_id: UUID
    proposal_id: UUID
    customer_id: UUID
    action: str
    state: str
    authority: str
    approval_id: UUID | None
    staff_id: UUID | None
    policy_id: UUID
    payload: Payload
    amount_minor: int
    cap_minor: int | None
    keyed: bool
    message_id: UUID
    lease_until: datetime | None
    attempts: int
    doubted_at: datetime | None
    lapsed: bool
    reason: str


class Grant(msgspec.Struct, frozen=True, kw_only=True):
    """By what authority: an approval, an autonomous class, a person's own limit."""

    authority: str
    approval_id: UUID | None = None
    staff_id: UUID | None = None
    binding: bytes | None = None
    cap_minor: int | None = None
    window_from: datetime | None = None
    keyed: bool = True


def payload_mac(envelope: Envelope, payload: Payload) -> bytes:
    """The blind key of a payload: the same for the approval that binds it and the action under it."""
    return envelope.mac("payload", msgspec.json.encode(payload, order="sorted").decode())


async def add(
    tx: Tx,
    envelope: Envelope,
    case: Case,
    proposal_id: UUID,
    message_id: UUID,
    payload: Payload,
    grant: Grant,
    key: UUID,
) -> None:
    """Authorise one payload; ``key`` is its id and its idempotency key."""
    amount = payload.amount.amount_minor if payload.amount else 0
    await tx.run(
        sql("action").add,
        key,
        case.id,
        proposal_id,
        case.customer_id,
        payload.action,
        grant.authority,
        grant.approval_id,
        grant.staff_id,
        case.policy_id,
        payload_mac(envelope, payload),
        grant.binding,
        case.sealer(envelope).seal_value(place(key), payload),
        amount,
        grant.cap_minor,
        grant.window_from,
        grant.keyed,
        message_id,
        tx.now,
    )
    await audit.record(
        tx,
        "action.authorised",
        "action",
        key,
        state="authorised",
        case_id=case.id,
        action=payload.action,
        authority=grant.authority,
        amount_minor=amount,
    )


async def read(tx: Tx, envelope: Envelope, case: Case, action_id: UUID) -> Action:
    """The action with its payload opened; ``Invalid`` when the payload is not what was authorised."""
    row = await tx.row(sql("action").read, action_id)
    if row is None:
        raise NotFound(what="action", id=action_id)
    values = dict(row)
    payload = case.sealer(envelope).open_value(place(action_id), values.pop("args_sealed"), Payload)
    if values.pop("payload_mac") != payload_mac(envelope, payload):
        raise Invalid(what=f"the payload of action {action_id}", why="it is not what was authorised")
    values.pop("reference")
    return Action(payload=payload, action=values.pop("class"), **values)


async def claim(tx: Tx, action: Action, lease_until: datetime) -> None:
    """Claim for execution; ``Guarded`` without live authority, ``Conflict`` when not authorised."""
    await tx.one(sql("action").claim, action.id, lease_until)
    await _record(tx, action, "claimed", attempt=action.attempts + 1)


async def question(tx: Tx, action: Action, reason: str, *, lapsed: bool = False) -> None:
    """The outcome is unknown: a call may yet land; once ``lapsed`` it is only asked about."""
    await tx.one(sql("action").question, action.id, reason[:200], tx.now, lapsed)
    await _record(tx, action, "unknown", reason=reason[:200])


async def again(tx: Tx, action: Action, reason: str) -> None:
    """It did not happen; it may be claimed again."""
    await tx.one(sql("action").again, action.id, reason[:200])
    await _record(tx, action, "authorised", reason=reason[:200])


async def lapse(tx: Tx, action: Action, reason: str) -> None:
    """Its authority is gone while a call of it may yet land: from now on it is only asked about."""
    await tx.one(sql("action").lapse, action.id, reason[:200])
    await _record(tx, action, "unknown", reason=reason[:200])


async def end(tx: Tx, action: Action, state: str, *, reference: str = "", reason: str = "") -> None:
    """Confirmed or refused, for good."""
    await tx.one(sql("action").end, action.id, state, tx.now, reference[:200], reason[:200])
    await _record(tx, action, state, reference=reference[:200], reason=reason[:200])


async def void(tx: Tx, action: Action, reason: str) -> None:
    """It has no authority any more, and did not happen: never called, or without a trace for long enough."""
    await tx.one(sql("action").void, action.id, tx.now, reason[:200])
    await _record(tx, action, "void", reason=reason[:200])


async def _record(tx: Tx, action: Action, state: str, **data: object) -> None:
    await audit.record(
        tx,
        f"action.{state}",
        "action",
        action.id,
        state=state,
        case_id=action.case_id,
        action=action.action,
        **data,
    )


def place(action_id: UUID) -> str:
    """Where the arguments of an action are sealed."""
    return f"action.args:{action_id}"
