"""Signing in and out, the profile, presence, and how the pages look."""

from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar import Response

from newel.domain.access import Act
from newel.domain.errors import Invalid, NewelError
from newel.flow import access, routing
from newel.web import refusal
from newel.web.auth import give_cookie, must_be_own_page, session_of, take_cookie
from newel.web.nav import home
from newel.web.page import ZONE, away, done, lead, page, part, towns, zone, zones
from newel.web.request import Ask
from newel.web.route import Open, form
from newel.web.route import page as page_at
from newel.web.tongue import CONSOLE, COOKIE, Tongue, tongue

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f]+$")]
Password = Annotated[str, msgspec.Meta(min_length=1, max_length=256)]
YEAR_SECONDS = 365 * 24 * 3600


class SignIn(msgspec.Struct, frozen=True):
    """A login, its password, and where to go afterwards."""

    login: Name
    password: Password
    next: str = ""


class Presence(msgspec.Struct, frozen=True):
    """Whether I take work."""

    presence: Literal["available", "away"]


class Look(msgspec.Struct, frozen=True):
    """Light, dark, or as the system says."""

    theme: Literal["system", "light", "dark"]


class Speak(msgspec.Struct, frozen=True):
    """One of the console's languages, or what the browser asks for."""

    language: Literal["browser", "en", "es", "fr"]


class Place(msgspec.Struct, frozen=True):
    """A time zone by its name, or what the browser says."""

    zone: Annotated[str, msgspec.Meta(max_length=64, pattern=r"^[\w+/-]+\Z")]


class Arrive(msgspec.Struct, frozen=True):
    """Where to go after signing in."""

    next: str = ""


@page_at("/", Open.PUBLIC)
async def front(request: Ask) -> Response[str]:
    """The first page of whoever comes: their own, or the sign-in."""
    session_id = session_of(request)
    if not session_id:
        return away("/sign-in")
    try:
        return away(home((await access.who(request.house, session_id)).actor))
    except NewelError:
        return away("/sign-in")


@page_at("/sign-in", Open.PUBLIC)
async def sign_in_page(request: Ask) -> Response[str]:
    """The sign-in page."""
    return page(request, "sign_in.html", problem="", login="", next=inside(request.asked(Arrive).next))


@form("/sign-in", Open.PUBLIC)
async def sign_in(request: Ask) -> Response[str]:
    """Sign in and go to the first page; what is wrong is said on the same page."""
    must_be_own_page(request, "sign in")
    try:
        asked = await request.filled(SignIn)
        signed = await access.sign_in(request.house, asked.login, asked.password, former=session_of(request))
    except NewelError as error:
        given = await request.form()
        return page(
            request,
            "sign_in.html",
            status=error.status,
            problem=_problem(error, request.tongue),
            login=str(given.get("login", ""))[:64],
            next=inside(str(given.get("next", ""))),
        )
    response = away(inside(asked.next) or home(signed.staff.actor))
    give_cookie(response, request, signed.session_id)
    return response


def _problem(error: NewelError, speaks: Tongue) -> str:
    gettext = speaks.gettext
    if error.code == "invalid_field":
        return gettext("Enter your login and your password.")
    if error.code == "unauthenticated":
        return gettext("The login or the password is wrong.")
    return refusal.told(error, speaks)


def inside(path: str) -> str:
    """A path of this site, or nothing: nobody is led elsewhere."""
    plain = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if plain else ""


@form("/sign-out", Open.SIGNED_IN)
async def sign_out(request: Ask) -> Response[str]:
    """End the session here and in the browser."""
    session_id = session_of(request)
    if session_id:
        await access.sign_out(request.house, request.actor, session_id)
    response = Response("", status_code=200, headers={"hx-redirect": "/sign-in"})
    take_cookie(response, request)
    return response


@page_at("/profile", Open.SIGNED_IN)
async def profile(request: Ask) -> Response[str]:
    """Who I am here: roles, skills, hours, and how the pages look."""
    account = await access.account(request.house, request.actor, request.me.login)
    known = (account.zone if account else "", zone(request), "UTC")
    shown = [one for one in dict.fromkeys(known) if one]
    tongues, speaks = [tongue(code) for code in CONSOLE], request.cookies.get(COOKIE, "")
    kept: dict[str, Any] = {"tongues": tongues, "speaks": speaks, "places": shown, "zones": towns()}
    return page(request, "profile.html", account=account, **kept)


@page_at("/presence", Act.WORK)
async def present(request: Ask) -> Response[str]:
    """Whether I take work, as the profile shows it, whoever has changed it."""
    return part(request, "parts/presence_choice.html", shown=request.me)


@form("/presence", Act.WORK)
async def presence(request: Ask) -> Response[str]:
    """Come or go; the queue is looked at again."""
    asked = await request.filled(Presence)
    me = request.me
    here = asked.presence == "available"
    await routing.presence(request.house, me.actor, UUID(me.actor.id), available=here)
    me = msgspec.structs.replace(me, presence=asked.presence)
    gettext = request.tongue.gettext
    taking, pausing = gettext("You take new work now."), gettext("You get no new work until you are back.")
    said = taking if here else pausing
    return part(request, "parts/presence.html", say=said, shown=me)


@form("/look", Open.SIGNED_IN)
async def look(request: Ask) -> Response[str]:
    """Keep how this browser shows the pages."""
    asked = await request.filled(Look)
    response = done(theme=asked.theme)
    response.set_cookie("newel_theme", asked.theme, max_age=YEAR_SECONDS, samesite="lax")
    return response


@form("/language", Open.SIGNED_IN)
async def language(request: Ask) -> Response[str]:
    """Keep the language of the pages in this browser, or leave it to the browser."""
    asked = await request.filled(Speak)
    response = lead("/profile")
    if asked.language == "browser":
        response.delete_cookie(COOKIE)
    else:
        response.set_cookie(COOKIE, asked.language, max_age=YEAR_SECONDS, samesite="lax")
    return response


@form("/zone", Open.SIGNED_IN)
async def place(request: Ask) -> Response[str]:
    """Keep the time zone in which this browser shows times, or leave it to the browser."""
    asked = await request.filled(Place)
    response = lead("/profile")
    if asked.zone == "browser":
        response.delete_cookie(ZONE)
    elif asked.zone in zones():
        response.set_cookie(ZONE, asked.zone, max_age=YEAR_SECONDS, samesite="lax")
    else:
        raise Invalid(what="the time zone", why="write it as Europe/London")
    return response


ROUTES = [front, sign_in_page, sign_in, sign_out, profile, present, presence, look, language, place]
