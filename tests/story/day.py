"""A day in the house: its processes as they run, and clients of every kind outside of them.

Server, worker and the systems of record are processes; all that a story does or sees goes over
HTTP. Two things are taken from below, because no outside door opens them: the clock (the owner of
the database may move it) and single rows at the end of a story.
"""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import asyncpg
import httpx2

from demo.process import SOURCE, Systems

T = TypeVar("T")
Json = dict[str, Any]
PASSWORD = "hearthwick-demo"
PATIENCE_SECONDS = 120.0
MORNING = datetime(2026, 11, 18, 11, 0, tzinfo=UTC)
"""A Wednesday, when everybody is in, whatever the day and hour of the test."""
CLOCK = """
CREATE TABLE public.day_clock (ahead interval NOT NULL);
INSERT INTO public.day_clock VALUES ('{at}'::timestamptz - clock_timestamp());
GRANT SELECT ON public.day_clock TO newel_app;
CREATE OR REPLACE FUNCTION newel.now() RETURNS timestamptz LANGUAGE sql STABLE AS
    'SELECT clock_timestamp() + (SELECT ahead FROM public.day_clock)';
"""


def until(what: str, look: Callable[[], T | None], tell: Callable[[], object] = str) -> T:
    """What ``look`` finds, as soon as it finds something; ``tell`` says what there was instead."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        found = look()
        if found:
            return found
        assert time.monotonic() < deadline, f"{what}: not in time. {tell()}"
        time.sleep(0.05)


@dataclass
class Process:
    """One process of the house, with its log."""

    command: list[str]
    environment: dict[str, str]
    log: Path
    running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.running = subprocess.Popen(self.command, env=self.environment, stdout=log, stderr=log)

    def ended(self) -> bool:
        """Whether it was started and runs no more."""
        return self.running is not None and self.running.poll() is not None

    def logged(self, event: str) -> int:
        """How often it has logged an event."""
        return self.log.read_text().count(f'"event": "{event}"')

    def freeze(self) -> None:
        """It stands still from here on, as it is."""
        self._signal(signal.SIGSTOP)

    def kill(self) -> None:
        """kill -9, and wait until it is dead."""
        self._signal(signal.SIGKILL)
        self._wait()

    def ask_to_end(self) -> None:
        if self.running is not None and not self.ended():
            self._signal(signal.SIGTERM)

    def stop(self) -> None:
        """Ask it to end, and wait until it has."""
        self.ask_to_end()
        if self.running is not None:
            self._wait()

    def _signal(self, number: int) -> None:
        assert self.running is not None
        self.running.send_signal(number)

    def _wait(self) -> None:
        assert self.running is not None
        try:
            self.running.wait(30)
        except subprocess.TimeoutExpired:
            self.running.kill()
            self.running.wait()


@dataclass(frozen=True)
class Person:
    """Somebody of the staff, signed in."""

    login: str
    http: httpx2.Client

    def get(self, path: str) -> Json:
        return _said(self.http.get(path))

    def post(self, path: str, **body: Any) -> Json:
        return _said(self.http.post(path, json=body))

    def item(self, case_id: str) -> Json:
        """My work item of a case."""
        return next(item for item in self.get("/api/v1/work")["mine"] if item["case_id"] == case_id)

    def has(self, case_id: str) -> bool:
        return any(item["case_id"] == case_id for item in self.get("/api/v1/work")["mine"])

    def parts(self, case_id: str) -> dict[str, Json]:
        """The package of my case, part by part."""
        found = self.get(f"/api/v1/cases/{case_id}/context")["parts"]
        return {part["part"]: part for part in found}

    def part(self, case_id: str, name: str, state: str) -> Json:
        """A part of my package, once it is so."""

        def look() -> Json | None:
            part = self.parts(case_id)[name]
            return part if part["state"] == state else None

        return until(f"{name} is {state}", look)

    def decide(self, approval: str, decision: str = "approve", **more: Any) -> httpx2.Response:
        return self.http.post(f"/api/v1/approvals/{approval}/decision", json={"decision": decision} | more)

    def resolve(self, case_id: str, **more: Any) -> Json:
        said = {"token": self.item(case_id)["token"], "category": "resolved"} | more
        return self.post(f"/api/v1/cases/{case_id}/resolution", **said)


@dataclass
class Day:
    """The house at work."""

    home: Path
    url: str
    owner_url: str
    systems: Systems
    environment: dict[str, str]
    people: dict[str, Person] = field(default_factory=dict)
    known: set[str] = field(default_factory=set)
    clients: list[httpx2.Client] = field(default_factory=list)

    # Processes.

    @cached_property
    def server(self) -> Process:
        return self._process("serve")

    @cached_property
    def worker(self) -> Process:
        return self._process("work")

    @cached_property
    def people_worker(self) -> Process:
        """A worker without the AI."""
        return self._process("work", "--except", "answer")

    def _process(self, *words: str) -> Process:
        command = [sys.executable, "-m", "newel", *words]
        environment = os.environ | {"PYTHONPATH": str(SOURCE)} | self.environment
        return Process(command, environment, self.home / f"{'-'.join(words)}.log")

    def ready(self) -> bool:
        try:
            return bool(httpx2.get(f"{self.url}/readyz", timeout=2).status_code == 200)
        except httpx2.TransportError:
            return False

    def close(self) -> None:
        for client in self.clients:
            client.close()
        processes = (self.worker, self.people_worker, self.server)
        for process in processes:
            process.ask_to_end()
        for process in processes:
            process.stop()

    # Clients.

    def client(self, token: str = "") -> httpx2.Client:
        headers = {"Authorization": f"Bearer {(self.home / token).read_text()}"} if token else {}
        made = httpx2.Client(base_url=self.url, headers=headers, timeout=30)
        self.clients.append(made)
        return made

    @cached_property
    def channel(self) -> httpx2.Client:
        """What the shop's web site is to the house."""
        return self.client("api-token")

    @cached_property
    def auditor(self) -> httpx2.Client:
        return self.client("trace-token")

    @cached_property
    def books(self) -> httpx2.Client:
        """The systems of record, asked by somebody else than the house."""
        made = self.systems.client()
        self.clients.append(made)
        return made

    def person(self, login: str) -> Person:
        """Somebody of the staff, signed in once a day."""
        if login not in self.people:
            http = self.client()
            said = _said(http.post("/api/v1/sessions", json={"login": login, "password": PASSWORD}))
            http.headers["x-newel-csrf"] = said["me"]["csrf_token"]
            self.people[login] = Person(login, http)
        return self.people[login]

    # The customer.

    def say(self, text: str, ref: str, **more: Any) -> Json:
        """The customer writes; what the shop's web site is answered."""
        self._introduce(ref)
        body = {"external_id": uuid4().hex, "conversation": f"chat of {ref}", "customer": {"ref": ref}}
        return _said(self.channel.post("/api/v1/messages", json=body | {"text": text} | more))

    def _introduce(self, ref: str) -> None:
        """The shop tells the house whom it knows, as it does with all its customers."""
        if ref in self.known:
            return
        told = self.books.get(f"/customers/{ref}").json()
        body = {name: told[name] for name in ("name", "email", "vip", "vulnerable", "training_consent")}
        value = told["lifetime_value"]["amount_minor"]
        said = self.channel.put(f"/api/v1/customers/{ref}", json=body | {"lifetime_value_minor": value})
        said.raise_for_status()
        self.known.add(ref)

    def messages(self, taken: Json) -> list[Json]:
        """All that has left for the customer of a conversation."""
        path = f"/api/v1/conversations/{taken['conversation_id']}/messages"
        found: list[Json] = _said(self.channel.get(path))["messages"]
        return found

    def replies(self, taken: Json, author: str) -> list[Json]:
        return [message for message in self.messages(taken) if message["author"] == author]

    def replied(self, taken: Json, author: str, count: int = 1) -> list[Json]:
        """The messages of an author, once there are so many."""

        def look() -> list[Json] | None:
            found = self.replies(taken, author)
            return found if len(found) >= count else None

        return until(f"{count} messages by {author}", look, lambda: self.told(taken))

    # The house, as its people see it.

    def case(self, taken: Json) -> Json:
        return self.person("ivan").get(f"/api/v1/cases/{taken['case_id']}")

    def becomes(self, taken: Json, state: str) -> Json:
        """The case, once it is in a state."""

        def look() -> Json | None:
            case = self.case(taken)
            return case if case["state"] == state else None

        return until(f"the case is {state}", look, lambda: self.told(taken))

    def owner(self, taken: Json) -> Person:
        """Whoever has the case, once somebody has."""
        return self.person(self.becomes(taken, "owned")["owner"])

    def approval(self, taken: Json) -> str:
        """The approval that a case waits for, once it does."""
        return str(self.becomes(taken, "approval")["approval_id"])

    def told(self, taken: Json) -> str:
        """The story of a case in short, and the logs of what has ended."""
        steps = "; ".join(f"{s['event']} {s['detail'].get('reasons', '')}" for s in self.trace(taken))
        ended = [p for p in (self.server, self.worker, self.people_worker) if p.ended()]
        return "\n".join([steps, *(p.log.read_text()[-2000:] for p in ended)])

    def trace(self, taken: Json) -> list[Json]:
        found: list[Json] = _said(self.auditor.get(f"/api/v1/cases/{taken['case_id']}/trace"))["steps"]
        return found

    # The world outside.

    def fault(self, mode: str, path: str, **more: Any) -> None:
        said = self.books.post("/faults", json={"mode": mode, "path_prefix": path} | more)
        said.raise_for_status()

    def faults(self) -> list[Json]:
        found: list[Json] = self.books.get("/faults").json()["faults"]
        return found

    def hooks(self, message: Json) -> list[Json]:
        """What the shop's receiver has got under a message's id."""
        said = self.books.get("/hooks/messages", params={"id": message["id"]}).json()
        found: list[Json] = said["messages"]
        return found

    # From below.

    def rows(self, statement: str, *args: object) -> list[Json]:
        async def ask() -> list[Json]:
            connection = await asyncpg.connect(self.owner_url)
            try:
                return [dict(row) for row in await connection.fetch(statement, *args)]
            finally:
                await connection.close()

        return asyncio.run(ask())

    def pass_time(self, **by: float) -> None:
        """The clock of the house is moved on."""
        self.rows("UPDATE public.day_clock SET ahead = ahead + $1", timedelta(**by))

    @contextmanager
    def without_ai(self) -> Iterator[None]:
        """For a while only a worker without the AI runs."""
        self.worker.stop()
        self.people_worker.start()
        try:
            yield
        finally:
            self.people_worker.stop()
            self.worker.start()


def _said(answer: httpx2.Response) -> Json:
    assert answer.is_success, (
        f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text}"
    )
    found: Json = answer.json()
    return found
