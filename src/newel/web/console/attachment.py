"""A picture on a page of its own, where our own policy holds; its content comes from the API's route."""

from uuid import UUID

from litestar import Response
from litestar.params import FromPath

from newel.flow import attachment
from newel.web.page import page
from newel.web.request import Ask
from newel.web.route import Open
from newel.web.route import page as page_at


@page_at("/attachments/{attachment_id:uuid}", Open.SIGNED_IN)
async def picture_page(request: Ask, attachment_id: FromPath[UUID]) -> Response[str]:
    """The picture, for whoever may see its message, and a way to save it."""
    about = await attachment.about(request.house, request.me.actor, attachment_id)
    return page(request, "attachment.html", about=about)


ROUTES = [picture_page]
