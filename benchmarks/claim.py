"""Claiming the next item among 1,000 and 100,000 open ones, beside the naive query over skills.

Once by a person for some of whose kinds of work something waits, and once by one for whom nothing does.
That there is something, and that there is not, is held; and what a connection makes at its first claims
(the plan of each statement) is left out.
"""

import asyncio
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from itertools import product

import asyncpg
import msgspec

from benchmarks import limits
from benchmarks.common import demo_house, emit
from newel.domain.access import system
from newel.domain.routing import Person
from newel.flow.house import House
from newel.store import claim, routing
from newel.store.db import Tx

ACTOR = system("bench")
ROUNDS, WARM = 60, 12
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
        kinds = [*([skill] for skill in SKILLS), *_pairs()]
        for language, (number, skills) in product(("en", "fr", "de"), enumerate(kinds)):
            await connection.execute(
                "INSERT INTO newel.bucket (language, skills, regulated) VALUES ($1, $2, $3)"
                " ON CONFLICT DO NOTHING",
                language,
                skills,
                number % 4 == 3,
            )
        first, many = await connection.fetchrow("SELECT min(id), count(*)::int FROM newel.bucket")
        await connection.execute(_FILL, first, many, rows)
        await connection.execute("VACUUM ANALYZE newel.work_item, newel.cases")
    finally:
        await connection.close()


def _pairs() -> list[list[str]]:
    found = (sorted({skill, SKILLS[(n * 3 + 1) % len(SKILLS)]}) for n, skill in enumerate(SKILLS))
    return [pair for pair in found if len(pair) > 1]


async def median(house: House, act: Callable[[Tx], Awaitable[object]]) -> float:
    """Microseconds of one claim inside its transaction, which is rolled back, once it is warm."""
    seconds = []
    for _ in range(WARM + ROUNDS):
        try:
            async with house.db.tx(ACTOR) as tx:
                began = time.perf_counter()
                await act(tx)
                seconds.append(time.perf_counter() - began)
                raise _Undo
        except _Undo:
            continue
    return statistics.median(seconds[WARM:]) * 1e6


class _Undo(Exception):
    """Rolls a measured claim back."""


async def main() -> None:
    """Print the figures."""
    async with demo_house() as (_, house, postgres):
        for rows in (1_000, 100_000):
            await fill(postgres.owner_url, rows)
            async with house.db.tx(ACTOR) as tx:
                await routing.requalify(tx)
                people = {p.login: p for p in await routing.people(tx)}
            for login, skills, what in (("amara", None, ""), ("amara", {}, ", nothing for them")):
                await _one(house, people[login], rows, what, skills)


async def _one(house: House, person: Person, rows: int, what: str, skills: dict[str, int] | None) -> None:
    """One figure; with other ``skills`` than the person's own, for those."""
    async with house.db.tx(ACTOR) as tx:
        serving = await routing.serving(tx, person.id)
        if skills is not None:
            serving = msgspec.structs.replace(serving, eligible=[], general=serving.general)
        item = await claim.next_for(tx, serving)
    limits.hold(f"claim among {rows:,} open{what}: what was claimed", (item is None) == bool(what), str(item))
    known = list(skills if skills is not None else person.skills)
    naive = [sorted(known), list(person.languages), 2]
    ours = await median(house, lambda tx: claim.next_for(tx, serving))
    theirs = await median(house, lambda tx: tx.row(_NAIVE, *naive))
    emit(
        f"claim among {rows:,} open{what}", ours, "µs", peer="skills <@ query", peer_value=theirs,
        kinds_of_work=len(serving.eligible),
    )  # fmt: skip


if __name__ == "__main__":
    asyncio.run(main())
    sys.exit(limits.verdict())
