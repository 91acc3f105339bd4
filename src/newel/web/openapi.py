"""The API's description, made from the handlers themselves: shapes, acts, examples, errors."""

import inspect
import re
from collections.abc import Iterable, Iterator
from http import HTTPStatus
from typing import Any, get_type_hints

import msgspec
from litestar import Litestar, Response
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute

from newel import __version__
from newel.domain.access import Act
from newel.web.errors import MEDIA_TYPE, Problem
from newel.web.route import HTML, Doc, Open, doc_of

_REF = "#/components/schemas/{name}"
_PATH_PART = re.compile(r"{(\w+)(?::(\w+))?}")
_PATH_TYPES: dict[str, dict[str, Any]] = {
    "uuid": {"type": "string", "format": "uuid"},
    "int": {"type": "integer"},
    "str": {"type": "string"},
}
_SECURITY = {
    "token": {"type": "http", "scheme": "bearer", "description": "A service token; `newel token create`."},
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "newel_session",
        "description": "A person's session (`__Host-newel_session` over TLS); writes also need X-Newel-CSRF.",
    },
}
Handlers = list[tuple[str, HTTPRouteHandler, Doc]]


def describe(app: Litestar) -> dict[str, Any]:
    """The OpenAPI 3.1 document of an app."""
    found = [one for one in handlers_of(app) if not (one[2].inner or one[2].media_type == HTML)]
    shapes = [Problem, *{t for _, h, d in found for t in _types(h, d)}]
    _, schemas = msgspec.json.schema_components(shapes, ref_template=_REF)
    paths: dict[str, Any] = {}
    for path, handler, doc in found:
        operations = paths.setdefault(_PATH_PART.sub(r"{\1}", path), {})
        for method in sorted(handler.http_methods):
            operations[method.lower()] = _operation(path, handler, doc)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Newel", "version": __version__, "license": {"name": "Apache-2.0"}},
        "paths": dict(sorted(paths.items())),
        "components": {"schemas": dict(sorted(schemas.items())), "securitySchemes": _SECURITY},
    }


def handlers_of(app: Litestar) -> Iterator[tuple[str, HTTPRouteHandler, Doc]]:
    """Every declared handler with its address; one without a declared act is a mistake."""
    for route in app.routes:
        if not isinstance(route, HTTPRoute):
            continue
        for handler in route.route_handlers:
            doc = doc_of(handler)
            if doc is not None:
                yield route.path_format.replace("//", "/"), handler, doc
            elif set(handler.http_methods) != {"OPTIONS"}:
                raise LookupError(f"{route.path} declares no act")


def _types(handler: HTTPRouteHandler, doc: Doc) -> Iterable[Any]:
    hints = get_type_hints(inspect.unwrap(handler.fn), include_extras=True)
    candidates = (hints.get("data"), _returned(hints), doc.query)
    return [t for t in candidates if t is not None and t is not bytes]


def _returned(hints: dict[str, Any]) -> Any:
    kind: Any = hints.get("return")
    if getattr(kind, "__origin__", None) is Response:
        kind = kind.__args__[0]
    return None if kind in {type(None), bytes, Any} else kind


def _operation(path: str, handler: HTTPRouteHandler, doc: Doc) -> dict[str, Any]:
    hints = get_type_hints(inspect.unwrap(handler.fn), include_extras=True)
    text = inspect.getdoc(inspect.unwrap(handler.fn)) or ""
    operation: dict[str, Any] = {
        "operationId": inspect.unwrap(handler.fn).__name__,
        "summary": text.splitlines()[0] if text else "",
        "tags": [inspect.unwrap(handler.fn).__module__.rsplit(".", 1)[-1]],
        "parameters": [*_path_parameters(path, handler), *_query_parameters(doc)],
        "responses": dict(_responses(handler, doc, hints)),
        "security": [] if doc.act is Open.PUBLIC else [{"token": []}, {"session": []}],
    }
    if isinstance(doc.act, Act):
        operation["description"] = f"{text}\n\nAsks for the act `{doc.act.value}`."
    if "data" in hints:
        body: dict[str, Any] = {"schema": _schema(hints["data"])}
        if doc.example is not None:
            body["example"] = doc.example
        operation["requestBody"] = {"required": True, "content": {"application/json": body}}
    elif doc.raw:
        content = {"*/*": {"schema": {"type": "string", "format": "binary"}}}
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def _path_parameters(path: str, handler: HTTPRouteHandler) -> list[dict[str, Any]]:
    kinds = dict(_PATH_PART.findall("".join(handler.paths)))
    return [
        {"name": n, "in": "path", "required": True, "schema": _PATH_TYPES[kinds.get(n) or "str"]}
        for n, _ in _PATH_PART.findall(path)
    ]


def _query_parameters(doc: Doc) -> list[dict[str, Any]]:
    if doc.query is None:
        return []
    schema = msgspec.json.schema(doc.query, ref_template=_REF)["$defs"][doc.query.__name__]
    required = schema.get("required", [])
    return [
        {"name": n, "in": "query", "required": n in required, "schema": s}
        for n, s in schema["properties"].items()
    ]


def _responses(handler: HTTPRouteHandler, doc: Doc, hints: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    status = handler.status_code
    good: dict[str, Any] = {"description": HTTPStatus(status).phrase}
    returned = _returned(hints)
    if returned is not None:
        good["content"] = {doc.media_type: {"schema": _schema(returned)}}
    elif status != HTTPStatus.NO_CONTENT:
        binary = {"format": "binary"} if doc.media_type == "application/octet-stream" else {}
        good["content"] = {doc.media_type: {"schema": {"type": "string", **binary}}}
    yield str(status), good
    for error in sorted(_errors(handler, doc, "data" in hints)):
        content = {MEDIA_TYPE: {"schema": {"$ref": _REF.format(name="Problem")}}}
        yield str(error), {"description": HTTPStatus(error).phrase, "content": content}


def _errors(handler: HTTPRouteHandler, doc: Doc, body: bool) -> set[int]:
    found = {500, 503, *doc.errors}
    if doc.act is not Open.PUBLIC:
        found |= {401, 403}
    if body:
        found |= {400, 413, 415, 422}
    if doc.query:
        found |= {422}
    if "{" in "".join(handler.paths):
        found |= {404}
    if set(handler.http_methods) & {"POST", "PUT", "DELETE"} and doc.act is not Open.PUBLIC:
        found |= {409}
    return found


def _schema(kind: Any) -> Any:
    found, _ = msgspec.json.schema_components([kind], ref_template=_REF)
    return found[0]
