"""The help page for customers: search, articles, a contact form, and a way to a person on each page.

Nobody signs in, and no cookie is set. Each page carries a signed pass of a stranger in its forms;
a browser with scripts puts the pass of the chat in its place, so that one conversation goes on.
"""

from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlencode
from uuid import uuid4

from litestar import Response
from litestar.background_tasks import BackgroundTask
from litestar.params import FromPath

from newel.domain import chat as rule
from newel.domain import help as forms
from newel.domain.attachment import AT_MOST, ENDINGS
from newel.domain.chat import Door, Standing, Visitor
from newel.domain.errors import NewelError
from newel.domain.help import Contact, Problem
from newel.domain.knowledge import blocks
from newel.flow import chat, help
from newel.web import page as pages
from newel.web.auth import must_be_own_page
from newel.web.catalogue import SOURCE
from newel.web.chat import COME, REQUEST, WAITS, WRITE, spoken, view_of
from newel.web.help.given import (
    Form,
    Look,
    attached_of,
    contact_of,
    form_of,
    language_of,
    look_of,
    one_of,
    site_of,
)
from newel.web.limit import Rate, TooOften
from newel.web.page import away, framed, part
from newel.web.request import Ask
from newel.web.route import Open, form, page
from newel.web.tongue import CUSTOMERS, N_, Tongue, chosen, tongue
from newel.web.visitor import address_of, limits_of, outlook_of

PATH: Final = "/help"
SEARCH: Final = Rate(burst=40, a_second=3)
WRITE_FROM: Final = Rate(burst=20, a_second=0.2)
JUDGE: Final = Rate(burst=1, a_second=1 / 3600)
LINES: Final = 100
BESIDE: Final = 6
LEAST_WRITTEN: Final = 12
PROBLEMS: Final = (
    N_("Tell us your name."),
    N_("Tell us your e-mail address, so that we can find your orders."),
    N_("This is not a whole e-mail address. It looks like name@example.com."),
    N_("This does not look like an order number. It stands in your confirmation, for example 10023."),
    N_("Tell us how we can help."),
    N_("This is too long: %(count)s characters, and %(most)s is the most."),
    N_("There is a sign in it that cannot be read. Type it again."),
)
"""What ``domain.help`` says of a form, for the catalogues."""
Shown = dict[str, Any]


@page("/help", Open.PUBLIC)
async def front(request: Ask) -> Response[str]:
    """The search, with what it found; without one, all articles by topic."""
    asked = request.asked(Look)
    text, link = forms.plain(asked.q), _links(asked)
    found = None
    if text:
        limits_of(request).must("search", address_of(request), SEARCH)
        found = await help.search(request.house, text)
    shown: Shown = {"asked": text, "found": found, "pieces": forms.pieces, "at": link}
    if request.partial:
        return part(request, "help/found.html", speaks=await _speaks(request, asked), **shown)
    topics = await help.topics(request.house)
    whole = await _page(request, "help.html", asked, topics=topics, topic=asked.topic, **shown)
    whole.background = BackgroundTask(help.make_ready, request.house)
    return whole


@page("/help/articles/{article_id:str}", Open.PUBLIC)
async def article(request: Ask, article_id: FromPath[str]) -> Response[str]:
    """An article in force."""
    asked = request.asked(Look)
    shown, beside = await help.article(request.house, article_id)
    values: Shown = {"article": shown, "blocks": list(blocks(shown.body)), "beside": beside[:BESIDE]}
    return await _page(request, "help/article.html", asked, said=asked.said, **values)


@form("/help/articles/{article_id:str}/judgment", Open.PUBLIC)
async def judge(request: Ask, article_id: FromPath[str]) -> Response[str]:
    """Whether it helped; counted once an hour for each address, and without telling whose it is."""
    must_be_own_page(request, "say whether it helped")
    given = await request.form()
    helped = one_of(given, "helped") == "yes"
    if limits_of(request).allow("judge", f"{address_of(request)} {article_id}", JUDGE):
        await help.judge(request.house, article_id, helped)
    else:
        await help.article(request.house, article_id)
    link = _links(look_of(given))
    return away(link(f"/help/articles/{article_id}", said="yes" if helped else "no") + "#judged")


@page("/help/contact", Open.PUBLIC)
async def contact(request: Ask) -> Response[str]:
    """The contact form; what was searched for in vain is its beginning."""
    asked = request.asked(Look)
    return await _contact(request, asked, Contact(message=forms.plain(asked.q)))


@form("/help/suggestions", Open.PUBLIC)
async def suggestions(request: Ask) -> Response[str]:
    """Articles that may spare a message that is being written; often none."""
    must_be_own_page(request, "ask for articles")
    limits_of(request).must("search", address_of(request), SEARCH)
    given = await request.form()
    text = forms.plain(one_of(given, "message"))
    found = await help.suggest(request.house, text) if len(text) >= LEAST_WRITTEN else ()
    look = look_of(given)
    speaks = await _speaks(request, look)
    return part(request, "help/suggested.html", speaks=speaks, found=found, at=_links(look))


@form("/help/contact", Open.PUBLIC)
async def write(request: Ask) -> Response[str]:
    """Take the message in, and show the conversation that it begins; what is wrong is said beside it."""
    must_be_own_page(request, "write")
    given = await request.form()
    own, written = form_of(given), contact_of(given)
    problems = await help.problems(request.house, written)
    if problems:
        speaks = await _speaks(request, own.look)
        told = {name: _wrong(speaks, one) for name, one in problems.items()}
        return await _contact(request, own.look, written, status=422, problems=told, own=own)
    try:
        limits_of(request).must("help write", address_of(request), WRITE_FROM)
        visitor = await _visitor(request, own)
        await help.write(request.house, visitor, written, own.once, attached_of(given))
    except NewelError as error:
        said = _said(await _speaks(request, own.look), error)
        return await _contact(request, own.look, written, status=error.status, problem=said, own=own)
    return await _conversation(request, own.look, visitor, sent=True)


@form("/help/person", Open.PUBLIC)
async def ask_for_person(request: Ask) -> Response[str]:
    """Ask for a person, from any page; nothing that was written before stands in the way of it."""
    must_be_own_page(request, "ask for a person")
    own = form_of(await request.form())
    limits_of(request).must("come", address_of(request), COME)
    visitor = await _visitor(request, own)
    limits_of(request).must("request", visitor.thread, REQUEST)
    await chat.ask_for_person(request.house, visitor, f"{own.once}-person")
    return await _conversation(request, own.look, visitor, sent=True)


@page("/help/conversation", Open.PUBLIC)
async def conversation(request: Ask) -> Response[str]:
    """The conversation that this browser keeps; its script finds it."""
    asked = request.asked(Look)
    return await _page(request, "help/conversation.html", asked, view=None, sent=False, problem="", text="")


@form("/help/conversation", Open.PUBLIC)
async def go_on(request: Ask) -> Response[str]:
    """The same without scripts: look again, or write on."""
    must_be_own_page(request, "write")
    given = await request.form()
    own, text = form_of(given), one_of(given, "text").strip()
    limits_of(request).must("help look", address_of(request), SEARCH)
    visitor = await _visitor(request, own)
    try:
        if text:
            limits_of(request).must("write", visitor.thread, WRITE)
            await help.go_on(request.house, visitor, text[: forms.LONGEST_MESSAGE], own.once)
    except NewelError as error:
        said = _said(await _speaks(request, own.look), error)
        return await _conversation(request, own.look, visitor, status=error.status, problem=said, text=text)
    return await _conversation(request, own.look, visitor)


async def _visitor(request: Ask, own: Form) -> Visitor:
    """Whose form it is: of the pass that the browser kept, else of the one that the page was made with."""
    door: Door = request.app.state.door
    kept = await chat.recognised(request.house, own.look.site, own.kept, own.token)
    visitor = kept or await chat.admit(request.house, door, own.look.site)
    request.scope["newel.actor"] = chat.actor(request.house, visitor)  # type: ignore[typeddict-unknown-key]
    return visitor


async def _contact(
    request: Ask,
    look: Look,
    given: Contact,
    *,
    status: int = 200,
    problems: dict[str, str] | None = None,
    problem: str = "",
    own: Form | None = None,
) -> Response[str]:
    """The form with what was typed; sent again it is still the same form."""
    values: Shown = {
        "given": given,
        "problems": problems or {},
        "problem": problem,
        "rules": forms,
        "endings": ",".join(ENDINGS),
        "most": AT_MOST,
        "bytes_most": request.house.attachment_bytes,
    }
    again = {"token": own.token, "once": own.once} if own and own.token else {}
    return await _page(
        request,
        "help/contact.html",
        Look(site=look.site, language=look.language),
        status=status,
        **(values | again),
    )


async def _conversation(
    request: Ask,
    look: Look,
    visitor: Visitor,
    *,
    sent: bool = False,
    status: int = 200,
    problem: str = "",
    text: str = "",
) -> Response[str]:
    """The visitor's conversation, after what they did."""
    shown: Shown = {
        "view": await view_of(request, visitor, LINES, language_of(look)),
        "token": rule.sign(visitor, chat.mac_of(request.house)),
        "sent": sent,
        "problem": problem,
        "text": text,
    }
    return await _page(request, "help/conversation.html", look, status=status, **shown)


async def _page(
    request: Ask, template: str, look: Look, *, status: int = 200, **values: Any
) -> Response[str]:
    """A whole page; the sites that may show the chat may show it too."""
    outlook = await outlook_of(request)
    speaks = spoken(request, look.language, outlook)
    base = _head(look) | {
        "wait": speaks.gettext(WAITS[outlook.wait]),
        "outlook": outlook,
        "away": outlook.away(speaks.code),
        "Standing": Standing,
        "found": None,
        "asked": "",
    }
    if "token" not in values:
        stranger = await chat.admit(request.house, request.app.state.door, site_of(look.site))
        base["token"] = rule.sign(stranger, chat.mac_of(request.house))
    return framed(request, template, _ancestors(request), status=status, speaks=speaks, **(base | values))


def _head(look: Look) -> Shown:
    """What the head of every page shows; its way to a person begins anew where no pass is given."""
    site = site_of(look.site)
    return {
        "site": site,
        "brand": "" if site == "chat" else pages.words(site),
        "language": language_of(look),
        "at": _links(look),
        "once": uuid4().hex,
        "token": "",
    }


def _ancestors(request: Ask) -> str:
    """The sites that may show these pages inside of theirs."""
    door: Door = request.app.state.door
    return " ".join(door.origins) or "'none'"


def error_page(request: Ask, status: int, title: str, detail: str, request_id: str) -> Response[str]:
    """What a person sees instead of a page: a customer something else than who works here.

    Nothing of it is asked of the database, which may be what is away.
    """
    if not f"{request.scope['path']}/".startswith(f"{PATH}/"):
        return pages.error_page(request, status, title, detail, request_id)
    asked = {name: str(request.query_params.get(name, "")) for name in ("site", "language")}
    look = Look(**asked)
    speaks = chosen([look.language, *request.accepts], CUSTOMERS) or tongue(SOURCE)
    shown = _head(look) | {"number": status, "request_id": request_id}
    return framed(request, "help/error.html", _ancestors(request), status=status, speaks=speaks, **shown)


async def _speaks(request: Ask, look: Look) -> Tongue:
    """The language of a page, chosen as the chat does it."""
    return spoken(request, look.language, await outlook_of(request))


def _links(look: Look) -> Callable[..., str]:
    """Makes addresses that stay with the site from which somebody came, and with its language."""
    site, language = site_of(look.site), language_of(look)
    carried = ({} if site == "chat" else {"site": site}) | ({"language": language} if language else {})

    def link(path: str, **asked: str) -> str:
        query = urlencode({**{name: value for name, value in asked.items() if value}, **carried})
        return f"{path}?{query}" if query else path

    return link


def _wrong(speaks: Tongue, problem: Problem) -> str:
    """What is wrong with a field, in the customer's language."""
    figures = {name: speaks.number(value) for name, value in problem.values.items()}
    return speaks.gettext(problem.text, **figures)


def _said(speaks: Tongue, error: NewelError) -> str:
    """What went wrong, in words for a customer."""
    if isinstance(error, TooOften):
        return speaks.ngettext(
            "That was a lot in a short time. Try again in %(num)s second.",
            "That was a lot in a short time. Try again in %(num)s seconds.",
            error.data["seconds"],
        )
    if error.status in {404, 409}:
        return speaks.gettext("One of the files is not here any more. Remove it and add it again.")
    if error.status >= 500:
        return speaks.gettext(
            "We cannot take your message at this moment. What you wrote is still here: send it again."
        )
    return speaks.gettext(
        "This could not be taken. What you wrote is still here: look over it, and send it again."
    )


ROUTES = [
    front,
    article,
    judge,
    contact,
    suggestions,
    write,
    ask_for_person,
    conversation,
    go_on,
]
