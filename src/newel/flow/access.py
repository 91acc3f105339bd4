"""Signing in and out, staff accounts, service tokens: each act with its audit event."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from newel.domain.access import (
    SESSION_LIFE,
    SIGN_IN_TRIES,
    SIGN_IN_WINDOW,
    Account,
    Act,
    Actor,
    Key,
    Proof,
    Staff,
    TooManyTries,
    Unproven,
    privileges,
    system,
)
from newel.domain.errors import Conflict, Forbidden, Invalid, NotFound, Unauthenticated
from newel.domain.sentence import Sentence, joined
from newel.store import access, audit
from newel.store.db import Tx
from newel.store.routing import requalify

if TYPE_CHECKING:
    from newel.flow.house import House

TOKEN_PREFIX = "newel_"  # noqa: S105 - lets secret scanners know one when they see it
PASSWORD_LENGTHS = range(10, 257)
_hasher = PasswordHasher()
_hashing = ThreadPoolExecutor(max_workers=2, thread_name_prefix="argon2")
_NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$4YzLDOhxr/L0hgF02dnOUA$D5u0/KIco+95rxr+1oZBGcuA/m+/kmQkssB2eVGDN2A"
_READER = system("access")


class SignedIn(msgspec.Struct, frozen=True):
    """A new session: its id is told once, to the person's browser."""

    session_id: str
    staff: Staff
    expires_at: datetime


_NAMED = Sentence("the token name %(name)s")
_SCOPE = Sentence("the scope %(scopes)s")
_CHOOSE = Sentence("choose of: %(known)s")


async def sign_in(house: "House", login: str, password: str, *, former: str | None = None) -> SignedIn:
    """Check a password and begin a session under a fresh id; ``former`` is ended.

    Nothing tells an unknown name from a wrong password, not even the time that it takes.
    """
    name_mac = house.envelope.mac("sign_in", login).hex()
    async with house.db.tx(_READER, read_only=True) as tx:
        await _not_too_often(tx, name_mac)
        found = await access.password_of(tx, login)
    if not await _verified(found[1] if found else _NOBODY, password) or found is None:
        async with house.db.tx(_READER) as tx:
            await audit.record(tx, "access.sign_in_failed", "sign_in", name_mac)
        raise Unauthenticated(why="the name or the password is wrong")
    stronger = await _hashed(password) if _hasher.check_needs_rehash(found[1]) else None
    async with house.db.tx(Actor(kind="staff", id=str(found[0]))) as tx:
        await _not_too_often(tx, name_mac)  # many guesses at once pass the first look together
        return await _begin(tx, found[0], stronger, former)


async def _not_too_often(tx: Tx, name_mac: str) -> None:
    if await access.failures(tx, name_mac, tx.now - SIGN_IN_WINDOW) >= SIGN_IN_TRIES:
        raise TooManyTries(seconds=int(SIGN_IN_WINDOW.total_seconds()))


async def _begin(tx: Tx, staff_id: UUID, stronger: str | None, former: str | None) -> SignedIn:
    session_id = secrets.token_urlsafe(32)
    staff = await access.staff(tx, staff_id)
    if staff is None:
        raise Unauthenticated(why="the account is closed")
    if former:
        await access.end_session(tx, former)
    if stronger:
        await access.rehash(tx, staff_id, stronger)
    expires_at = tx.now + SESSION_LIFE
    await access.add_session(tx, session_id, staff_id, expires_at)
    await audit.record(tx, "access.signed_in", "staff", staff_id)
    return SignedIn(session_id, staff, expires_at)


async def sign_out(house: "House", actor: Actor, session_id: str) -> None:
    """End the session."""
    async with house.db.tx(actor) as tx:
        ended = await access.end_session(tx, session_id)
        if ended:
            await audit.record(tx, "access.signed_out", "staff", ended)


def proof_of(session_id: str) -> Proof:
    """What stands behind an act in the browser: the session by which the person came."""
    return Proof("session", access.digest(session_id))


@asynccontextmanager
async def proven(house: "House", login: str, password: str) -> AsyncIterator[tuple[Actor, Proof]]:
    """A person at the command line: who they are by their password, for as long as one act takes.

    Raises ``Unproven`` for a wrong name or password, ``TooManyTries`` as signing in does.
    """
    try:
        signed = await sign_in(house, login, password)
    except Unauthenticated as error:
        raise Unproven(login=login, why=error.data["why"]) from None
    actor = signed.staff.actor
    try:
        yield actor, Proof("password", access.digest(signed.session_id))
    finally:
        await sign_out(house, actor, signed.session_id)


async def who(house: "House", session_id: str, *, idle: bool = False) -> Staff:
    """Whose session it is; ``Unauthenticated`` when it ended or was left for too long.

    ``idle``: a page asks by itself, which does not count as the person being there.
    """
    async with house.db.tx(_READER) as tx:
        staff = await access.session(tx, session_id, idle=idle)
    if staff is None:
        raise Unauthenticated(why="the session has ended")
    return staff


async def service(house: "House", secret: str) -> Actor:
    """The service that a token stands for."""
    async with house.db.tx(_READER, read_only=True) as tx:
        found = await access.token(tx, secret)
    if found is None:
        raise Unauthenticated(why="the token is unknown, revoked or expired")
    return Actor(kind="service", id=found[0], scopes=found[1])


async def create_token(
    house: "House", actor: Actor, name: str, scopes: Iterable[str], *, expires_at: datetime | None = None
) -> str:
    """Make a service token; its value is returned here and never again."""
    actor.must(Act.MANAGE_ACCESS)
    wanted = _scopes(scopes)
    secret = TOKEN_PREFIX + secrets.token_urlsafe(32)
    token_id = uuid4()
    async with house.db.tx(actor) as tx:
        if expires_at is not None and expires_at <= tx.now:
            raise Invalid(what="the expiry", why="it lies in the past")
        if not await access.add_token(tx, token_id, _name(name), secret, wanted, expires_at):
            raise Conflict(what=_NAMED.of(name=name), state="taken", why="choose another, also if revoked")
        await audit.record(tx, "access.token_created", "service_token", token_id, scopes=wanted)
    return secret


async def revoke_token(house: "House", actor: Actor, name: str) -> None:
    """Take a token out of use; nodes forget it within a second."""
    actor.must(Act.MANAGE_ACCESS)
    async with house.db.tx(actor) as tx:
        token_id = await access.revoke_token(tx, name)
        if token_id is None:
            raise NotFound(what="live token", id=name)
        await audit.record(tx, "access.token_revoked", "service_token", token_id)


async def list_tokens(house: "House", actor: Actor) -> list[access.Token]:
    """All tokens without their values."""
    actor.must(Act.MANAGE_ACCESS)
    async with house.db.tx(actor, read_only=True) as tx:
        return await access.tokens(tx)


async def account(house: "House", actor: Actor, login: str) -> Account | None:
    """The account of a login, if there is one; everybody may see their own."""
    async with house.db.tx(actor) as tx:
        known = await access.account(tx, login)
    if known is None or str(known[0]) != actor.id:
        actor.must(Act.MANAGE_ACCESS)
    return known[1] if known else None


async def people(house: "House", actor: Actor) -> list[Staff]:
    """All active people."""
    actor.must(Act.MANAGE_ACCESS)
    async with house.db.tx(actor, read_only=True) as tx:
        return await access.everybody(tx)


async def put_staff(house: "House", actor: Actor, account: Account, *, password: str | None = None) -> UUID:
    """Create the account of this login or make it what is given; the person's id.

    Nobody changes their own roles, clearance or limit. A new password, another role or a closed
    account ends the person's sessions.
    """
    actor.must(Act.MANAGE_ACCESS)
    _zone(account.zone)
    hashed = await _hashed(_fit(password)) if password is not None else None
    async with house.db.tx(actor) as tx:
        known = await access.account(tx, account.login)
        if known is None:
            staff_id = await _create(tx, account, hashed)
        else:
            staff_id = known[0]
            await _update(tx, staff_id, known[1], account, hashed)
        if known is None or known[1] != account:
            await requalify(tx)
        return staff_id


async def _create(tx: Tx, account: Account, hashed: str | None) -> UUID:
    staff_id = uuid4()
    await access.add_account(tx, staff_id, account, hashed)
    await audit.record(tx, "access.staff_created", "staff", staff_id, **_said(account))
    return staff_id


async def _update(tx: Tx, staff_id: UUID, before: Account, after: Account, hashed: str | None) -> None:
    changed = privileges(before) != privileges(after)
    if changed and tx.actor.id == str(staff_id):
        raise Forbidden(actor=tx.actor.id, act="change their own rights", why="another admin must do it")
    if before == after and hashed is None:
        return
    await access.save_account(tx, staff_id, after, hashed)
    if changed or hashed:
        await access.end_sessions(tx, staff_id)
    await audit.record(
        tx, "access.staff_changed", "staff", staff_id, password=hashed is not None, **_said(after)
    )


def _said(account: Account) -> dict[str, Any]:
    return {
        "roles": sorted(account.roles),
        "clearance": account.clearance,
        "limit_minor": account.limit_minor,
        "active": account.active,
    }


async def _verified(password_hash: str, password: str) -> bool:
    try:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(_hashing, _hasher.verify, password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


async def _hashed(password: str) -> str:
    return await asyncio.get_running_loop().run_in_executor(_hashing, _hasher.hash, password)


def _fit(password: str) -> str:
    if len(password) not in PASSWORD_LENGTHS:
        raise Invalid(what="the password", why="it needs 10 to 256 characters")
    return password


def _zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Invalid(what="the time zone", why="write it as Europe/London") from None


def _name(name: str) -> str:
    try:
        return msgspec.convert(name, Key)
    except msgspec.ValidationError:
        raise Invalid(
            what="the token name", why="use small letters, digits, dot and dash, at most 64"
        ) from None


def _scopes(given: Iterable[str]) -> list[str]:
    wanted = sorted(set(given))
    unknown = [scope for scope in wanted if scope not in {act.value for act in Act}]
    if unknown or not wanted:
        known = ", ".join(act.value for act in Act)
        scopes = joined(unknown) if unknown else "(none)"
        raise Invalid(what=_SCOPE.of(scopes=scopes), why=_CHOOSE.of(known=known))
    return wanted
