"""Taking a case over, and lowering it: both are a person's act."""

from typing import Literal
from uuid import UUID

import msgspec
from litestar.params import FromPath, JSONBody

from newel.domain.access import Act
from newel.domain.words import Tier
from newel.flow import escalation
from newel.store import views
from newel.store.views import WorkView
from newel.web.api.resolution import Standing, standing
from newel.web.request import Ask
from newel.web.route import post
from newel.web.shapes import Reason


class Lower(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """To which tier and why; a lock is lifted only by saying so. Tier 3 keeps the case with people."""

    to_tier: Literal[1, 2, 3]
    reason: Reason
    unlock: bool = False


@post("/api/v1/cases/{case_id:uuid}/takeover", Act.ASSIGN)
async def take_over_case(request: Ask, case_id: FromPath[UUID]) -> WorkView:
    """Take a case for myself, from the AI or from whoever has it."""
    item = await escalation.take_over(request.house, request.person, case_id)
    async with request.house.db.tx(request.actor, read_only=True) as tx:
        return await views.work_item(tx, item.id)


@post(
    "/api/v1/cases/{case_id:uuid}/lowering",
    Act.LOWER,
    example={"to_tier": 1, "unlock": True, "reason": "the word was a product name"},
)
async def lower_case(request: Ask, case_id: FromPath[UUID], data: JSONBody[Lower]) -> Standing:
    """Lower the tier or lift a lock, with a reason; below tier 3 the AI has the case again.

    409 for that while an action of the case has no known end.
    """
    case = await escalation.lower_case(
        request.house, request.person, case_id, Tier(data.to_tier), unlock=data.unlock, reason=data.reason
    )
    return standing(case)


ROUTES = [take_over_case, lower_case]
