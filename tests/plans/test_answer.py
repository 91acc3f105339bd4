"""A turn of the AI at 20,000 cases that it answered: it reads its own case's messages alone."""

from uuid import UUID

import asyncpg

from conftest import House
from newel.store.db import sql
from plans.test_miss import heard
from plans.test_work import full, plan

__all__ = ["full", "heard"]
ASKED = (
    "SET session_replication_role = replica",
    "INSERT INTO newel.proposal (id, case_id, episode, message_id, contact_reason, drafted_by, confidence,"
    " calibrated, model, reasons, sources, draft_sealed, state, policy_id, created_at)"
    " SELECT gen_random_uuid(), case_id, 1, id, 'x', 'ai', 1, true, 'm', '{question}', '[]', '', 'decided',"
    " gen_random_uuid(), now() FROM newel.message",
    "INSERT INTO newel.message (id, case_id, episode, direction, channel, drafted_by, proposal_id, text_mac,"
    " body_sealed, created_at) SELECT gen_random_uuid(), case_id, 1, 'outbound', 'api', 'ai', id, '', '',"
    " now() FROM newel.proposal",
    "INSERT INTO newel.outbox (id, message_id, case_id, conversation_id, episode, state, created_at)"
    " SELECT gen_random_uuid(), id, case_id, gen_random_uuid(), 1, 'pending', now() FROM newel.message"
    " WHERE direction = 'outbound'",
    "VACUUM ANALYZE newel.proposal, newel.message, newel.outbox",
)


async def test_which_question_is_open_is_read_from_the_cases_own_messages(house: House, heard: UUID) -> None:
    connection = await asyncpg.connect(house.owner_url)
    for statement in ASKED:
        await connection.execute(statement)
    await connection.close()
    found = await plan(house, sql("answer").open_question, heard, 1, 0)
    assert "Seq Scan" not in found, found
    (asked,) = await house.as_owner(sql("answer").open_question, heard, 1, 0)
    assert asked["contact_reason"] == "x"
