"""A desk for tests: the demo company's own policies and people, with the outside under the test's hand.

What is played: the systems of record (with a ledger of what happened there), the channel (by message
id), and which contact reason a text asks for. All else is the house as it runs.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from importlib.resources import files
from typing import Any
from uuid import UUID, uuid4

import yaml

from conftest import NOON
from conftest import House as Database
from newel.ai.knowledge import Knowledge
from newel.domain.access import Account, Actor, Role, system
from newel.domain.intake import Inbound, Sender
from newel.domain.policy.parse import Source, included, stored_bundle
from newel.domain.ports import ActionRequest, Delivery, Facts, Match, Outbound, Outcome, OutcomeKind
from newel.domain.scan.lexicon import shipped_lexicon
from newel.domain.scan.scanner import compile_scanner
from newel.flow import access, approval, intake, policy
from newel.flow.approval import Verdict
from newel.flow.house import House, Running
from newel.store import case as cases
from newel.store import job as jobs
from newel.store import policy as policies
from newel.store.case import Case
from newel.store.db import Db, Tx
from newel.store.envelope import Envelope
from newel.store.intake import Taken
from newel.worker.loop import Loop

TEST = system("test")
CONFIRMED, REFUSED, NOT_EXECUTED, UNKNOWN = OutcomeKind
POLICIES = ("customer-support.yaml", "invoice-exceptions.yaml")
SIGNERS = {"model_risk": "june", "policy_owner": "june", "legal_compliance": "esme", "improver": "ivan"}
PRESENT = ("amara", "ben", "chloe", "esme", "farid", "greta", "hana", "ivan")
STATUS = "Where is order 10023?"
REFUND = "Mug arrived broken, order 10031, refund please"
RESHIP = "The mug was missing from order 10031, please send it"
RESET = "I forgot my password, please send a reset link"
MARKER = "I will call my lawyer about this."
ADDRESS = "12 Quillfern Lane, Leeds"
PERSON = "I want to talk to a person, please"
_REASONS = {
    "where is": "order_status",
    "refund": "refund_damaged",
    "missing": "reship_missing_item",
    "password": "password_reset",
}


class Keywords:
    """Implements ``newel.domain.ports.Matcher`` by one word for each reason."""

    version = "keywords"

    def match(self, text: str) -> Match:
        found = next((r for word, r in _REASONS.items() if word in text.casefold()), None)
        return Match(found, 0.97 if found else 0.9, calibrated=True)


def money(minor: int) -> dict[str, Any]:
    return {"amount_minor": minor, "currency": "GBP"}


def order(no: str, customer: str, state: str, minor: int = 1800) -> dict[str, Any]:
    """One order in the shape of the shop's order book."""
    mug = {"sku": "HW-101", "name": "Stoneware mug, moss", "quantity": 1, "price": money(minor)}
    day = NOON.date()
    return {
        "no": no,
        "customer": customer,
        "state": state,
        "items": [mug],
        "contents": "1 × Stoneware mug, moss",
        "items_total": money(minor),
        "shipping": money(395),
        "total": money(minor + 395),
        "refunded": money(0),
        "refundable": money(minor + 395),
        "carrier": "Parcelway",
        "tracking": f"PW{no}GB",
        "placed_on": (day - timedelta(days=6)).isoformat(),
        "dispatched_on": (day - timedelta(days=5)).isoformat(),
        "expected_on": (day + timedelta(days=2)).isoformat(),
        "delivered_on": (day - timedelta(days=3)).isoformat() if state == "delivered" else None,
        "days_late": 0,
    }


ORDERS = {
    "10023": order("10023", "C0012", "dispatched"),
    "10031": order("10031", "C0017", "delivered"),
    "10044": order("10044", "C0020", "delivered", 24000),
}


@dataclass
class Books:
    """Implements ``newel.domain.ports.Systems``: answers, delays, failures, and a ledger of effects.

    ``script`` says how the next calls go: ``ok``, ``refuse``, ``away`` (nothing happened), ``lost``
    (it happened, nobody hears of it), ``late`` (it happens only at ``land``), ``dies_before`` and
    ``dies_after`` (the worker is killed there).
    """

    script: list[str] = field(default_factory=list)
    calls: list[ActionRequest] = field(default_factory=list)
    ledger: list[ActionRequest] = field(default_factory=list)
    under_way: list[ActionRequest] = field(default_factory=list)
    meanwhile: Callable[[], Awaitable[object]] | None = None
    thinking: Callable[[], Awaitable[object]] | None = None
    unkeyed: frozenset[str] = frozenset()
    silent: bool = False

    async def look_up(self, call: str, args: Mapping[str, str]) -> Facts | None:
        await self._once("thinking")
        found: dict[str, Any] | None = None
        if call == "shop.order":
            found = ORDERS.get(args["order"])
        elif call == "shop.products":
            found = {"count": 1, "products": [{"sku": "HW-101", "stock": 5}]}
        elif call == "shop.customer":
            found = {"ref": args["customer"], "customer": args["customer"], "email": "c@example.com"}
        return Facts(found, f"{call} {sorted(args.values())}", NOON) if found else None

    async def execute(self, request: ActionRequest) -> Outcome:
        self.calls.append(request)
        how = self.script.pop(0) if self.script else "ok"
        await self._once("meanwhile")
        if how == "dies_before":
            raise asyncio.CancelledError
        if how in {"ok", "lost", "dies_after"}:
            self._happens(request)
        if how == "late":
            self.under_way.append(request)
        if how == "dies_after":
            raise asyncio.CancelledError
        said = {"ok": CONFIRMED, "refuse": REFUSED, "away": NOT_EXECUTED}.get(how, UNKNOWN)
        return Outcome(said, reference=f"R-{request.key[:6]}" if said is CONFIRMED else "", reason=how)

    async def reconcile(self, request: ActionRequest) -> Outcome:
        if self.silent:
            return Outcome(UNKNOWN, reason="no answer")
        if any(one.key == request.key for one in self.ledger):
            return Outcome(CONFIRMED, reference=f"R-{request.key[:6]}")
        return Outcome(NOT_EXECUTED)

    async def _once(self, hook: str) -> None:
        step = getattr(self, hook)
        setattr(self, hook, None)
        if step is not None:
            await step()

    def land(self) -> None:
        """What was under way happens now."""
        for request in self.under_way:
            self._happens(request)
        self.under_way.clear()

    def _happens(self, request: ActionRequest) -> None:
        """A key makes two calls one effect; without one, each call counts."""
        known = any(one.key == request.key for one in self.ledger)
        if request.action in self.unkeyed or not known:
            self.ledger.append(request)


@dataclass
class Inbox:
    """Implements ``newel.domain.ports.Channel``: what the customer has, by message id."""

    name = "api"
    got: dict[str, Outbound] = field(default_factory=dict)
    refusals: int = 0
    meanwhile: Callable[[], Awaitable[object]] | None = None

    async def deliver(self, message: Outbound) -> Delivery:
        step, self.meanwhile = self.meanwhile, None
        if step is not None:
            await step()
        if self.refusals:
            self.refusals -= 1
            return Delivery(accepted=False, reason="away")
        self.got[message.message_id] = message
        return Delivery(accepted=True)

    def texts(self, author: str = "") -> list[str]:
        return [m.text for m in self.got.values() if author in {"", m.author}]


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
        self.house = House(database.db, database.envelope, {"api": self.inbox}, self._in_force)

    async def _in_force(self, _tx: Tx, workflow: str) -> Running:
        failing, self.failing = self.failing, None
        if failing:
            raise failing
        return self._running[workflow]

    async def take(self, text: str, *, ref: str = "C0017", thread: str = "", external: str = "") -> Taken:
        """The customer writes."""
        message = Inbound(
            channel="api",
            external_id=external or str(uuid4()),
            conversation=thread or f"thread of {ref}",
            customer=Sender(ref=ref, name="Tom Ashdown", address=ADDRESS),
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


async def set_up(pool: Db, envelope: Envelope) -> None:
    """The demo company's people and policies, each by the house's own steps."""
    house = House(pool, envelope, {}, _nothing)
    staff = {one["login"]: await _person(house, one) for one in _staff()}
    for name in POLICIES:
        await _policy(house, staff, name)
    async with pool.tx(TEST) as tx:
        await tx.run("UPDATE newel.staff SET presence = 'available' WHERE login = ANY ($1)", list(PRESENT))
        await tx.run(
            "INSERT INTO newel.staff_session (id_hash, staff_id, created_at, last_seen_at, expires_at)"
            " SELECT sha256(login::bytea), id, $1, $1, $2 FROM newel.staff",
            NOON,
            NOON + timedelta(days=3650),
        )


async def _nothing(_tx: Tx, workflow: str) -> Running:
    raise LookupError(workflow)


def _staff() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load(files("newel.demo").joinpath("staff.yaml").read_text())[
        "people"
    ]
    return found


async def _person(house: House, one: dict[str, Any]) -> Actor:
    account = Account(
        login=one["login"],
        name=one["name"],
        roles=frozenset(Role(role) for role in one["roles"]),
        clearance=one["clearance"] or "none",
        skills=one.get("skills") or {},
        languages=tuple(one["languages"]),
        zone=one["zone"],
        shifts={day: tuple(spans) for day, spans in one["shifts"].items()},
        team=one["team"],
        capacity=one["capacity"],
        limit_minor=one["own_refund_limit_minor"],
    )
    found = await access.put_staff(house, TEST, account)
    return Actor(kind="staff", id=str(found), roles=account.roles, clearance=account.clearance)


async def _policy(house: House, staff: dict[str, Actor], name: str) -> None:
    folder = files("newel.demo").joinpath("policy")
    text = folder.joinpath(name).read_text("utf-8")
    siblings = {other: folder.joinpath(other).read_text("utf-8") for other in included(text, name)}
    version = await policy.submit(house, staff["ivan"], Source(name, text, siblings))
    for role in version.required:
        await policy.sign(house, staff[SIGNERS[role]], version.id, Role(role))
    await policy.activate(house, staff["june"], version.id)


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
