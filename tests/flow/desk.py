"""A desk for tests: the demo company's own policies and people, with the outside under the test's hand.

What is played: the systems of record (with a ledger of what happened there), the channel (by message
id), and which contact reason a text asks for. All else is the house as it runs.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import Any
from uuid import UUID, uuid4

import msgspec
from tests.flow.outside import Books, Inbox, Keywords

from conftest import NOON
from conftest import House as Database
from newel.ai.knowledge import Knowledge
from newel.domain.access import Actor, system
from newel.domain.intake import Inbound, Sender
from newel.domain.policy.bundle import Bundle
from newel.domain.policy.parse import stored_bundle
from newel.domain.ports import Advises
from newel.domain.scan.lexicon import shipped_lexicon
from newel.domain.scan.scanner import compile_scanner
from newel.flow import approval, intake
from newel.flow.approval import Verdict
from newel.flow.house import House, Running
from newel.store import case as cases
from newel.store import job as jobs
from newel.store import policy as policies
from newel.store.case import Case
from newel.store.db import Tx
from newel.store.intake import Taken
from newel.worker.loop import Loop

TEST = system("test")
STATUS = "Where is order 10023?"
REFUND = "Mug arrived broken, order 10031, refund please"
RESHIP = "The mug was missing from order 10031, please send it"
RESET = "I forgot my password, please send a reset link"
MARKER = "I will call my lawyer about this."
ADDRESS = "12 Quillfern Lane, Leeds"
PERSON = "I want to talk to a person, please"


class Desk:
    """The house at work, on one database."""

    def __init__(self, database: Database, running: dict[str, Running], staff: dict[str, Actor]) -> None:
        self.database = database
        self.books, self.inbox, self.staff = Books(), Inbox(), staff
        self.failing: Exception | None = None
        self._running = {w: _with(one, self.books) for w, one in running.items()}
        support = self._running["customer-support"].bundle
        self.messages = support.messages
        self.books.unkeyed = frozenset(
            name for name, kind in support.actions.items()
            if support.systems[kind.system].actions[name].key == "none"
        )  # fmt: skip
        self.house = House(
            database.db,
            database.envelope,
            {"api": self.inbox},
            self._in_force,
            in_force=lambda: self._running,
        )

    async def _in_force(self, _tx: Tx, workflow: str) -> Running:
        failing, self.failing = self.failing, None
        if failing:
            raise failing
        return self._running[workflow]

    @property
    def bundle(self) -> Bundle:
        return self._running["customer-support"].bundle

    def amend(self, **changes: Any) -> None:
        """Another policy of customer support is in force."""
        now = self._running["customer-support"]
        self._running["customer-support"] = replace(
            now, bundle=msgspec.structs.replace(now.bundle, **changes)
        )

    def advised_by(self, advises: Advises | None) -> None:
        """Who is asked for a second opinion from here on."""
        now = self._running["customer-support"]
        self._running["customer-support"] = replace(now, advises=advises)

    async def take(
        self, text: str, *, ref: str = "C0017", thread: str = "", external: str = "", address: str = ADDRESS
    ) -> Taken:
        """The customer writes."""
        message = Inbound(
            channel="api",
            external_id=external or str(uuid4()),
            conversation=thread or f"thread of {ref}",
            customer=Sender(ref=ref, name="Tom Ashdown", address=address),
            text=text,
        )
        return await intake.receive(self.house, TEST, message)

    async def say(self, text: str, **more: str) -> UUID:
        return (await self.take(text, **more)).case_id

    async def drain(self, *, without: tuple[str, ...] = ()) -> int:
        """A burst's quiet time passes, and the worker does all that is due then."""
        await self.pass_time(seconds=6)
        return await Loop(self.house, without=without).drain()

    async def expire_leases(self) -> None:
        """A worker is gone for longer than its lease."""
        await self.pass_time(seconds=61)
        async with self.house.db.tx(TEST) as tx:
            await jobs.expire(tx)

    async def pass_time(self, **by: float) -> None:
        self.books.passes(timedelta(**by).total_seconds())
        await self.database.pass_time(timedelta(**by))

    async def case(self, case_id: UUID) -> Case:
        async with self.house.db.tx(TEST) as tx:
            return await cases.read(tx, case_id)

    async def pending(self, case_id: UUID) -> UUID | None:
        rows = await self.rows(
            "SELECT id FROM newel.approval WHERE case_id = $1 AND state = 'pending'", case_id
        )
        return rows[0]["id"] if rows else None

    async def decide(self, login: str, found: UUID, decision: str = "approve", **more: Any) -> str:
        verdict = Verdict(decision=decision, **more)  # type: ignore[arg-type]
        return await approval.decide(self.house, self.staff[login], found, verdict)

    async def approve(self, case_id: UUID, login: str = "amara") -> str:
        found = await self.pending(case_id)
        assert found is not None
        return await self.decide(login, found)

    async def proposed(self, text: str = REFUND, **more: str) -> UUID:
        """A case whose proposal waits for a person."""
        case_id = await self.say(text, **more)
        await self.drain()
        assert (await self.case(case_id)).state == "approval"
        return case_id

    async def rows(self, statement: str, *args: object) -> list[Any]:
        return await self.database.as_owner(statement, *args)

    async def actions(self) -> list[str]:
        return [row["state"] for row in await self.rows("SELECT state FROM newel.action ORDER BY created_at")]

    async def limbo(self) -> list[Any]:
        return await self.rows("SELECT id, state FROM newel.limbo")


def _with(running: Running, books: Books) -> Running:
    return Running(
        id=running.id,
        number=running.number,
        bundle=running.bundle,
        scanner=running.scanner,
        matcher=Keywords(),
        library=Knowledge([], running.bundle.knowledge),
        systems=books,
    )


@cache
def _compiled(version: UUID, number: int, body: str) -> Running:
    bundle = stored_bundle(body)
    scanner, matcher = compile_scanner(bundle, shipped_lexicon()), Keywords()
    library = Knowledge([], bundle.knowledge)
    return Running(version, number, bundle, scanner, matcher, library, Books())


async def open_desk(database: Database) -> Desk:
    """The desk of a database in which the company was set up."""
    async with database.db.tx(TEST) as tx:
        active = await policies.active(tx)
        people = await tx.rows("SELECT id, login, roles, clearance FROM newel.staff")
    running = {v.workflow: _compiled(v.id, v.number, v.body) for v in active}
    staff = {
        p["login"]: Actor(
            kind="staff", id=str(p["id"]), roles=frozenset(p["roles"]), clearance=p["clearance"]
        )
        for p in people
    }
    await database.freeze(NOON)
    return Desk(database, running, staff)


@asynccontextmanager
async def database_of(server: Any, template: str) -> AsyncIterator[Database]:
    """A clone of a template as a test's database."""
    from conftest import database_url
    from newel.store import db

    name = await server.clone(template)
    pool = await db.connect(database_url(server.app_url, name), size=8)
    try:
        yield Database(server, name, pool)
    finally:
        await pool.close()
        await server.drop(name)
