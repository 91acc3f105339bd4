"""200 open pages on one node: what an event costs, and how long it takes from its commit to the last page.

Each page holds a stream, as the console's do. Another node commits; the pages hear of it. Beside it, in
the same run: a bare LISTEN/NOTIFY, and a server that does nothing but write what it hears to 200 sockets.
"""

import asyncio
import multiprocessing
import statistics
import time
from collections.abc import Awaitable, Callable
from multiprocessing.connection import Connection
from typing import Any, Final
from uuid import uuid4

import asyncpg
import msgspec

from benchmarks.common import cpu_of, demo_house, emit, p99
from benchmarks.full_house import PASSWORD, until_up
from newel.bootstrap import open_house
from newel.cli.logs import configure_logging
from newel.config import Settings
from newel.domain.access import system
from newel.flow import access
from newel.flow.house import House
from newel.store.live import QUEUE
from newel.store.wake import listen_live
from newel.web.app import build
from newel.web.live import Hub
from newel.web.server import serve

PORT, BARE_PORT = 18420, 18421
STREAMS: Final = 200
SECONDS: Final = 15
RATES: Final = (4, 50)
"""Events a second: one by one, and so many that several reach a page as one."""
CHANNEL: Final = "newel_bench"
EVENT: Final = b'event: changed\ndata: ["queue"]\n\n'


def _served(settings: Settings) -> None:
    import uvloop

    uvloop.run(_serving(settings))


async def _serving(settings: Settings) -> None:
    configure_logging("warning")
    hub = Hub()
    async with open_house(settings) as house:
        listening = asyncio.create_task(listen_live(settings.database_url, hub.changed, hub.resync))
        await serve(build(house, hub), "127.0.0.1", PORT, closers=(hub.close,))
        listening.cancel()


def _bare_served(url: str) -> None:
    import uvloop

    uvloop.run(_bare_serving(url))


async def _bare_serving(url: str) -> None:
    """As little as can be: what is heard is written to every socket."""
    writers: list[asyncio.StreamWriter] = []

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\n\r\nevent: resync\n\n")
        writers.append(writer)
        await reader.read(1)
        writers.remove(writer)

    def tell(*_said: Any) -> None:
        for writer in writers:
            writer.write(EVENT)

    connection = await asyncpg.connect(url)
    await connection.add_listener(CHANNEL, tell)
    server = await asyncio.start_server(take, "127.0.0.1", BARE_PORT)
    await server.serve_forever()


def _hearing(port: int, cookie: str, said: Connection) -> None:
    import uvloop

    uvloop.run(_hear(port, cookie, said))


async def _hear(port: int, cookie: str, said: Connection) -> None:
    """All the pages: say when each is there, then, when asked, at which times each heard something."""
    heard: list[list[float]] = [[] for _ in range(STREAMS)]
    ready = [asyncio.Event() for _ in range(STREAMS)]
    pages = [asyncio.create_task(_page(port, cookie, heard[n], ready[n])) for n in range(STREAMS)]
    await asyncio.gather(*(one.wait() for one in ready))
    said.send("ready")
    await asyncio.to_thread(said.recv)
    for page in pages:
        page.cancel()
    said.send(heard)


async def _page(port: int, cookie: str, heard: list[float], ready: asyncio.Event) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    topics = f"topic={QUEUE}&topic=people&topic=notices&topic=case:{uuid4()}"
    writer.write(f"GET /live?{topics} HTTP/1.1\r\nhost: localhost\r\ncookie: {cookie}\r\n\r\n".encode())
    while data := await reader.read(65536):
        now = time.perf_counter()
        if b"event: resync" in data:
            ready.set()
        if b"event: changed" in data:
            heard.append(now)


async def _commits(act: Callable[[], Awaitable[object]], rate: int, seconds: int) -> list[float]:
    """Commit at a steady rate; when each began (a listener may hear of it before its writer does)."""
    done, began = [], time.perf_counter()
    for n in range(rate * seconds):
        await asyncio.sleep(max(0.0, began + n / rate - time.perf_counter()))
        done.append(time.perf_counter())
        await act()
    return done


def delays(commits: list[float], heard: list[float]) -> list[float]:
    """From each commit to the first event that a page heard after it."""
    found, at = [], 0
    for commit in commits:
        while at < len(heard) and heard[at] < commit:
            at += 1
        if at < len(heard):
            found.append(heard[at] - commit)
    return found


async def _measured(
    port: int, cookie: str, server: int, act: Callable[[], Awaitable[object]], rate: int
) -> tuple[list[float], float, int]:
    """Delays over all pages, the server's seconds of processor, and how many events came."""
    here, there = multiprocessing.Pipe()
    pages = multiprocessing.get_context("spawn").Process(target=_hearing, args=(port, cookie, there))
    pages.start()
    await asyncio.to_thread(here.recv)
    await asyncio.sleep(0.5)
    before = cpu_of(server)
    commits = await _commits(act, rate, SECONDS)
    await asyncio.sleep(1)
    spent = cpu_of(server) - before
    here.send("enough")
    heard: list[list[float]] = await asyncio.to_thread(here.recv)
    pages.join()
    missed = sum(1 for one in heard if not one or one[-1] < commits[-1])
    if missed:
        raise RuntimeError(f"{missed} pages did not hear of the last commit")
    return [d for one in heard for d in delays(commits, one)], spent, sum(map(len, heard))


async def _notified(url: str, rate: int) -> list[float]:
    """From commit to callback of a bare NOTIFY, at the same rate."""
    heard: list[float] = []
    listening, speaking = await asyncpg.connect(url), await asyncpg.connect(url)
    await listening.add_listener(CHANNEL, lambda *_: heard.append(time.perf_counter()))
    commits = await _commits(lambda: speaking.execute(f"NOTIFY {CHANNEL}"), rate, 5)
    await asyncio.sleep(0.2)
    await listening.close()
    await speaking.close()
    return [max(0.0, at - commit) for commit, at in zip(commits, heard, strict=True)]


async def _change(house: House) -> None:
    """A commit that all pages hear of."""
    async with house.db.tx(system("bench")) as tx:
        tx.changes.add(QUEUE)


async def _both(settings: Settings, house: House, cookie: str, servers: tuple[int, int], rate: int) -> None:
    bare = await asyncpg.connect(settings.database_url)
    plain, plain_cpu, plain_events = await _measured(
        BARE_PORT, cookie, servers[1], lambda: bare.execute(f"NOTIFY {CHANNEL}"), rate
    )
    await bare.close()
    took, cpu, events = await _measured(PORT, cookie, servers[0], lambda: _change(house), rate)
    notified = await _notified(settings.database_url, rate)
    about = {"streams": STREAMS, "commits_per_second": rate, "events_per_page": events // STREAMS}
    emit(
        f"live: commit to page, p99, {rate}/s",
        p99(took) * 1e3,
        "ms",
        peer="bare LISTEN/NOTIFY, p99",
        peer_value=p99(notified) * 1e3,
        p50=round(statistics.median(took) * 1e3, 1),
        bare_fan_out_p99=round(p99(plain) * 1e3, 1),
        **about,
    )
    emit(
        f"live: server CPU per event and page, {rate}/s",
        cpu / events * 1e6,
        "µs",
        peer="bare fan-out, per event and page",
        peer_value=plain_cpu / plain_events * 1e6,
        cpu_percent=round(cpu / SECONDS * 100, 1),
        **about,
    )


async def main() -> None:
    """Print the figures."""
    async with demo_house() as (own, house, postgres):
        settings = msgspec.structs.replace(own, database_url=postgres.app_url)
        cookie = f"newel_session={(await access.sign_in(house, 'amara', PASSWORD)).session_id}"
        context = multiprocessing.get_context("spawn")
        server = context.Process(target=_served, args=(settings,))
        bare = context.Process(target=_bare_served, args=(postgres.app_url,))
        for process in (server, bare):
            process.start()
        try:
            await until_up(f"http://127.0.0.1:{PORT}/healthz")
            for rate in RATES:
                await _both(settings, house, cookie, (server.pid or 0, bare.pid or 0), rate)
        finally:
            for process in (server, bare):
                process.terminate()
                process.join(10)


if __name__ == "__main__":
    asyncio.run(main())
