"""What the desk tells the customer's chat."""

from uuid import UUID

from litestar.params import FromPath

from newel.domain.access import Act
from newel.flow import chat
from newel.web.request import Ask
from newel.web.route import post


@post("/api/v1/cases/{case_id:uuid}/reading", Act.WORK, status=204)
async def reading(request: Ask, case_id: FromPath[UUID]) -> None:
    """I have my case's conversation in view: its customer sees that their messages were read."""
    await chat.read(request.house, request.person, case_id)


ROUTES = [reading]
