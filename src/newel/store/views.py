"""Read models: what pages, the API and the trace show. They read and never write."""

import msgspec

from newel.store.db import Tx, sql
from newel.store.migrate import migrations


class Open(msgspec.Struct, frozen=True):
    """How many rows of a kind stand in a state."""

    what: str
    state: str
    n: int


async def missing_migrations(tx: Tx) -> list[str]:
    """The shipped migrations that this database lacks."""
    applied = {row["number"] for row in await tx.rows(sql("views").migrations)}
    return [m.name for m in migrations() if m.number not in applied]


async def open_work(tx: Tx) -> list[Open]:
    """All open work by kind and state."""
    return [Open(**dict(row)) for row in await tx.rows(sql("views").open_work)]
