"""``newel doctor`` on the real database: what is well, what is not, and what to do about it."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import floor
from conftest import House, Server, database_url
from floor import open_floor
from llm import completion, endpoint
from newel.cli import app
from newel.domain.access import system
from newel.domain.tune import with_floor
from newel.store import db
from newel.store import job as jobs
from newel.store.customer import WrongKey
from otlp import collector

Run = Callable[..., Result]
RIGHT, OTHER = (b"t" * 32).hex(), (b"o" * 32).hex()


@pytest.fixture
def database(server: Server) -> Iterator[str]:
    name = asyncio.run(server.clone())
    yield name
    asyncio.run(server.drop(name))


@pytest.fixture
def run(server: Server, database: str, tmp_path: Path) -> Run:
    (tmp_path / "master-key").touch(mode=0o600)
    (tmp_path / "master-key").write_text(RIGHT)
    env = {"NEWEL_DATABASE_URL": database_url(server.app_url, database), "NEWEL_HOME": str(tmp_path)}
    return lambda *words: CliRunner().invoke(app, list(words), env=env)


async def with_a_customer(server: Server, name: str) -> None:
    """A floor with its policy in force, and a customer who wrote once."""
    pool = await db.connect(database_url(server.app_url, name), size=4)
    opened = await open_floor(House(server, name, pool))
    await opened.say("Where is order 10023?")
    await pool.close()


def test_OPS_6_the_doctor_says_what_is_missing_and_what_to_do(run: Run, tmp_path: Path) -> None:
    said = run("doctor")
    assert said.exit_code == 1
    assert "!!  policies: none" in said.stdout
    assert "submit, sign and activate one" in said.stdout
    (tmp_path / "master-key").chmod(0o644)
    assert "chmod 600" in run("doctor").stdout


def test_SEC_3_the_first_master_key_binds_the_database_before_any_customer(run: Run, tmp_path: Path) -> None:
    assert run("people", "list").exit_code == 0
    (tmp_path / "master-key").write_text(OTHER)
    assert isinstance(run("people", "list").exception, WrongKey)


def test_SEC_3_a_master_key_of_another_house_opens_nothing_and_makes_nothing(
    server: Server, database: str, run: Run, tmp_path: Path
) -> None:
    asyncio.run(with_a_customer(server, database))
    assert run("people", "list").exit_code == 0
    (tmp_path / "master-key").write_text(OTHER)
    assert isinstance(run("people", "list").exception, WrongKey)
    assert isinstance(run("serve").exception, WrongKey)
    assert isinstance(run("work").exception, WrongKey)
    said = run("doctor")
    assert said.exit_code == 1
    assert "!!  master key: The master key is not this database's" in said.stdout


def test_SCN_3_a_fitted_model_that_a_policy_names_and_nobody_put_there_is_told(
    server: Server, database: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = with_floor(floor.STANDARD, "emotion_floor", 0.6, "0123456789ab")
    assert named is not None
    monkeypatch.setattr(floor, "STANDARD", named)
    asyncio.run(with_a_customer(server, database))
    said = run("doctor").stdout
    assert "!!  fitted model of customer-support/1: 0123456789ab" in said
    assert "fit it anew" in said


OPINION = """
opinion: {model: reader-1, when: {topic.safety: somebody may come to harm}, owner: June, date: 2026-11-28}
"""


@pytest.fixture
def asking(server: Server, database: str, run: Run, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], str]:
    """What the doctor says of the second opinion where the endpoint is at that address."""
    monkeypatch.setattr(floor, "STANDARD", floor.STANDARD + OPINION)
    asyncio.run(with_a_customer(server, database))

    def told(url: str) -> str:
        monkeypatch.setenv("NEWEL_LLM_URL", url)
        lines = run("doctor").stdout.splitlines()
        at = next(n for n, line in enumerate(lines) if "second opinion of customer-support/1" in line)
        return "\n".join(lines[at : at + 2])

    return told


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        (["none", "topic.safety"], "ok  second opinion of customer-support/1: it reads as it should"),
        (["none"], "try another model, or other words"),
        (["topic.safety"], "try another model, or other words"),
        (["none", "That is serious."], "a person approves each answer"),
        ([None], "a person approves each answer"),
    ],
)
def test_OPS_6_the_doctor_asks_who_is_to_give_a_second_opinion(
    asking: Callable[[str], str], answers: list[str | None], told: str
) -> None:
    with endpoint(*((200, completion(said)) for said in answers)) as other:
        assert told in asking(other.url)
    assert other.asked


def test_OPS_6_the_doctor_tells_that_nobody_can_be_asked(
    asking: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "set NEWEL_LLM_URL" in asking("")
    with endpoint((200, completion("none")), (200, completion("topic.safety"))) as other:
        monkeypatch.setenv("NEWEL_LLM_TOKEN_FILE", "/nowhere")
        assert "NEWEL_LLM_TOKEN_FILE" in asking(other.url)
        assert other.asked == []
        monkeypatch.delenv("NEWEL_LLM_TOKEN_FILE")
        assert "it reads as it should" in asking(other.url)


async def enlisted(server: Server, name: str, *, answers: bool) -> None:
    pool = await db.connect(database_url(server.app_url, name), size=2)
    async with pool.tx(system("test")) as tx:
        await jobs.enlist(tx, answers=answers)
    await pool.close()


def test_OPS_8_the_doctor_tells_when_no_worker_or_no_ai_answers(
    run: Run, server: Server, database: str
) -> None:
    none = run("doctor").stdout
    assert "!!  workers: none" in none
    assert "start `newel work` (or `newel up`)" in none
    assert "AI:" not in none
    asyncio.run(enlisted(server, database, answers=False))
    without = run("doctor").stdout
    assert "ok  workers: 1 seen" in without
    assert "!!  AI: with none of them" in without
    assert "without `--except answer`" in without
    asyncio.run(enlisted(server, database, answers=True))
    assert "ok  AI: with 1 of them" in run("doctor").stdout


def test_OPS_6_the_doctor_says_whether_traces_are_collected(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OTEL_EXPORTER_OTLP_ENDPOINT", raising=False)
    assert "ok  traces: off" in run("doctor").stdout
    with collector() as there:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", there.url)
        assert f"ok  traces: to {there.url}" in run("doctor").stdout
        there.mode = "refuses"
        said = run("doctor")
    assert f"!!  traces: to {there.url}" in said.stdout
    assert "OTLP over HTTP" in said.stdout
    assert said.exit_code == 1
