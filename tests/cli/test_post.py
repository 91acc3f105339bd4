"""The commands that talk to a server find it in one way: as said, else where the settings have it."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from typer.testing import CliRunner

from newel.cli import app, demo
from newel.cli.post import server, token_at
from newel.config import Settings
from newel.domain.errors import Invalid
from ports import free_port

IMPORT, TRAFFIC = "import", "demo traffic"


class Heard:
    """A server that takes all in, and counts it."""

    def __init__(self) -> None:
        self.port = free_port()
        self.count = 0

    async def __call__(self, _scope: Any, receive: Any, send: Any) -> None:
        while (await receive()).get("more_body"):
            pass
        self.count += 1
        await send({"type": "http.response.start", "status": 201, "headers": []})
        await send({"type": "http.response.body", "body": b"{}"})


@asynccontextmanager
async def listening() -> AsyncIterator[Heard]:
    heard = Heard()
    serving = uvicorn.Server(uvicorn.Config(heard, port=heard.port, lifespan="off", log_level="error"))
    task = asyncio.create_task(serving.serve())
    while not serving.started:
        await asyncio.sleep(0.01)
    try:
        yield heard
    finally:
        serving.should_exit = True
        await task


@pytest.fixture
def words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Mapping[str, list[str]]:
    """Each command, as it sends one message."""
    rows, token = tmp_path / "rows.csv", tmp_path / "token"
    rows.write_text("customer_ref,text\nC0012,hello\n")
    token.write_text("secret")
    once = list(islice(demo.messages(), 1))
    monkeypatch.setattr(demo, "messages", lambda: iter(once))
    with_token = ["--token-file", str(token)]
    return {
        IMPORT: ["import", str(rows), *with_token],
        TRAFFIC: ["demo", "traffic", "--per-minute", "600", *with_token],
    }


async def newel(*arguments: str, port: int) -> None:
    env = {"NEWEL_HOST": "127.0.0.1", "NEWEL_PORT": str(port)}
    done = await asyncio.to_thread(CliRunner().invoke, app, list(arguments), env=env)
    assert done.exit_code == 0, done.output


@pytest.mark.parametrize("command", [IMPORT, TRAFFIC])
async def test_a_command_finds_the_server_where_the_settings_have_it(
    words: Mapping[str, list[str]], command: str
) -> None:
    async with listening() as here:
        await newel(*words[command], port=here.port)
    assert here.count == 1


@pytest.mark.parametrize("command", [IMPORT, TRAFFIC])
async def test_a_url_that_is_said_goes_before_the_settings(
    words: Mapping[str, list[str]], command: str
) -> None:
    async with listening() as here, listening() as elsewhere:
        await newel(*words[command], "--url", f"http://127.0.0.1:{elsewhere.port}", port=here.port)
    assert (here.count, elsewhere.count) == (0, 1)


@pytest.mark.parametrize("command", [IMPORT, TRAFFIC])
def test_the_help_says_where_it_looks(command: str) -> None:
    said = CliRunner().invoke(app, [*command.split(), "--help"]).output
    assert "NEWEL_HOST" in said
    assert "NEWEL_PORT" in said


def test_an_address_is_one_that_can_be_called(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings(host="::1", port=9000).url == "http://[::1]:9000"
    monkeypatch.setenv("NEWEL_HOST", "newel.internal")
    monkeypatch.setenv("NEWEL_PORT", "9000")
    assert server("") == "http://newel.internal:9000"
    assert server("https://else.example") == "https://else.example"


def test_without_a_file_the_demo_companys_token_is_taken_and_none_where_there_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWEL_HOME", str(tmp_path))
    assert token_at(None) == ""
    (tmp_path / "api-token").write_text("secret\n", "utf-8")
    assert token_at(None) == "secret"
    with pytest.raises(Invalid):
        token_at(tmp_path / "none")


def test_no_command_loads_what_only_those_that_post_need() -> None:
    asked = "import newel.cli, sys; print('httpx2' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False"]
