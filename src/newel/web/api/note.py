"""Private notes on a case."""

from datetime import datetime
from uuid import UUID

import msgspec
from litestar.params import FromPath, JSONBody

from newel.domain.access import Act
from newel.domain.note import Kind
from newel.flow import note
from newel.web.request import Ask
from newel.web.route import get, post
from newel.web.shapes import Said


class Write(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A note; ``@login`` tells that person of it."""

    text: Said


class Written(msgspec.Struct, frozen=True):
    """The note, and who was told."""

    id: UUID
    mentioned: tuple[str, ...]


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """One note as people read it; an answer names the question that it answers."""

    id: UUID
    kind: Kind
    author: str
    at: datetime
    text: str
    mentions: tuple[str, ...]
    answers: UUID | None


class Notes(msgspec.Struct, frozen=True):
    """The notes that I may read, in order."""

    notes: tuple[Note, ...]


@get("/api/v1/cases/{case_id:uuid}/notes", Act.WORK)
async def case_notes(request: Ask, case_id: FromPath[UUID]) -> Notes:
    """The private notes: all for who has the case, else those that name me."""
    found = await note.read(request.house, request.person, case_id)
    return Notes(tuple(msgspec.convert(one, Note, from_attributes=True) for one in found))


@post("/api/v1/cases/{case_id:uuid}/notes", Act.WORK, example={"text": "She rang twice. @esme, a look?"})
async def write_note(request: Ask, case_id: FromPath[UUID], data: JSONBody[Write]) -> Written:
    """Write a private note; whom it names by @login is told."""
    found = await note.write(request.house, request.person, case_id, data.text)
    return Written(found.id, found.mentioned)


ROUTES = [case_notes, write_note]
