"""Problem documents as exceptions: one class for each thing that a caller does about it."""

from typing import Any

import msgspec


class FieldProblem(msgspec.Struct, frozen=True):
    """One field that is wrong: where, and what would be right."""

    field: str
    message: str


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """Problem details as the API writes them (RFC 9457)."""

    status: int
    code: str = ""
    detail: str = ""
    request_id: str = ""
    trace_id: str = ""
    errors: tuple[FieldProblem, ...] = ()
    data: dict[str, Any] = {}


class NewelProblem(Exception):
    """What the API says is wrong: ``code`` is for machines, ``detail`` for people."""

    def __init__(self, document: Document, retry_after: float | None = None) -> None:
        super().__init__(f"{document.status} {document.code}: {document.detail}")
        self.status = document.status
        self.code = document.code
        self.detail = document.detail
        self.request_id = document.request_id
        self.trace_id = document.trace_id
        self.errors = document.errors
        self.data = document.data
        self.retry_after = retry_after


class Refused(NewelProblem):
    """The request itself is not usable (400, 405, 413, 415, 422): sent again it fails again."""


class Unauthenticated(NewelProblem):
    """The token or the session does not count (401)."""


class Forbidden(NewelProblem):
    """The act is not yours (403)."""


class NotFound(NewelProblem):
    """There is no such thing (404)."""


class Conflict(NewelProblem):
    """Its state has changed (409): read it again."""


class StaleToken(Conflict):
    """It has passed to another owner (409 ``stale_token``)."""


class TooMany(NewelProblem):
    """Too many requests (429), also after waiting."""


class Unavailable(NewelProblem):
    """No answer, or none that counts (408, 5xx): whether it was done is not known."""


_BY_STATUS: dict[int, type[NewelProblem]] = {
    401: Unauthenticated,
    403: Forbidden,
    404: NotFound,
    408: Unavailable,
    409: Conflict,
    429: TooMany,
}


def problem(status: int, body: bytes, retry_after: float | None = None) -> NewelProblem:
    """The exception for an answer; one that is no problem document (of a proxy) has no code."""
    try:
        document = msgspec.json.decode(body, type=Document)
    except (msgspec.DecodeError, UnicodeDecodeError):
        document = Document(status=status, detail="the answer is no problem document")
    kind = _BY_STATUS.get(status, Unavailable if status >= 500 else Refused)
    if document.code == "stale_token":
        kind = StaleToken
    return kind(document, retry_after)


def no_answer(why: str) -> Unavailable:
    """The exception for a call that got no answer at all."""
    return Unavailable(Document(status=0, code="no_answer", detail=why))
