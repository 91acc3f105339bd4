"""The demo systems as a real process on a free loopback port, for every test that needs them."""

import os
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import httpx2

from ports import free_port

SOURCE = Path(__file__).parents[2] / "src"
TODAY = date(2026, 11, 20)
PATIENCE_SECONDS = 30
BOOKS, KEPT = "hearthwick.sqlite", "kept.sqlite"


@dataclass
class Systems:
    """A running process: where it is, what it believes, and how it ends."""

    url: str
    token: str
    webhook_secret: str
    data_dir: Path
    port: int
    today: date
    process: subprocess.Popen[bytes]

    @property
    def chat_secret(self) -> str:
        """With which its shop says who is signed in."""
        return (self.data_dir / "chat.secret").read_text()

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def client(self, timeout: float = 10.0) -> httpx2.Client:
        return httpx2.Client(base_url=self.url, headers=self.headers, timeout=timeout)

    def fault(self, mode: str, path_prefix: str = "/", **more: object) -> None:
        with self.client() as client:
            body = {"mode": mode, "path_prefix": path_prefix, **more}
            client.post("/faults", json=body).raise_for_status()

    def count(self, **query: str) -> int:
        """How many rows of the ledger fit."""
        with self.client() as client:
            return int(client.get("/ledger", params=query).json()["count"])

    def keep(self) -> None:
        """Keep what its books say now, for ``restore``."""
        self._copy(self.data_dir / BOOKS, self.data_dir / KEPT)

    def restore(self) -> None:
        """Its books as they were kept; the process goes on."""
        self._copy(self.data_dir / KEPT, self.data_dir / BOOKS)

    def _copy(self, one: Path, other: Path) -> None:
        with closing(sqlite3.connect(one)) as here, closing(sqlite3.connect(other, timeout=30)) as there:
            here.backup(there)

    def kill(self) -> None:
        """kill -9, and wait until it is dead."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.kill()

    def again(self, today: date | None = None) -> "Systems":
        """The same company after its process has ended, on the same port."""
        return start_systems(self.data_dir, port=self.port, today=today or self.today)


def start_systems(data_dir: Path, port: int = 0, today: date = TODAY, newel: str = "") -> Systems:
    """Start the systems on ``data_dir`` and wait until they answer; their shop carries ``newel``'s chat."""
    port = port or free_port()
    token_file, secret_file = data_dir / "systems.token", data_dir / "webhook.secret"
    command = [sys.executable, "-m", "newel.demo", "--port", str(port), "--data", str(data_dir)]
    command += ["--token-file", str(token_file), "--webhook-secret-file", str(secret_file)]
    command += ["--today", today.isoformat(), "--newel-url", newel]
    command += ["--chat-secret-file", str(data_dir / "chat.secret")]
    process = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(SOURCE)})
    url = f"http://127.0.0.1:{port}"
    _wait(process, url)
    return Systems(url, token_file.read_text(), secret_file.read_text(), data_dir, port, today, process)


def _wait(process: subprocess.Popen[bytes], url: str) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"the demo systems ended with {process.returncode}")
        with suppress(httpx2.TransportError):
            if httpx2.get(f"{url}/healthz", timeout=1).status_code == 200:
                return
        time.sleep(0.05)
    process.kill()
    raise RuntimeError("the demo systems did not answer")
