"""The one SQLite file behind the systems: what they keep, written before it is answered."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import TypeVar

import msgspec

from newel.demo.problems import missing
from newel.demo.shapes import Record
from newel.demo.world import generate

R = TypeVar("R", bound=Record)


class Records:
    """Typed access to the file; one thread owns it, so a transaction needs no lock."""

    def __init__(self, folder: Path, today: date) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.today = today
        self.db = sqlite3.connect(folder / "hearthwick.sqlite", isolation_level=None)
        self.db.execute("PRAGMA journal_mode = WAL")
        self.db.execute("PRAGMA synchronous = FULL")
        self.db.execute("PRAGMA busy_timeout = 5000")
        self.db.executescript(files("newel.demo").joinpath("schema.sql").read_text("utf-8"))
        self._seed()

    @contextmanager
    def transaction(self, *, on_disk: bool = True) -> Iterator[None]:
        """All or nothing, and on disk when it is left; otherwise safe from the end of the process alone."""
        self.db.execute(f"PRAGMA synchronous = {'FULL' if on_disk else 'NORMAL'}")
        self.db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.db.execute("ROLLBACK")
            raise
        self.db.execute("COMMIT")

    def get(self, kind: type[R], key: str) -> R:
        """The record of that key, or the problem that there is none."""
        found = self.find(kind, key)
        if found is None:
            raise missing(kind.kind.replace("_", " "), key)
        return found

    def find(self, kind: type[R], key: str) -> R | None:
        """The record of that key."""
        row = self.db.execute(
            "SELECT body FROM record WHERE kind = ? AND key = ?", (kind.kind, key)
        ).fetchone()
        return msgspec.json.decode(row[0], type=kind) if row else None

    def owned(self, kind: type[R], owner: str) -> list[R]:
        """All records of one owner, by key."""
        rows = self.db.execute(
            "SELECT body FROM record WHERE kind = ? AND owner = ? ORDER BY key",
            (kind.kind, owner),
        )
        return [msgspec.json.decode(body, type=kind) for (body,) in rows]

    def page(self, kind: type[R], after: str = "", limit: int = -1) -> list[R]:
        """The records whose key comes after ``after``, by key."""
        rows = self.db.execute(
            "SELECT body FROM record WHERE kind = ? AND key > ? ORDER BY key LIMIT ?",
            (kind.kind, after, limit),
        )
        return [msgspec.json.decode(body, type=kind) for (body,) in rows]

    def put(self, record: Record) -> None:
        """Keep a record as an effect has left it."""
        self.db.execute(
            "INSERT INTO record (kind, key, owner, body, touched) VALUES (?, ?, ?, ?, 1)"
            " ON CONFLICT (kind, key)"
            " DO UPDATE SET owner = excluded.owner, body = excluded.body, touched = 1",
            _row(record),
        )

    def _seed(self) -> None:
        """Fill the file from the world; on a new day move what no effect has touched."""
        seeded = self.db.execute("SELECT value FROM about WHERE name = 'today'").fetchone()
        if seeded == (self.today.isoformat(),):
            return
        with self.transaction():
            self.db.executemany(
                "INSERT INTO record (kind, key, owner, body) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (kind, key)"
                " DO UPDATE SET body = excluded.body WHERE record.touched = 0",
                map(_row, generate(self.today).records()),
            )
            self.db.execute(
                "INSERT INTO about VALUES ('today', ?)"
                " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                (self.today.isoformat(),),
            )


def _row(record: Record) -> tuple[str, str, str, bytes]:
    return record.kind, record.key, record.owner, msgspec.json.encode(record)
