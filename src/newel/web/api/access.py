"""Sessions, and what the API says of whoever asks."""

from datetime import datetime
from typing import Annotated

import msgspec
from litestar import Response
from litestar.params import JSONBody

from newel.domain.access import Actor, Staff, acts_of
from newel.flow import access
from newel.web.auth import csrf_token, give_cookie, session_of, take_cookie
from newel.web.request import Ask
from newel.web.route import Open, delete, get, post

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f]+$")]
Password = Annotated[str, msgspec.Meta(min_length=1, max_length=256)]


class SignIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A login and its password."""

    login: Name
    password: Password


class Me(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks, and what they may; ``csrf_token`` goes into the header X-Newel-CSRF of writes."""

    kind: str
    id: str
    acts: tuple[str, ...]
    login: str = ""
    name: str = ""
    roles: tuple[str, ...] = ()
    clearance: str = "none"
    presence: str = ""
    csrf_token: str = ""


class Session(msgspec.Struct, frozen=True):
    """A new session."""

    me: Me
    expires_at: datetime


@post("/api/v1/sessions", Open.PUBLIC, example={"login": "amara", "password": "…"}, errors=(401, 429))
async def sign_in(request: Ask, data: JSONBody[SignIn]) -> Response[Session]:
    """Sign in: the session id comes as a cookie, always a new one."""
    signed = await access.sign_in(request.house, data.login, data.password, former=session_of(request))
    response = Response(Session(_person(signed.staff, signed.session_id), signed.expires_at))
    give_cookie(response, request, signed.session_id)
    return response


@delete("/api/v1/sessions", Open.SIGNED_IN)
async def sign_out(request: Ask) -> Response[None]:
    """Sign out: the session ends here and in the browser."""
    session_id = session_of(request)
    if session_id and request.actor.kind == "staff":
        await access.sign_out(request.house, request.actor, session_id)
    response: Response[None] = Response(None)
    take_cookie(response, request)
    return response


@get("/api/v1/me", Open.SIGNED_IN)
async def me(request: Ask) -> Me:
    """Who asks: a person with their rights, or a service with its scopes."""
    staff = request.staff
    return _person(staff, session_of(request) or "") if staff else _service(request.actor)


def _person(staff: Staff, session_id: str) -> Me:
    return Me(
        kind="staff",
        id=str(staff.id),
        acts=_acts(staff.actor),
        login=staff.login,
        name=staff.name,
        roles=tuple(sorted(staff.roles)),
        clearance=staff.clearance,
        presence=staff.presence,
        csrf_token=csrf_token(session_id),
    )


def _service(actor: Actor) -> Me:
    return Me(kind=actor.kind, id=actor.id, acts=_acts(actor))


def _acts(actor: Actor) -> tuple[str, ...]:
    return tuple(sorted(act.value for act in acts_of(actor)))


ROUTES = [sign_in, sign_out, me]
