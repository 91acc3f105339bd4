"""The HTTP server: uvicorn with a stop of its own, so that no open stream holds the house up."""

import asyncio
import contextlib
import signal
import socket
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any

import uvicorn
from litestar import Litestar

Close = Callable[[], Awaitable[None]]
GRACE_SECONDS = 1.0


class Server(uvicorn.Server):
    """Closes streams before it waits for connections, and leaves signals to the caller."""

    def __init__(self, config: uvicorn.Config, closers: Sequence[Close] = ()) -> None:
        super().__init__(config)
        self._closers = closers

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close the streams, then stop as usual; who is cut off is told so before the house closes."""
        for close in self._closers:
            await close()
        await super().shutdown(sockets)
        if self.server_state.tasks:
            await asyncio.wait(set(self.server_state.tasks), timeout=GRACE_SECONDS)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take no signal: uvicorn would raise it again, and what follows would never run."""
        yield


async def serve(
    app: Litestar, host: str, port: int, *, stop: asyncio.Event | None = None, closers: Sequence[Close] = ()
) -> None:
    """Serve until SIGINT, SIGTERM or ``stop``; what the caller does afterwards is reached."""
    server = Server(_config(app, host, port), closers)
    ending = stop or asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM) if stop is None else ():
        loop.add_signal_handler(number, ending.set)
    running = asyncio.create_task(server.serve())
    waiting = asyncio.create_task(ending.wait())
    await asyncio.wait({running, waiting}, return_when=asyncio.FIRST_COMPLETED)
    server.should_exit = True
    waiting.cancel()
    await running


def _config(app: Any, host: str, port: int) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        access_log=False,
        log_config=None,
        server_header=False,
        lifespan="on",
        timeout_graceful_shutdown=int(GRACE_SECONDS),
        limit_concurrency=None,
    )
