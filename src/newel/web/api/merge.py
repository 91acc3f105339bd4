"""Merging a duplicate into another case of its customer: a person's act, and for good."""

from uuid import UUID

import msgspec
from litestar.params import FromPath, JSONBody

from newel.domain.access import Act
from newel.flow import merge
from newel.web.api.resolution import Standing, standing
from newel.web.request import Ask
from newel.web.route import post
from newel.web.shapes import Token


class Merge(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The case that goes on; the token of my work item, where the merged case is mine."""

    into: UUID
    token: Token | None = None


@post(
    "/api/v1/cases/{case_id:uuid}/merge",
    Act.WORK,
    example={"into": "6f1f2f0e-6a3f-4f5f-9d2a-2f1d8a3b4c5d", "token": 1},
)
async def merge_case(request: Ask, case_id: FromPath[UUID], data: JSONBody[Merge]) -> Standing:
    """End this case in another open one of the same customer, for good; how that one then stands."""
    case = await merge.merge(request.house, request.person, case_id, data.into, data.token)
    return standing(case)


ROUTES = [merge_case]
