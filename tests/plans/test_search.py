"""Search at 20,000 rows: what is found, and what is still to be read, is walked to and no further."""

import re
from datetime import timedelta

import asyncpg
import pytest

from conftest import House
from newel.domain.access import system
from newel.store.db import sql
from plans.test_work import full

__all__ = ["full"]
ALL, SOME, ONE = b"a" * 12, b"s" * 12, b"o" * 12
_WORDS = """
INSERT INTO newel.search_word (word_mac, kind, subject_id, at)
SELECT w, 'case', id, opened_at - n * interval '1 second'
FROM (SELECT id, opened_at, row_number() OVER (ORDER BY id) AS n FROM newel.cases) c
    JOIN LATERAL unnest($1::bytea[]) AS w ON w = $1[1] OR w = $1[2] AND n % 2 = 0 OR n = 20000
"""


@pytest.fixture
async def worded(full: House) -> House:
    connection = await asyncpg.connect(full.owner_url)
    await connection.execute(_WORDS, [ALL, SOME, ONE])
    await connection.execute("VACUUM ANALYZE newel.search_word")
    await connection.close()
    return full


@pytest.mark.parametrize("words", [(ALL,), (ALL, SOME), (ALL, SOME, ONE)])
async def test_the_newest_of_many_are_found_without_reading_them_all(
    worded: House, words: tuple[bytes, ...]
) -> None:
    asked = f"EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, BUFFERS OFF) {sql('search').cases}"
    async with worded.db.tx(system("test"), read_only=True) as tx:
        told = [row[0] for row in await tx.rows(asked, list(words), 30)]
    found = "\n".join(told)
    assert "search_word_pkey" in found, found
    read = [
        line.split("rows=")[1].split(".")[0] for line in told if "search_word" in line and "rows=" in line
    ]
    assert sum(map(int, read)) < 4_000, found


_MESSAGES = (
    "SET session_replication_role = replica",
    "INSERT INTO newel.message (id, case_id, episode, direction, channel, external_mac, drafted_by, text_mac,"
    " body_sealed, created_at) SELECT gen_random_uuid(), id, 1, 'inbound', 'api',"
    " uuid_send(gen_random_uuid()), 'customer', '', '', now() - n * interval '1 second'"
    " FROM (SELECT id, row_number() OVER () AS n FROM newel.cases) c",
    "INSERT INTO newel.search_done (subject_id, at) SELECT id, created_at FROM newel.message"
    " WHERE created_at < now() - interval '10 seconds'",
    "VACUUM ANALYZE newel.message, newel.search_done",
)


async def test_what_was_not_read_is_found_among_the_newest_messages_alone(full: House) -> None:
    connection = await asyncpg.connect(full.owner_url)
    for statement in _MESSAGES:
        await connection.execute(statement)
    await connection.close()
    asked = f"EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, BUFFERS OFF) {sql('search').messages}"
    async with full.db.tx(system("test"), read_only=True) as tx:
        told = [row[0] for row in await tx.rows(asked, tx.now - timedelta(seconds=60), 400)]
    found = "\n".join(told)
    assert "message_created" in found, found
    walked = re.findall(r"Scan using (\w+) on (message|item) .*rows=(\d+)", found)
    assert {table for _, table, _ in walked} == {"message", "item"}, found
    assert all(int(rows) <= 60 for _, _, rows in walked), found
