"""The approval queue, and deciding."""

from typing import Literal
from uuid import UUID

import msgspec
from litestar.params import FromPath, JSONBody

from newel.domain.access import Act
from newel.flow import approval
from newel.store import views
from newel.store.views import Asked, Waiting
from newel.web.request import Ask
from newel.web.route import get, post
from newel.web.shapes import Minor, Said, Why

SHOWN = 200


class Queue(msgspec.Struct, frozen=True):
    """What waits for an approver, the most urgent first."""

    approvals: tuple[Waiting, ...]


class Decide(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A decision; an edit brings another text or amount, a rejection says why."""

    decision: Literal["approve", "edit", "reject"]
    text: Said | None = None
    amount_minor: Minor | None = None
    reason: Why = ""


class Decided(msgspec.Struct, frozen=True):
    """What became of the approval."""

    state: str


@get("/api/v1/approvals", Act.APPROVE)
async def approval_queue(request: Ask) -> Queue:
    """What waits for an approver."""
    async with request.house.db.tx(request.actor, read_only=True) as tx:
        return Queue(tuple(await views.approvals(tx, SHOWN)))


@get("/api/v1/approvals/{approval_id:uuid}", Act.APPROVE)
async def approval_detail(request: Ask, approval_id: FromPath[UUID]) -> Asked:
    """One approval: the customer's message, the reply, the action and its justification."""
    async with request.house.db.tx(request.actor, read_only=True) as tx:
        return await views.approval(tx, request.house.envelope, approval_id)


@post("/api/v1/approvals/{approval_id:uuid}/decision", Act.APPROVE, example={"decision": "approve"})
async def decide_approval(request: Ask, approval_id: FromPath[UUID], data: JSONBody[Decide]) -> Decided:
    """Approve, edit and release, or reject; 409 when it was decided or no longer binds."""
    verdict = approval.Verdict(
        decision=data.decision, text=data.text, amount_minor=data.amount_minor, reason=data.reason
    )
    return Decided(await approval.decide(request.house, request.person, approval_id, verdict))


ROUTES = [approval_queue, approval_detail, decide_approval]
