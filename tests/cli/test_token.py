"""``newel token`` on the real database, as an operator uses it."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import pytest
from typer.testing import CliRunner, Result

from conftest import Server, database_url
from newel.cli.token import app

Run = Callable[..., Result]


@pytest.fixture
def database(server: Server) -> Iterator[str]:
    name = asyncio.run(server.clone())
    yield name
    asyncio.run(server.drop(name))


@pytest.fixture
def run(server: Server, database: str, tmp_path: Path) -> Run:
    env = {"NEWEL_DATABASE_URL": database_url(server.app_url, database), "NEWEL_HOME": str(tmp_path)}
    return lambda *words: CliRunner().invoke(app, list(words), env=env)


def test_SEC_5_a_token_is_shown_once_listed_without_its_value_and_revoked(
    run: Run, server: Server, database: str
) -> None:
    made = run("create", "webshop", "--scope", "intake", "--scope", "read_conversation")
    secret = made.stdout.strip()
    assert made.exit_code == 0
    assert secret.startswith("newel_")
    listed = run("list").stdout
    assert "webshop" in listed
    assert "intake" in listed
    assert secret not in listed
    assert run("revoke", "webshop").exit_code == 0
    events = asyncio.run(audited(database_url(server.owner_url, database)))
    assert events == [("access.token_created", "system", "cli"), ("access.token_revoked", "system", "cli")]


async def audited(url: str) -> list[tuple[str, str, str]]:
    connection = await asyncpg.connect(url)
    rows = await connection.fetch("SELECT event, actor_kind, actor_id FROM newel.audit_event ORDER BY seq")
    await connection.close()
    return [tuple(row) for row in rows]


def test_without_a_running_database_it_says_what_to_start(tmp_path: Path) -> None:
    env = {"NEWEL_DATABASE_URL": f"postgresql:///newel?host={tmp_path}", "NEWEL_HOME": str(tmp_path)}
    assert "start `newel up`" in str(CliRunner().invoke(app, ["list"], env=env).exception)


def test_a_wrong_scope_says_which_there_are(run: Run) -> None:
    made = run("create", "webshop", "--scope", "everything")
    assert made.exit_code != 0
    assert "choose of: intake" in str(made.exception)


@pytest.mark.parametrize("word", ["create", "list", "revoke"])
def test_help_has_an_example(run: Run, word: str) -> None:
    assert f"Example: newel token {word}" in " ".join(run(word, "--help").stdout.split())
