"""Claiming the next item among 1,000 and 100,000 open ones, beside the naive query over skills."""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable

import asyncpg

from benchmarks.common import demo_house, emit
from newel.domain.access import system
from newel.flow.house import House
from newel.store import claim, routing
from newel.store.db import Tx

ACTOR = system("bench")
ROUNDS = 60
SKILLS = ["orders", "returns", "billing", "legal", "privacy", "complaints", "vendors", "invoices"]
_FILL = """
WITH made AS (
    INSERT INTO newel.cases (id, workflow, kind, customer_id, key_wrapped, policy_id, state, tier, opened_at,
        episode_opened_at)
    SELECT gen_random_uuid(), 'customer-support', 'item', gen_random_uuid(), '\\x00', gen_random_uuid(),
        'queued', 3, now(), now() FROM generate_series(1, $3)
    RETURNING id)
INSERT INTO newel.work_item (id, case_id, episode, workflow, state, priority, bucket, reason, queued_at,
    due_at)
SELECT gen_random_uuid(), id, 1, 'customer-support', 'queued', 1 + n % 3, $1 + n % $2, 'bench', now(),
    now() + n * interval '1 second'
FROM (SELECT id, row_number() OVER ()::integer AS n FROM made) t
"""
_NAIVE = """
SELECT w.id FROM newel.work_item w JOIN newel.bucket b ON b.id = w.bucket
WHERE w.state = 'queued' AND b.skills <@ $1::text[] AND b.language = ANY ($2::text[]) AND w.priority >= $3
ORDER BY w.priority, w.due_at, w.id LIMIT 1 FOR UPDATE OF w SKIP LOCKED
"""


async def fill(owner_url: str, rows: int) -> None:
    """So many cases wait, spread over kinds of work and priorities."""
    connection = await asyncpg.connect(owner_url)
    try:
        await connection.execute("SET session_replication_role = replica")
        await connection.execute("TRUNCATE newel.work_item, newel.cases CASCADE")
        for language in ("en", "fr", "de"):
            for number, skill in enumerate(SKILLS):
                await connection.execute(
                    "INSERT INTO newel.bucket (language, skills, regulated) VALUES ($1, $2, $3)"
                    " ON CONFLICT DO NOTHING",
                    language,
                    sorted({skill, SKILLS[(number * 3 + 1) % len(SKILLS)]}),
                    number % 4 == 0,
                )
        first, many = await connection.fetchrow("SELECT min(id), count(*)::int FROM newel.bucket")
        await connection.execute(_FILL, first, many, rows)
        await connection.execute("VACUUM ANALYZE newel.work_item, newel.cases")
    finally:
        await connection.close()


async def median(house: House, act: Callable[[Tx], Awaitable[object]]) -> float:
    """Microseconds of one claim inside its transaction, which is rolled back."""
    seconds = []
    for _ in range(ROUNDS):
        try:
            async with house.db.tx(ACTOR) as tx:
                began = time.perf_counter()
                await act(tx)
                seconds.append(time.perf_counter() - began)
                raise _Undo
        except _Undo:
            continue
    return statistics.median(seconds) * 1e6


class _Undo(Exception):
    """Rolls a measured claim back."""


async def main() -> None:
    """Print the figures."""
    async with demo_house() as (_, house, postgres):
        for rows in (1_000, 100_000):
            await fill(postgres.owner_url, rows)
            async with house.db.tx(ACTOR) as tx:
                person = next(p for p in await routing.people(tx) if p.login == "amara")
                await routing.requalify(tx)
                serving = await routing.serving(tx, person.id)
            naive = [sorted(person.skills), list(person.languages), 2]
            ours = await median(house, lambda tx, s=serving: claim.next_for(tx, s))
            theirs = await median(house, lambda tx, n=naive: tx.row(_NAIVE, *n))
            emit(f"claim among {rows:,} open", ours, "µs", peer="skills <@ query", peer_value=theirs)


if __name__ == "__main__":
    asyncio.run(main())
