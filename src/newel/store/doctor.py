"""What the doctor asks the database."""

from datetime import datetime

import msgspec

from newel.store.db import Tx, sql


class Server(msgspec.Struct, frozen=True):
    """The server as it presents itself to the application's role."""

    version: int
    fsync: str
    synchronous_commit: str
    role: str
    skew_seconds: float


async def server(tx: Tx, here: datetime) -> Server:
    """Version, durability, role, and how far its clock is from ours."""
    return Server(**dict(await tx.one(sql("doctor").server, here)))


async def owned(tx: Tx) -> int:
    """How many tables the application's role owns."""
    found: int = await tx.value(sql("doctor").owned)
    return found


async def limbo(tx: Tx) -> int:
    """Open cases that nothing and nobody will move."""
    found: int = await tx.value(sql("doctor").limbo)
    return found


async def dead(tx: Tx) -> dict[str, int]:
    """Dead letters by kind."""
    return {row["what"]: row["n"] for row in await tx.rows(sql("doctor").dead)}


async def late(tx: Tx) -> float:
    """Seconds that the oldest due job has been waiting."""
    found: float = await tx.value(sql("doctor").late)
    return found


class Workers(msgspec.Struct, frozen=True):
    """How many workers have been seen lately, and how many of them have the AI."""

    alive: int
    answering: int


async def workers(tx: Tx, within: float) -> Workers:
    """The workers that have been seen in the last seconds."""
    return Workers(**dict(await tx.one(sql("doctor").workers, within)))


async def workflows(tx: Tx) -> dict[str, int]:
    """The policy version in force, by workflow."""
    return {row["workflow"]: row["number"] for row in await tx.rows(sql("doctor").workflows)}
