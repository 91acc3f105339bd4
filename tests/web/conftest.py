"""The web floor over real HTTP: uvicorn on a free loopback port, the real database below."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import asyncpg
import httpx
import pytest

from conftest import House, Server, database_url
from demo.process import Systems, start_systems
from newel import bootstrap
from newel.bootstrap import open_house, open_office
from newel.cli.seed import demo_company
from newel.config import Settings
from newel.domain.access import Account, Role, system
from newel.domain.chat import Door
from newel.domain.errors import NotFound
from newel.domain.scan.features import ScanInput
from newel.domain.tour import Tour
from newel.flow import access
from newel.flow.house import House as Wired
from newel.flow.house import Running
from newel.store import db
from newel.store.envelope import Envelope
from newel.store.wake import listen_live
from newel.web.app import build
from newel.web.live import Hub
from newel.web.server import serve
from newel.worker.loop import Loop
from ports import free_port

ROOT = system("test")
PASSWORD = "a long enough one"
DEMO_PASSWORD = "hearthwick-demo"
PATIENCE = 30
"""Seconds: machines are shared, and the first message of a process loads what reads it."""


@dataclass
class Site:
    """A running server, its database and its house, and clients for whoever asks."""

    house: House
    wired: Wired
    url: str
    password: str = PASSWORD
    hub: Hub = field(default_factory=Hub)
    clients: list[httpx.AsyncClient] = field(default_factory=list)

    def client(self, token: str = "", **more: object) -> httpx.AsyncClient:
        headers = {"authorization": f"Bearer {token}"} if token else {}
        made = httpx.AsyncClient(base_url=self.url, headers=headers, timeout=PATIENCE, **more)
        self.clients.append(made)
        return made

    async def token(self, *scopes: str) -> str:
        return await access.create_token(self.wired, ROOT, f"t{uuid4().hex}", scopes)

    async def person(self, login: str, *roles: Role, **more: object) -> str:
        account = Account(login=login, name=login.title(), roles=frozenset(roles), **more)
        return str(await access.put_staff(self.wired, ROOT, account, password=self.password))

    async def signed_in(self, login: str) -> httpx.AsyncClient:
        client = self.client()
        said = await client.post("/api/v1/sessions", json={"login": login, "password": self.password})
        assert said.status_code == 201, said.text
        client.headers["x-newel-csrf"] = said.json()["me"]["csrf_token"]
        return client

    async def drain(self) -> None:
        """Let the worker do all that is due now."""
        await Loop(self.wired).drain()


@asynccontextmanager
async def running(
    house: House,
    wired: Wired,
    password: str,
    *,
    port: int = 0,
    door: Door | None = None,
    tour: Tour | None = None,
) -> AsyncIterator[Site]:
    port, stop, hub = port or free_port(), asyncio.Event(), Hub()
    listening = asyncio.create_task(listen_live(house.url, hub.changed, hub.resync))
    app = build(wired, hub, door, tour)
    server = asyncio.create_task(serve(app, "127.0.0.1", port, stop=stop, closers=(hub.close,)))
    site = Site(house, wired, f"http://127.0.0.1:{port}", password, hub)
    await _answering(site.client(), server)
    try:
        yield site
    finally:
        for made in site.clients:
            await made.aclose()
        stop.set()
        await asyncio.wait_for(server, 60)
        listening.cancel()


async def _answering(client: httpx.AsyncClient, server: asyncio.Task[None]) -> None:
    """Wait until the server answers; one that has ended never will."""
    while not server.done():
        with suppress(httpx.ConnectError):
            await client.get("/healthz")
            return
        await asyncio.sleep(0.02)
    raise RuntimeError("the server ended") from server.exception()


@pytest.fixture
async def site(house: House, tmp_path: Path) -> AsyncIterator[Site]:
    """A house with accounts only: no policy runs."""
    async with (
        open_office(Settings(home=str(tmp_path), database_url=house.url)) as wired,
        running(house, wired, PASSWORD) as found,
    ):
        yield found


@dataclass
class Company:
    """The demo company, set up once: its database to be cloned, its keys, its policies compiled."""

    database: str
    home: Path
    running: dict[str, Running]


@pytest.fixture(scope="session")
def company(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Company:
    home = tmp_path_factory.mktemp("home")
    name = asyncio.run(server.clone())
    settings = Settings(home=str(home), database_url=database_url(server.app_url, name))
    return Company(name, home, asyncio.run(_set_up(settings, database_url(server.owner_url, name))))


async def _set_up(settings: Settings, owner_url: str) -> dict[str, Running]:
    await demo_company(settings)
    await _by_night(owner_url)
    async with open_house(settings, train=True) as wired, wired.db.tx(ROOT) as tx:
        found = {name: await wired.running(tx, name) for name in ("customer-support", "invoice-exceptions")}
    found["customer-support"].scanner.scan(
        ScanInput(text="Is anybody there to be asked?")
    )  # as a server has it
    return found


async def _by_night(owner_url: str) -> None:
    """Whoever has a day's shift is off it at any hour, or who gets a case would hang on when tests run."""
    connection = await asyncpg.connect(owner_url)
    await connection.execute(
        "UPDATE newel.staff SET shifts = '{}' WHERE NOT shifts @> $1::jsonb", '{"sun": ["00:00-24:00"]}'
    )
    await connection.close()


@pytest.fixture(scope="session")
def systems(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Systems]:
    """The demo company's systems of record, as of today."""
    started = start_systems(tmp_path_factory.mktemp("systems"), today=datetime.now(UTC).date())
    started.keep()
    yield started
    started.stop()


@pytest.fixture
async def shop(server: Server, company: Company, systems: Systems) -> AsyncIterator[Site]:
    """The demo company at work, its systems of record included; no other test's refund stands in them."""
    shown = Settings(tour=bootstrap.demo_environment(Settings(), 1)["NEWEL_TOUR"])
    async with (
        demo_house(server, company, systems) as (house, wired),
        running(house, wired, DEMO_PASSWORD, tour=bootstrap.tour(shown)) as found,
    ):
        yield found
    systems.restore()


@asynccontextmanager
async def demo_house(
    server: Server, company: Company, systems: Systems
) -> AsyncIterator[tuple[House, Wired]]:
    """The demo company's house on a database of its own."""
    name = await server.clone(company.database)
    url = database_url(server.app_url, name)
    (company.home / "systems-token").write_text(systems.token)
    settings = Settings(home=str(company.home), database_url=url, systems_url=systems.url)
    pool, outside = await db.connect(url, size=8), bootstrap.Outside()

    ready: dict[str, Running] = {}

    def in_force() -> Mapping[str, Running]:
        for workflow, found in company.running.items():
            if workflow not in ready:
                ready[workflow] = replace(found, systems=bootstrap.systems(found.bundle, settings, outside))
        return ready

    async def policy_of(_tx: db.Tx, workflow: str) -> Running:
        if workflow not in company.running:
            raise NotFound(what="workflow with an active policy", id=workflow)
        return in_force()[workflow]

    wired = Wired(
        pool,
        Envelope(settings.master_key()),
        bootstrap.channels(settings, outside),
        policy_of,
        bootstrap.LazyListener(settings.signals_folder()),
        in_force=in_force,
    )
    try:
        yield House(server, name, pool), wired
    finally:
        await outside.close()
        await pool.close()
        await server.drop(name)
