"""Intake over HTTP beside a bare single-row insert over the same stack, beside itself traced, and pgbench."""

import asyncio
import multiprocessing
import os
import re
import subprocess
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from multiprocessing.process import BaseProcess
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import msgspec
from litestar import Litestar, post

from benchmarks.common import Wire, cpu_of, demo_house, emit, p99, spread
from newel.bootstrap import open_house
from newel.bootstrap.collector import collecting
from newel.cli.logs import configure_logging
from newel.config import Settings
from newel.domain.access import system
from newel.store.embedded import wheel_binaries
from newel.web.app import build
from newel.web.server import serve

MESSAGES, AT_ONCE = 3000, 32
TRACED = 1000
PORTS = {"newel": 18210, "bare": 18211, "traced": 18212}
COLLECTOR = 18213
_BARE = "INSERT INTO newel.notice (id, kind, created_at) VALUES (gen_random_uuid(), $1, newel.now())"


class Row(msgspec.Struct):
    """What the bare route takes."""

    text: str


def _serve(settings: Settings, which: str) -> None:
    asyncio.run(_serving(settings, which))


async def _serving(settings: Settings, which: str) -> None:
    configure_logging("warning")
    if which == "traced":
        os.environ["OTEL_EXPORTER_OTLP_ENDPOINT"] = f"http://127.0.0.1:{COLLECTOR}"
    with collecting("server"):
        await _house(settings, which)


async def _house(settings: Settings, which: str) -> None:
    async with open_house(settings) as house:

        @post("/bare")
        async def bare(data: Row) -> dict[str, str]:
            async with house.db.tx(system("bench")) as tx:
                await tx.run(_BARE, data.text[:20])
            return {"ok": "yes"}

        app = Litestar([bare], openapi_config=None) if which == "bare" else build(house)
        await serve(app, "127.0.0.1", PORTS[which])


@asynccontextmanager
async def _collector() -> AsyncIterator[None]:
    """Takes spans, and throws them away."""

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = re.search(rb"content-length: (\d+)", head.lower())
                await reader.readexactly(int(length[1]) if length else 0)
                writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(take, "127.0.0.1", COLLECTOR):
        yield


async def _until_up(port: int) -> None:
    for _ in range(1200):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.1)
        else:
            writer.close()
            return


async def _measure(
    which: str, path: str, headers: str, body: Callable[[int], bytes], count: int = MESSAGES
) -> tuple[float, float]:
    await _until_up(PORTS[which])
    wires: asyncio.Queue[Wire] = asyncio.Queue()
    for _ in range(AT_ONCE):
        wires.put_nowait(Wire(PORTS[which]))

    async def one(number: int) -> None:
        wire = await wires.get()
        status = await wire.post(path, body(number), headers)
        wires.put_nowait(wire)
        if status >= 300:
            raise RuntimeError(f"HTTP {status}")

    await spread([lambda n=n: one(-1 - n) for n in range(AT_ONCE * 4)], AT_ONCE)
    rate, seconds = await spread([lambda n=n: one(n) for n in range(count)], AT_ONCE)
    return rate, p99(seconds)


async def _intake(which: str, token: str, turn: int, count: int = MESSAGES) -> tuple[float, float]:
    """The messages of one turn, each new."""
    header, first = f"authorization: Bearer {token}\r\n", turn * 2 * MESSAGES
    return await _measure(which, "/api/v1/messages", header, lambda n: _message(first + n), count)


def _message(number: int) -> bytes:
    return msgspec.json.encode(
        {
            "channel": "api",
            "external_id": f"b{number}",
            "conversation": f"b{number}",
            "customer": {"ref": f"C{number % 300:04d}"},
            "text": f"Where is order {10001 + number % 800}? " + "It was for my sister's new flat. " * 4,
        }
    )


def _pgbench(url: str, owner_url: str) -> float:
    """Transactions per second of a bare insert by pgbench with as many clients, for five seconds."""
    del owner_url
    parts = urlsplit(url)
    script = Path("/tmp") / f"newel-pgbench-{parts.username}.sql"
    script.write_text(_BARE.replace("$1", "'bench'") + ";\n")
    host = parse_qs(parts.query)["host"][0]
    command = [str(wheel_binaries() / "bin" / "pgbench"), "-n", "-T", "5", "-c", str(AT_ONCE), "-j", "2"]
    command += ["-f", str(script), "-h", host, "-U", str(parts.username), parts.path.lstrip("/")]
    said = subprocess.run(
        command, capture_output=True, text=True, check=True, env={"PGPASSWORD": str(parts.password)}
    )
    script.unlink()
    return float(re.search(r"tps = ([\d.]+)", said.stdout).group(1))  # type: ignore[union-attr]  # pgbench prints it


async def _traced(servers: Mapping[str, BaseProcess], token: str) -> None:
    """What the server's processor has to do for a message, traced and not: in turns, as tables grow."""
    spent: dict[str, float] = {"traced": 0.0, "newel": 0.0}
    async with _collector():
        await _intake("traced", token, 1, AT_ONCE)  # the other one is warm
        for turn, which in enumerate(("traced", "newel", "newel", "traced"), start=2):
            before = cpu_of(servers[which].pid or 0)
            await _intake(which, token, turn, TRACED)
            spent[which] += cpu_of(servers[which].pid or 0) - before
    each = {which: seconds / (2 * (TRACED + 4 * AT_ONCE)) * 1e3 for which, seconds in spent.items()}
    figure = "processor of an intake, all of it traced"
    emit(figure, each["traced"], "ms", peer="not traced", peer_value=each["newel"])


async def main() -> None:
    """Print the figures."""
    async with demo_house() as (own, _, postgres):
        settings = msgspec.structs.replace(own, database_url=postgres.app_url)
        context = multiprocessing.get_context("spawn")
        servers = [context.Process(target=_serve, args=(settings, which)) for which in PORTS]
        for server in servers:
            server.start()
        try:
            token = Path(settings.home, "api-token").read_text()
            bare, bare_p99 = await _measure("bare", "/bare", "", lambda n: msgspec.json.encode(Row(f"x{n}")))
            rate, slow = await _intake("newel", token, 0)
            emit("intake", rate, "messages/s", peer="single-row insert, same stack", peer_value=bare)
            emit(
                "intake p99",
                slow * 1e3,
                "ms",
                peer="single-row insert, same stack",
                peer_value=bare_p99 * 1e3,
            )
            await _traced(dict(zip(PORTS, servers, strict=True)), token)
            database = await asyncio.to_thread(_pgbench, postgres.app_url, postgres.owner_url)
            emit("bare insert over HTTP", bare, "rows/s", peer="pgbench, same insert", peer_value=database)
        finally:
            for server in servers:
                server.terminate()
                server.join(10)


if __name__ == "__main__":
    asyncio.run(main())
