"""What is shown of a case is looked up by it, at 20,000 messages with their receipts."""

from uuid import UUID, uuid4

import asyncpg
import pytest

from conftest import House
from newel.store.db import sql
from plans.test_work import full, plan

__all__ = ["full"]
FILL = (
    "SET session_replication_role = replica",
    "INSERT INTO newel.message (id, case_id, episode, direction, channel, external_mac, drafted_by,"
    " text_mac, body_sealed, received_at, created_at) SELECT gen_random_uuid(), id, 1, 'inbound', 'api',"
    " decode(md5(id::text), 'hex'), 'customer', '', '', now(), now() FROM newel.cases",
    "INSERT INTO newel.scan_receipt (id, message_id, case_id, policy_id, outcome, tier_floor, locked,"
    " markers, clusters, risk, not_evaluated, evidence_sealed, at) SELECT gen_random_uuid(), id, case_id,"
    " gen_random_uuid(), 'scanned', 1, false, '{}', '{}', 0, '{}', '', now() FROM newel.message",
    "VACUUM ANALYZE newel.message, newel.scan_receipt",
)


@pytest.fixture
async def heard(full: House) -> UUID:
    connection = await asyncpg.connect(full.owner_url)
    for statement in FILL:
        await connection.execute(statement)
    await connection.close()
    rows = await full.as_owner("SELECT case_id FROM newel.message LIMIT 1")
    found: UUID = rows[0]["case_id"]
    return found


async def test_whether_a_case_may_be_marked_as_missed_is_read_from_its_own_messages(
    house: House, heard: UUID
) -> None:
    found = await plan(house, sql("miss").standing, heard, uuid4(), 1)
    assert "Seq Scan on scan_receipt" not in found, found
    assert "scan_receipt_message_id_key" in found, found
