"""Attachments: a file is uploaded first, and a message then carries it by its id."""

from uuid import UUID

import msgspec
from litestar import Response
from litestar.params import FromPath

from newel.domain.attachment import Listed, listed
from newel.flow import attachment
from newel.web.request import Ask
from newel.web.route import Open, delete, get, post
from newel.web.upload import answer, body_of, declared, name_of


class Whose(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The case that a person uploads for; a program names none."""

    case_id: UUID | None = None


@post(
    "/api/v1/attachments",
    Open.SIGNED_IN,
    query=Whose,
    raw=True,
    errors=(400, 404, 408, 413, 415, 422),
    request_max_body_size=None,
)
async def upload_attachment(request: Ask) -> Listed:
    """Upload a file for a message: the raw body, its type, its name as Content-Disposition."""
    where = request.asked(Whose).case_id
    attachment.may_upload(request.actor)
    content = await body_of(request, request.house.attachment_bytes)
    made = await attachment.upload(
        request.house, request.actor, name_of(request), declared(request), content, where
    )
    return listed([made])[0]


@get("/api/v1/attachments/{attachment_id:uuid}", Open.SIGNED_IN, media_type="application/octet-stream")
async def attachment_content(request: Ask, attachment_id: FromPath[UUID]) -> Response[bytes]:
    """The content, for who may see its message; that a person opened it is on record."""
    return answer(await attachment.fetch(request.house, request.actor, attachment_id))


@delete("/api/v1/attachments/{attachment_id:uuid}", Open.SIGNED_IN)
async def discard_attachment(request: Ask, attachment_id: FromPath[UUID]) -> None:
    """Throw an upload of mine away that was not sent; 409 once it was."""
    await attachment.discard(request.house, request.actor, attachment_id)


ROUTES = [upload_attachment, attachment_content, discard_attachment]
