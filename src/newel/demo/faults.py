"""Faults on demand: the systems can be slow, hang, fail, refuse, lose their answer or act twice."""

import asyncio
from collections.abc import MutableMapping
from enum import StrEnum
from typing import Annotated, Any, Protocol, cast

import msgspec
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from newel.demo.problems import TYPE, Problem, body

OPEN_TO_FAULTS_NOT = ("/faults", "/healthz")


class Mode(StrEnum):
    """What goes wrong.

    slow: the effect happens at once, its answer comes late. hang: nothing happens for a while,
    then the effect, even if the caller has gone. fail, refuse: a status, before any effect.
    lose_answer: the effect, then the connection is cut. replay: a request with a key is carried
    out twice, as by a proxy that tries again; the second answer is the one that is given.
    """

    SLOW = "slow"
    HANG = "hang"
    FAIL = "fail"
    REFUSE = "refuse"
    LOSE_ANSWER = "lose_answer"
    REPLAY = "replay"


class Fault(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One planned fault; ``times`` 0 is until it is deleted."""

    mode: Mode
    method: str = "*"
    path_prefix: str = "/"
    seconds: Annotated[float, msgspec.Meta(ge=0, le=600)] = 0.0
    status: Annotated[int, msgspec.Meta(ge=400, le=599)] | None = None
    times: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] = 1


class Plan:
    """The faults to come, first planned first used; they end with the process."""

    def __init__(self) -> None:
        self.faults: list[tuple[Fault, int]] = []

    def add(self, fault: Fault) -> None:
        """Plan a fault."""
        self.faults.append((fault, fault.times))

    def clear(self) -> None:
        """Let all go well again."""
        self.faults.clear()

    def take(self, method: str, path: str) -> Fault | None:
        """The fault for this request, used up by one."""
        for place, (fault, left) in enumerate(self.faults):
            if fault.method in ("*", method) and path.startswith(fault.path_prefix):
                if left == 1:
                    del self.faults[place]
                elif left > 1:
                    self.faults[place] = (fault, left - 1)
                return fault
        return None


class Faults:
    """The layer around the application where the planned faults happen."""

    def __init__(self, app: ASGIApp, plan: Plan) -> None:
        self.app, self.plan = app, plan

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or let the next fault have it."""
        fault = self._next(scope)
        if fault is None:
            await self.app(scope, receive, send)
        else:
            await self._spoil(fault, scope, receive, send)

    def _next(self, scope: Scope) -> Fault | None:
        if scope["type"] != ScopeType.HTTP or scope["path"].startswith(OPEN_TO_FAULTS_NOT):
            return None
        return self.plan.take(str(scope["method"]), scope["path"])

    async def _spoil(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        content = await _whole(receive)
        match fault.mode:
            case Mode.FAIL | Mode.REFUSE:
                await _answer(send, fault)
            case Mode.SLOW:
                await self._run(scope, content, _late(send, fault.seconds))
            case Mode.HANG:
                await asyncio.sleep(fault.seconds)
                await self._run(scope, content, send)
            case Mode.LOSE_ANSWER:
                await self._run(scope, content, _nowhere)
                await _cut(receive, send)
            case Mode.REPLAY:
                if any(name == b"idempotency-key" for name, _ in scope["headers"]):
                    await self._run(scope, content, _nowhere)
                await self._run(scope, content, send)

    async def _run(self, scope: Scope, content: bytes, send: Send) -> None:
        """Let the application have the request, on a scope of its own."""
        own = cast(Scope, dict(cast(MutableMapping[str, Any], scope)))
        await self.app(own, _from(content), send)


async def _whole(receive: Receive) -> bytes:
    """The body, read before anything: it is lost once the caller has gone."""
    parts: list[bytes] = []
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return b"".join(parts)
        parts.append(message["body"])
        if not message["more_body"]:
            return b"".join(parts)


def _from(content: bytes) -> Receive:
    async def receive() -> Any:
        return {"type": "http.request", "body": content, "more_body": False}

    return receive


def _late(send: Send, seconds: float) -> Send:
    async def late(message: Message) -> None:
        if message["type"] == "http.response.start":
            await asyncio.sleep(seconds)
        await send(message)

    return late


async def _nowhere(_: Message) -> None:
    """An answer that nobody hears."""


async def _answer(send: Send, fault: Fault) -> None:
    status = fault.status or (503 if fault.mode is Mode.FAIL else 422)
    content = body(Problem(status, "fault", "Fault on demand"))
    headers = [
        (b"content-type", TYPE.encode()),
        (b"content-length", str(len(content)).encode()),
    ]
    start = {"type": "http.response.start", "status": status, "headers": headers}
    await send(cast(Message, start))
    await send(cast(Message, {"type": "http.response.body", "body": content, "more_body": False}))


class _Cycle(Protocol):
    """What stands behind uvicorn's ``send``."""

    transport: asyncio.Transport


async def _cut(receive: Receive, send: Send) -> None:
    """Close the connection under the caller; ASGI knows no way, so uvicorn's transport it is."""
    cycle = cast(_Cycle, cast(Any, send).__self__)
    cycle.transport.abort()
    await receive()  # comes back once the connection is gone
