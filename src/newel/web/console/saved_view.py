"""Saved views of the desk's queue: kept and taken away; the list shows them."""

from uuid import UUID

from litestar import Response
from litestar.params import FromPath

from newel.domain.access import Act
from newel.domain.saved_view import Filter, Name
from newel.flow import saved_view
from newel.web.page import lead
from newel.web.request import Ask
from newel.web.route import form


class Keep(Filter, frozen=True, kw_only=True):
    """The part of the queue that is shown, the name for it, and whether the team sees it."""

    name: Name
    shared: bool = False


@form("/desk/views", Act.WORK)
async def keep(request: Ask) -> Response[str]:
    """Keep what the list shows now."""
    asked = await request.filled(Keep)
    wanted = Filter(**{name: getattr(asked, name) for name in Filter.__struct_fields__})
    view = await saved_view.keep(request.house, request.person, asked.name, wanted, shared=asked.shared)
    return lead(f"/desk?view={view}", request.gettext("Kept."))


@form("/desk/views/{view_id:uuid}/removal", Act.WORK)
async def remove(request: Ask, view_id: FromPath[UUID]) -> Response[str]:
    """Take a view away."""
    await saved_view.remove(request.house, request.person, view_id)
    return lead("/desk", request.gettext("The view is gone."))


ROUTES = [keep, remove]
