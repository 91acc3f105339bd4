"""Accounts, sessions and service tokens as rows; secrets are kept as hashes only."""

import hashlib
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from newel.domain.access import SEEN_EVERY, Account, Staff, session_lives
from newel.store.db import Tx, sql


class Token(msgspec.Struct, frozen=True):
    """A service token as people see it: never its value."""

    id: UUID
    name: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


def digest(secret: str) -> bytes:
    """How a session id or token is kept: both are 32 random bytes, so a plain hash is enough."""
    return hashlib.sha256(secret.encode()).digest()


async def password_of(tx: Tx, login: str) -> tuple[UUID, str] | None:
    """The id and password hash of an active account that has a password."""
    row = await tx.row(sql("access").account_by_login, login)
    return (row["id"], row["password_hash"]) if row and row["password_hash"] else None


async def account(tx: Tx, login: str) -> tuple[UUID, Account] | None:
    """The account by login, locked."""
    row = await tx.row(sql("access").account_lock, login)
    if row is None:
        return None
    values = dict(row)
    return values.pop("id"), msgspec.convert(values, Account)


async def add_account(tx: Tx, staff_id: UUID, given: Account, password_hash: str | None) -> None:
    """Insert an account."""
    await tx.run(sql("access").account_add, staff_id, *_columns(given), password_hash, tx.now)


async def save_account(tx: Tx, staff_id: UUID, given: Account, password_hash: str | None) -> None:
    """Write back an account; without a password hash the old one stays."""
    await tx.run(sql("access").account_save, staff_id, *_columns(given), password_hash)


async def rehash(tx: Tx, staff_id: UUID, password_hash: str) -> None:
    """Keep the same password under stronger parameters."""
    await tx.run(sql("access").rehash, staff_id, password_hash)


async def staff(tx: Tx, staff_id: UUID) -> Staff | None:
    """An active person."""
    row = await tx.row(sql("access").staff, staff_id)
    return _staff(row) if row else None


async def everybody(tx: Tx) -> list[Staff]:
    """All active people."""
    return [_staff(row) for row in await tx.rows(sql("access").accounts)]


async def failures(tx: Tx, name_mac: str, since: datetime) -> int:
    """How often signing in under one name failed since then, on all nodes."""
    count: int = await tx.value(sql("access").failures, name_mac, since)
    return count


async def add_session(tx: Tx, session_id: str, staff_id: UUID, expires_at: datetime) -> None:
    """Begin a session; the person's dead ones go."""
    await tx.run(sql("access").sessions_forget, staff_id, tx.now)
    await tx.run(sql("access").session_add, digest(session_id), staff_id, tx.now, expires_at)


async def session(tx: Tx, session_id: str, *, idle: bool = False) -> Staff | None:
    """Whose live session this is; that they were here is noted once a minute, but for ``idle`` calls."""
    key = digest(session_id)
    row = await tx.row(sql("access").session, key)
    if row is None or not session_lives(
        tx.now, last_seen_at=row["last_seen_at"], expires_at=row["expires_at"]
    ):
        return None
    if not idle and tx.now - row["last_seen_at"] >= SEEN_EVERY:
        await tx.run(sql("access").session_seen, key, tx.now)
    return _staff(row)


async def end_session(tx: Tx, session_id: str) -> UUID | None:
    """End a session; whose it was, if it lived."""
    found: UUID | None = await tx.value(sql("access").session_end, digest(session_id), tx.now)
    return found


async def end_sessions(tx: Tx, staff_id: UUID) -> None:
    """End all sessions of a person."""
    await tx.run(sql("access").sessions_end, staff_id, tx.now)


async def add_token(
    tx: Tx, token_id: UUID, name: str, secret: str, scopes: list[str], expires_at: datetime | None
) -> bool:
    """Insert a token; False when the name is taken."""
    made = await tx.value(sql("access").token_add, token_id, name, digest(secret), scopes, tx.now, expires_at)
    return made is not None


async def token(tx: Tx, secret: str) -> tuple[str, frozenset[str]] | None:
    """The name and scopes of a live token."""
    row = await tx.row(sql("access").token, digest(secret), tx.now)
    return (row["name"], frozenset(row["scopes"])) if row else None


async def tokens(tx: Tx) -> list[Token]:
    """All tokens."""
    return [msgspec.convert(dict(row), Token) for row in await tx.rows(sql("access").tokens)]


async def revoke_token(tx: Tx, name: str) -> UUID | None:
    """Revoke by name; its id, if it lived."""
    found: UUID | None = await tx.value(sql("access").token_revoke, name, tx.now)
    return found


def _columns(given: Account) -> tuple[Any, ...]:
    return (
        given.login,
        given.name,
        sorted(given.roles),
        given.clearance,
        given.skills,
        list(given.languages),
        given.zone,
        given.shifts,
        given.team,
        given.capacity,
        given.limit_minor,
        given.customer_id,
        given.active,
        given.channel_capacity,
        given.region,
    )


def _staff(row: Any) -> Staff:
    return Staff(
        id=row["id"],
        login=row["login"],
        name=row["name"],
        roles=frozenset(row["roles"]),
        clearance=row["clearance"],
        presence=row["presence"],
        limit_minor=row["limit_minor"],
        languages=tuple(row["languages"]),
        region=row["region"],
        capacity=row["capacity"],
        channel_capacity=row["channel_capacity"],
    )
