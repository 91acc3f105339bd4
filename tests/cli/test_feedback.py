"""``newel feedback`` on the real database: dead letters are listed by id, and run again."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from conftest import House, Server, database_url
from floor import P3, Floor, open_floor
from newel.cli.feedback import app
from newel.domain.feedback import Body, What
from newel.domain.resolution import Category
from newel.flow import feedback
from newel.store import case as cases
from newel.store import db

Run = Callable[..., Result]


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


async def with_dead_letters(server: Server, name: str) -> list[str]:
    """Two pieces of feedback that cannot be opened; their ids when they are dead."""
    pool = await db.connect(database_url(server.app_url, name), size=4)
    floor = await open_floor(House(server, name, pool))
    for _ in range(2):
        await _broken(floor, await floor.escalated(P3))
    for _ in range(4):
        await floor.work()
        await floor.pass_time(minutes=3)
    rows = await floor.rows("SELECT id FROM newel.feedback WHERE state = 'dead'")
    await pool.close()
    return [str(row["id"]) for row in rows]


async def _broken(floor: Floor, case_id: object) -> None:
    async with floor.tx() as tx:
        case = await cases.read(tx, case_id)  # type: ignore[arg-type]
        await feedback.add(tx, floor.house, case, What.RESOLUTION, Body(category=Category.RESOLVED))
        await tx.run("UPDATE newel.feedback SET body_sealed = 'broken'")


def test_LRN_1_dead_letters_are_listed_and_run_again(server: Server, database: str, run: Run) -> None:
    dead = asyncio.run(with_dead_letters(server, database))
    assert len(dead) == 2
    listed = run("dead").stdout
    assert all(letter in listed for letter in dead)
    assert "invalid" in listed
    assert run("rerun").exit_code != 0
    assert run("rerun", dead[0]).stdout == "1 run again\n"
    assert run("rerun", "--all").stdout == "1 run again\n"
    assert run("rerun", "--all").stdout == "0 run again\n"
