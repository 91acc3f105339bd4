"""A selection of approvals of one class, decided together: each by itself, with what became of each."""

from collections.abc import Sequence
from typing import Final, Literal
from uuid import UUID

import msgspec

from newel.domain.access import Act, Actor
from newel.domain.errors import Invalid, NewelError
from newel.domain.inbox import Refusal
from newel.domain.sentence import Sentence
from newel.flow.approval import Verdict, decide
from newel.flow.house import House
from newel.store import answer as answers
from newel.store import approval as rows
from newel.store import case as cases
from newel.store.db import Tx

MOST_AT_ONCE: Final = 50


_SIZE = Sentence("it holds one approval at least, and %(most)s at most")


class Done(msgspec.Struct, frozen=True):
    """What became of one approval among several; ``refused`` says why it was not decided."""

    id: UUID
    state: str
    refused: NewelError | None = None


async def decide_all(
    house: House,
    actor: Actor,
    ids: Sequence[UUID],
    decision: Literal["approve", "reject"],
    why: Refusal = Refusal.OTHER,
    note: str = "",
) -> list[Done]:
    """Decide several of one class (workflow, contact reason, action), each in its own transaction.

    What becomes of one touches no other. ``Invalid`` before any is decided, when they differ.
    """
    actor.must(Act.APPROVE)
    wanted = tuple(dict.fromkeys(ids))
    if not 0 < len(wanted) <= MOST_AT_ONCE:
        raise Invalid(what="the selection", why=_SIZE.of(most=MOST_AT_ONCE))
    async with house.db.tx(actor, read_only=True) as tx:
        classes = {await _class(tx, house, approval_id) for approval_id in wanted}
    if len(classes) > 1:
        raise Invalid(what="the selection", why="decide together only what is one action class")
    verdict = Verdict(decision=decision, why=why, note=note)
    return [await _one(house, actor, one, verdict) for one in wanted]


async def _class(tx: Tx, house: House, approval_id: UUID) -> tuple[str, str, str]:
    approval = await rows.read(tx, approval_id)
    case = await cases.read(tx, approval.case_id)
    made = await answers.proposal(tx, house.envelope, case, approval.proposal_id)
    return case.workflow, made.contact_reason, made.draft.action.action if made.draft.action else ""


async def _one(house: House, actor: Actor, approval_id: UUID, verdict: Verdict) -> Done:
    try:
        return Done(approval_id, await decide(house, actor, approval_id, verdict))
    except NewelError as refused:
        return Done(approval_id, str(refused.data.get("state", "")), refused)
