"""``newel people`` and ``newel knowledge``: how a house of one's own gets its people and articles."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import pytest
from typer.testing import CliRunner, Result

from conftest import Server, database_url
from newel.cli import app
from newel.domain.errors import NewelError

PEOPLE = """
people:
  - login: amara
    name: Amara Osei
    roles: [resolver, approver]
    clearance: senior
    skills: {orders: 4, general: 3}
    languages: [en, fr]
    zone: Europe/London
    shifts: {mon: ["08:00-16:00"]}
    region: uk
    capacity: 4
    channel_capacity: {chat: 3}
    limit_minor: 5000
  - {login: june, name: June Adeyemi, roles: [policy_owner, admin]}
"""
ARTICLE = "---\n{head}\n---\n\nA lamp has two years.\n"
HEAD = "id: {id}\ntitle: Warranty\ncollection: help\nowner: greta\nupdated: 2026-09-01\nlanguage: en"
Run = Callable[..., Result]


@pytest.fixture
def database(server: Server) -> Iterator[str]:
    name = asyncio.run(server.clone())
    yield name
    asyncio.run(server.drop(name))


@pytest.fixture
def run(server: Server, database: str, tmp_path: Path) -> Run:
    env = {"NEWEL_DATABASE_URL": database_url(server.app_url, database), "NEWEL_HOME": str(tmp_path)}
    return lambda *words, **more: CliRunner().invoke(app, [str(w) for w in words], env=env, **more)


async def asked(url: str, statement: str) -> list[tuple[object, ...]]:
    connection = await asyncpg.connect(url)
    rows = await connection.fetch(statement)
    await connection.close()
    return [tuple(row) for row in rows]


def test_RTE_1_people_come_from_a_file_and_a_second_run_changes_nothing(
    run: Run, server: Server, database: str, tmp_path: Path
) -> None:
    file = tmp_path / "people.yaml"
    file.write_text(PEOPLE)
    for _ in range(2):
        assert run("people", "put", file).stdout == "2 accounts are as people.yaml says\n"
    listed = run("people", "list").stdout
    assert "Amara Osei" in listed
    assert "policy_owner" in listed
    assert "4, 3 chat" in listed
    assert " uk " in listed
    events = asyncio.run(
        asked(database_url(server.owner_url, database), "SELECT event FROM newel.audit_event ORDER BY seq")
    )
    assert [event for (event,) in events if str(event).startswith("access.")] == ["access.staff_created"] * 2


def test_a_password_is_asked_for_kept_as_a_hash_and_never_said(
    run: Run, server: Server, database: str, tmp_path: Path
) -> None:
    (tmp_path / "people.yaml").write_text(PEOPLE)
    run("people", "put", tmp_path / "people.yaml")
    done = run("people", "password", "amara", input="a long pass phrase\n")
    assert done.exit_code == 0
    assert "phrase" not in done.output
    [(kept,)] = asyncio.run(
        asked(
            database_url(server.owner_url, database),
            "SELECT password_hash FROM newel.staff WHERE login = 'amara'",
        )
    )
    assert str(kept).startswith("$argon2id$")
    assert isinstance(run("people", "password", "amara", input="short\n").exception, NewelError)
    assert isinstance(run("people", "password", "nobody", input="a long pass phrase\n").exception, NewelError)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("people: [", "people.yaml"),
        ("staff: []", "needs `people:`"),
        ("people: [{login: amara}]", "account amara"),
        ("people: [{login: amara, name: A, roles: [boss]}]", "boss"),
        ("people: [7]", "account 1"),
        ("people: [{login: amara, name: A, channel_capacity: {chat: -1}}]", "channel_capacity"),
        ("people: [{login: amara, name: A, channel_capacity: {chat: many}}]", "channel_capacity"),
        ("people: [{login: amara, name: A, region: EU West}]", "region"),
    ],
)
def test_a_broken_file_is_told_by_its_entry_and_changes_nothing(
    run: Run, tmp_path: Path, text: str, said: str
) -> None:
    (tmp_path / "people.yaml").write_text(text)
    error = run("people", "put", tmp_path / "people.yaml").exception
    assert isinstance(error, NewelError)
    assert said in error.message


def test_LRN_9_articles_are_published_by_folder_and_only_what_changed(run: Run, tmp_path: Path) -> None:
    for name in ("one", "two"):
        text = ARTICLE.format(head=HEAD.format(id=name))
        (tmp_path / f"{name}.md").write_text(text)
    assert run("knowledge", "publish", tmp_path).stdout.startswith("2 of 2 ")
    (tmp_path / "two.md").write_text(ARTICLE.format(head=HEAD.format(id="two")) + "Five for rugs.\n")
    assert run("knowledge", "publish", tmp_path).stdout.startswith("1 of 2 ")
    (tmp_path / "three.md").write_text("no head")
    error = run("knowledge", "publish", tmp_path).exception
    assert isinstance(error, NewelError)
    assert "three.md" in error.message


def test_LRN_9_two_files_are_not_one_article(run: Run, tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.md").write_text(ARTICLE.format(head=HEAD.format(id="warranty")))
    error = run("knowledge", "publish", tmp_path).exception
    assert isinstance(error, NewelError)
    assert error.message == "the id of two.md is not usable: one.md is called warranty already"
    (tmp_path / "two.md").unlink()
    assert run("knowledge", "publish", tmp_path).stdout.startswith("1 of 1 ")
