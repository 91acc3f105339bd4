"""Feedback: written with the decision that it is about, ingested by a job, re-run by a person."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import msgspec

from newel.domain import feedback as rule
from newel.domain import mask
from newel.domain.access import Act, Actor, system
from newel.domain.errors import NewelError, StaleToken, Unavailable
from newel.domain.feedback import Body, Evidence, What
from newel.flow.house import House
from newel.store import answer as answers
from newel.store import case as cases
from newel.store import context as found
from newel.store import customer as customers
from newel.store import feedback as rows
from newel.store import intake as told
from newel.store import job as jobs
from newel.store.case import Case
from newel.store.db import Tx
from newel.store.feedback import Dead
from newel.store.job import Job

INGESTER: Final = system("feedback")


async def add(
    tx: Tx, house: House, case: Case, what: What, body: Body, resolution_id: UUID | None = None
) -> None:
    """Keep what was decided of the case's episode, for learning; the job follows in the same transaction."""
    body = msgspec.structs.replace(body, episode=case.episode)
    feedback = await rows.add(tx, house.envelope, case, what, body, resolution_id)
    await jobs.add(tx, "feedback", case_id=case.id, subject_id=feedback, priority=4)


async def ingest(house: House, job: Job) -> None:
    """Validate, mask, route to labels; three retries, then it is a dead letter."""
    try:
        async with house.db.tx(INGESTER) as tx:
            await _ingest(tx, house, _subject(job))
            await jobs.done(tx, job)
    except (StaleToken, Unavailable):
        raise
    except Exception as error:
        await _failed(house, job, error)


async def _ingest(tx: Tx, house: House, feedback_id: UUID) -> None:
    feedback = await rows.lock(tx, feedback_id)
    if feedback.state != "pending":
        return
    case = await cases.read(tx, feedback.case_id)
    body = feedback.body(house.envelope, case)
    case = msgspec.structs.replace(case, episode=body.episode or case.episode)  # it may be in another by now
    labels = rule.labels(feedback.kind, body, await _evidence(tx, house, case))
    await rows.ingest(tx, feedback, labels)


async def _evidence(tx: Tx, house: House, case: Case) -> Evidence:
    """What stands beside the person's word; the text leaves masked only (INV-15)."""
    customer = await customers.read(tx, house.envelope, case.customer_id)
    profile = customer.profile
    known = mask.known_of(profile.name, profile.address, profile.phone)
    said = await told.inbound(tx, house.envelope, case)
    text = "\n".join(one.body.text for one in said)
    proposal = await found.newest_proposal(tx, case)
    made = await answers.proposal(tx, house.envelope, case, proposal) if proposal else None
    return Evidence(
        workflow=case.workflow,
        contact_reason=case.contact_reason,
        masked_text=mask.masked_text(text, known),
        consent=customer.training_consent,
        confidence=made.confidence if made else None,
        markers=tuple(dict.fromkeys(m.id for one in said for m in one.receipt.markers)),
    )


async def _failed(house: House, job: Job, error: Exception) -> None:
    code = error.code if isinstance(error, NewelError) else type(error).__name__
    async with house.db.tx(INGESTER) as tx:
        attempts = await rows.tried(tx, _subject(job), code)
        wait = rule.retry_after(attempts)
        if wait is None:
            await rows.bury(tx, _subject(job), job.case_id, code)
            await jobs.done(tx, job)
        else:
            await jobs.retry(tx, job, at=tx.now + wait, error=code)


async def dead(house: House, actor: Actor, limit: int = 1000) -> list[Dead]:
    """The dead letters: ids and error codes."""
    actor.must(Act.OPERATE)
    async with house.db.tx(actor, read_only=True) as tx:
        return await rows.dead(tx, limit)


async def rerun(house: House, actor: Actor, ids: Sequence[UUID] | None = None) -> int:
    """Try dead letters again, these or all; how many."""
    actor.must(Act.OPERATE)
    async with house.db.tx(actor) as tx:
        revived = await rows.revive(tx, ids)
        for feedback, case_id in revived:
            await jobs.add(tx, "feedback", case_id=case_id, subject_id=feedback, priority=4)
    return len(revived)


def _subject(job: Job) -> UUID:
    assert job.subject_id is not None, "the job names its feedback"  # noqa: S101
    return job.subject_id
