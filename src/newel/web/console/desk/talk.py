"""What is said on the desk: to the customer, to each other, and what is not sent yet."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Response
from litestar.params import FromPath

from newel.domain.access import Act
from newel.domain.macro import Body, Name
from newel.domain.resolution import CONSOLE_HOLD
from newel.flow import draft, macro, note, resolution
from newel.web.page import done
from newel.web.request import Ask
from newel.web.route import form
from newel.web.route import page as page_at
from newel.web.shapes import Attachments, Key, Said, Short, Token

Text = Annotated[str, msgspec.Meta(max_length=20_000, pattern=r"^[^\x00]*\Z")]
Hours = Annotated[int, msgspec.Meta(ge=1, le=720)]
Minutes = Annotated[int, msgspec.Meta(ge=1, le=480)]


class Reply(msgspec.Struct, frozen=True):
    """A reply to the customer with its files, and for how many hours to wait for an answer.

    The key is of the form, so that pressing twice is one message.
    """

    token: Token
    text: Text = ""
    attachments: Attachments = ()
    wait_hours: Hours | None = None
    unconfirmed: bool = False
    key: Short = ""


class Draft(msgspec.Struct, frozen=True):
    """What was written so far."""

    token: Token
    text: Text = ""
    attachments: Attachments = ()


class Note(msgspec.Struct, frozen=True):
    """A private note."""

    text: Said


class Mine(msgspec.Struct, frozen=True):
    """The token of my work item."""

    token: Token


class Kept(msgspec.Struct, frozen=True):
    """A text to be kept, and what is typed for it."""

    name: Name
    body: Body


class Question(msgspec.Struct, frozen=True):
    """Whom to ask what, and how long they may look."""

    token: Token
    login: Key
    text: Said
    minutes: Minutes = 60


@form("/desk/{case_id:uuid}/reply", Act.WORK)
async def reply(request: Ask, case_id: FromPath[UUID]) -> Response[str]:
    """Write to the customer; for some seconds it may be taken back."""
    asked = await request.filled(Reply, many=("attachments",))
    wait = timedelta(hours=asked.wait_hours) if asked.wait_hours else None
    await resolution.reply(
        request.house,
        request.person,
        case_id,
        asked.token,
        asked.text,
        wait,
        hold=CONSOLE_HOLD,
        attachments=asked.attachments,
        unconfirmed=asked.unconfirmed,
        key=asked.key,
    )
    return done(sent=int(CONSOLE_HOLD.total_seconds()))


@form("/desk/{case_id:uuid}/undo", Act.WORK)
async def undo(request: Ask, case_id: FromPath[UUID]) -> Response[str]:
    """Take the message back that has not left; it is my draft again."""
    asked = await request.filled(Mine)
    await resolution.undo(request.house, request.person, case_id, asked.token)
    return done(request.gettext("Taken back. Nothing was sent."), taken_back=True)


@form("/desk/{case_id:uuid}/draft", Act.WORK)
async def save_draft(request: Ask, case_id: FromPath[UUID]) -> Response[str]:
    """Keep what I am writing."""
    asked = await request.filled(Draft, many=("attachments",))
    await draft.save(request.house, request.person, case_id, asked.token, asked.text, asked.attachments)
    return done()


@form("/desk/{case_id:uuid}/notes", Act.WORK)
async def write_note(request: Ask, case_id: FromPath[UUID]) -> Response[str]:
    """A private note; whom it names is told."""
    asked = await request.filled(Note)
    written = await note.write(request.house, request.person, case_id, asked.text)
    told = ", ".join(written.mentioned)
    return done(
        request.gettext("Noted; %(names)s will see it.", names=told) if told else request.gettext("Noted.")
    )


@form("/desk/{case_id:uuid}/question", Act.WORK)
async def ask_expert(request: Ask, case_id: FromPath[UUID]) -> Response[str]:
    """Ask somebody who knows; the case stays mine."""
    asked = await request.filled(Question)
    await note.ask(
        request.house, request.person, case_id, asked.token, asked.login, asked.text, asked.minutes
    )
    return done(
        request.ngettext(
            "%(login)s was asked and may look for %(num)s minute.",
            "%(login)s was asked and may look for %(num)s minutes.",
            asked.minutes,
            login=asked.login,
        )
    )


@form("/desk/questions/{question_id:uuid}/answer", Act.WORK)
async def answer_question(request: Ask, question_id: FromPath[UUID]) -> Response[str]:
    """Answer what I am asked."""
    asked = await request.filled(Note)
    await note.answer(request.house, request.person, question_id, asked.text)
    return done(request.gettext("Answered."))


@page_at("/desk/{case_id:uuid}/macros", Act.WORK)
async def macros(request: Ask, case_id: FromPath[UUID]) -> Response[bytes]:
    """The saved texts that I may insert here, for the script of the page."""
    found = await macro.usable(request.house, request.person, case_id)
    return Response(msgspec.json.encode(found), media_type="application/json")


@form("/desk/{case_id:uuid}/macros", Act.EDIT_MACRO)
async def save_macro(request: Ask, case_id: FromPath[UUID]) -> Response[str]:
    """Keep a text for the team, in the case's workflow and language."""
    asked = await request.filled(Kept)
    await macro.keep(request.house, request.person, case_id, asked.name, asked.body)
    return done(request.gettext("Saved: type /%(name)s", name=asked.name), macros=True)


ROUTES = [reply, undo, save_draft, write_note, ask_expert, answer_question, macros, save_macro]
