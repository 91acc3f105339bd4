"""Numbered SQL migrations, each once, in one transaction with its record."""

import hashlib
from importlib.resources import files
from typing import Any

import asyncpg
import msgspec

from newel.domain.errors import Invalid
from newel.domain.states import transitions
from newel.store.db import reaching

_LEDGER = """
CREATE TABLE IF NOT EXISTS public.newel_migration (
    number integer PRIMARY KEY, name text NOT NULL, digest text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT clock_timestamp());
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'newel_app') THEN
        BEGIN
            CREATE ROLE newel_app NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL; -- a role is the server's: another database is being migrated at this moment
        END;
    END IF;
    IF NOT pg_has_role(current_user, 'newel_app', 'MEMBER') THEN
        EXECUTE format('GRANT newel_app TO %I', current_user);
    END IF;
END $$;
GRANT SELECT ON public.newel_migration TO newel_app;
"""


class Migration(msgspec.Struct, frozen=True):
    """One numbered file."""

    number: int
    name: str
    text: str

    @property
    def digest(self) -> str:
        """SHA-256 of the file: an applied migration never changes."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def migrations() -> list[Migration]:
    """All shipped migrations in order."""
    folder = files("newel.store").joinpath("migrations")
    found = [f for f in folder.iterdir() if f.name.endswith(".sql")]
    return sorted(
        (Migration(int(f.name[:4]), f.name[:-4], f.read_text(encoding="utf-8")) for f in found),
        key=lambda m: m.number,
    )


def schema() -> str:
    """Today's whole schema, room by room."""
    folder = files("newel.store").joinpath("schema")
    names = sorted(f.name for f in folder.iterdir() if f.name.endswith(".sql"))
    return "\n".join(folder.joinpath(n).read_text(encoding="utf-8") for n in names)


async def migrate(url: str) -> list[str]:
    """Apply what is missing as the owner; the names applied. Safe to run twice at once."""
    with reaching():
        connection = await asyncpg.connect(url)
    try:
        await connection.execute("SELECT pg_advisory_lock(7304)")
        with reaching():
            await connection.execute(_LEDGER)
        return [m.name for m in migrations() if await _apply(connection, m)]
    finally:
        await connection.close()


async def _apply(connection: Any, migration: Migration) -> bool:
    known = await connection.fetchval(
        "SELECT digest FROM public.newel_migration WHERE number = $1", migration.number
    )
    if known is not None:
        if known != migration.digest:
            raise Invalid(what=migration.name, why="it was changed after it had been applied")
        return False
    async with connection.transaction():
        await connection.execute(migration.text)
        await load_transitions(connection)
        await connection.execute(
            "INSERT INTO public.newel_migration (number, name, digest) VALUES ($1, $2, $3)",
            migration.number,
            migration.name,
            migration.digest,
        )
    return True


async def load_transitions(connection: Any) -> None:
    """Make the guard's copy of the state machines the domain's."""
    await connection.execute("DELETE FROM newel.state_transition")
    await connection.executemany(
        "INSERT INTO newel.state_transition (machine, from_state, to_state) VALUES ($1, $2, $3)",
        list(transitions()),
    )


async def pending(url: str) -> list[str]:
    """The migrations that the database still lacks."""
    with reaching():
        connection = await asyncpg.connect(url)
    try:
        if await connection.fetchval("SELECT to_regclass('public.newel_migration')") is None:
            return [m.name for m in migrations()]
        known = {r["number"] for r in await connection.fetch("SELECT number FROM public.newel_migration")}
        return [m.name for m in migrations() if m.number not in known]
    finally:
        await connection.close()
