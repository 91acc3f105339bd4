"""Acts of people: the owner of a case has something done by a playbook, on their own authority."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar.params import FromPath, JSONBody

from newel.domain.access import Act
from newel.domain.words import Money
from newel.flow import deed
from newel.store.deed import Deed
from newel.web.request import Ask
from newel.web.route import get, post
from newel.web.shapes import Key, Minor, Short, Token

Slots = Annotated[dict[Key, Short], msgspec.Meta(max_length=20)]


class DoAct(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which act of which playbook; ``arguments`` are slots of it that the customer's words do not give.

    Without ``amount_minor`` it is what the record says. ``key`` is the caller's: a second call with it is
    the same act, whatever became of the first.
    """

    token: Token
    playbook: Key
    act: Key
    arguments: Slots = {}
    amount_minor: Minor | None = None
    key: Short = ""


class CaseAct(msgspec.Struct, frozen=True, kw_only=True):
    """One act: ``confirmed`` once it happened, ``unknown`` while nobody knows, ``refused`` or ``void``."""

    id: UUID
    act: str
    state: str
    authority: str
    arguments: dict[str, str]
    amount: Money | None
    by: str | None
    reference: str
    reason: str
    at: datetime
    ended_at: datetime | None


class CaseActs(msgspec.Struct, frozen=True):
    """The acts of a case, the first first."""

    actions: tuple[CaseAct, ...]


@post(
    "/api/v1/cases/{case_id:uuid}/actions",
    Act.WORK,
    example={
        "token": 1,
        "playbook": "refund_damaged",
        "act": "refund",
        "arguments": {"order": "10031"},
        "amount_minor": 1800,
        "key": "5b0c",
    },
    errors=(409, 503),
)
async def do(request: Ask, case_id: FromPath[UUID], data: JSONBody[DoAct]) -> CaseAct:
    """Have an act done on my case, by my own authority; 422 says what keeps me from it."""
    asked = deed.Asked(
        playbook=data.playbook,
        act=data.act,
        slots=data.arguments,
        amount_minor=data.amount_minor,
        key=data.key,
    )
    return _done(await deed.do(request.house, request.person, case_id, data.token, asked))


@get("/api/v1/cases/{case_id:uuid}/actions", Act.WORK)
async def case_actions(request: Ask, case_id: FromPath[UUID]) -> CaseActs:
    """What was done in my case or is under way, by whomever."""
    found = await deed.done(request.house, request.person, case_id)
    return CaseActs(tuple(map(_done, found)))


def _done(one: Deed) -> CaseAct:
    return CaseAct(
        id=one.id,
        act=one.payload.action,
        state=one.state,
        authority=one.authority,
        arguments=dict(one.payload.args),
        amount=one.payload.amount,
        by=one.by,
        reference=one.reference,
        reason=one.reason,
        at=one.at,
        ended_at=one.ended_at,
    )


ROUTES = [do, case_actions]
