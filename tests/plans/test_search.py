"""Search among 20,000 cases that hold a word: the newest are found by a walk that ends with the page."""

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
