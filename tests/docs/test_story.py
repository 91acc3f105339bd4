"""The first five minutes of the README, word for word, against a house that `newel up` starts."""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from tests.docs.house import ROOT

PATIENCE = 120.0
_STORY = re.compile(r"<!-- story:begin -->(.*?)<!-- story:end -->", re.S)
_SHELL = re.compile(r"```sh\n(.*?)```", re.S)

WANTED = (
    ('"author": "system"', '"author": "ai"', "PW10023GB"),
    ('"duplicate":false',),
    (
        '"action": "refund"',
        '"amount_minor": 1800',
        '{"state":"approved"}',
        '"code":"conflict"',
        '"counts":{"refund":1}',
    ),
    ('"duplicate":false',),
    ('"reason": "legal.dictionary"', '"text": "lawyer"', '"[name-1]"', '"state":"resolved"'),
    ("case.resolved", "Esme Hartley", '"resolution.made"'),
)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


class Place:
    """Where a newcomer stands: an empty folder and two ports of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port, self.demo_port = folder, free_port(), free_port()
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        ports = {"NEWEL_PORT": str(self.port), "NEWEL_DEMO_PORT": str(self.demo_port)}
        kept = {name: value for name, value in os.environ.items() if not name.startswith("NEWEL_")}
        self.environment = {**kept, **ports, "PATH": path, "NEWEL_LOG_LEVEL": "warning", "COLUMNS": "200"}

    def say(self, text: str) -> str:
        """A customer's message that is not in the story; what came back so far."""
        token = {"authorization": f"Bearer {(self.folder / '.newel/api-token').read_text()}"}
        base = f"http://127.0.0.1:{self.port}/api/v1"
        body = {"external_id": "probe-1", "customer": {"ref": "C0100"}, "text": text}
        with httpx2.Client(headers=token, timeout=20) as client:
            taken = client.post(f"{base}/messages", json={**body, "conversation": "probe"}).json()
            path = f"{base}/conversations/{taken['conversation_id']}/messages"
            return str(client.get(path).text)


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    with tempfile.TemporaryDirectory(prefix="newel-story-") as folder:
        Path(folder).chmod(0o755)
        place = Place(Path(folder))
        up = subprocess.Popen([sys.executable, "-m", "newel", "up"], cwd=folder, env=place.environment)
        try:
            _wait_for_an_answer(place, up)
            yield place
        finally:
            up.send_signal(signal.SIGINT)
            assert up.wait(60) == 0


def _wait_for_an_answer(place: Place, up: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + PATIENCE
    said = ""
    while '"ai"' not in said:
        assert time.monotonic() < until, "the AI never answered"
        assert up.poll() is None, "newel up ended"
        time.sleep(1)
        try:
            said = place.say("How long is the warranty on lamps?")
        except (OSError, httpx2.HTTPError, KeyError):
            continue


def test_the_first_five_minutes_go_as_the_readme_says(place: Place) -> None:
    story = _STORY.search((ROOT / "README.md").read_text("utf-8"))
    assert story
    script = "set -e\n" + "echo; echo ===\n".join(_SHELL.findall(story.group(1)))
    script = script.replace("127.0.0.1:8080", f"127.0.0.1:{place.port}")
    script = script.replace("127.0.0.1:8081", f"127.0.0.1:{place.demo_port}").replace("sleep 2", "sleep 6")
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=place.folder,
        env=place.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    for said, wanted in zip(done.stdout.split("===\n"), WANTED, strict=True):
        for words in wanted:
            assert words in said
