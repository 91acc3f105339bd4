"""Waking workers: one NOTIFY for all commits of some milliseconds, and a listener that comes back.

A NOTIFY in each commit takes a global lock and costs three quarters of the commits; a worker polls
as well, so a wake that is lost costs a moment and nothing else.
"""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

import asyncpg

CHANNEL = "newel_job"
COALESCE_SECONDS = 0.02
_RETRY_SECONDS = 0.2


class Waker:
    """Says that there is work: at once in this process, soon and once for all others."""

    def __init__(self, pool: Any) -> None:
        self._pool = pool
        self._pending: asyncio.Task[None] | None = None
        self._here: list[Callable[[], None]] = []

    def also(self, wake: Callable[[], None]) -> None:
        """Call ``wake`` at each wake of this process."""
        self._here.append(wake)

    def wake(self) -> None:
        """There is work."""
        for wake in self._here:
            wake()
        if self._pending is None or self._pending.done():
            self._pending = asyncio.create_task(self._notify())

    async def _notify(self) -> None:
        await asyncio.sleep(COALESCE_SECONDS)
        with contextlib.suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            await self._pool.execute(f"NOTIFY {CHANNEL}")

    async def close(self) -> None:
        """Let the last one go out."""
        if self._pending is not None:
            with contextlib.suppress(asyncio.CancelledError):
                await self._pending


async def listen(url: str, wake: Callable[[], None], first: str = "") -> None:
    """Call ``wake`` for each notification, and once after each new connection; until cancelled.

    ``first`` is executed on each new connection, which then stays open.
    """
    while True:
        with contextlib.suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            connection = await asyncpg.connect(url, server_settings={"application_name": "newel-wake"})
            try:
                lost = asyncio.Event()
                connection.add_termination_listener(lambda _, lost=lost: lost.set())
                if first:
                    await connection.execute(first)
                await connection.add_listener(CHANNEL, lambda *_: wake())
                wake()
                await lost.wait()
            finally:
                await connection.close(timeout=1)
        await asyncio.sleep(_RETRY_SECONDS)
