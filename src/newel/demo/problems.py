"""What the systems say when they will not: problem details (RFC 9457), never a 500 for bad input."""

import http
from typing import Any

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException

TYPE = "application/problem+json"


class Problem(Exception):
    """A refusal: HTTP status, a machine code, a title that is always the same, and the detail."""

    def __init__(self, status: int, code: str, title: str, detail: str = "") -> None:
        super().__init__(detail or title)
        self.status, self.code, self.title, self.detail = status, code, title, detail


def missing(what: str, name: str) -> Problem:
    """There is no such record."""
    return Problem(404, "not_found", f"No such {what}", f"there is no {what} {name}")


def unusable(why: str) -> Problem:
    """The request cannot be understood."""
    return Problem(422, "invalid", "Not usable", why)


def refused(code: str, title: str, detail: str = "") -> Problem:
    """The request is understood, and the shop's rules forbid it."""
    return Problem(409, code, title, detail)


def answer_problem(_: Request[Any, Any, Any], problem: Problem) -> Response[bytes]:
    """The answer for one of our own refusals."""
    return _response(problem)


def answer_http(_: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    """The answer for what the framework refuses: no route, wrong method, too large."""
    title = http.HTTPStatus(error.status_code).phrase
    return _response(Problem(error.status_code, "http", title))


def body(problem: Problem) -> bytes:
    """The problem as JSON."""
    parts = {
        "type": "about:blank",
        "title": problem.title,
        "status": problem.status,
        "code": problem.code,
        "detail": problem.detail,
    }
    return msgspec.json.encode(parts)


def _response(problem: Problem) -> Response[bytes]:
    return Response(body(problem), status_code=problem.status, media_type=TYPE)
