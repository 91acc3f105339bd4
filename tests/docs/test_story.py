"""The first five minutes of the README, word for word, against a house that `newel up` starts."""

import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest
from tests.docs.house import ROOT

from ports import free_port

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


class Place:
    """Where a newcomer stands: an empty folder and two ports of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port, self.demo_port = folder, free_port(), free_port()
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        ports = {"NEWEL_PORT": str(self.port), "NEWEL_DEMO_PORT": str(self.demo_port)}
        kept = {name: value for name, value in os.environ.items() if not name.startswith("NEWEL_")}
        self.environment = {**kept, **ports, "PATH": path, "NEWEL_LOG_LEVEL": "warning", "COLUMNS": "200"}


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    with tempfile.TemporaryDirectory(prefix="newel-story-") as folder:
        Path(folder).chmod(0o755)
        place = Place(Path(folder))
        up = subprocess.Popen(
            [sys.executable, "-m", "newel", "up"], cwd=folder, env=place.environment, stderr=subprocess.PIPE
        )
        assert up.stderr
        try:
            _wait_until_it_serves(up.stderr, f"serving on http://127.0.0.1:{place.port}")
            yield place
        finally:
            up.send_signal(signal.SIGINT)
            assert up.wait(60) == 0


def _wait_until_it_serves(said: IO[bytes], words: str) -> None:
    """What a newcomer waits for; the rest of what is said is read away."""
    for line in said:
        if words.encode() in line:
            threading.Thread(target=said.read, daemon=True).start()
            return
    raise AssertionError("newel up ended")


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
