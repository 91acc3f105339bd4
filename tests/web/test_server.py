"""The server stops by itself, soon, and lets what follows run."""

import asyncio
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
from litestar import Litestar, get
from litestar.response import Stream

from newel.web.server import serve
from web.conftest import free_port

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
            await anext(opened.aiter_raw())
            started = time.monotonic()
            stop.set()
            await asyncio.wait_for(running, 5)
            assert time.monotonic() - started < 2
    assert closed == [True]


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
            await asyncio.wait_for(answering(client, "/"), 20)
            started = time.monotonic()
            process.send_signal(number)
            out, err = await asyncio.to_thread(process.communicate, timeout=10)
        assert process.returncode == 0, err
        assert time.monotonic() - started < 2.5
        assert out.decode().splitlines() == ["the house is closed", "and so is the door"]
