"""The approval queue, and deciding."""

from typing import Annotated, Literal
from uuid import UUID

import msgspec
from litestar.params import FromPath, JSONBody

from newel.domain.access import Act
from newel.domain.inbox import Refusal
from newel.flow import approval, inbox, selection
from newel.store import views
from newel.store.views import Asked, Waiting
from newel.web.request import Ask
from newel.web.route import get, post
from newel.web.shapes import Minor, Reason, Said, Why

SHOWN = 200


class Queue(msgspec.Struct, frozen=True):
    """What waits for an approver, the most urgent first."""

    approvals: tuple[Waiting, ...]


class Decide(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A decision; an edit brings another text or amount, a rejection says why, and more in a note."""

    decision: Literal["approve", "edit", "reject"]
    text: Said | None = None
    amount_minor: Minor | None = None
    why: Refusal = Refusal.OTHER
    note: Why = ""


class Decided(msgspec.Struct, frozen=True):
    """What became of the approval."""

    state: str


class DecideAll(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which approvals, all of one workflow, contact reason and action, and the one decision on them."""

    ids: Annotated[tuple[UUID, ...], msgspec.Meta(min_length=1, max_length=50)]
    decision: Literal["approve", "reject"]
    why: Refusal = Refusal.OTHER
    note: Why = ""


class Done(msgspec.Struct, frozen=True):
    """What became of one approval among several; ``code`` and ``why`` say why it was not decided."""

    id: UUID
    state: str
    code: str = ""
    why: str = ""


class Outcome(msgspec.Struct, frozen=True):
    """What became of each."""

    approvals: tuple[Done, ...]


class Withdraw(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why it is taken back, for the person who gets the case."""

    note: Reason


@get("/api/v1/approvals", Act.APPROVE)
async def approval_queue(request: Ask) -> Queue:
    """What waits for an approver."""
    async with request.house.db.tx(request.actor, read_only=True) as tx:
        return Queue(tuple(await views.approvals(tx, SHOWN)))


@get("/api/v1/approvals/{approval_id:uuid}", Act.APPROVE)
async def approval_detail(request: Ask, approval_id: FromPath[UUID]) -> Asked:
    """One approval: the customer's message, the reply, the action and its justification."""
    return await inbox.told(request.house, request.actor, approval_id)


@post("/api/v1/approvals/{approval_id:uuid}/decision", Act.APPROVE, example={"decision": "approve"})
async def decide_approval(request: Ask, approval_id: FromPath[UUID], data: JSONBody[Decide]) -> Decided:
    """Approve, edit and release, or reject; 409 when it was decided or no longer binds."""
    verdict = approval.Verdict(
        decision=data.decision,
        text=data.text,
        amount_minor=data.amount_minor,
        why=data.why,
        note=data.note,
    )
    return Decided(await approval.decide(request.house, request.person, approval_id, verdict))


@post(
    "/api/v1/approvals/decisions",
    Act.APPROVE,
    example={"ids": ["7d444840-9dc0-11d1-b245-5ffdce74fad2"], "decision": "approve"},
)
async def decide_approvals(request: Ask, data: JSONBody[DecideAll]) -> Outcome:
    """Decide several of one action class; each by itself, and what became of each."""
    done = await selection.decide_all(
        request.house, request.person, data.ids, data.decision, data.why, data.note
    )
    return Outcome(tuple(map(_done, done)))


def _done(one: selection.Done) -> Done:
    refused = one.refused
    return Done(one.id, one.state, refused.code, refused.message) if refused else Done(one.id, one.state)


@post(
    "/api/v1/approvals/{approval_id:uuid}/withdrawal",
    Act.APPROVE,
    example={"note": "the order was cancelled"},
)
async def withdraw_approval(request: Ask, approval_id: FromPath[UUID], data: JSONBody[Withdraw]) -> Decided:
    """Take a proposal back before it is decided; a person takes the case."""
    await approval.withdraw(request.house, request.person, approval_id, data.note)
    return Decided("withdrawn")


ROUTES = [approval_queue, approval_detail, decide_approval, decide_approvals, withdraw_approval]
