"""Waking workers and pages: one NOTIFY for all commits of some milliseconds, and a listener that comes back.

A NOTIFY in each commit takes a global lock and costs three quarters of the commits; a worker polls
as well, so a wake that is lost costs a moment and nothing else.
"""

import asyncio
import contextlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import asyncpg

CHANNEL = "newel_job"
LIVE = "newel_live"
COALESCE_SECONDS = 0.04
BUSY_SECONDS = 0.1
"""While commits go on and on; who waits for the first of them hears sooner."""
PAYLOAD_BYTES = 7900
_RETRY_SECONDS = 0.2
# A connection that is lost in the middle of many statements says the last.
_UNTOLD = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)


class Waker:
    """Says that there is work: at once in this process, soon and once for all others."""

    def __init__(self, pool: Any) -> None:
        self._pool = pool
        self._pending: asyncio.Task[None] | None = None
        self._here: list[Callable[[], None]] = []
        self._job = False
        self._changes: set[str] = set()

    def also(self, wake: Callable[[], None]) -> None:
        """Call ``wake`` at each wake of this process."""
        self._here.append(wake)

    def wake(self) -> None:
        """There is work."""
        for wake in self._here:
            wake()
        self._job = True
        self._soon()

    def changed(self, topics: Iterable[str]) -> None:
        """Pages that show these topics should look again."""
        self._changes.update(topics)
        self._soon()

    def _soon(self) -> None:
        if self._pending is None or self._pending.done():
            self._pending = asyncio.create_task(self._notify())

    async def _notify(self) -> None:
        wait = COALESCE_SECONDS
        while self._job or self._changes:
            await asyncio.sleep(wait)
            told = [(LIVE, part) for part in payloads(self._changes)] + [(CHANNEL, "")] * self._job
            self._changes, self._job = set(), False
            with contextlib.suppress(*_UNTOLD):
                await self._pool.executemany("SELECT pg_notify($1, $2)", told)
            wait = BUSY_SECONDS

    async def close(self) -> None:
        """Let the last one go out."""
        if self._pending is not None:
            with contextlib.suppress(asyncio.CancelledError):
                await self._pending


def payloads(topics: Iterable[str]) -> Iterator[str]:
    """Topics as lines, in parts that fit into a notification."""
    part: list[str] = []
    for topic in sorted(topics):
        if sum(map(len, part)) + len(part) + len(topic) > PAYLOAD_BYTES:
            yield "\n".join(part)
            part = []
        part.append(topic)
    if part:
        yield "\n".join(part)


async def listen(url: str, wake: Callable[[], None], first: str = "") -> None:
    """Call ``wake`` whenever there may be work; until cancelled.

    ``first`` is executed on each new connection, which then stays open.
    """
    await _listen(url, CHANNEL, lambda _: wake(), wake, first)


async def listen_live(url: str, changed: Callable[[list[str]], None], resync: Callable[[], None]) -> None:
    """Call ``changed`` with the topics of each notification, ``resync`` after each new connection."""
    await _listen(url, LIVE, lambda payload: changed(payload.split("\n")), resync)


async def _listen(
    url: str, channel: str, tell: Callable[[str], None], connected: Callable[[], None], first: str = ""
) -> None:
    """Until cancelled; a lost connection comes back, and what was missed meanwhile is made up for."""
    while True:
        with contextlib.suppress(*_UNTOLD):
            connection = await asyncpg.connect(url, server_settings={"application_name": "newel-wake"})
            try:
                lost = asyncio.Event()
                connection.add_termination_listener(lambda _, lost=lost: lost.set())
                if first:
                    await connection.execute(first)
                await connection.add_listener(channel, lambda *said: tell(said[-1]))
                connected()
                await lost.wait()
            finally:
                await connection.close(timeout=1)
        await asyncio.sleep(_RETRY_SECONDS)
