"""A house with 10,000 open cases: a score of them lived through the flows, the others copies of these."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

import asyncpg
import httpx2
import msgspec

from benchmarks.common import demo_house
from benchmarks.copies import FIRST, LAST, Copier, ages, original
from newel.config import Settings
from newel.domain.access import Actor, system
from newel.domain.intake import Inbound, Sender
from newel.domain.resolution import Category, Resolution
from newel.flow import access, draft, intake, note, resolution, routing, search
from newel.flow.house import House
from newel.store import access as accounts
from newel.store.embedded import Embedded
from newel.worker.loop import Loop

BENCH: Final = system("bench")
SYSTEMS_PORT: Final = 18411
PEOPLE: Final = 130
CAPACITY: Final = 14
QUIET_SECONDS: Final = 0.9
PASSWORD: Final = "hearthwick-demo"
OWNER, SUPERVISOR, AUDITOR = SEATS = ("amara", "ivan", "june")


@dataclass(frozen=True)
class Kind:
    """What a customer writes, as what it is copied how often, and over how many hours."""

    text: str
    copies: int
    hours: float
    ref: str = "C0012"
    step: str = ""
    open: bool = True
    fields: dict[str, Any] | None = None


KINDS: Final = {
    "safety": Kind("The kettle sparked, caught fire and burned my hand!", 60, 0.2, "C0021"),
    "hacked": Kind("Someone hacked my account and ordered things in my name!", 340, 0.9, "C0024"),
    "lawyer": Kind(
        "If this goes on I will call my lawyer. The lamp is late for the third time.", 900, 3.8, "C0025"
    ),
    "person": Kind("I want to talk to a real person please, about my sofa.", 1100, 3.8, "C0026"),
    "angry": Kind("This is disgusting, you are liars and thieves, I am furious!!!", 500, 3.8, "C0027"),
    "french": Kind("Bonjour, je veux parler à un humain, ma table est arrivée cassée.", 300, 3.8, "C0028"),
    "planner": Kind("Your site crashes when I upload a photo of my room.", 1587, 12.0, "C0029"),
    "owned": Kind(
        "I want to speak to a person about the broken mirror in order 10062.", 700, 3.0, "C0062", "own"
    ),
    "talked": Kind("human please, my lamp from order 10044 never worked", 560, 3.0, "C0020", "talk"),
    "refund": Kind("The mug in order 10043 arrived broken, refund please", 600, 0.3, "C0043"),
    "mug": Kind("Mug arrived broken, order 10031, refund please", 200, 0.3, "C0017"),
    "answered": Kind("Where is order 10023?", 1640, 20.0, "C0012"),
    "asked": Kind("Where is order 10463?", 1500, 0.02, "C0163", "ai"),
    "solved": Kind("human please, I cannot sign in", 3000, 11.0, "C0199", "solve", open=False),
}


@dataclass
class Full:
    """The house with what a benchmark needs to know of it."""

    settings: Settings
    house: House
    postgres: Embedded
    actor: Actor = BENCH
    cases: dict[str, UUID] = field(default_factory=dict)
    sessions: dict[str, str] = field(default_factory=dict)
    open: int = 0


@asynccontextmanager
async def full_house() -> AsyncIterator[Full]:
    """The demo company with its systems of record and 10,000 open cases."""
    async with (
        demo_house(systems_url=f"http://127.0.0.1:{SYSTEMS_PORT}") as (settings, house, postgres),
        _systems(settings),
    ):
        full = Full(msgspec.structs.replace(settings, database_url=postgres.app_url), house, postgres)
        people = await _people(house)
        for login in SEATS:
            full.sessions[login] = (await access.sign_in(house, login, PASSWORD)).session_id
        await _live(full, people)
        await _crowd(full, people)
        yield full


@asynccontextmanager
async def _systems(settings: Settings) -> AsyncIterator[None]:
    """The demo company's systems of record, as of today, as a process."""
    folder = Path(settings.home, "systems")
    settings.secret("systems_token")
    command = ["-m", "newel.demo", "--port", str(SYSTEMS_PORT), "--data", str(folder)]
    command += ["--token-file", str(Path(settings.home, "systems-token"))]
    command += [
        "--webhook-secret-file",
        str(folder / "webhook"),
        "--today",
        datetime.now(UTC).date().isoformat(),
    ]
    process = await asyncio.create_subprocess_exec(sys.executable, *command, env=dict(os.environ))
    try:
        await until_up(f"http://127.0.0.1:{SYSTEMS_PORT}/healthz")
        yield
    finally:
        process.terminate()
        await process.wait()


async def until_up(url: str) -> None:
    """Wait until a server answers."""
    async with httpx2.AsyncClient() as client:
        for _ in range(600):
            try:
                if (await client.get(url)).status_code == 200:
                    return
            except httpx2.TransportError:
                await asyncio.sleep(0.05)
    raise RuntimeError(f"{url} did not answer")


async def _people(house: House) -> dict[str, Actor]:
    """The company's people, all of them away: what comes waits in the queue."""
    async with house.db.tx(BENCH) as tx:
        found = {staff.login: staff.actor for staff in await accounts.everybody(tx)}
    for person in found.values():
        await routing.presence(house, BENCH, UUID(person.id), available=False)
    return found


async def _live(full: Full, people: dict[str, Actor]) -> None:
    """One case of each kind, as customers, the AI and people make it."""
    house, me = full.house, people[OWNER]
    await _warm(house)
    for name, kind in KINDS.items():
        if kind.step != "ai":
            full.cases[name] = await _say(house, kind)
    await asyncio.sleep(QUIET_SECONDS)
    await Loop(house).drain()
    for name, kind in KINDS.items():
        if kind.step in {"own", "talk", "solve"}:
            await _person(house, me, full.cases[name], kind.step)
    await asyncio.sleep(QUIET_SECONDS)
    await Loop(house).drain()
    for name, kind in KINDS.items():
        if kind.step == "ai":
            full.cases[name] = await _say(house, kind)


async def _warm(house: House) -> None:
    """The models, before they are asked while others wait."""
    async with house.db.tx(BENCH, read_only=True) as tx:
        running = await house.running(tx, "customer-support")
    await asyncio.to_thread(running.matcher.match, "Hello?")
    await asyncio.to_thread(running.library.search, "delivery", 1)


async def _say(house: House, kind: Kind) -> UUID:
    key = uuid4().hex
    inbound = Inbound(
        channel="api", external_id=key, conversation=key, customer=Sender(ref=kind.ref), text=kind.text
    )
    return (await intake.receive(house, BENCH, inbound)).case_id


async def _person(house: House, me: Actor, case_id: UUID, step: str) -> None:
    """What a person does with a case: has it, talks on it, or ends it."""
    item = await routing.assign(house, BENCH, case_id, UUID(me.id))
    await Loop(house).drain()
    if step == "own":
        return
    await resolution.reply(
        house, me, case_id, item.token, "I am sorry. I look into it and write again today."
    )
    await note.write(house, me, case_id, "The warehouse has been asked; they call back at three.")
    await draft.save(house, me, case_id, item.token, "The warehouse says that a new lamp")
    if step == "solve":
        ended = Resolution(category=Category.RESOLVED, reply="It works again now.", seconds_spent=240)
        await resolution.resolve(house, me, case_id, item.token, ended)


async def _crowd(full: Full, people: dict[str, Actor]) -> None:
    """Copies of all kinds, and enough people to have those that are owned."""
    connection = await asyncpg.connect(full.postgres.owner_url)
    try:
        me = UUID(people[OWNER].id)
        owners = cycle([me, *await _hire(connection, me)])
        copier = Copier(full.house.envelope)
        for name, kind in KINDS.items():
            of = await original(connection, full.house.envelope, full.cases[name])
            for age in ages(kind.hours, kind.copies):
                copier.copy(of, age, {me: next(owners)} if kind.step in {"own", "talk", "solve"} else {})
        await copier.write(connection)
        await connection.execute(_LOAD)
        full.open = await connection.fetchval(_OPEN)
        await connection.execute("VACUUM ANALYZE")
    finally:
        await connection.close()
    while await search.index(full.house):
        pass


_HIRE = """
INSERT INTO newel.staff (id, login, name, roles, clearance, skills, languages, zone, shifts, team, capacity,
    limit_minor, presence, eligible, general, created_at)
SELECT gen_random_uuid(), $2, $3, ARRAY['resolver'], clearance, skills, languages, zone, shifts, team, $4,
    limit_minor, 'available', eligible, general, created_at FROM newel.staff WHERE id = $1 RETURNING id
"""
_LOAD = """
UPDATE newel.staff s SET capacity = greatest(capacity, n), load = n FROM (
    SELECT owner_id, count(*) AS n FROM newel.work_item
    WHERE state = 'owned' AND lane = 'normal' GROUP BY owner_id) w
WHERE w.owner_id = s.id
"""
_OPEN = "SELECT count(*) FROM newel.cases WHERE state <> 'resolved'"


async def _hire(connection: asyncpg.Connection, like: UUID) -> list[UUID]:
    """More people of one's kind."""
    names = [f"{first} {last}" for first in FIRST for last in LAST][:PEOPLE]
    return [
        await connection.fetchval(_HIRE, like, f"agent{n}", name, CAPACITY) for n, name in enumerate(names)
    ]
