"""The customer's chat: the script for a site, the page that it shows, and what that page asks for.

The page acts in the name of a signed pass in a header, and only on the conversation of that pass;
what it is told holds no trigger, score, tier or priority (SEC-7).
"""

from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Annotated, Final
from uuid import UUID

import msgspec
from litestar import Response
from litestar.params import FromPath, JSONBody

from newel.domain import chat as rule
from newel.domain.attachment import AT_MOST, ENDINGS, Listed, listed
from newel.domain.chat import TOKEN_LIMIT, Door, Site, Standing, Visitor, Wait
from newel.domain.knowledge import Pointer, listing
from newel.domain.survey import Comment, Score
from newel.flow import attachment, chat, survey
from newel.flow.chat import Outlook
from newel.store import chat as rows
from newel.store import customer as customers
from newel.web import catalogue
from newel.web.auth import must_be_own_page
from newel.web.catalogue import SOURCE, scripted
from newel.web.limit import Rate
from newel.web.page import framed
from newel.web.request import Ask
from newel.web.route import Open, inner_delete, inner_get, inner_post, page
from newel.web.shapes import BIG, Attachments, Language
from newel.web.static import Asset, assets
from newel.web.tongue import CUSTOMERS, N_, Tongue, chosen, tongue
from newel.web.upload import answer, body_of, declared, name_of
from newel.web.visitor import address_of, limits_of, outlook_of, visitor_of, who

LOADER: Final = "js/chat/loader.js"
WORDS_GO_HERE: Final = b"/* words by language */ {}"
KEEP_SECONDS: Final = 300
COME: Final = Rate(burst=40, a_second=0.5)
WRITE: Final = Rate(burst=12, a_second=0.5)
WRITE_FROM: Final = Rate(burst=120, a_second=4)
REQUEST: Final = Rate(burst=6, a_second=0.1)
SIGNAL: Final = Rate(burst=3, a_second=0.7)
UPLOAD: Final = Rate(burst=10, a_second=0.2)
UPLOAD_FROM: Final = Rate(burst=60, a_second=1)

WAITS: Final = {
    Wait.MINUTES: N_("usually within a few minutes"),
    Wait.QUARTER: N_("usually in about a quarter of an hour"),
    Wait.HALF_HOUR: N_("usually in about half an hour"),
    Wait.HOUR: N_("usually within an hour"),
    Wait.LONGER: N_("more than an hour at the moment; the answer stays here for you"),
    Wait.AWAY: N_("nobody is here right now"),
}
REQUESTED: Final = N_("I would like to talk to a person, please.")
"""``rule.REQUEST``: kept as the scan and the desk read it, shown in the customer's language."""

Token = Annotated[str, msgspec.Meta(max_length=TOKEN_LIMIT, pattern=r"^[\x21-\x7e]*\Z")]
Written = Annotated[str, msgspec.Meta(max_length=20_000, pattern=r"^[^\x00]*\Z")]
Once = Annotated[str, msgspec.Meta(min_length=8, max_length=64, pattern=r"^[A-Za-z0-9-]+\Z")]


class Arrive(msgspec.Struct, frozen=True):
    """Which site shows the page, from where, and in which language."""

    site: Site = "chat"
    language: Language = ""
    host: Annotated[str, msgspec.Meta(max_length=300)] = ""


class Come(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who comes in: by the host's word, by a pass of before, or as a stranger."""

    site: Site
    identity: Token = ""
    kept: Token = ""


class Pass(msgspec.Struct, frozen=True):
    """What the page acts with; ``keep``: for the next visit as well; ``who`` tells visitors apart."""

    token: str
    keep: bool
    who: str


class Say(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A message, in words, with attachments or both; the same id again is the same message."""

    id: Once
    text: Written = ""
    attachments: Attachments = ()


class Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A request for a person; the same id again is the same request."""

    id: Once


class Seen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What has left is in view up to this number."""

    seq: Annotated[int, msgspec.Meta(ge=0, le=BIG)]


class Wish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether the customer wants a person always, from now on."""

    prefers_human: bool


class Verdict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How it went, on the scale of what was asked, with a word to it."""

    token: Token
    score: Score
    comment: Comment = ""


class Look(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many of the newest lines."""

    lines: Annotated[int, msgspec.Meta(ge=1, le=300)] = 50


class Taken(msgspec.Struct, frozen=True):
    """It is stored and will not be lost."""

    id: UUID
    conversation: UUID | None


class Line(msgspec.Struct, frozen=True):
    """A message as its customer sees it; ``name`` is a person's first name, ``articles`` are links."""

    id: UUID
    author: str
    name: str
    text: str
    sources: tuple[str, ...]
    attachments: tuple[Listed, ...]
    articles: tuple[Pointer, ...]
    at: datetime
    seq: int | None
    read: bool


class View(msgspec.Struct, frozen=True, kw_only=True):
    """The whole conversation as its customer may know it."""

    conversation: UUID | None
    lines: tuple[Line, ...]
    more: bool
    seen: int
    standing: Standing
    name: str
    owner_away: bool
    wait: str
    away: str
    back_at: datetime | None
    survey: str
    survey_kind: str
    prefers_human: bool


@page("/chat.js", Open.PUBLIC)
async def loader(request: Ask) -> Response[bytes]:
    """The script that a site loads: a launcher, and a frame for the page below."""
    asset = _loader()
    headers = {
        "cache-control": f"public, max-age={KEEP_SECONDS}",
        "cross-origin-resource-policy": "cross-origin",
        "access-control-allow-origin": "*",
    }
    return Response(asset.body, media_type=asset.kind, headers=headers)


@cache
def _loader() -> Asset:
    """The script with its words in every language: it cannot know before which page carries it."""
    said = {code: scripted(code, catalogue.LOADER) for code in CUSTOMERS if code != SOURCE}
    asset = assets()[LOADER]
    return replace(asset, body=asset.body.replace(WORDS_GO_HERE, msgspec.json.encode(said)))


@page("/chat", Open.PUBLIC)
async def window(request: Ask) -> Response[str]:
    """The chat itself; only the sites of the settings may show it inside of theirs."""
    asked = request.asked(Arrive)
    door: Door = request.app.state.door
    host = asked.host if door.admits(asked.host) else ""
    outlook = await outlook_of(request)
    speaks = spoken(request, asked.language, outlook)
    return framed(
        request,
        "chat.html",
        " ".join(("'self'", *door.origins)),
        speaks=speaks,
        site=asked.site,
        host=host,
        greeting=outlook.greeting(speaks.code),
        away=outlook.wait is Wait.AWAY,
        request_text=speaks.gettext(REQUESTED),
        endings=",".join(ENDINGS),
        most=AT_MOST,
        bytes_most=request.house.attachment_bytes,
    )


def spoken(request: Ask, asked: str, outlook: Outlook) -> Tongue:
    """The site's language, else the first that the browser accepts, else the policy's own."""
    own = [asked, *request.accepts, outlook.language]
    return chosen(own, CUSTOMERS) or tongue(SOURCE)


@inner_post("/chat/pass")
async def come_in(request: Ask, data: JSONBody[Come]) -> Pass:
    """Come in; whoever cannot prove who they are comes in as a stranger."""
    must_be_own_page(request, "open the chat")
    limits_of(request).must("come", address_of(request), COME)
    door: Door = request.app.state.door
    visitor = await chat.admit(request.house, door, data.site, identity=data.identity, kept=data.kept)
    token = rule.sign(visitor, chat.mac_of(request.house))
    return Pass(token, keep=not visitor.ref, who=chat.actor(request.house, visitor).id)


@inner_get("/chat/conversation", query=Look)
async def conversation(request: Ask) -> View:
    """The newest lines of both sides, where it stands, and how long a person takes."""
    return await view_of(request, await visitor_of(request), request.asked(Look).lines)


async def view_of(request: Ask, visitor: Visitor, limit: int, asked: str = "") -> View:
    """A visitor's conversation as they may know it, in the language that is asked for."""
    outlook = await outlook_of(request)
    about, found, seen_seq, prefers = None, list[rows.Line](), 0, False
    async with request.house.db.tx(chat.actor(request.house, visitor), read_only=True) as tx:
        own = await chat.conversation_of(request.house, tx, visitor)
        if own is not None:
            about = await rows.matter(tx, own)
            found = await rows.lines(tx, request.house.envelope, own, limit + 1)
            seen_seq = await rows.seen_up_to(tx, own)
            prefers = await customers.prefers(tx, await customers.of_talk(tx, own))
    speaks = spoken(request, asked, outlook)
    stands = rule.standing(about.state, about.owner is not None) if about else Standing.NEW
    offer = await _survey(request, visitor, own) if own and stands is Standing.OVER else None
    return View(
        conversation=own,
        lines=tuple(_line(one, speaks) for one in found[-limit:]),
        more=len(found) > limit,
        seen=seen_seq,
        standing=stands,
        name=_first(about.owner) if about else "",
        owner_away=about is not None and about.owner_away,
        wait=speaks.gettext(WAITS[outlook.wait]),
        away=outlook.away(speaks.code),
        back_at=outlook.back_at,
        survey=offer.token if offer else "",
        survey_kind=offer.kind if offer else "",
        prefers_human=prefers,
    )


async def _survey(request: Ask, visitor: Visitor, own: UUID) -> survey.Offer | None:
    """With what the customer may say how it went; None when they are not asked."""
    return await survey.offer(request.house, chat.actor(request.house, visitor), own)


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


def _line(one: rows.Line, speaks: Tongue) -> Line:
    name = _first(one.writer) if one.author == "person" else ""
    pressed = one.author == "customer" and one.text == rule.REQUEST
    text = speaks.gettext(REQUESTED) if pressed else one.text.removesuffix(f"\n{listing(one.articles)}")
    carried = (one.sources, one.attachments, one.articles)
    return Line(one.id, one.author, name, text, *carried, one.at, one.seq, one.read)


def _first(name: str | None) -> str:
    return (name or "").partition(" ")[0]


ROUTES = [
    loader,
    window,
    come_in,
    conversation,
    say,
    upload,
    attached,
    discard,
    ask_for_person,
    helped,
    prefer,
    say_how_it_went,
    typing,
    seen,
]
