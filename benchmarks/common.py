"""What benchmarks share: figures as JSON lines, a house of their own, a small HTTP client."""

import asyncio
import json
import os
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from newel.bootstrap import open_house, prepare_home
from newel.cli.seed import demo_company
from newel.config import Settings
from newel.flow.house import House
from newel.store.embedded import Embedded

JSON = "application/json"


def emit(figure: str, value: float, unit: str, *, peer: str, peer_value: float, **more: object) -> None:
    """One figure beside its peer or limit of the same run, and their ratio."""
    ratio = value / peer_value if peer_value else None
    line = {"figure": figure, "value": _short(value), "unit": unit, "peer": peer}
    print(json.dumps(line | {"peer_value": _short(peer_value), "ratio": _short(ratio)} | more), flush=True)


def _short(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.4g}")


@asynccontextmanager
async def demo_house(systems_url: str = "") -> AsyncIterator[tuple[Settings, House, Embedded]]:
    """The demo company on a durable embedded PostgreSQL of its own, and on its systems if they run."""
    with tempfile.TemporaryDirectory(prefix="newel-bench-") as folder:
        os.chmod(folder, 0o755)
        settings = Settings(home=folder, systems_url=systems_url)
        postgres = Embedded(Path(folder))
        postgres.start()
        try:
            await prepare_home(settings, postgres)
            await demo_company(settings)
            async with open_house(settings) as house:
                yield settings, house, postgres
        finally:
            postgres.stop()


async def spread(jobs: Sequence[Callable[[], Awaitable[object]]], at_once: int) -> tuple[float, list[float]]:
    """Run all, ``at_once`` side by side; calls per second and each call's seconds."""
    waiting, seconds = list(reversed(jobs)), []

    async def one() -> None:
        while waiting:
            job = waiting.pop()
            began = time.perf_counter()
            await job()
            seconds.append(time.perf_counter() - began)

    began = time.perf_counter()
    await asyncio.gather(*(one() for _ in range(at_once)))
    return len(jobs) / (time.perf_counter() - began), seconds


def p95(seconds: Sequence[float]) -> float:
    """The 95th percentile."""
    return statistics.quantiles(seconds, n=100)[94]


def p99(seconds: Sequence[float]) -> float:
    """The 99th percentile."""
    return statistics.quantiles(seconds, n=100)[98]


def cpu_of(pid: int) -> float:
    """Seconds of processor that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Wire:
    """A keep-alive HTTP/1.1 client for one connection: as little of its own cost as can be.

    ``source`` is the loopback address from which it comes.
    """

    def __init__(self, port: int, source: str = "127.0.0.1") -> None:
        self._port = port
        self._source = source
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def post(self, path: str, body: bytes, headers: str = "") -> int:
        """The status of a POST; the answer's body is read and dropped."""
        return (await self.ask(path, body, headers))[0]

    async def get(self, path: str, headers: str = "") -> tuple[int, bytes]:
        """The status of a GET, and the answer's body."""
        return await self.ask(path, b"", headers, method="GET")

    async def ask(
        self, path: str, body: bytes, headers: str = "", *, method: str = "POST", kind: str = JSON
    ) -> tuple[int, bytes]:
        """The status of a request, and the answer's body."""
        if self._streams is None:
            own = (self._source, 0)
            self._streams = await asyncio.open_connection("127.0.0.1", self._port, local_addr=own)
        reader, writer = self._streams
        head = f"{method} {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: {kind}\r\n{headers}"
        writer.write(f"{head}content-length: {len(body)}\r\n\r\n".encode() + body)
        said = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(said.split("content-length:")[1].split("\r\n")[0]) if "content-length:" in said else 0
        return int(said.split()[1]), await reader.readexactly(length)

    def close(self) -> None:
        """Close the connection."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None
