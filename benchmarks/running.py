"""The whole house as a process of its own, as benchmarks start it, ask it and kill it."""

import asyncio
import os
import random
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx2


@dataclass
class Soak:
    """What the outside client knows."""

    home: Path
    port: int
    demo_port: int
    rate: float
    acknowledged: dict[str, tuple[str, dict[str, Any]]] = field(default_factory=dict)
    conversations: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    kills: Counter[str] = field(default_factory=Counter)
    approved: set[str] = field(default_factory=set)
    supervisor: subprocess.Popen[bytes] | None = None
    probe: "asyncio.Task[None] | None" = None

    @cached_property
    def token(self) -> str:
        return self.secret("api-token")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def secret(self, name: str) -> str:
        return (self.home / name).read_text().strip()

    def start(self) -> None:
        environment = os.environ | {"NEWEL_HOME": str(self.home), "NEWEL_PORT": str(self.port)}
        log = (self.home.parent / f"{self.home.name}.log").open("ab")
        command = [sys.executable, "-m", "newel", "up", "--demo-port", str(self.demo_port)]
        self.supervisor = subprocess.Popen(command, env=environment, stdout=log, stderr=log)


def children(pid: int) -> list[int]:
    """The processes that a process has started (Linux)."""
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except OSError:
        return []
    return [int(word) for word in text.split()]


def named(soak: Soak) -> dict[str, int]:
    """The supervisor and its children by name."""
    if soak.supervisor is None or soak.supervisor.poll() is not None:
        return {}
    found = {"supervisor": soak.supervisor.pid}
    started = children(soak.supervisor.pid)
    random.shuffle(started)  # of several workers any one stands for them
    marks = {"serve": "server", "work": "worker", "newel.demo": "demo"}
    for pid in started:
        try:
            words = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").split()
        except OSError:
            continue
        name = next((n for mark, n in marks.items() if mark.encode() in words), "")
        if words and words[0].endswith(b"postgres"):
            name = "postgres"
        if name:
            found[name] = pid
    return found


async def ready(soak: Soak, seconds: float) -> bool:
    """Until the server says that it is ready, and a worker is, whose models a first start makes."""
    deadline = time.monotonic() + seconds
    while not (soak.home / "worker-ready").exists() and time.monotonic() < deadline:
        await asyncio.sleep(0.3)
    async with httpx2.AsyncClient() as client:
        while time.monotonic() < deadline:
            try:
                if (await client.get(f"{soak.url}/readyz", timeout=3)).status_code == 200:
                    return True
            except httpx2.HTTPError:
                pass
            await asyncio.sleep(0.3)
    return False
