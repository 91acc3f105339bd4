"""The embedded PostgreSQL: one a directory, gone with its starter, and its data still there."""

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from newel.domain.errors import Conflict
from newel.store.embedded import Embedded, cluster

STARTER = """
import sys, time
from pathlib import Path
from newel.store.embedded import Embedded
server = Embedded(Path(sys.argv[1]), connections=10)
server.start()
print(server.pid, flush=True)
time.sleep(600)
"""


@pytest.fixture
def home() -> Iterator[Path]:
    """A directory that the lesser user may enter."""
    with tempfile.TemporaryDirectory(prefix="newel-embedded-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture
def server(home: Path) -> Iterator[Embedded]:
    found = Embedded(home, connections=10)
    found.start()
    yield found
    found.stop()


async def run(server: Embedded, statement: str) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(server.owner_url)
    try:
        return list(await connection.fetch(statement))
    finally:
        await connection.close()


def write(server: Embedded) -> None:
    asyncio.run(server.create())
    asyncio.run(run(server, "CREATE TABLE kept (n int)"))
    asyncio.run(run(server, "INSERT INTO kept VALUES (7)"))


def read(server: Embedded) -> list[int]:
    return [row["n"] for row in asyncio.run(run(server, "SELECT n FROM kept"))]


def gone(pid: int, seconds: float = 15) -> bool:
    """Whether the process ends in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


def test_data_survives_a_clean_stop_and_the_role_is_not_the_owner(home: Path, server: Embedded) -> None:
    write(server)
    pid = server.pid
    assert pid is not None
    server.stop()
    assert gone(pid)
    assert server.pid is None
    again = Embedded(home, connections=10)
    again.start()
    try:
        assert read(again) == [7]
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            asyncio.run(as_app(again))
    finally:
        again.stop()


async def as_app(server: Embedded) -> None:
    connection = await asyncpg.connect(server.app_url)
    try:
        await connection.fetch("SELECT n FROM kept")
    finally:
        await connection.close()


def test_a_second_start_on_the_same_directory_says_so(home: Path, server: Embedded) -> None:
    second = Embedded(home, connections=10)
    with pytest.raises(Conflict, match="in use"):
        second.start(wait_seconds=0.3)
    assert server.alive()


def test_it_listens_on_no_network(server: Embedded) -> None:
    asyncio.run(server.create())
    (row,) = asyncio.run(run(server, "SHOW listen_addresses"))
    assert row["listen_addresses"] == ""


def test_kill_9_of_the_starter_leaves_no_server_and_no_loss(home: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", STARTER, str(home)], stdout=subprocess.PIPE, text=True
    ) as starter:
        assert starter.stdout is not None
        pid = int(starter.stdout.readline())
        write(Embedded(home, connections=10))
        starter.send_signal(signal.SIGKILL)
    assert gone(pid)
    again = Embedded(home, connections=10)
    again.start()
    try:
        assert read(again) == [7]
    finally:
        again.stop()


def test_kill_9_of_the_server_itself_loses_nothing(home: Path, server: Embedded) -> None:
    write(server)
    pid = server.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + 10
    while server.alive() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not server.alive()
    again = Embedded(home, connections=10)
    again.start()
    try:
        assert read(again) == [7]
    finally:
        again.stop()


def test_a_home_that_only_its_starter_enters_keeps_its_data(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Root starts the server as a lesser user, whose data stands elsewhere then."""
    tmp_path.chmod(0o700)
    monkeypatch.setattr(cluster, "_ROOTS_PLACE", home)
    server = Embedded(tmp_path / "home", connections=10)
    server.start()
    write(server)
    server.stop()
    tmp_path.chmod(0o755)
    again = Embedded(tmp_path / "home", connections=10)
    again.start()
    try:
        elsewhere = home if os.geteuid() == 0 else tmp_path
        assert (read(again), again.cluster.place.parent) == ([7], elsewhere)
    finally:
        again.stop()
