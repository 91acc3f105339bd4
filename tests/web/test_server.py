"""The server stops by itself, soon, and lets what follows run."""

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from litestar import Litestar, get
from litestar.response import Stream
from litestar.types import Receive, Scope, Send
from prometheus_client import CollectorRegistry

from newel.web.hooks import Hooks
from newel.web.server import serve
from ports import free_port

SCRIPT = """
import asyncio, sys
from litestar import Litestar, get
from newel.web.server import serve

@get("/")
async def hello() -> str:
    return "here"

app = Litestar([hello], openapi_config=None, logging_config=None)

async def main() -> None:
    try:
        await serve(app, "127.0.0.1", int(sys.argv[1]))
    finally:
        print("the house is closed", flush=True)

asyncio.run(main())
print("and so is the door", flush=True)
"""


async def forever() -> object:
    while True:
        yield b"data: x\\n\\n"
        await asyncio.sleep(0.05)


@get("/stream")
async def stream() -> Stream:
    return Stream(forever())


async def test_an_open_stream_does_not_hold_the_stop_up() -> None:
    port, stop, closed = free_port(), asyncio.Event(), []

    async def close() -> None:
        closed.append(True)

    app = Litestar([stream], openapi_config=None, logging_config=None)
    running = asyncio.create_task(serve(app, "127.0.0.1", port, stop=stop, closers=[close]))
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        await answering(client, "/nothing")
        async with client.stream("GET", "/stream") as opened:
            arriving = opened.aiter_raw()  # kept: one that is let go of closes the stream
            await anext(arriving)
            stop.set()
            await asyncio.wait_for(running, 60)
    assert closed == [True]


async def test_who_still_waits_when_it_stops_is_told_to_try_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    port, stop, asked, undone = free_port(), asyncio.Event(), asyncio.Event(), []

    @get("/slow")
    async def slow() -> None:
        asked.set()
        try:
            await asyncio.sleep(3600)
        finally:
            await asyncio.sleep(0.05)  # as a transaction is rolled back
            undone.append(True)

    inner = Litestar([slow], openapi_config=None, logging_config=None)
    hooks = Hooks(CollectorRegistry())

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        wrapped = hooks.around(inner, scope, receive, send) if scope["type"] == "http" else None
        await (wrapped or inner(scope, receive, send))

    running = asyncio.create_task(serve(app, "127.0.0.1", port, stop=stop))
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        await answering(client, "/nothing")
        waiting = asyncio.create_task(client.get("/slow"))
        await asked.wait()
        stop.set()
        await asyncio.wait_for(running, 60)
        assert undone == [True]
        said = await waiting
    assert (said.status_code, said.json()["code"]) == (503, "unavailable")
    assert said.headers["retry-after"] == "1"
    assert said.headers["x-request-id"] == said.json()["request_id"]
    assert "ASGI" not in caplog.text


async def answering(client: httpx.AsyncClient, path: str) -> None:
    while True:
        try:
            await client.get(path)
            return
        except httpx.ConnectError:
            await asyncio.sleep(0.02)


async def test_SIGTERM_and_SIGINT_end_it_and_what_follows_runs(tmp_path: Path) -> None:
    script = tmp_path / "served.py"
    script.write_text(SCRIPT)
    for number in (signal.SIGTERM, signal.SIGINT):
        port = free_port()
        process = subprocess.Popen(
            [sys.executable, str(script), str(port)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            await asyncio.wait_for(answering(client, "/"), 60)
            process.send_signal(number)
            out, err = await asyncio.to_thread(process.communicate, timeout=60)
        assert process.returncode == 0, err
        assert out.decode().splitlines() == ["the house is closed", "and so is the door"]
