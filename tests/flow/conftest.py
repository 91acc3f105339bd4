"""The desk: set up once for the run, and cloned for each test."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from tests.flow.company import set_up
from tests.flow.desk import Desk, database_of, open_desk

from conftest import Server, database_url
from newel.store import db
from newel.store.envelope import Envelope


@pytest.fixture(scope="session")
def company(server: Server) -> str:
    """The name of a database with the demo company's people and policies in it."""
    name = asyncio.run(server.clone())
    asyncio.run(_fill(database_url(server.app_url, name)))
    return name


async def _fill(url: str) -> None:
    pool = await db.connect(url, size=2)
    await set_up(pool, Envelope(b"t" * 32))
    await pool.close()


@pytest.fixture
async def desk(server: Server, company: str) -> AsyncIterator[Desk]:
    async with database_of(server, company) as database:
        yield await open_desk(database)
