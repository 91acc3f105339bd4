"""Every error leaves as problem details (RFC 9457): typed, named, and never a stack trace."""

import logging
import traceback
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode, urlsplit

import msgspec
import structlog
from litestar import Request, Response
from litestar.connection import ASGIConnection
from litestar.exceptions import HTTPException, ValidationException
from litestar.types import ExceptionHandlersMap

from newel import span
from newel.domain.errors import NewelError
from newel.web import field, refusal
from newel.web.tongue import COOKIE, N_, Tongue, of_console

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = 5
ErrorPage = Callable[[Any, int, str, str, str], Response[Any]]
log = structlog.get_logger("newel.web")


class FieldProblem(msgspec.Struct, frozen=True):
    """One field that is wrong: where, and what would be right."""

    field: str
    message: str


class Problem(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Problem details: ``code`` is for machines, ``detail`` for people, ``trace_id`` for operators."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    request_id: str = ""
    trace_id: str = ""
    errors: tuple[FieldProblem, ...] = ()
    data: dict[str, Any] = {}


class Malformed(NewelError):
    """The body cannot be read: {why}"""

    code = "malformed"
    status = 400


class Unsupported(NewelError):
    """Send the body as application/json."""

    code = "unsupported_media_type"
    status = 415


class Left(NewelError):
    """Whoever asked went away before the end of the request."""

    code = "left"
    status = 499


class Rejected(NewelError):
    """The request has a field that is not usable."""

    code = "invalid_field"
    status = 422

    def __init__(self, *errors: FieldProblem) -> None:
        self.errors = errors
        super().__init__()


_PLAIN = {
    400: ("bad_request", N_("The request cannot be read.")),
    401: ("unauthenticated", N_("Sign in, or send a valid token.")),
    403: ("forbidden", N_("This is not allowed.")),
    404: ("not_found", N_("There is nothing at this address.")),
    405: ("method_not_allowed", N_("This address does not take this method; see the Allow header.")),
    413: ("too_large", N_("The body is too large.")),
    415: ("unsupported_media_type", N_("Send the body as application/json.")),
    429: ("too_many_requests", N_("Slow down, and try again later.")),
    500: ("internal", N_("Something went wrong here; it has been noted under the request id.")),
    503: ("unavailable", N_("A part of the house does not answer now; try again later.")),
}


_TITLES = {
    HTTPStatus.FORBIDDEN: N_("This is not yours to do"),
    HTTPStatus.NOT_FOUND: N_("This is not here"),
    HTTPStatus.CONFLICT: N_("This cannot be done now"),
    HTTPStatus.UNPROCESSABLE_ENTITY: N_("This cannot be used as it is"),
}
"""What a page says above an error; of the rest the protocol's own words."""
_REFUSED = N_("The store refuses this change.")
_GUARDS = {
    "NW001": N_("Only the owner of the case, with a live session, writes as a person."),
    "NW012": N_("There is no authority for exactly this, now."),
    "NW014": N_("The policy version lacks a signature."),
    "NW015": N_("The cap over the window would be passed."),
    "NW016": N_("The work has passed to another owner; fetch it again."),
    "NW017": N_("Only a person lowers a tier, with a reason."),
    "NW018": N_("This person's desk is full."),
    "NW041": N_("What was uploaded or sent stays as it is."),
    "NW042": N_("The attachment is not this message's."),
    "NW051": N_("Nothing is offered on this case."),
    "NW021": N_("The survey was answered, or has expired."),
    "NW020": N_("The message is still held: its writer may take it back."),
}


def rejection(error: msgspec.ValidationError) -> Rejected:
    """A shape error as the field that it names."""
    message, _, place = str(error).partition(" - at ")
    at = place.strip("`").removeprefix("$").lstrip(".")
    for said in ("Object missing required field `", "Object contains unknown field `"):
        if message.startswith(said):
            name = message.removeprefix(said).rstrip("`")
            at = f"{at}.{name}" if at else name
    return Rejected(FieldProblem(at, message))


def handlers() -> ExceptionHandlersMap:
    """Which function answers which error."""
    return {Left: _left, NewelError: _typed, HTTPException: _plain, Exception: _unexpected}


def stopping(request_id: str) -> tuple[list[tuple[bytes, bytes]], bytes]:
    """Headers and body for whoever still waits when the server has to stop: the next one will answer."""
    code, detail = _PLAIN[503]
    title = HTTPStatus.SERVICE_UNAVAILABLE.phrase
    problem = Problem(
        type=f"urn:newel:problem:{code}",
        title=title,
        status=503,
        code=code,
        detail=detail,
        request_id=request_id,
        trace_id=span.trace_id(),
    )
    body = msgspec.json.encode(problem)
    headers = {
        "content-type": MEDIA_TYPE,
        "content-length": str(len(body)),
        "retry-after": "1",
        "connection": "close",
    }
    return [(name.encode(), value.encode()) for name, value in headers.items()], body


def _left(_request: Request[Any, Any, Any], error: Left) -> Response[str]:
    """Nobody hears it: it is for the log and the metrics, where it is no fault of ours."""
    return Response("", status_code=error.status)


def _typed(request: Request[Any, Any, Any], error: NewelError) -> Response[Problem]:
    if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        log.warning("refused", code=error.code, request_id=_id(request))
    guarded = error.code == "guarded"  # the store speaks of ids and rules: not for the wire
    guard = _GUARDS.get(str(error.data.get("sqlstate")), _REFUSED)
    detail = _said(request, guard) if guarded else _told(request, error)
    data = {k: v for k, v in error.data.items() if k == "sqlstate" or not guarded}
    errors = _fields(request, error) if isinstance(error, Rejected) else ()
    if errors and wants_page(request):  # which shows the detail alone
        detail = " ".join(one.message for one in errors)
    return _answer(request, error.status, error.code, detail, errors=errors, data=data)


def _fields(request: Request[Any, Any, Any], error: Rejected) -> tuple[FieldProblem, ...]:
    """To a program as they stand, to a person as sentences in the language of their pages."""
    speaks = _speaks(request)
    if speaks is None:
        return error.errors
    return tuple(FieldProblem(one.field, field.told(one.field, one.message, speaks)) for one in error.errors)


def _told(request: Request[Any, Any, Any], error: NewelError) -> str:
    """To a program as it stands, to a person in the language of their pages."""
    speaks = _speaks(request)
    return refusal.told(error, speaks) if speaks else error.message


def _said(request: Request[Any, Any, Any], detail: str) -> str:
    speaks = _speaks(request)
    return speaks.gettext(detail) if speaks else detail


def _speaks(request: Request[Any, Any, Any]) -> Tongue | None:
    if request.scope["path"].startswith("/api/"):
        return None
    return of_console(request.cookies.get(COOKIE, ""), request.headers.get("accept-language", ""))


def _plain(request: Request[Any, Any, Any], error: HTTPException) -> Response[Problem]:
    if isinstance(error, ValidationException):
        return _typed(request, _wrong(error))
    if error.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return _unexpected(request, error)
    code, detail = _PLAIN.get(error.status_code, ("error", HTTPStatus(error.status_code).phrase))
    return _answer(request, error.status_code, code, _said(request, detail), headers=error.headers)


def _unexpected(request: Request[Any, Any, Any], error: Exception) -> Response[Problem]:
    log.log(logging.ERROR, "unexpected", request_id=_id(request), error=type(error).__name__, at=where(error))
    code, detail = _PLAIN[500]
    return _answer(request, 500, code, _said(request, detail))


def where(error: BaseException) -> str:
    """The innermost place of an error in our own code, without any value."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [f for f in frames if "newel" in f.filename] or list(frames)
    return f"{own[-1].name}:{own[-1].lineno}" if own else ""


def _wrong(error: ValidationException) -> NewelError:
    """What the framework found wrong; a missing ``data`` is a body that is not there."""
    extra = error.extra if isinstance(error.extra, list) else []
    fields = [FieldProblem(str(e.get("key", "")), str(e.get("message", ""))) for e in extra]
    if [f.field for f in fields] == ["data"]:
        return Malformed(why="it is empty")
    return Rejected(*fields)


def _answer(
    request: Request[Any, Any, Any],
    status: int,
    code: str,
    detail: str,
    *,
    errors: tuple[FieldProblem, ...] = (),
    data: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response[Problem]:
    if wants_page(request):
        return _page(request, status, detail, _hints(request, status, data))
    problem = Problem(
        type=f"urn:newel:problem:{code}",
        title=HTTPStatus(status).phrase,
        status=status,
        code=code,
        detail=detail,
        request_id=_id(request),
        trace_id=span.trace_id(),
        errors=errors,
        data={k: v if isinstance(v, int | float | bool) else str(v) for k, v in (data or {}).items()},
    )
    return Response(
        problem,
        status_code=status,
        media_type=MEDIA_TYPE,
        headers={**(headers or {}), **_hints(request, status, data)},
    )


def wants_page(request: ASGIConnection[Any, Any, Any, Any]) -> bool:
    """Whether a person looks at the answer: a browser opened a page, no script asked for a part."""
    accepts = request.headers.get("accept", "")
    ours = not request.scope["path"].startswith("/api/")
    return ours and "text/html" in accepts and request.headers.get("hx-request") != "true"


def _page(
    request: Request[Any, Any, Any], status: int, detail: str, hints: Mapping[str, str]
) -> Response[Any]:
    if status == HTTPStatus.UNAUTHORIZED and request.method == "GET":
        return Response("", status_code=303, headers={"location": _sign_in(request)})
    show: ErrorPage = request.app.state.error_page
    title = _TITLES.get(HTTPStatus(status), HTTPStatus(status).phrase)
    shown = show(request, status, title, detail, _id(request))
    shown.headers.update(hints)
    return shown


def _hints(request: Request[Any, Any, Any], status: int, data: Mapping[str, Any] | None) -> dict[str, str]:
    if status == HTTPStatus.UNAUTHORIZED:
        return {"www-authenticate": "Bearer", "hx-redirect": _sign_in(request)}
    if status in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}:
        return {"retry-after": str((data or {}).get("seconds", RETRY_SECONDS))}
    return {}


def _sign_in(request: Request[Any, Any, Any]) -> str:
    """The sign-in, which leads back to the page that somebody has before them."""
    try:
        before_them = urlsplit(request.headers.get("hx-current-url", "")).path
    except ValueError:  # no address at all
        before_them = ""
    return f"/sign-in?{urlencode({'next': before_them or request.scope['path']})}"


def _id(request: Request[Any, Any, Any]) -> str:
    return str(request.scope.get("newel.request_id", ""))
