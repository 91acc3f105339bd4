"""What I am writing on a case."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar.params import FromPath, JSONBody

from newel.domain.access import Act
from newel.domain.attachment import Listed, listed
from newel.flow import draft
from newel.web.request import Ask
from newel.web.route import get, put
from newel.web.shapes import Attachments, Token

Text = Annotated[str, msgspec.Meta(max_length=20_000, pattern=r"^[^\x00]*\Z")]


class Save(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The text so far; an empty one without attachments throws the draft away."""

    token: Token
    text: Text
    attachments: Attachments = ()


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """My draft; empty when I have none. ``handed_over_by`` names who began it."""

    text: str = ""
    attachments: tuple[Listed, ...] = ()
    saved_at: datetime | None = None
    handed_over_by: str | None = None


@get("/api/v1/cases/{case_id:uuid}/draft", Act.WORK)
async def case_draft(request: Ask, case_id: FromPath[UUID]) -> Draft:
    """What I was writing; after a transfer or a breach it is the new owner's."""
    return await _draft(request, case_id)


@put("/api/v1/cases/{case_id:uuid}/draft", Act.WORK, example={"token": 1, "text": "Dear Ms Nair, "})
async def save_draft(request: Ask, case_id: FromPath[UUID], data: JSONBody[Save]) -> Draft:
    """Keep what I am writing; 409 when the case has passed to another."""
    await draft.save(request.house, request.person, case_id, data.token, data.text, data.attachments)
    return await _draft(request, case_id)


async def _draft(request: Ask, case_id: UUID) -> Draft:
    found = await draft.read(request.house, request.person, case_id)
    if found is None:
        return Draft()
    return Draft(
        text=found.text,
        attachments=listed(found.attachments),
        saved_at=found.saved_at,
        handed_over_by=found.handed_over_by,
    )


ROUTES = [case_draft, save_draft]
