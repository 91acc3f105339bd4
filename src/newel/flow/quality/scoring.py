"""Scoring: a reviewer's verdict on what has ended, what it teaches, and how much is sampled from then on."""

from uuid import UUID

import msgspec

from newel.domain import quality as rule
from newel.domain.access import Act, Actor
from newel.domain.errors import Conflict, Forbidden
from newel.domain.feedback import Body, What
from newel.domain.policy.quality import Scorecard
from newel.domain.quality import Mark, Score, Verdict
from newel.flow import feedback, post_mortem
from newel.flow.house import House, Running
from newel.store import case as cases
from newel.store import miss as misses
from newel.store import notice as notices
from newel.store import quality as rows
from newel.store.case import Case
from newel.store.db import Tx
from newel.store.notice import SUPERVISORS, Notice
from newel.store.quality import Review


async def score(house: House, actor: Actor, review_id: UUID, said: Verdict) -> Score:
    """Score a sampled case or a marked miss; the review is done.

    Raises ``Forbidden`` for one's own work, ``Conflict`` when it was done before.
    """
    must_review(actor)
    async with house.db.tx(actor) as tx:
        case, review = await begin(tx, actor, review_id)
        if review.kind == "held":
            raise Conflict(what=f"review {review_id}", state="held", why="release, correct or return it")
        running = await house.running(tx, case.workflow)
        found = judged(running, review, said)
        rule.must_say(review.kind, None, said)
        await rows.end(tx, house.envelope, case, review, "done", said, (running.id, found))
        await teach(tx, house, case, review, said, found)
        if review.kind == "sample":
            await _weigh(tx, running, case, review)
        await _missed(tx, house, case, review, said)
        await _tell(tx, case, review, said)
    return found


def must_review(actor: Actor) -> None:
    """Raise ``Forbidden`` unless a person who reviews asks."""
    actor.must(Act.SCORE)
    if actor.kind != "staff":
        raise Forbidden(actor=actor.id, act="review", why="a verdict is a person's")


async def begin(tx: Tx, actor: Actor, review_id: UUID) -> tuple[Case, Review]:
    """The case, locked, and its open review, which is not of the person's own work."""
    case = await cases.lock(tx, (await rows.read(tx, review_id)).case_id)
    review = await rows.read(tx, review_id)
    if review.state != "open":
        raise Conflict(what=f"review {review_id}", state=review.state, why="it was decided before")
    await must_be_others(tx, actor, review)
    return case, review


async def must_be_others(tx: Tx, actor: Actor, review: Review) -> None:
    """Raise ``Forbidden`` for whoever had a hand in what is reviewed."""
    if await rows.is_own(tx, review, UUID(actor.id)):
        raise Forbidden(actor=actor.id, act="review this", why="nobody reviews their own work")


def judged(running: Running, review: Review, said: Verdict) -> Score:
    """What the answers come to by the card in force."""
    return rule.score(card_of(running, review), said.marks)


def card_of(running: Running, review: Review) -> Scorecard:
    """The workflow's scorecard; ``Conflict`` when the policy in force has none any more."""
    if running.bundle.scorecard is None:
        raise Conflict(what=f"review {review.id}", state="open", why="the policy in force has no scorecard")
    return running.bundle.scorecard


async def teach(tx: Tx, house: House, case: Case, review: Review, said: Verdict, found: Score) -> None:
    """Keep the verdict for learning: of the AI's own work it says whether it was right."""
    failed = tuple(name for name, mark in said.marks.items() if mark is Mark.MISSED)
    by_person = review.work != "ai" or review.kind == "miss"
    body = Body(passed=found.passed, score=found.value, failed=failed, by_person=by_person)
    await feedback.add(tx, house, _as_reviewed(case, review), What.REVIEW, body)


def _as_reviewed(case: Case, review: Review) -> Case:
    """The case in the episode that was reviewed: the customer may have come back since."""
    return msgspec.structs.replace(case, episode=review.episode)


async def _weigh(tx: Tx, running: Running, case: Case, review: Review) -> None:
    """Look at the newest reviews: sampling rises by itself when quality has dropped, and eases again."""
    plan = running.bundle.sampling
    if plan is None:
        return
    marks = await rows.window(tx, case.workflow, review.work, plan.window)
    before = await rows.level(tx, case.workflow, review.work)
    now = rule.level(plan, before, marks)
    await rows.save_level(tx, case.workflow, review.work, before, now)
    if now.raised != before.raised:
        kind = "quality.raised" if now.raised else "quality.eased"
        await notices.add(tx, Notice(kind=kind, address=SUPERVISORS, about=f"{case.workflow}/{review.work}"))


async def _missed(tx: Tx, house: House, case: Case, review: Review, said: Verdict) -> None:
    """The audit of unflagged work: what a sample should have been is a miss as if it were marked (QUA-6)."""
    if said.missed is None:
        return
    of = _as_reviewed(case, review)
    standing = await misses.standing(tx, of, UUID(tx.actor.id))
    rule.must_find(review.kind, review.work, said.missed, flagged=standing.flagged)
    miss = await misses.add(tx, of, UUID(tx.actor.id), said.missed, review.id)
    await feedback.add(tx, house, of, What.MISSED, Body(cluster=said.missed))
    await post_mortem.of_miss(tx, house, of, miss, said.missed)


async def _tell(tx: Tx, case: Case, review: Review, said: Verdict) -> None:
    """Whose work it was hears of a coaching point; what it says is read on their own page."""
    if review.author_id and said.coaching.strip():
        told = Notice(kind="coached", case_id=case.id, staff_id=review.author_id, about=str(review.id))
        await notices.add(tx, told)
