"""What a customer does in the chat: come in, write, upload, ask for a person, say how it went."""

from typing import Final
from uuid import UUID

import msgspec
from litestar import Response
from litestar.params import FromPath, JSONBody

from newel.domain import chat as rule
from newel.domain.attachment import Listed, listed
from newel.domain.chat import Door
from newel.flow import attachment, chat, survey
from newel.web.auth import must_be_own_page
from newel.web.chat.shapes import Come, Request, Say, Seen, Verdict, Wish
from newel.web.limit import Rate
from newel.web.request import Ask
from newel.web.route import inner_delete, inner_get, inner_post
from newel.web.upload import answer, body_of, declared, name_of
from newel.web.visitor import address_of, limits_of, visitor_of, who

COME: Final = Rate(burst=40, a_second=0.5)
WRITE: Final = Rate(burst=12, a_second=0.5)
WRITE_FROM: Final = Rate(burst=120, a_second=4)
REQUEST: Final = Rate(burst=6, a_second=0.1)
SIGNAL: Final = Rate(burst=3, a_second=0.7)
UPLOAD: Final = Rate(burst=10, a_second=0.2)
UPLOAD_FROM: Final = Rate(burst=60, a_second=1)


class Pass(msgspec.Struct, frozen=True):
    """What the page acts with; ``keep``: for the next visit as well; ``who`` tells visitors apart."""

    token: str
    keep: bool
    who: str


class Taken(msgspec.Struct, frozen=True):
    """It is stored and will not be lost."""

    id: UUID
    conversation: UUID | None


@inner_post("/chat/pass")
async def come_in(request: Ask, data: JSONBody[Come]) -> Pass:
    """Come in; whoever cannot prove who they are comes in as a stranger."""
    must_be_own_page(request, "open the chat")
    limits_of(request).must("come", address_of(request), COME)
    door: Door = request.app.state.door
    visitor = await chat.admit(request.house, door, data.site, identity=data.identity, kept=data.kept)
    token = rule.sign(visitor, chat.mac_of(request.house))
    return Pass(token, keep=not visitor.ref, who=chat.actor(request.house, visitor).id)


@inner_post("/chat/survey", status=204)
async def say_how_it_went(request: Ask, data: JSONBody[Verdict]) -> None:
    """How it went, once for each episode, by the token that was offered."""
    await visitor_of(request, "answer a survey")
    await survey.answer(request.house, data.token, data.score, data.comment)


@inner_post("/chat/messages")
async def say(request: Ask, data: JSONBody[Say]) -> Taken:
    """Write; sent again under the same id it is the same message."""
    visitor = await visitor_of(request, "write")
    limits_of(request).must("write", visitor.thread, WRITE)
    limits_of(request).must("write from", address_of(request), WRITE_FROM)
    taken = await chat.say(request.house, visitor, data.text, data.id, data.attachments)
    return Taken(taken.message_id, taken.conversation_id)


@inner_post("/chat/attachments", request_max_body_size=None)
async def upload(request: Ask) -> Listed:
    """Upload a file for a message to come: the raw body, its type, its name as Content-Disposition."""
    visitor = await visitor_of(request, "upload")
    limits_of(request).must("upload", visitor.thread, UPLOAD)
    limits_of(request).must("upload from", address_of(request), UPLOAD_FROM)
    content = await body_of(request, request.house.attachment_bytes)
    me = chat.actor(request.house, visitor)
    made = await attachment.upload(request.house, me, name_of(request), declared(request), content)
    return listed([made])[0]


@inner_get("/chat/attachments/{attachment_id:uuid}")
async def attached(request: Ask, attachment_id: FromPath[UUID]) -> Response[bytes]:
    """A file of the visitor's conversation, or an upload of theirs."""
    return answer(await chat.attached(request.house, await visitor_of(request), attachment_id))


@inner_delete("/chat/attachments/{attachment_id:uuid}")
async def discard(request: Ask, attachment_id: FromPath[UUID]) -> None:
    """Throw an upload away that was not sent."""
    visitor = await visitor_of(request, "remove")
    await attachment.discard(request.house, chat.actor(request.house, visitor), attachment_id)


@inner_post("/chat/person")
async def ask_for_person(request: Ask, data: JSONBody[Request]) -> Taken:
    """Ask for a person; how often somebody has written does not stand in the way of it."""
    visitor = await who(request, "ask for a person")
    limits_of(request).must("request", visitor.thread, REQUEST)
    taken = await chat.ask_for_person(request.house, visitor, data.id)
    return Taken(taken.message_id, taken.conversation_id)


@inner_post("/chat/preference", status=204)
async def prefer(request: Ask, data: JSONBody[Wish]) -> None:
    """Set or clear the lasting wish for a person: the customer's own act; 404 before they have written."""
    visitor = await visitor_of(request, "choose")
    limits_of(request).must("choose", visitor.thread, REQUEST)
    await chat.prefer(request.house, visitor, human=data.prefers_human)


@inner_post("/chat/helped", status=204)
async def helped(request: Ask) -> None:
    """One of the offered articles helped: the case ends; 409 once they are no longer on offer."""
    await chat.helped(request.house, await visitor_of(request, "say what helped"))


@inner_post("/chat/typing", status=204)
async def typing(request: Ask) -> None:
    """The customer types; more than one word of it a second is left out."""
    visitor = await visitor_of(request, "type")
    if limits_of(request).allow("typing", visitor.thread, SIGNAL):
        await chat.typing(request.house, visitor)


@inner_post("/chat/seen", status=204)
async def seen(request: Ask, data: JSONBody[Seen]) -> None:
    """What has left for the customer is in their view."""
    await chat.seen(request.house, await visitor_of(request, "read"), data.seq)
