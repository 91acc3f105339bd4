"""Private notes on a case, and questions to experts."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar.params import FromPath, JSONBody

from newel.domain.access import Act
from newel.domain.note import Kind
from newel.flow import note
from newel.store import views
from newel.store.views import Question
from newel.web.request import Ask
from newel.web.route import get, post
from newel.web.shapes import Key, Said, Token


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


class AskExpert(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Whom to ask what, and for how long they may open the package."""

    token: Token
    login: Key
    text: Said
    minutes: Annotated[int, msgspec.Meta(ge=1, le=480)] = 60


class Noted(msgspec.Struct, frozen=True):
    """The note that was written."""

    id: UUID


class Questions(msgspec.Struct, frozen=True):
    """What waits for my answer, the oldest first."""

    questions: tuple[Question, ...]


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


@post(
    "/api/v1/cases/{case_id:uuid}/questions",
    Act.WORK,
    example={"token": 1, "login": "esme", "text": "Is this a legal threat?", "minutes": 60},
)
async def ask_expert(request: Ask, case_id: FromPath[UUID], data: JSONBody[AskExpert]) -> Noted:
    """Ask an expert about my case: for that time they may open its package too."""
    found = await note.ask(
        request.house, request.person, case_id, data.token, data.login, data.text, data.minutes
    )
    return Noted(found)


@get("/api/v1/questions", Act.WORK)
async def my_questions(request: Ask) -> Questions:
    """What I am asked as an expert and have not answered."""
    me = UUID(request.person.id)
    async with request.house.db.tx(request.actor, read_only=True) as tx:
        return Questions(tuple(await views.questions(tx, request.house.envelope, me)))


@post("/api/v1/questions/{question_id:uuid}/answer", Act.WORK, example={"text": "No: she quotes a film."})
async def answer_question(request: Ask, question_id: FromPath[UUID], data: JSONBody[Write]) -> Noted:
    """Answer what I am asked, by a note; 409 when it was answered or has expired."""
    return Noted(await note.answer(request.house, request.person, question_id, data.text))


ROUTES = [case_notes, write_note, ask_expert, my_questions, answer_question]
