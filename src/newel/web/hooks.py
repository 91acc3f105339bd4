"""Around every request: its id, its log line, its security headers, its metrics. Ids only."""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any
from uuid import uuid4

import structlog
from litestar.types import HTTPResponseStartEvent, Message, Receive, Scope, Send
from prometheus_client import CollectorRegistry, Counter, Histogram

from newel import span
from newel.web.errors import stopping

App = Callable[[Scope, Receive, Send], Awaitable[None]]
_ID = re.compile(r"[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}")
_UNTOLD = frozenset({"/healthz", "/readyz", "/metrics"})
"""They are asked every few seconds and tell of nothing."""
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_HEADERS = {
    b"content-security-policy": b"default-src 'none'; frame-ancestors 'none'",
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"no-referrer",
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
    b"x-frame-options": b"DENY",
    b"cache-control": b"no-store",
}
_CSP = b"content-security-policy"
_HSTS = (b"strict-transport-security", b"max-age=31536000")
log = structlog.get_logger("newel.access")


class Hooks:
    """One for each app: wraps every answer, errors included."""

    def __init__(self, registry: CollectorRegistry) -> None:
        labels = ("method", "route", "status")
        self._count = Counter("newel_http_requests", "Requests by route.", labels, registry=registry)
        self._seconds = Histogram(
            "newel_http_seconds",
            "Time to the answer by route.",
            ("route",),
            registry=registry,
            buckets=_SECONDS,
        )

    async def around(self, app: App, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the app on one request; one that a stopping server cannot end is answered with 503."""
        scope["newel.request_id"] = _request_id(scope)  # type: ignore[typeddict-unknown-key]  # ours
        with _span(scope) as here:
            await self._answer(app, scope, receive, send, here)

    async def _answer(
        self, app: App, scope: Scope, receive: Receive, send: Send, here: span.Span | span.Nothing
    ) -> None:
        started, begun = time.perf_counter(), False
        request_id = str(scope["newel.request_id"])  # type: ignore[typeddict-item]  # ours

        async def hooked(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                _add_headers(scope, message, request_id)
                _tell(here, scope, message["status"])
                self._note(scope, message["status"], time.perf_counter() - started)
            await send(message)

        try:
            await app(scope, receive, hooked)
        except asyncio.CancelledError:  # only the server's stop does it; half an answer is cut off by it
            if not begun:
                await _try_again(hooked, request_id)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        method = _method(scope, "other")
        route = scope.get("path_template") or "unmatched"
        self._count.labels(method, route, status).inc()
        self._seconds.labels(route).observe(seconds)
        actor: Any = scope.get("newel.actor")
        log.info(
            "request",
            request_id=scope.get("newel.request_id"),
            method=method,
            route=route,
            status=status,
            ms=round(seconds * 1000, 1),
            actor_kind=actor.kind if actor else None,
            actor_id=actor.id if actor else None,
        )


def _method(scope: Scope, other: str) -> str:
    method = str(scope.get("method"))
    return method if method in _METHODS else other


def _span(scope: Scope) -> span.Span | span.Nothing:
    """The request's span. Programs may say of which trace it is a part; a browser's word is not asked for."""
    path = scope["path"]
    if path in _UNTOLD or path.startswith("/static/"):
        return span.NOTHING
    parent = _header(scope, b"traceparent") if path.startswith("/api/") else ""
    return span.root(_method(scope, "HTTP"), span.Kind.SERVER, parent=parent)


def _tell(here: span.Span | span.Nothing, scope: Scope, status: int) -> None:
    """Which route it was and how it was answered: the path itself holds ids, and words of people."""
    route = scope.get("path_template")
    if route:
        here.name(f"{_method(scope, 'HTTP')} {route}")
    here.tell(
        {
            "http.request.method": _method(scope, "_OTHER"),
            "http.route": route,
            "http.response.status_code": status,
            "url.scheme": scope.get("scheme"),
        }
    )
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        here.fail(str(status))


async def _try_again(send: Send, request_id: str) -> None:
    headers, body = stopping(request_id)
    await send({"type": "http.response.start", "status": 503, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})


def _request_id(scope: Scope) -> str:
    """The caller's id if it is a plain UUID (anything else might carry data), or a new one."""
    given = _header(scope, b"x-request-id").lower()
    return given if _ID.fullmatch(given) else str(uuid4())


def _header(scope: Scope, name: bytes) -> str:
    return next((v for k, v in scope["headers"] if k == name), b"").decode("latin-1")


def _add_headers(scope: Scope, message: HTTPResponseStartEvent, request_id: str) -> None:
    headers = list(message["headers"])
    present = {name.lower() for name, _ in headers}
    if any(name.lower() == _CSP and b"frame-ancestors 'none'" not in value for name, value in headers):
        present.add(b"x-frame-options")  # its policy names who may frame it
    headers += [(name, value) for name, value in _HEADERS.items() if name not in present]
    headers.append((b"x-request-id", request_id.encode()))
    if scope.get("scheme") == "https":
        headers.append(_HSTS)
    message["headers"] = headers
