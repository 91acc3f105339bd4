"""Merging on the desk: the customer's other open cases, what a merge would do, and the merge."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response
from litestar.params import FromPath

from newel.domain.access import Act
from newel.flow import merge
from newel.store import views
from newel.web.console.desk.beside import reason_of, titles
from newel.web.page import lead, part
from newel.web.request import Ask
from newel.web.route import form
from newel.web.route import page as page_at
from newel.web.shapes import Token


class Merge(msgspec.Struct, frozen=True):
    """The case that goes on; the token of my work item, where the merged case is mine."""

    into: UUID
    token: Token | None = None


@page_at("/desk/{case_id:uuid}/merge", Act.WORK)
async def choices(request: Ask, case_id: FromPath[UUID]) -> Response[str]:
    """What this case may be merged into."""
    found = await merge.choices(request.house, request.person, case_id)
    async with request.house.db.tx(request.actor, read_only=True) as tx:
        known = titles(request, (await views.case(tx, case_id)).workflow)
    shown: dict[str, Any] = {
        "case_id": case_id,
        "others": found,
        "known": known,
        "reason_of": reason_of(request),
    }
    return part(request, "merge/others.html", **shown)


@page_at("/desk/{case_id:uuid}/merge/{into_id:uuid}", Act.WORK)
async def preview(request: Ask, case_id: FromPath[UUID], into_id: FromPath[UUID]) -> Response[str]:
    """What would become of the two."""
    seen = await merge.preview(request.house, request.person, case_id, into_id)
    return part(request, "merge/preview.html", seen=seen)


@form("/desk/{case_id:uuid}/merge", Act.WORK)
async def put_together(request: Ask, case_id: FromPath[UUID]) -> Response[str]:
    """End this case in the other one."""
    asked = await request.filled(Merge)
    case = await merge.merge(request.house, request.person, case_id, asked.into, asked.token)
    return lead(f"/desk/{case.id}", request.gettext("Merged. It goes on here."))


ROUTES = [choices, preview, put_together]
