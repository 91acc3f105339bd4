"""Each page of the console with 10,000 open cases: its time at the client, beside that of its bare queries.

A signed-in person asks over HTTP on loopback, one request after the other. The statements of the same
request are taken down in this process, and run again on one connection with nothing made of their rows.
"""

import argparse
import asyncio
import multiprocessing
import statistics
import time
from contextlib import contextmanager
from itertools import cycle, islice
from typing import Any, Final
from unittest import mock
from urllib.parse import urlencode
from uuid import uuid4

import httpx2

from benchmarks.addresses import Page, pages
from benchmarks.common import JSON, Wire, cpu_of, emit, p95
from benchmarks.full_house import Full, full_house, until_up
from newel.bootstrap import open_house
from newel.cli.logs import configure_logging
from newel.config import Settings
from newel.store import db
from newel.store.db import Tx
from newel.web.app import build
from newel.web.auth import CSRF_HEADER, csrf_token
from newel.web.live import Hub
from newel.web.server import serve

PORT: Final = 18412
ROUNDS: Final = 80
WARM: Final = 6
PAGES_OF_ONE: Final = 30
"""After so many an address makes way for the next: the public pages hold back who asks too often."""
IDLE: Final = 0.05
"""Seconds of processor in half a second."""
FORM: Final = "application/x-www-form-urlencoded"
_END: Final = db.sql("job").end_step
_EVENT_IDS: Final = 3
"""Where the last statement of a step has the ids of its audit events: they are new each time."""


class Taken:
    """Takes down the statements of all transactions, each with its own."""

    def __init__(self) -> None:
        self.transactions: list[list[tuple[str, tuple[Any, ...]]]] = []

    @contextmanager
    def watching(self) -> Any:
        """While a request is made in this process."""
        self.transactions = taken = []

        class Watched(Tx):
            def __init__(self, *args: Any) -> None:
                super().__init__(*args)
                self.noted: list[tuple[str, tuple[Any, ...]]] = []
                taken.append(self.noted)

        for name in ("row", "one", "rows", "value", "run"):
            setattr(Watched, name, _watched(getattr(Tx, name)))
        with mock.patch.object(db, "Tx", Watched):
            yield


def _watched(method: Any) -> Any:
    async def noted(self: Any, statement: str, *args: Any) -> Any:
        self.noted.append((statement, args))
        return await method(self, statement, *args)

    return noted


def _serve(settings: Settings) -> None:
    import uvloop

    uvloop.run(_serving(settings))


async def _serving(settings: Settings) -> None:
    configure_logging("warning")
    async with open_house(settings) as house:
        await serve(build(house, Hub()), "127.0.0.1", PORT)


def headers(full: Full, page: Page) -> dict[str, str]:
    """What the person's browser sends."""
    found = {"cookie": f"newel_session={full.sessions[page.login]}"} if page.login else {}
    if page.login:
        found[CSRF_HEADER] = csrf_token(full.sessions[page.login])
    return found | ({"hx-request": "true"} if page.part else {})


async def over_http(full: Full, page: Page, rounds: int) -> tuple[list[float], int]:
    """Seconds of each request, and the bytes of the last answer."""
    wires = [Wire(PORT, f"127.0.0.{n}") for n in range(1, 2 + (rounds + WARM) // PAGES_OF_ONE)]
    seconds, size = [], 0
    sent = "".join(f"{name}: {value}\r\n" for name, value in headers(full, page).items())
    body, method = (urlencode(page.form).encode(), "POST") if page.form else (b"", "GET")
    for n, path in enumerate(islice(cycle(page.paths), rounds + WARM)):
        wire, began = wires[n // PAGES_OF_ONE], time.perf_counter()
        status, said = await wire.ask(path, body, sent, method=method, kind=FORM if page.form else JSON)
        if n >= WARM:
            seconds.append(time.perf_counter() - began)
        if status != 200:
            raise RuntimeError(f"{path}: {status} {said[:300]!r}")
        size = len(said)
    for wire in wires:
        wire.close()
    return seconds, size


async def bare(
    full: Full, page: Page, pool: db.Db, client: httpx2.AsyncClient, rounds: int
) -> tuple[list[float], int]:
    """Seconds of the statements alone, of each address in turn, and how many they are."""
    seconds, found = [], []
    for path in page.paths[:rounds]:
        found.append(await _taken(full, page, path, client))
    for n, transactions in enumerate(islice(cycle(found), rounds + WARM)):
        began = time.perf_counter()
        await _again(full, pool, transactions)
        if n >= WARM:
            seconds.append(time.perf_counter() - began)
    return seconds, sum(map(len, found[0]))


async def _taken(full: Full, page: Page, path: str, client: httpx2.AsyncClient) -> list[list[Any]]:
    taken = Taken()
    with taken.watching():
        method, data = ("POST", page.form) if page.form else ("GET", None)
        said = await client.request(method, path, headers=headers(full, page), data=data)
    if said.status_code != 200:
        raise RuntimeError(f"{path}: {said.status_code}")
    return taken.transactions


async def _again(full: Full, pool: db.Db, transactions: list[list[tuple[str, tuple[Any, ...]]]]) -> None:
    for statements in transactions:
        async with pool.tx(full.actor) as tx:
            for statement, given in statements:
                args = list(given)
                if statement == _END:
                    args[_EVENT_IDS] = [uuid4() for _ in args[_EVENT_IDS]]
                await tx.rows(statement, *args)


async def measure(full: Full, server: int, only: str = "", rounds: int = ROUNDS) -> None:
    """Print a line for each page; ``server`` is the process that answers."""
    pool = await db.connect(full.settings.database_url, size=1)
    transport = httpx2.ASGITransport(app=build(full.house, Hub()))
    async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as client:
        for page in await pages(full):
            if only not in page.name:
                continue
            alone, statements = await bare(full, page, pool, client, rounds)
            before = cpu_of(server)
            took, size = await over_http(full, page, rounds)
            cpu = (cpu_of(server) - before) / (rounds + WARM)
            emit(
                f"page p95: {page.name}",
                p95(took) * 1e3,
                "ms",
                peer="its bare queries, p95",
                peer_value=p95(alone) * 1e3,
                p50=round(statistics.median(took) * 1e3, 1),
                server_cpu_ms=round(cpu * 1e3, 1),
                statements=statements,
                kilobytes=round(size / 1024, 1),
                open_cases=full.open,
            )
    await pool.close()


async def until_still(server: int) -> None:
    """A server that answers still makes its caches for a moment: that is no page's time."""
    for _ in range(60):
        before = cpu_of(server)
        await asyncio.sleep(0.5)
        if cpu_of(server) - before < IDLE:
            return


async def main(only: str = "", rounds: int = ROUNDS) -> None:
    """Print the figures."""
    configure_logging("warning")
    async with full_house() as full:
        server = multiprocessing.get_context("spawn").Process(target=_serve, args=(full.settings,))
        server.start()
        try:
            await until_up(f"http://127.0.0.1:{PORT}/healthz")
            await until_still(server.pid or 0)
            await measure(full, server.pid or 0, only, rounds)
        finally:
            server.terminate()
            server.join(10)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pages", description=__doc__)
    parser.add_argument("--only", default="", help="pages whose name holds this")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args()
    asyncio.run(main(options.only, options.rounds))
