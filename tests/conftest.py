"""One PostgreSQL for the whole run, a migrated template, and a fresh clone for each test.

The embedded server is the default. ``NEWEL_TEST_EXTERNAL_URL`` (an owner's URL) points the same
tests at another server. Tests may set the clock: as the owner, they replace ``newel.now()``.
``NEWEL_TEST_MUTATE`` names a file of SQL that takes a guard out of the template (tests/mutants.py).
"""

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import asyncpg
import pytest
from hypothesis import settings

from newel.connectors.calls import HttpCalls
from newel.store import db
from newel.store.embedded import Embedded
from newel.store.envelope import Envelope
from newel.store.migrate import migrate

# Nothing is timed in tests: a busy machine is no fault of an example.
settings.register_profile("untimed", parent=settings(), deadline=None)
settings.load_profile("untimed")


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Say a failure when it happens: a run that is cut off has then told what it knew.

    So is the first failure of a test that gets a second try ("rerun").
    """
    bad = report.outcome in ("failed", "rerun")
    if bad and "PYTEST_XDIST_WORKER" not in os.environ and os.environ.get("CI"):
        said = f"{report.outcome.upper()} {report.nodeid} ({report.when})"
        print(f"\n{said}\n{report.longreprtext[-4000:]}", flush=True)


TEMPLATE = f"newel_template_{os.getpid()}"
_CLOCK = """
CREATE TABLE public.test_clock (frozen timestamptz);
INSERT INTO public.test_clock VALUES (NULL);
GRANT SELECT ON public.test_clock TO newel_app;
CREATE OR REPLACE FUNCTION newel.now() RETURNS timestamptz LANGUAGE sql STABLE AS
    'SELECT coalesce((SELECT frozen FROM public.test_clock), clock_timestamp())';
"""


def database_url(url: str, name: str) -> str:
    """The same server, another database."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"/{name}"))


def as_app(url: str) -> str:
    """The owner's door, but with the rights of the application's role."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(query="&".join(filter(None, [parts.query, "role=newel_app"]))))


class Server:
    """Where tests make their databases."""

    def __init__(self, owner_url: str, app_url: str) -> None:
        self.owner_url = owner_url
        self.app_url = app_url

    async def clone(self, template: str = TEMPLATE) -> str:
        name = f"newel_{uuid4().hex[:12]}"
        await self._admin(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    async def drop(self, name: str) -> None:
        await self._admin(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    async def make_template(self) -> None:
        await self._admin(f"DROP DATABASE IF EXISTS {TEMPLATE} WITH (FORCE)")
        await self._admin(f"CREATE DATABASE {TEMPLATE}")
        url = database_url(self.owner_url, TEMPLATE)
        await migrate(url)
        connection = await asyncpg.connect(url)
        await connection.execute(_CLOCK)
        if mutation := os.environ.get("NEWEL_TEST_MUTATE"):
            await connection.execute(Path(mutation).read_text(encoding="utf-8"))
        await connection.close()

    async def _admin(self, statement: str) -> None:
        connection = await asyncpg.connect(database_url(self.owner_url, "postgres"))
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


class House:
    """One test's database: the application's pool, the owner's door, and the clock."""

    def __init__(self, server: Server, name: str, pool: db.Db) -> None:
        self.db = pool
        self.url = database_url(server.app_url, name)
        self.owner_url = database_url(server.owner_url, name)
        self.envelope = Envelope(b"t" * 32)
        self.listens = self.matcher_of = None

    async def as_owner(self, statement: str, *args: object) -> list[asyncpg.Record]:
        """Run as the owner, who is not bound by grants (but by triggers)."""
        connection = await asyncpg.connect(self.owner_url)
        try:
            return list(await connection.fetch(statement, *args))
        finally:
            await connection.close()

    async def freeze(self, at: datetime) -> None:
        """Stop the clock at ``at``."""
        await self.as_owner("UPDATE public.test_clock SET frozen = $1", at)

    async def pass_time(self, by: timedelta) -> datetime:
        """Move a frozen clock on; the new time."""
        rows = await self.as_owner(
            "UPDATE public.test_clock SET frozen = coalesce(frozen, clock_timestamp()) + $1 RETURNING frozen",
            by,
        )
        found: datetime = rows[0]["frozen"]
        return found


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    external = os.environ.get("NEWEL_TEST_EXTERNAL_URL")
    if external:
        found = Server(external, as_app(external))
        asyncio.run(found.make_template())
        yield found
        asyncio.run(found.drop(TEMPLATE))
        return
    with tempfile.TemporaryDirectory(prefix="newel-test-") as folder:
        Path(folder).chmod(0o755)
        postgres = Embedded(Path(folder), durable=False, connections=60)
        postgres.start()
        try:
            asyncio.run(postgres.create())
            found = Server(postgres.owner_url, postgres.app_url)
            asyncio.run(found.make_template())
            yield found
        finally:
            postgres.stop()


@pytest.fixture
async def house(server: Server) -> AsyncIterator[House]:
    name = await server.clone()
    pool = await db.connect(database_url(server.app_url, name), size=8)
    try:
        yield House(server, name, pool)
    finally:
        await pool.close()
        await server.drop(name)


NOON = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)


@pytest.fixture
async def calls() -> AsyncIterator[HttpCalls]:
    """Our HTTP to what is outside."""
    opened = HttpCalls()
    yield opened
    await opened.close()
