"""The priority of open work, set by hand: a person's act, with a reason that stays as a note."""

from typing import Literal
from uuid import UUID

import msgspec
from litestar.params import FromPath, JSONBody

from newel.domain.access import Act
from newel.domain.words import Priority
from newel.flow import priority
from newel.store import views
from newel.store.views import WorkView
from newel.web.request import Ask
from newel.web.route import put
from newel.web.shapes import Reason, Token


class Prioritise(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which priority it has from now on, and why; the token of the work item, as it was read."""

    token: Token
    priority: Literal[1, 2, 3]
    reason: Reason


@put(
    "/api/v1/cases/{case_id:uuid}/priority",
    Act.WORK,
    example={"token": 1, "priority": 1, "reason": "she travels tomorrow"},
)
async def put_priority(request: Ask, case_id: FromPath[UUID], data: JSONBody[Prioritise]) -> WorkView:
    """Raise open work, with the clocks that follow; a supervisor lowers it, its clocks as they are."""
    item = await priority.change(
        request.house, request.person, case_id, data.token, Priority(data.priority), data.reason
    )
    async with request.house.db.tx(request.actor, read_only=True) as tx:
        return await views.work_item(tx, item.id)


ROUTES = [put_priority]
