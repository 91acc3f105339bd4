"""The weekly review: which weeks are to be looked back on, until when, by whom, and what was counted.

A week is named by the Monday of its ISO week, on the clock of the workflow's calendar. Its review
looks back from the policy's day and hour to where the one before ended: nothing falls between two.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from uuid import UUID

import msgspec

from newel.domain import calendar
from newel.domain.access import Act, Actor, Role
from newel.domain.errors import Forbidden, Invalid
from newel.domain.interval import Share
from newel.domain.policy.bundle import Bundle
from newel.domain.policy.hours import business_day
from newel.domain.quality import Work
from newel.domain.sentence import Sentence
from newel.domain.words import DAY

WEEK: Final = timedelta(weeks=1)
MOST_AT_ONCE: Final = 12
"""So many weeks are opened after the house was away; what lies further back is one long look."""
_LEAST_WORDS: Final = 3
SIGN: Final = Sentence("sign this review off")
WRITE: Final = Sentence("write this post-mortem")


class Span(msgspec.Struct, frozen=True):
    """One week that is to be reviewed: the Monday that names it, and the time it looks back on."""

    week: date
    since: datetime
    until: datetime


class ClusterCount(msgspec.Struct, frozen=True):
    """How many misses of one cluster were marked by people or found by the audit."""

    cluster: str
    times: int


class Audited(msgspec.Struct, frozen=True, kw_only=True):
    """Of one kind of unflagged work: how many sampled reviews found that it should have been T3."""

    work: Work
    missed: Share


class ReasonCount(msgspec.Struct, frozen=True):
    """How often one contact reason was flagged as happening again."""

    contact_reason: str
    times: int


class SampledNow(msgspec.Struct, frozen=True, kw_only=True):
    """How much is sampled of one kind of work, as the review was opened."""

    work: Work
    raised: bool
    passed: int
    of: int


class PostMortemCount(msgspec.Struct, frozen=True, kw_only=True):
    """How many were written in the week, how many are open, and how many of those are late."""

    written: int
    open: int
    overdue: int


class WeekFigures(msgspec.Struct, frozen=True, kw_only=True):
    """What was counted as the review was opened; None and empty where the policy does not cover it.

    ``missed`` is of the unflagged episodes that the AI decided on in the week; people mark what they
    see, so it is the least that it can be. ``changed`` is of the AI's proposals that people decided
    on, ``overturned`` of the approved work that sampled reviews looked at.
    """

    marked: tuple[ClusterCount, ...] = ()
    missed: Share | None = None
    audit: tuple[Audited, ...] = ()
    patterns: tuple[ReasonCount, ...] = ()
    changed: Share | None = None
    overturned: Share | None = None
    thresholds: Mapping[str, float] = {}
    sampling: tuple[SampledNow, ...] = ()
    post_mortems: PostMortemCount | None = None


class Signed(msgspec.Struct, frozen=True, kw_only=True):
    """What is said as a review is signed off; ``unwritten`` is why post-mortems of its week are open."""

    notes: str
    decisions: str = ""
    unwritten: str = ""


def week_of(bundle: Bundle, now: datetime) -> date:
    """The Monday of the week that it is, in the workflow's zone."""
    local = now.astimezone(calendar.hours_of(bundle.calendar).zone).date()
    return local - DAY * local.weekday()


def moment(bundle: Bundle, week: date) -> datetime:
    """When the review of a week is opened; an hour that a clock change takes out comes after it."""
    rule, hours = bundle.weekly_rule, calendar.hours_of(bundle.calendar)
    at = time.fromisoformat(rule.at)
    local = datetime.combine(week + DAY * calendar.DAYS.index(rule.day), at, hours.zone)
    return local.astimezone(UTC)


def due(bundle: Bundle, now: datetime, live_since: datetime, last: Span | None) -> tuple[Span, ...]:
    """The weeks whose review is to be opened now, the oldest first; none where all are.

    The first one of a workflow is of its newest week: what was before there were reviews has none.
    """
    spans = tuple(_due(bundle, now, live_since, last))
    if last is None:
        return spans[-1:]
    if len(spans) <= MOST_AT_ONCE:
        return spans
    first, *rest = spans[-MOST_AT_ONCE:]
    return (Span(first.week, spans[0].since, first.until), *rest)


def _due(bundle: Bundle, now: datetime, live_since: datetime, last: Span | None) -> Iterator[Span]:
    """From the week after the last one on, each to where the next begins."""
    since = last.until if last else live_since
    week = last.week + WEEK if last else week_of(bundle, live_since)
    while (until := moment(bundle, week)) <= now:
        if until > since:
            yield Span(week, since, until)
            since = until
        week += WEEK


def due_at(bundle: Bundle, opened: datetime) -> datetime:
    """Until when a review is done that is opened now."""
    return _in_days(bundle, opened, bundle.weekly_rule.due_days)


def post_mortem_due(bundle: Bundle, marked: datetime) -> datetime:
    """Until when the post-mortem of a miss is written that is marked now."""
    return _in_days(bundle, marked, bundle.weekly_rule.post_mortem_days)


def _in_days(bundle: Bundle, start: datetime, days: int) -> datetime:
    hours = calendar.hours_of(bundle.calendar)
    return calendar.add(hours, start, business_day(bundle.calendar) * days)


def is_late(due_at: datetime, now: datetime, ended: datetime | None) -> bool:
    """Whether something was not done in time, or is not yet."""
    return (ended or now) >= due_at


def answers_for(actor: Actor, owner_id: UUID | None) -> bool:
    """Whether it is theirs to do: who is named, or a supervisor."""
    return actor.may(Act.REVIEW) and (actor.id == str(owner_id) or Role.SUPERVISOR in actor.roles)


def must_answer(actor: Actor, owner_id: UUID | None, act: Sentence) -> None:
    """Raise ``Forbidden`` unless a person asks whose it is."""
    actor.must(Act.REVIEW)
    if actor.kind != "staff":
        raise Forbidden(actor=actor.id, act=act, why="only people do")
    if not answers_for(actor, owner_id):
        raise Forbidden(actor=actor.id, act=act, why="it needs who is named for it, or a supervisor")


def must_say(said: Signed, unwritten: int) -> None:
    """A review has notes; while post-mortems of its week are open, it also says why."""
    if len(said.notes.strip()) < _LEAST_WORDS:
        raise Invalid(what="notes", why="say in a few words what the week shows")
    if unwritten and len(said.unwritten.strip()) < _LEAST_WORDS:
        raise Invalid(what="unwritten", why="post-mortems of this week are open: write them, or say why not")
