"""Results: what reviews say of the work, each share with its interval. Reads only."""

from datetime import date, timedelta

import msgspec

from newel.domain.access import Act, Actor
from newel.domain.interval import Share, share
from newel.domain.quality import Work
from newel.flow.house import House
from newel.store import quality as rows
from newel.store.quality import Answered, Rulings, Sampled


class Passed(msgspec.Struct, frozen=True, kw_only=True):
    """How much of one kind of work passed: in a week, or of one person; ``who`` is empty for all."""

    workflow: str
    work: Work
    passed: Share
    score: float
    week: date | None = None
    who: str = ""
    critical: int = 0


class Results(msgspec.Struct, frozen=True, kw_only=True):
    """By week, by person and by question; what is sampled now; what became of answers that waited."""

    weeks: tuple[Passed, ...]
    people: tuple[Passed, ...]
    criteria: tuple[Answered, ...]
    levels: tuple[Sampled, ...]
    held: tuple[Rulings, ...]


async def results(house: House, actor: Actor, weeks: int) -> Results:
    """What the reviews of the last weeks say; only sampled ones count, as only they stand for all."""
    actor.must(Act.REVIEW)
    async with house.db.tx(actor, read_only=True) as tx:
        since = tx.now - timedelta(weeks=weeks)
        return Results(
            weeks=tuple(_week(one) for one in await rows.weeks(tx, since)),
            people=tuple(_person(one) for one in await rows.authors(tx, since)),
            criteria=tuple(await rows.criteria(tx, since)),
            levels=tuple(await rows.levels(tx)),
            held=tuple(await rows.rulings(tx, since)),
        )


def _week(one: rows.Week) -> Passed:
    return Passed(
        workflow=one.workflow,
        work=one.work,
        passed=share(one.passed, one.of),
        score=one.score,
        week=one.week,
        critical=one.critical,
    )


def _person(one: rows.Author) -> Passed:
    return Passed(
        workflow=one.workflow, work=one.work, passed=share(one.passed, one.of), score=one.score, who=one.name
    )
