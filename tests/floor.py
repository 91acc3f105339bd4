"""A floor for tests of the people's side: the standard policy in force, the ten people, customers.

Everything stands on the real database and is written by the house's own steps. Only systems of
record are played, so that a test can hang them.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import msgspec
import yaml

from conftest import NOON
from conftest import House as Database
from newel.channels.api.webhook import Shelf
from newel.domain import policy
from newel.domain.access import Account, Actor, system
from newel.domain.escalation import Order
from newel.domain.intake import Inbound, Sender
from newel.domain.policy.bundle import Bundle
from newel.domain.policy.overflow import Overflow
from newel.domain.policy.parse import Source, load_bundle
from newel.domain.ports import Facts, Outcome, OutcomeKind
from newel.domain.scan.lexicon import shipped_lexicon
from newel.domain.scan.scanner import Scanner, compile_scanner
from newel.domain.words import Assist, Priority
from newel.flow import access, escalation, intake
from newel.flow.house import House, Running
from newel.store import audit
from newel.store import case as cases
from newel.store import routing as work
from newel.store.case import Case
from newel.store.db import Tx
from newel.store.routing import WorkItem
from newel.worker.loop import Loop

ROOT = Path(__file__).parents[1]
STAFF = yaml.safe_load((ROOT / "src/newel/demo/staff.yaml").read_text("utf-8"))["people"]
STANDARD = (Path(policy.__file__).parent / "default.yaml").read_text("utf-8")
HISTORY = """
systems:
  shop:
    base_url: SYSTEMS_URL
    owner: Shop team
    date: 2026-11-20
    look_ups: {history: {path: "/history/{ref}", source: shop}}
"""
TEST = system("test")
AI_KINDS = ("answer", "delivery", "settle", "approval_expiry", "deflection", "action")
P3 = Order(priority=Priority.P3, assist=Assist.DRAFT, skills=("orders",), primary="test")


class Records:
    """Systems of record whose history can be slow, away, or there."""

    def __init__(self) -> None:
        self.hangs_for = 0.0
        self.asked = 0

    async def look_up(self, call: str, args: Mapping[str, str]) -> Facts | None:
        import asyncio

        self.asked += 1
        await asyncio.sleep(self.hangs_for)
        return Facts({"contacts": [{"text": f"history of {args['customer']}"}]}, call, NOON)

    async def execute(self, request: Any) -> Outcome:
        return Outcome(OutcomeKind.REFUSED)

    async def reconcile(self, request: Any) -> Outcome:
        return Outcome(OutcomeKind.UNKNOWN)


@cache
def bundle(text: str = STANDARD + HISTORY) -> Bundle:
    return load_bundle(text, "customer-support.yaml")


@cache
def scanner() -> Scanner:
    return compile_scanner(bundle(), shipped_lexicon())


class Floor:
    """The house with its people at work."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.records = Records()
        self.policy_id = uuid4()
        self.house = House(
            database.db, database.envelope, {"api": Shelf()}, self._running, in_force=self._in_force
        )
        self.staff: dict[str, Actor] = {}
        self._running_now = Running(
            id=self.policy_id,
            number=1,
            bundle=bundle(),
            scanner=scanner(),
            matcher=None,  # type: ignore[arg-type]  # no answer is asked for here
            library=None,  # type: ignore[arg-type]  # nor quoted
            systems=self.records,
        )

    async def _running(self, _tx: Tx, _workflow: str) -> Running:
        return self._running_now

    def _in_force(self) -> dict[str, Running]:
        return {"customer-support": self._running_now}

    def pool(self, **said: Any) -> None:
        """An overflow pool stands in the policy in force, as ``said``."""
        rule = Overflow(owner="Ivan Petrov", date=NOON.date(), **said)
        bundled = msgspec.structs.replace(self._running_now.bundle, overflow=rule)
        self.replaced(replace(self._running_now, bundle=bundled))

    def replaced(self, running: Running) -> None:
        """Another policy is in force."""
        self._running_now = running

    @property
    def running(self) -> Running:
        return self._running_now

    def id_of(self, login: str) -> UUID:
        return UUID(self.staff[login].id)

    def login_of(self, staff_id: UUID | None) -> str | None:
        return next((login for login, a in self.staff.items() if a.id == str(staff_id)), None)

    @asynccontextmanager
    async def tx(self, actor: Actor = TEST) -> AsyncIterator[Tx]:
        async with self.house.db.tx(actor) as tx:
            yield tx

    async def say(self, text: str, *, ref: str = "", conversation: str = "", **more: Any) -> UUID:
        """A customer (a new one without ``ref``) writes; the case that the message is in."""
        taken = await intake.receive(
            self.house,
            TEST,
            Inbound(
                channel=more.pop("channel", "api"),
                external_id=str(uuid4()),
                conversation=conversation or str(uuid4()),
                customer=Sender(ref=ref or str(uuid4()), name="Priya Nair"),
                text=text,
                language="en",
                **more,
            ),
        )
        return taken.case_id

    async def escalated(self, order: Order = P3, **more: Any) -> UUID:
        """A case that a step has given to a person."""
        case_id = await self.say("Where is order 10023?", **more)
        await self.escalate(case_id, order)
        return case_id

    async def escalate(self, case_id: UUID, order: Order) -> Case:
        async with self.tx() as tx:
            case = await cases.lock(tx, case_id)
            return await escalation.escalate(tx, self.house, self.running, case, order)

    async def case(self, case_id: UUID) -> Case:
        async with self.tx() as tx:
            return await cases.read(tx, case_id)

    async def item(self, case_id: UUID) -> WorkItem | None:
        async with self.tx() as tx:
            return await work.open_of(tx, case_id)

    async def owner(self, case_id: UUID) -> str | None:
        item = await self.item(case_id)
        return self.login_of(item.owner_id) if item else None

    async def work(self, *, without: tuple[str, ...] = AI_KINDS) -> int:
        """Run every due job, and what follows."""
        return await Loop(self.house, without=without).drain()

    async def pass_time(self, **by: float) -> None:
        await self.database.pass_time(timedelta(**by))

    async def rows(self, statement: str, *args: object) -> list[Any]:
        return await self.database.as_owner(statement, *args)

    async def present(self, *logins: str) -> None:
        """Exactly these people are at work."""
        await self.rows(
            "UPDATE newel.staff SET presence = CASE WHEN login = ANY ($1) THEN 'available' ELSE 'away' END",
            list(logins),
        )

    async def signed_in(self, login: str) -> Actor:
        """A live session, without which nobody writes as a person."""
        await self.rows(
            "INSERT INTO newel.staff_session (id_hash, staff_id, created_at, last_seen_at, expires_at)"
            " VALUES (sha256(gen_random_uuid()::text::bytea), $1, newel.now(), newel.now(),"
            " newel.now() + interval '100 days')",
            self.id_of(login),
        )
        return self.staff[login]


EVERYBODY = tuple(one["login"] for one in STAFF if one["capacity"])


async def open_floor(database: Database, **said: Any) -> Floor:
    """The floor at noon on a Wednesday, with everybody present; ``said``: what its policy says otherwise."""
    await database.freeze(NOON)
    floor = Floor(database)
    floor.replaced(replace(floor.running, bundle=msgspec.structs.replace(floor.running.bundle, **said)))
    for one in STAFF:
        account = Account(
            login=one["login"],
            name=one["name"],
            roles=frozenset(one["roles"]),
            clearance=one["clearance"] or "none",
            skills=one["skills"],
            languages=tuple(one["languages"]),
            zone=one["zone"],
            shifts={day: tuple(spans) for day, spans in one["shifts"].items()},
            capacity=one["capacity"],
            limit_minor=one["own_refund_limit_minor"],
        )
        staff_id = await access.put_staff(floor.house, TEST, account)
        floor.staff[account.login] = Actor(
            kind="staff", id=str(staff_id), roles=account.roles, clearance=account.clearance
        )
    await _policy(floor)
    await floor.present(*EVERYBODY)
    return floor


async def _policy(floor: Floor) -> None:
    """The standard policy in force, signed by June."""
    messages = floor.running.bundle.messages
    await floor.signed_in("june")
    [(session,)] = await floor.rows("SELECT id_hash FROM newel.staff_session")
    async with floor.tx() as tx:
        await tx.run(
            "INSERT INTO newel.policy_version (id, workflow, number, name, digest, body, state, required,"
            " created_at)"
            " VALUES ($1, 'customer-support', 1, 'standard', sha256('x'), $3, 'draft', '{policy_owner}', $2)",
            floor.policy_id,
            tx.now,
            msgspec.json.encode(Source("default.yaml", STANDARD, {})).decode(),
        )
        await audit.record(tx, "policy.submitted", "policy", floor.policy_id, state="draft")
        texts = [(floor.policy_id, k, floor.house.envelope.mac("text", v)) for k, v in messages.items()]
        await tx.many("INSERT INTO newel.policy_template VALUES ($1, $2, $3)", texts)
        await tx.run(
            "INSERT INTO newel.policy_signature VALUES ($1, 'policy_owner', $2, $3, 'session', $4)",
            floor.policy_id,
            floor.id_of("june"),
            tx.now,
            session,
        )
        await tx.run(
            "UPDATE newel.policy_version SET state = 'active', activated_at = $2 WHERE id = $1",
            floor.policy_id,
            tx.now,
        )
        await audit.record(tx, "policy.activated", "policy", floor.policy_id, state="active")
    await floor.rows("UPDATE newel.staff_session SET ended_at = newel.now()")
