"""The demo company's people and policies, each by the house's own steps."""

from datetime import timedelta
from hashlib import sha256
from importlib.resources import files
from typing import Any

import yaml

from conftest import NOON
from newel.domain.access import Account, Actor, Proof, Role, system
from newel.domain.policy.parse import Source, included
from newel.flow import access, policy
from newel.flow.house import House, Running
from newel.store import audit
from newel.store.db import Db, Tx
from newel.store.envelope import Envelope

TEST = system("test")
POLICIES = ("customer-support.yaml", "invoice-exceptions.yaml")
SIGNERS = {"model_risk": "june", "policy_owner": "june", "legal_compliance": "esme", "improver": "ivan"}
PRESENT = ("amara", "ben", "chloe", "esme", "farid", "greta", "hana", "ivan")


async def set_up(pool: Db, envelope: Envelope) -> None:
    """The demo company's people and policies, each by the house's own steps."""
    house = House(pool, envelope, {}, _nothing)
    staff = {one["login"]: await _person(house, one) for one in _staff()}
    for login in staff:
        await _sign_in(house, login)
    for name in POLICIES:
        await _policy(house, staff, name)
    async with pool.tx(TEST) as tx:
        await tx.run("UPDATE newel.staff SET presence = 'available' WHERE login = ANY ($1)", list(PRESENT))


async def _sign_in(house: House, login: str) -> None:
    """A session for ten years; whose it is by their login."""
    async with house.db.tx(TEST) as tx:
        who = await tx.value("SELECT id FROM newel.staff WHERE login = $1", login)
    async with house.db.tx(Actor(kind="staff", id=str(who))) as tx:
        await tx.run(
            "INSERT INTO newel.staff_session (id_hash, staff_id, created_at, last_seen_at, expires_at)"
            " VALUES (sha256($1::text::bytea), $2, $3, $3, $4)",
            login,
            who,
            NOON,
            NOON + timedelta(days=3650),
        )
        await audit.record(tx, "access.signed_in", "staff", who)


def session_of(login: str) -> Proof:
    """The session that everybody has here."""
    return Proof("session", sha256(login.encode()).digest())


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
        signer = SIGNERS[role]
        await policy.sign(house, staff[signer], version.id, Role(role), session_of(signer))
    await policy.activate(house, staff["june"], version.id)
