"""``newel delivery`` on the real database: what was given up is listed by id, and sent again."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from conftest import House, Server, database_url
from floor import P3, Floor, open_floor
from newel.cli.delivery import app
from newel.domain.ports import Delivery, Outbound
from newel.store import db

Run = Callable[..., Result]


class Refusing:
    """A channel that will never take a message."""

    name = "api"

    async def deliver(self, message: Outbound) -> Delivery:
        return Delivery(accepted=False, permanent=True, reason="HTTP 410")


@pytest.fixture
def database(server: Server) -> Iterator[str]:
    name = asyncio.run(server.clone())
    yield name
    asyncio.run(server.drop(name))


@pytest.fixture
def run(server: Server, database: str, tmp_path: Path) -> Run:
    (tmp_path / "master-key").write_text((b"t" * 32).hex())
    env = {"NEWEL_DATABASE_URL": database_url(server.app_url, database), "NEWEL_HOME": str(tmp_path)}
    return lambda *words: CliRunner().invoke(app, list(words), env=env)


async def given_up(server: Server, name: str) -> list[str]:
    """Two messages that the channel refused for good; their ids."""
    pool = await db.connect(database_url(server.app_url, name), size=4)
    floor = await open_floor(House(server, name, pool))
    floor.house.channels["api"] = Refusing()  # type: ignore[index]  # a test changes the wiring
    for _ in range(2):
        await floor.escalated(P3)
    await deliver(floor)
    rows = await floor.rows("SELECT id FROM newel.outbox WHERE state = 'dead'")
    await pool.close()
    return [str(row["id"]) for row in rows]


async def deliver(floor: Floor) -> None:
    await floor.work(without=("answer",))


async def jobs(server: Server, name: str) -> int:
    pool = await db.connect(database_url(server.app_url, name), size=2)
    house = House(server, name, pool)
    rows = await house.as_owner("SELECT FROM newel.job WHERE kind = 'delivery' AND state = 'ready'")
    await pool.close()
    return len(rows)


def test_RES_2_messages_that_were_given_up_are_listed_and_sent_again(
    server: Server, database: str, run: Run
) -> None:
    dead = asyncio.run(given_up(server, database))
    assert len(dead) == 2
    listed = run("dead").stdout
    assert all(letter in listed for letter in dead)
    assert "HTTP 410" in listed
    assert run("redeliver").exit_code != 0
    assert run("redeliver", dead[0]).stdout == "1 on their way again\n"
    assert run("redeliver", "--all").stdout == "1 on their way again\n"
    assert run("redeliver", "--all").stdout == "0 on their way again\n"
    assert asyncio.run(jobs(server, database)) == 2
