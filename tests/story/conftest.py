"""The day: begun once for the run, on a database of its own."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import pytest
from tests.story.day import CLOCK, MORNING, Day, until

from conftest import Server, database_url
from demo.process import start_systems
from newel.cli.seed import demo_company
from newel.config import Settings
from otlp import Collector, collector
from ports import free_port

WORKFLOWS = 2


@pytest.fixture(scope="session")
def traces() -> Iterator[Collector]:
    """Where all processes of the house send their spans."""
    with collector() as found:
        yield found


@pytest.fixture(scope="session")
def day(server: Server, traces: Collector, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    with begun(server, traces, tmp_path_factory) as found:
        yield found


@pytest.fixture
def week(server: Server, traces: Collector, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    """A house of its own for a story that takes the clock on for days: none of the others is to notice."""
    with begun(server, traces, tmp_path_factory) as found:
        yield found


@contextmanager
def begun(server: Server, traces: Collector, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    """The house as it opens in the morning, and closed again."""
    home = tmp_path_factory.mktemp("day")
    systems = start_systems(tmp_path_factory.mktemp("books"), today=MORNING.date())
    name = asyncio.run(server.clone())
    try:
        app_url, owner_url = database_url(server.app_url, name), database_url(server.owner_url, name)
        asyncio.run(_found(Settings(home=str(home), database_url=app_url), owner_url))
        port = free_port()
        environment = {
            "NEWEL_HOME": str(home),
            "NEWEL_DATABASE_URL": app_url,
            "NEWEL_PORT": str(port),
            "NEWEL_SYSTEMS_URL": systems.url,
            "NEWEL_SYSTEMS_TOKEN_FILE": str(systems.data_dir / "systems.token"),
            "NEWEL_WEBHOOK_URL": f"{systems.url}/hooks/newel",
            "NEWEL_WEBHOOK_SECRET_FILE": str(systems.data_dir / "webhook.secret"),
            "NEWEL_POOL_SIZE": "6",
            "OPENBLAS_NUM_THREADS": "1",
            "OTEL_EXPORTER_OTLP_ENDPOINT": traces.url,
            "OTEL_BSP_SCHEDULE_DELAY": "50",
            "OTEL_EXPORTER_OTLP_TIMEOUT": "5",
        }
        found = Day(Path(home), f"http://127.0.0.1:{port}", owner_url, systems, environment)
        try:
            found.server.start()
            found.worker.start()
            until("the server is ready", found.ready)
            until("the worker has learnt", lambda: found.worker.logged("matcher_ready") >= WORKFLOWS)
            yield found
        finally:
            found.close()
    finally:
        systems.stop()
        asyncio.run(server.drop(name))


async def _found(settings: Settings, owner_url: str) -> None:
    """The clock is set, and the demo company moves in."""
    connection = await asyncpg.connect(owner_url)
    await connection.execute(CLOCK.format(at=MORNING.isoformat()))
    await connection.close()
    await demo_company(settings)
