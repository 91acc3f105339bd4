"""Intake over HTTP beside a bare single-row insert over the same stack, and pgbench on the same server."""

import asyncio
import multiprocessing
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import msgspec
from litestar import Litestar, post

from benchmarks.common import Wire, demo_house, emit, p99, spread
from newel.bootstrap import open_house
from newel.cli.logs import configure_logging
from newel.config import Settings
from newel.domain.access import system
from newel.store.embedded import wheel_binaries
from newel.web.app import build
from newel.web.server import serve

MESSAGES, AT_ONCE = 3000, 32
PORTS = {"newel": 18210, "bare": 18211}
_BARE = "INSERT INTO newel.notice (id, kind, created_at) VALUES (gen_random_uuid(), $1, newel.now())"


class Row(msgspec.Struct):
    """What the bare route takes."""

    text: str


def _serve(settings: Settings, which: str) -> None:
    asyncio.run(_serving(settings, which))


async def _serving(settings: Settings, which: str) -> None:
    configure_logging("warning")
    async with open_house(settings) as house:

        @post("/bare")
        async def bare(data: Row) -> dict[str, str]:
            async with house.db.tx(system("bench")) as tx:
                await tx.run(_BARE, data.text[:20])
            return {"ok": "yes"}

        app = build(house) if which == "newel" else Litestar([bare], openapi_config=None)
        await serve(app, "127.0.0.1", PORTS[which])


async def _until_up(port: int) -> None:
    for _ in range(200):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.1)
        else:
            writer.close()
            return


async def _measure(which: str, path: str, headers: str, body: Callable[[int], bytes]) -> tuple[float, float]:
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
    rate, seconds = await spread([lambda n=n: one(n) for n in range(MESSAGES)], AT_ONCE)
    return rate, p99(seconds)


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
            rate, slow = await _measure(
                "newel", "/api/v1/messages", f"authorization: Bearer {token}\r\n", _message
            )
            emit("intake", rate, "messages/s", peer="single-row insert, same stack", peer_value=bare)
            emit(
                "intake p99",
                slow * 1e3,
                "ms",
                peer="single-row insert, same stack",
                peer_value=bare_p99 * 1e3,
            )
            database = await asyncio.to_thread(_pgbench, postgres.app_url, postgres.owner_url)
            emit("bare insert over HTTP", bare, "rows/s", peer="pgbench, same insert", peer_value=database)
        finally:
            for server in servers:
                server.terminate()
                server.join(10)


if __name__ == "__main__":
    asyncio.run(main())
