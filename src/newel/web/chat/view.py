"""A conversation as its customer may know it."""

from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from newel.domain import chat as rule
from newel.domain.attachment import Listed
from newel.domain.chat import Standing, Visitor, Wait
from newel.domain.knowledge import Pointer, listing
from newel.flow import chat, survey
from newel.flow.chat import Outlook
from newel.store import chat as rows
from newel.store import customer as customers
from newel.web.catalogue import SOURCE
from newel.web.chat.shapes import Look
from newel.web.request import Ask
from newel.web.route import inner_get
from newel.web.tongue import CUSTOMERS, N_, Tongue, chosen, tongue
from newel.web.visitor import outlook_of, visitor_of

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


def spoken(request: Ask, asked: str, outlook: Outlook) -> Tongue:
    """The site's language, else the first that the browser accepts, else the policy's own."""
    own = [asked, *request.accepts, outlook.language]
    return chosen(own, CUSTOMERS) or tongue(SOURCE)


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


def _line(one: rows.Line, speaks: Tongue) -> Line:
    name = _first(one.writer) if one.author == "person" else ""
    pressed = one.author == "customer" and one.text == rule.REQUEST
    text = speaks.gettext(REQUESTED) if pressed else one.text.removesuffix(f"\n{listing(one.articles)}")
    carried = (one.sources, one.attachments, one.articles)
    return Line(one.id, one.author, name, text, *carried, one.at, one.seq, one.read)


def _first(name: str | None) -> str:
    return (name or "").partition(" ")[0]
