"""Who asks: a bearer token or a session cookie becomes an actor, and each route asks for its act."""

import hashlib
import hmac
import time
from collections import OrderedDict
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from litestar import Response
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.types import Scope

from newel.domain.access import Act, Actor, Staff
from newel.domain.errors import Forbidden, NewelError, Unauthenticated
from newel.flow import access, chat
from newel.flow.house import House
from newel.web.errors import wants_page
from newel.web.route import Doc, Open

CSRF_HEADER = "x-newel-csrf"
BACKGROUND = "x-newel-background"
"""Set by a page that asks again by itself: that keeps no idle session alive."""
READING = frozenset({"GET", "HEAD", "OPTIONS"})
_CUSTOMERS = ("conversation:", "writing:")
"""Topics of a customer's own page."""
_REMEMBERED = 1000
_REMEMBER_SECONDS = 1.0
Connection = ASGIConnection[Any, Any, Any, Any]


class NoCsrf(Forbidden):
    """Send the session's CSRF token in the header X-Newel-CSRF; GET /api/v1/me tells it."""

    code = "csrf"


class Tokens:
    """Service tokens seen within the last second: intake asks for the same one all the time."""

    def __init__(self) -> None:
        self._seen: OrderedDict[bytes, tuple[float, Actor]] = OrderedDict()

    async def actor(self, house: House, secret: str) -> Actor:
        """The token's service; a revoked token is refused after a second at the latest."""
        key = hashlib.sha256(secret.encode()).digest()
        known = self._seen.get(key)
        if known and time.monotonic() - known[0] < _REMEMBER_SECONDS:
            return known[1]
        self._seen.pop(key, None)
        actor = await access.service(house, secret)
        self._seen[key] = (time.monotonic(), actor)
        if len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)
        return actor


async def guard(connection: Connection, handler: BaseRouteHandler) -> None:
    """Find the actor and check the route's act before any body is read."""
    doc: Doc | None = handler.opt.get("doc")
    if doc is None or doc.act is Open.PUBLIC:
        return
    actor = await _actor(connection)
    connection.scope["newel.actor"] = actor  # type: ignore[typeddict-unknown-key]  # ours, see request.py
    if isinstance(doc.act, Act):
        actor.must(doc.act)


async def _actor(connection: Connection) -> Actor:
    house: House = connection.app.state.house
    if connection.headers.get("authorization"):
        tokens: Tokens = connection.app.state.tokens
        return await tokens.actor(house, bearer(connection))
    return (await _staff(connection, house)).actor


async def _staff(connection: Connection, house: House) -> Staff:
    session_id = session_of(connection)
    if not session_id:
        raise Unauthenticated(why="there is neither a token nor a session")
    staff = await access.who(house, session_id, idle=connection.headers.get(BACKGROUND) == "1")
    given = connection.headers.get(CSRF_HEADER, "")
    if connection.scope.get("method") not in READING and not hmac.compare_digest(
        given.encode(), csrf_token(session_id).encode()
    ):
        raise NoCsrf()
    connection.scope["newel.staff"] = staff  # type: ignore[typeddict-unknown-key]
    return staff


async def recognise(error: Exception, scope: Scope) -> None:
    """Find the signed-in person whom an error page is for, where no guard had asked who they are."""
    connection: Connection = ASGIConnection(scope)
    asked = isinstance(error, Unauthenticated) or "newel.staff" in scope
    session_id = session_of(connection)
    if asked or not session_id or not wants_page(connection):
        return
    with suppress(NewelError):  # then the page is that of a stranger
        staff = await access.who(connection.app.state.house, session_id, idle=True)
        scope["newel.staff"] = staff  # type: ignore[typeddict-unknown-key]


async def may_listen(house: House, scope: Scope, topics: frozenset[str]) -> bool:
    """Whether a page may hear of these topics.

    Any signed-in person may, of ids and words only; a customer by their pass, of their own conversation.
    """
    connection: Connection = ASGIConnection(scope)
    try:
        if "authorization" in connection.headers:
            return topics <= await chat.topics(house, bearer(connection))
        session_id = session_of(connection)
        if not session_id:
            return False
        await access.who(house, session_id, idle=True)
    except NewelError:
        return False
    return not any(topic.startswith(_CUSTOMERS) for topic in topics)


def bearer(connection: Connection) -> str:
    """The bearer token of a request; ``Unauthenticated`` when there is none."""
    scheme, _, secret = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not secret:
        raise Unauthenticated(why="the Authorization header is not a bearer token")
    return secret.strip()


def must_be_own_page(connection: Connection, act: str) -> None:
    """Refuse what another site's page sends; browsers say where a request comes from."""
    site = connection.headers.get("sec-fetch-site", "same-origin")
    origin = connection.headers.get("origin", "")
    own = not origin or _host_of(origin) == connection.headers.get("host", "")
    if site not in {"same-origin", "none"} or not own:
        raise Forbidden(actor="browser", act=act, why="the request is another site's")


def _host_of(origin: str) -> str | None:
    """The host that an ``Origin`` names; None for one that is no address."""
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return None


def session_of(connection: Connection) -> str | None:
    """The session id that the browser sent, if any; it is checked elsewhere."""
    return connection.cookies.get(cookie_name(connection))


def csrf_token(session_id: str) -> str:
    """What a page of this session must repeat in a header; another site cannot read it."""
    return hmac.digest(session_id.encode(), b"newel csrf", "sha256").hex()


def cookie_name(connection: Connection) -> str:
    """Over TLS the name pins the cookie to this very host."""
    return "__Host-newel_session" if _secure(connection) else "newel_session"


def give_cookie(response: Response[Any], connection: Connection, session_id: str) -> None:
    """Keep the session id in the browser: out of reach of scripts and of other sites."""
    response.set_cookie(
        cookie_name(connection), session_id, httponly=True, secure=_secure(connection), samesite="lax"
    )


def take_cookie(response: Response[Any], connection: Connection) -> None:
    """Take the session id out of the browser."""
    response.set_cookie(
        cookie_name(connection), "", max_age=0, httponly=True, secure=_secure(connection), samesite="lax"
    )


def _secure(connection: Connection) -> bool:
    return connection.scope["scheme"] == "https"
