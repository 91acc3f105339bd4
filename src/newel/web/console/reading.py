"""Reading an ended case that is suggested beside one's own."""

from uuid import UUID

from litestar import Response
from litestar.params import FromPath

from newel.domain.access import Act
from newel.flow import reading
from newel.web.page import lead
from newel.web.request import Ask
from newel.web.route import form


@form("/desk/{case_id:uuid}/similar/{other_id:uuid}", Act.WORK)
async def read(request: Ask, case_id: FromPath[UUID], other_id: FromPath[UUID]) -> Response[str]:
    """Open one of the cases like mine, masked; that it is read, and beside what, is recorded."""
    await reading.beside(request.house, request.person, case_id, other_id)
    return lead(f"/desk/{other_id}?beside={case_id}")


ROUTES = [read]
