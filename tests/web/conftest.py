"""The web floor over real HTTP: uvicorn on a free loopback port, the real database below."""

import asyncio
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import uuid4

import httpx
import pytest

from conftest import House
from newel.domain.access import Account, Role, system
from newel.flow import access
from newel.web.app import build
from newel.web.server import serve

ROOT = system("test")
PASSWORD = "a long enough one"


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@dataclass
class Site:
    """A running server, its house, and clients for whoever asks."""

    house: House
    url: str

    def client(self, token: str = "", **more: object) -> httpx.AsyncClient:
        headers = {"authorization": f"Bearer {token}"} if token else {}
        return httpx.AsyncClient(base_url=self.url, headers=headers, timeout=10, **more)

    async def token(self, *scopes: str) -> str:
        return await access.create_token(self.house, ROOT, f"t{uuid4().hex}", scopes)

    async def person(self, login: str, *roles: Role, **more: object) -> str:
        account = Account(login=login, name=login.title(), roles=frozenset(roles), **more)
        return str(await access.put_staff(self.house, ROOT, account, password=PASSWORD))

    async def signed_in(self, login: str) -> httpx.AsyncClient:
        client = self.client()
        said = await client.post("/api/v1/sessions", json={"login": login, "password": PASSWORD})
        assert said.status_code == 201, said.text
        client.headers["x-newel-csrf"] = said.json()["me"]["csrf_token"]
        return client


@pytest.fixture
async def site(house: House) -> AsyncIterator[Site]:
    port, stop = free_port(), asyncio.Event()
    running = asyncio.create_task(serve(build(house), "127.0.0.1", port, stop=stop))
    found = Site(house, f"http://127.0.0.1:{port}")
    async with found.client() as client:
        while True:
            try:
                await client.get("/healthz")
                break
            except httpx.ConnectError:
                await asyncio.sleep(0.02)
    yield found
    stop.set()
    await asyncio.wait_for(running, 5)
