"""How a handler is declared: its address, the act that it asks for, and what documents it."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

import msgspec
from litestar import delete as _delete
from litestar import get as _get
from litestar import post as _post
from litestar import put as _put
from litestar.handlers import HTTPRouteHandler

from newel.domain.access import Act

Declared = Callable[[Callable[..., Any]], HTTPRouteHandler]
HTML = "text/html"


class Open(StrEnum):
    """The two doors without an act: for everybody, and for everybody who is signed in."""

    PUBLIC = "public"
    SIGNED_IN = "signed_in"


class Doc(msgspec.Struct, frozen=True, kw_only=True):
    """What guards and documents a handler: its act, its query, an example body, its own errors.

    ``raw``: the body is a file as it is, and the handler reads it by itself.
    """

    act: Act | Open
    query: type[msgspec.Struct] | None = None
    example: Mapping[str, Any] | None = None
    errors: tuple[int, ...] = ()
    media_type: str = "application/json"
    raw: bool = False
    inner: bool = False


def get(path: str, act: Act | Open, *, query: type[msgspec.Struct] | None = None, **more: Any) -> Declared:
    """A handler that reads."""
    return _get(path, opt={"doc": Doc(act=act, query=query, **_doc(more))}, **more)


def post(
    path: str,
    act: Act | Open,
    *,
    status: int = 201,
    query: type[msgspec.Struct] | None = None,
    **more: Any,
) -> Declared:
    """A handler that adds."""
    return _post(path, opt={"doc": Doc(act=act, query=query, **_doc(more))}, status_code=status, **more)


def put(path: str, act: Act | Open, **more: Any) -> Declared:
    """A handler that replaces."""
    return _put(path, opt={"doc": Doc(act=act, **_doc(more))}, **more)


def delete(path: str, act: Act | Open, *, query: type[msgspec.Struct] | None = None, **more: Any) -> Declared:
    """A handler that ends something."""
    return _delete(path, opt={"doc": Doc(act=act, query=query, **_doc(more))}, status_code=204, **more)


def page(path: str, act: Act | Open, **more: Any) -> Declared:
    """A page, or a part of one: HTML for people, not part of the API's description."""
    return _get(path, opt={"doc": Doc(act=act, media_type=HTML, **_doc(more))}, **more)


def form(path: str, act: Act | Open, *, status: int = 200, **more: Any) -> Declared:
    """What a page sends: a form in, HTML out; not part of the API's description."""
    return _post(path, opt={"doc": Doc(act=act, media_type=HTML, **_doc(more))}, status_code=status, **more)


def inner_get(path: str, *, query: type[msgspec.Struct] | None = None, **more: Any) -> Declared:
    """What a page's own script reads: it finds its actor itself, and is not part of the API's description."""
    return _get(path, opt={"doc": Doc(act=Open.PUBLIC, query=query, inner=True, **_doc(more))}, **more)


def inner_post(path: str, *, status: int = 200, **more: Any) -> Declared:
    """What a page's own script sends, in the same way."""
    return _post(path, opt={"doc": Doc(act=Open.PUBLIC, inner=True)}, status_code=status, **more)


def inner_delete(path: str) -> Declared:
    """What a page's own script takes back."""
    return _delete(path, opt={"doc": Doc(act=Open.PUBLIC, inner=True)}, status_code=204)


def doc_of(handler: HTTPRouteHandler) -> Doc | None:
    """What was declared; None for handlers that the framework makes (OPTIONS)."""
    found: Doc | None = handler.opt.get("doc")
    return found


def _doc(more: dict[str, Any]) -> dict[str, Any]:
    """Take what documents out of the options; the rest is the framework's."""
    return {name: more.pop(name) for name in ("example", "errors", "media_type", "raw") if name in more}
