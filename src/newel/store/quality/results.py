"""What reviews say of the work: by week, by author, by question, and of answers that waited. Reads only."""

from datetime import date, datetime

import msgspec

from newel.domain.quality import Work
from newel.store.db import Tx, sql


class Week(msgspec.Struct, frozen=True, kw_only=True):
    """What sampled reviews of one week said."""

    week: date
    workflow: str
    work: Work
    of: int
    passed: int
    score: float
    critical: int


class Author(msgspec.Struct, frozen=True, kw_only=True):
    """What sampled reviews said of one person's approvals or resolutions."""

    workflow: str
    work: Work
    name: str
    of: int
    passed: int
    score: float


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """How one question of the scorecard was answered, where it was asked."""

    workflow: str
    work: Work
    criterion: str
    met: int
    partly: int
    missed: int


class Rulings(msgspec.Struct, frozen=True, kw_only=True):
    """How many answers that waited for a reviewer ended in one way."""

    workflow: str
    state: str
    n: int


async def weeks(tx: Tx, since: datetime) -> list[Week]:
    """By week, workflow and kind of work, newest first."""
    return [Week(**dict(row)) for row in await tx.rows(sql("quality").weeks, since)]


async def authors(tx: Tx, since: datetime) -> list[Author]:
    """By person."""
    return [Author(**dict(row)) for row in await tx.rows(sql("quality").authors, since)]


async def criteria(tx: Tx, since: datetime) -> list[Answered]:
    """By question, what is missed most first."""
    return [Answered(**dict(row)) for row in await tx.rows(sql("quality").criteria, since)]


async def rulings(tx: Tx, since: datetime) -> list[Rulings]:
    """What became of answers that waited."""
    return [Rulings(**dict(row)) for row in await tx.rows(sql("quality").rulings, since)]
