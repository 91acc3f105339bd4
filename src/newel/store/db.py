"""The pool, one transaction as a value, and named SQL."""

import re
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from functools import cache
from importlib.resources import files
from types import SimpleNamespace
from typing import Any

import asyncpg
import msgspec

from newel import span
from newel.domain.access import Actor
from newel.domain.errors import Conflict, NewelError, StaleToken, Unavailable
from newel.store.ending import Ending
from newel.store.wake import Waker

# asyncpg ships no types that hold at run time: rows are mappings, the rest is opaque.
Record = Mapping[str, Any]
Pool = Any
Connection = Any

_NAME = re.compile(r"^-- name: (\w+)$", re.MULTILINE)
_MOMENT_SECONDS = 0.05
_AWAY = (
    OSError,
    TimeoutError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)
_CLOCK = "SELECT newel.now() AS now"
_SOFT = "SELECT newel.now() AS now, set_config('synchronous_commit', 'off', true)"
_NOT_MIGRATED = frozenset({"3F000", "42P01"})  # no such schema, no such table
_SESSION = {
    "idle_in_transaction_session_timeout": "15000",
    "application_name": "newel",
    "search_path": "newel",
    "timezone": "UTC",
    # Plans are made while tables are small and unknown, and kept when they have grown: a short walk of
    # an index is right for both; a scan of a whole table, or of a whole partial index, is not.
    "enable_seqscan": "off",
    "enable_bitmapscan": "off",
    "plan_cache_mode": "force_generic_plan",
}


@cache
def sql(word: str) -> SimpleNamespace:
    """The named statements of ``store/sql/<word>.sql``: ``sql("job").claim``."""
    text = files("newel.store").joinpath("sql", f"{word}.sql").read_text(encoding="utf-8")
    parts = _NAME.split(text)[1:]
    return SimpleNamespace(**{n: s.strip() for n, s in zip(parts[::2], parts[1::2], strict=True)})


class Guarded(Conflict):
    """The store refuses: {why}"""

    code = "guarded"


class NoDatabase(Unavailable):
    """The database cannot be used: {why}"""

    code = "no_database"


class Tx:
    """One transaction: its connection, its one reading of the clock, and its actor."""

    def __init__(self, connection: Connection, now: datetime, actor: Actor) -> None:
        self._c = connection
        self.now = now
        self.actor = actor
        self.ending = Ending()
        """What is written with the last statement: audit events, and the jobs that go and come."""
        self.wakes: set[str] = set()
        """What other parts want to hear of once this has committed: ``job``, ``work``, ``notice``."""
        self.changes: set[str] = set()
        """What pages should look at again once this has committed (store/live.py)."""

    async def row(self, statement: str, *args: Any) -> Record | None:
        """The first row, or None."""
        found: Record | None = await self._c.fetchrow(statement, *args)
        return found

    async def one(self, statement: str, *args: Any) -> Record:
        """The row that must be there; ``Conflict`` when somebody else was first."""
        row: Record | None = await self._c.fetchrow(statement, *args)
        if row is None:
            raise Conflict(what="the row", state="changed", why="somebody else was first")
        return row

    async def rows(self, statement: str, *args: Any) -> list[Record]:
        """All rows."""
        found: list[Record] = await self._c.fetch(statement, *args)
        return found

    async def value(self, statement: str, *args: Any) -> Any:
        """The first column of the first row, or None."""
        return await self._c.fetchval(statement, *args)

    async def run(self, statement: str, *args: Any) -> int:
        """Execute; the number of rows touched."""
        tag: str = await self._c.execute(statement, *args)
        return int(tag.rsplit(" ", 1)[-1]) if tag[-1].isdigit() else 0

    async def many(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        """Execute once for each row of arguments."""
        await self._c.executemany(statement, rows)

    async def end(self) -> None:
        """Write the ending; ``StaleToken`` when a job that this step finishes is no longer ours."""
        if self.ending:
            done = len(self.ending.done)
            finished = await self.value(sql("job").end_step, *self.ending.columns(self))
            self.must_be_ours(finished, done)

    def must_be_ours(self, finished: int, done: int) -> None:
        """``StaleToken`` unless each job that was to be finished was."""
        if finished != done:
            raise StaleToken(what="the job of this step")


class Db:
    """A pool of connections of the application's role."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._away_until = 0.0
        self.waker = Waker(pool)

    @asynccontextmanager
    async def tx(self, actor: Actor, *, read_only: bool = False, soft: bool = False) -> AsyncIterator[Tx]:
        """A READ COMMITTED transaction; a guard's refusal becomes a typed error.

        New jobs wake the workers once it has committed. A ``soft`` one is not waited for until it is
        on disk: for what a crash of the database may take back without harm, such as a lease.
        """
        async with self.opened(actor, _SOFT if soft else _CLOCK, read_only=read_only) as (tx, _):
            yield tx

    @asynccontextmanager
    async def opened(
        self, actor: Actor, first: str, *args: Any, read_only: bool = False
    ) -> AsyncIterator[tuple[Tx, Record | None]]:
        """The same, with its first statement: what that reads rides with the clock's reading.

        Its row, where there is one, has the column ``now``.
        """
        async with self._acquired("transaction") as connection:
            try:
                async with connection.transaction(readonly=read_only):
                    row: Record | None = await connection.fetchrow(first, *args)
                    now = row["now"] if row else await connection.fetchval(_CLOCK)
                    tx = Tx(connection, now, actor)
                    yield tx, row
                    await tx.end()
            except asyncpg.PostgresError as error:
                raise refusal(error) from error
        if "job" in tx.wakes:
            self.waker.wake()
        if tx.changes:
            self.waker.changed(tx.changes)

    async def rows(self, statement: str, *args: Any) -> list[Record]:
        """One statement that is a transaction by itself: one way to the database in place of four.

        It reads the clock where it needs it, and writes its own events.
        """
        async with self._acquired("statement") as connection:
            try:
                found: list[Record] = await connection.fetch(statement, *args)
            except asyncpg.PostgresError as error:
                raise refusal(error) from error
        return found

    async def close(self) -> None:
        """Close the pool."""
        await self.waker.close()
        await self._pool.close()

    @asynccontextmanager
    async def _acquired(self, use: str) -> AsyncIterator[Connection]:
        """A connection for one ``use``; while the database is away only one in a moment tries to reach it."""
        if time.monotonic() < self._away_until:
            raise Unavailable(what="the database")
        with span.timed(use, {"db.system.name": "postgresql", "db.operation.name": use}):
            connection = await self._connection()
            try:
                yield connection
            except (OSError, asyncpg.InterfaceError, asyncpg.InternalClientError) as error:
                raise Unavailable(what="the database") from error
            finally:
                await self._pool.release(connection)

    async def _connection(self) -> Connection:
        try:
            return await self._pool.acquire(timeout=10)
        except _AWAY as error:
            self._away_until = time.monotonic() + _MOMENT_SECONDS
            raise Unavailable(what="the database") from error


def refusal(error: asyncpg.PostgresError) -> NewelError | asyncpg.PostgresError:
    """A guard's error (SQLSTATE NWxxx) as ``Guarded``; a lost server as ``Unavailable``."""
    state = error.sqlstate or ""
    if state.startswith("NW"):
        return Guarded(what="the change", state="refused", why=str(error), sqlstate=state)
    if state[:2] in {"08", "53", "57"} or state == "40P01":
        return Unavailable(what="the database")
    if state in _NOT_MIGRATED:
        return NoDatabase(why=f"{error}; run `newel migrate`")
    return error


@contextmanager
def reaching() -> Iterator[None]:
    """Whatever keeps us from a database, in one sentence."""
    try:
        yield
    except OSError as error:
        said = error.strerror or type(error).__name__
        why = f"no server answers ({said}); start `newel up`, or set NEWEL_DATABASE_URL"
        raise NoDatabase(why=why) from error
    except (asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise NoDatabase(why=str(error) or type(error).__name__) from error


async def connect(url: str, *, size: int = 10) -> Db:
    """A pool on ``url`` with jsonb as msgspec bytes and short idle transactions."""
    with reaching():
        pool = await asyncpg.create_pool(
            url, min_size=1, max_size=size, init=_prepare, reset=_no_reset, server_settings=_SESSION
        )
    return Db(pool)


async def _prepare(connection: Any) -> None:
    for name in ("json", "jsonb"):
        await connection.set_type_codec(
            name,
            encoder=_json_out if name == "jsonb" else msgspec.json.encode,
            decoder=_json_in if name == "jsonb" else msgspec.json.decode,
            schema="pg_catalog",
            format="binary",
        )


async def _no_reset(_connection: Any) -> None:
    """Only transactions run here: nothing of a session is left to reset."""


def _json_out(value: Any) -> bytes:
    return b"\x01" + msgspec.json.encode(value)


def _json_in(data: bytes) -> Any:
    return msgspec.json.decode(data[1:])
