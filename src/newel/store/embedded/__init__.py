"""PostgreSQL from a wheel, under our own supervision: no system server, no root, no leftovers."""

import ctypes
import signal
import subprocess
import sys
import time
from pathlib import Path

import asyncpg

from newel.domain.errors import Conflict, Unavailable
from newel.store.embedded.cluster import APP, DATABASE, OWNER, Cluster, wheel_binaries

__all__ = ["APP", "DATABASE", "OWNER", "Embedded", "wheel_binaries"]

_PR_SET_PDEATHSIG = 1
_AGAIN_SECONDS = 0.3
_DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Embedded:
    """One server on its own data directory and unix socket.

    ``start`` must be called from the main thread: the kernel ends the server when the thread
    that spawned it ends (Linux), so that killing this process never leaves a server behind.
    """

    def __init__(self, home: Path, *, durable: bool = True, connections: int = 160) -> None:
        self.cluster = Cluster(home.absolute(), durable=durable)
        self._options = _options(self.cluster.sockets, connections, durable)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def home(self) -> Path:
        """Where the passwords and the log lie."""
        return self.cluster.home

    @property
    def data(self) -> Path:
        """The data directory."""
        return self.cluster.data

    @property
    def owner_url(self) -> str:
        """Where the owner connects: for migrations only."""
        return self.cluster.url(OWNER)

    @property
    def app_url(self) -> str:
        """Where the application's role connects."""
        return self.cluster.url(APP)

    @property
    def pid(self) -> int | None:
        """The postmaster's process id while it runs."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def begin(self) -> None:
        """Start the server and do not wait for it; one that is ending here is waited for in ``start``."""
        self.cluster.prepare()
        if not (self.alive() or _lives(self.data)):
            self._spawn()

    def start(self, *, wait_seconds: float = 30.0) -> None:
        """Start the server and wait until it accepts; ``Conflict`` when another one runs here.

        One that ends while it starts (killed, or what the last one left is still in its way) is
        started again while there is time.
        """
        self.cluster.prepare()
        deadline = time.monotonic() + wait_seconds
        while True:
            if not self.alive():
                self._wait_for_the_last_one(deadline - time.monotonic())
                self._spawn()
            try:
                self._wait_until_ready(deadline - time.monotonic())
            except Unavailable:
                if self.alive() or time.monotonic() + _AGAIN_SECONDS > deadline:
                    self.stop()
                    raise
                time.sleep(_AGAIN_SECONDS)
            else:
                return

    def _spawn(self) -> None:
        with (self.home / "postgres.log").open("ab") as log:
            self._process = subprocess.Popen(
                [str(self.cluster.binary("postgres")), "-D", str(self.data), *self._options],
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                process_group=0,  # Ctrl-C at a terminal is for the supervisor, which stops it last
                preexec_fn=_die_with_parent,  # noqa: PLW1509 - one prctl call, no lock is taken
                **self.cluster.as_user(),
            )

    def stop(self) -> None:
        """Fast shutdown: transactions are rolled back, nothing committed is lost."""
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(30)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._process = None

    def alive(self) -> bool:
        """Whether the server process still runs."""
        return self.pid is not None

    async def create(self) -> None:
        """Create the database and the application's role where they are missing."""
        connection = await asyncpg.connect(self.cluster.url(OWNER, "postgres"))
        try:
            password = self.cluster.password(APP)
            if not await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", APP):
                await connection.execute(f"CREATE ROLE {APP} LOGIN PASSWORD '{password}'")
            if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", DATABASE):
                await connection.execute(f"CREATE DATABASE {DATABASE}")
        finally:
            await connection.close()

    def _wait_for_the_last_one(self, seconds: float) -> None:
        """A server whose supervisor was killed is on its way out; a living one is a conflict."""
        deadline = time.monotonic() + seconds
        while _lives(self.data):
            if time.monotonic() > deadline:
                raise Conflict(
                    what=f"the data directory {self.data}",
                    state="in use",
                    why="stop the other `newel up` first",
                )
            time.sleep(0.05)

    def _wait_until_ready(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        check = [str(self.cluster.binary("pg_isready")), "-h", str(self.cluster.sockets), "-q"]
        while subprocess.run(check, check=False).returncode:
            if not self.alive() or time.monotonic() > deadline:
                tail = (self.home / "postgres.log").read_text(errors="replace")[-400:]
                raise Unavailable(what=f"PostgreSQL ({tail.strip()})")
            time.sleep(0.02)


def _options(sockets: Path, connections: int, durable: bool) -> list[str]:
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(sockets),
        "max_connections": str(connections),
        "shared_buffers": "256MB" if durable else "128MB",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "log_statement": "none",
        "log_min_error_statement": "panic",
        "log_parameter_max_length": "0",
        "log_parameter_max_length_on_error": "0",
        "max_wal_size": "2GB",
        "jit": "off",
        "recovery_init_sync_method": "syncfs" if sys.platform == "linux" else "fsync",
    } | (_DURABLE if durable else _FAST)
    return [part for k, v in settings.items() for part in ("-c", f"{k}={v}")]


def _pid_in(path: Path) -> int:
    """The process id that a pid file names; 0 when it is gone, or not written yet."""
    try:
        return int(path.read_text().split()[0])
    except (OSError, IndexError, ValueError):
        return 0


def _lives(data: Path) -> bool:
    """Whether a PostgreSQL of this very directory runs (the number of its file may have been reused)."""
    try:
        line = Path(f"/proc/{_pid_in(data / 'postmaster.pid')}/cmdline").read_bytes()
    except OSError:
        return False
    return str(data).encode() in line


def _die_with_parent() -> None:
    """Ask the kernel for a fast shutdown when the supervisor's thread ends (prctl(2))."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGINT)
