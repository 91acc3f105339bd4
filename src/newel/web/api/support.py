"""Passing a case up: to a supervisor, or to a domain expert."""

from uuid import UUID

import msgspec
from litestar.params import FromPath, JSONBody

from newel.domain.access import Act
from newel.domain.support import Ground, Up
from newel.flow import support
from newel.store import views
from newel.store.views import WorkView
from newel.web.request import Ask
from newel.web.route import post
from newel.web.shapes import Reason, Skills, Token


class Escalate(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """To whom, why, and in words; for L3 also the skills, where it asks for others."""

    token: Token
    to: Up
    cause: Ground
    reason: Reason
    skills: Skills = ()


@post(
    "/api/v1/cases/{case_id:uuid}/escalation",
    Act.WORK,
    example={"token": 1, "to": "L3", "cause": "precedent", "reason": "no rule for a gift of a gift"},
)
async def escalate_case(request: Ask, case_id: FromPath[UUID], data: JSONBody[Escalate]) -> WorkView:
    """Pass my case up to a supervisor or to L3; with no supervisor on shift the on-call is paged."""
    item = await support.escalate(
        request.house,
        request.person,
        case_id,
        data.token,
        to=data.to,
        cause=data.cause,
        reason=data.reason,
        skills=data.skills,
    )
    async with request.house.db.tx(request.actor, read_only=True) as tx:
        return await views.work_item(tx, item.id)


ROUTES = [escalate_case]
