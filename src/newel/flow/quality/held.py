"""Review before release: an answer waits for a reviewer, who releases, corrects or returns it (QUA-3)."""

from datetime import datetime
from uuid import UUID

from newel.domain import quality as rule
from newel.domain.access import Actor, system
from newel.domain.approval import times
from newel.domain.errors import Conflict
from newel.domain.escalation import for_want_of
from newel.domain.note import Kind, fit
from newel.domain.quality import Ruling, Score, Verdict
from newel.domain.words import Tier
from newel.flow import delivery, escalation, routing
from newel.flow.house import House, Running
from newel.flow.quality.scoring import begin, judged, must_review, teach
from newel.store import answer as answers
from newel.store import case as cases
from newel.store import job as jobs
from newel.store import note as notes
from newel.store import quality as rows
from newel.store import routing as work
from newel.store.answer import Made
from newel.store.case import Case
from newel.store.db import Tx
from newel.store.delivery import Provenance, end_proposal
from newel.store.job import Job
from newel.store.quality import Asked, Review


async def hold(tx: Tx, house: House, running: Running, case: Case, made: Made) -> None:
    """Put an answer before the reviewers, with its target and its end; nothing is written to the customer."""
    due, expires = times(running.bundle, tx.now)
    asked = Asked(
        kind="held",
        work="ai",
        proposal_id=made.id,
        text_mac=house.envelope.mac("text", made.draft.reply),
        due_at=due,
        expires_at=expires,
    )
    review = await rows.add(tx, case, asked)
    await jobs.add(tx, "review_expiry", at=expires, case_id=case.id, subject_id=review)
    await cases.move(tx, case, "held", state="held", tier=max(case.tier or Tier.SUPERVISED, Tier.SUPERVISED))


async def decide(house: House, actor: Actor, review_id: UUID, ruling: Ruling, said: Verdict) -> Score:
    """Release what waits, send it corrected, or return the case to a person; by the scorecard.

    Raises ``Conflict`` when a failed check would be released, or when it is decided or too late.
    """
    must_review(actor)
    async with house.db.tx(actor) as tx:
        case, review = await begin(tx, actor, review_id)
        _must_wait(review, tx.now)
        running = await house.running(tx, case.workflow)
        found = judged(running, review, said)
        rule.must_say(review.kind, ruling, said)
        rule.must_pass(ruling, found, review_id)
        await _ruled(tx, house, running, case, review, ruling, said, found)
    return found


async def _ruled(
    tx: Tx,
    house: House,
    running: Running,
    case: Case,
    review: Review,
    ruling: Ruling,
    said: Verdict,
    found: Score,
) -> None:
    assert review.proposal_id is not None, "what is held is a proposal"  # noqa: S101
    made = await answers.proposal(tx, house.envelope, case, review.proposal_id)
    text = said.text.strip() if ruling == "correct" else made.draft.reply
    await rows.end(
        tx,
        house.envelope,
        case,
        review,
        "released" if ruling == "release" else "corrected" if ruling == "correct" else "returned",
        said,
        (running.id, found),
        house.envelope.mac("text", text),
    )
    await teach(tx, house, case, review, said, found)
    await jobs.drop(tx, case.id, "review_expiry")
    if ruling == "return":
        await _returned(tx, house, running, case, said)
    else:
        await _sent(tx, house, case, made, text, UUID(tx.actor.id), corrected=ruling == "correct")


def _must_wait(review: Review, now: datetime) -> None:
    if review.kind != "held":
        raise Conflict(what=f"review {review.id}", state=review.kind, why="nothing waits for it: score it")
    if review.expires_at and now >= review.expires_at:
        raise Conflict(what=f"review {review.id}", state="expired", why="it came too late: a person takes it")


async def _sent(
    tx: Tx, house: House, case: Case, made: Made, text: str, by: UUID, *, corrected: bool
) -> None:
    """The reviewer's word: what they let leave as it is, or what they wrote in its place."""
    await end_proposal(tx, case.id, made.id, "decided", "a reviewer decided")
    provenance = Provenance(
        drafted_by="person" if corrected else "ai",
        released_by=by,
        proposal_id=made.id,
        sources=() if corrected else made.cited,
    )
    await delivery.post_approved(tx, house, case, text, provenance, None)
    await delivery.answered(tx, case, case.tier or Tier.SUPERVISED)


async def _returned(tx: Tx, house: House, running: Running, case: Case, said: Verdict) -> None:
    """A person has the case, with the attempt in its package and the remark beside it."""
    await notes.add(tx, house.envelope, case, fit(said.remark), kind=Kind.HANDOVER)
    await delivery.take_back(tx, case, "returned by a reviewer")
    case = await escalation.escalate(tx, house, running, case, for_want_of("review.returned"))
    item = await work.open_of(tx, case.id)
    if said.to and item:
        await routing.hand(tx, case, item, said.to, "assigned")


async def expire(house: House, job: Job) -> None:
    """Nobody reviewed it in time: a person takes the case."""
    assert job.case_id is not None, "the job names its case"  # noqa: S101
    async with house.db.tx(system("quality")) as tx:
        case = await cases.lock(tx, job.case_id)
        await jobs.done(tx, job)
        if case.state != "held":
            return
        running = await house.running(tx, case.workflow)
        await delivery.take_back(tx, case, "no review in time")
        await escalation.escalate(tx, house, running, case, for_want_of("review.expired"))
