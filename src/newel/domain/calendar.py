"""Business time: opening spans by weekday in a zone, without holidays; right over clock changes.

All durations are real elapsed time. A span that a clock change shortens is shorter, one that it
lengthens is longer; spans that a gap in local time makes overlap count once.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

import holidays
import msgspec

from newel.domain.errors import Invalid
from newel.domain.policy.hours import minutes_of
from newel.domain.policy.sla import Calendar
from newel.domain.words import DAY

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HORIZON: Final = 366 * 11
_ZERO: Final = timedelta(0)

Week = Mapping[str, Sequence[str]]


class Hours(msgspec.Struct, frozen=True):
    """A calendar made ready: spans in minutes of the local day, and the days that are closed."""

    zone: ZoneInfo
    week: tuple[tuple[tuple[int, int], ...], ...]
    country: str = ""
    closed: frozenset[date] = frozenset()

    def on(self, day: date) -> tuple[tuple[int, int], ...]:
        """The opening spans of one local day."""
        if day in self.closed or (self.country and day in _holidays(self.country, day.year)):
            return ()
        return self.week[day.weekday()]


def hours_of(calendar: Calendar) -> Hours:
    """The policy's calendar, made ready."""
    week = {str(day): spans for day, spans in calendar.week.items()}
    return Hours(ZoneInfo(calendar.zone), spans_of(week), calendar.country, frozenset(calendar.closed))


def spans_of(week: Week) -> tuple[tuple[tuple[int, int], ...], ...]:
    """Spans by weekday from Monday on, in order; ``Invalid`` names the one that is none."""
    return tuple(tuple(sorted(_span(text) for text in week.get(day, ()))) for day in DAYS)


@lru_cache(maxsize=1024)
def _span(text: str) -> tuple[int, int]:
    found = minutes_of(text)
    if found is None:
        raise Invalid(what=f'the span "{text}"', why='write it as "09:00-17:30"')
    return found


def is_open(week: Week, zone: str, now: datetime) -> bool:
    """Whether ``now`` falls into the week's spans on the zone's own clock; ends are outside."""
    local = now.astimezone(ZoneInfo(zone))
    minute = local.hour * 60 + local.minute
    today = map(_span, week.get(DAYS[local.weekday()], ()))
    return any(start <= minute < end for start, end in today)


def add(hours: Hours, start: datetime, span: timedelta) -> datetime:
    """The moment at which ``span`` of business time has passed since ``start``."""
    left = span
    if left <= _ZERO:
        return start
    for opens, closes in _openings(hours, start):
        if closes - opens >= left:
            return (opens + left).astimezone(UTC)
        left -= closes - opens
    raise Invalid(what="the calendar", why="it is never open long enough")


def between(hours: Hours, start: datetime, end: datetime) -> timedelta:
    """The business time from ``start`` to ``end``."""
    passed = _ZERO
    for opens, closes in _openings(hours, start):
        if opens >= end:
            break
        passed += min(closes, end) - opens
    return passed


def opens_at(hours: Hours, now: datetime) -> datetime:
    """When it is open next: ``now`` itself while it is."""
    return add(hours, now, timedelta(microseconds=1)) - timedelta(microseconds=1)


def _openings(hours: Hours, start: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Open intervals in UTC from ``start`` on, ascending and disjoint."""
    reached = start.astimezone(UTC)
    day = start.astimezone(hours.zone).date() - DAY
    for _ in range(_HORIZON):
        for first, last in hours.on(day):
            opens, closes = max(_moment(hours, day, first), reached), _moment(hours, day, last)
            if opens < closes:
                yield opens, closes
                reached = closes
        day += DAY


def _moment(hours: Hours, day: date, minute: int) -> datetime:
    if minute == 24 * 60:
        day, minute = day + DAY, 0
    local = datetime.combine(day, time(minute // 60, minute % 60), hours.zone)
    return local.astimezone(UTC)


@lru_cache(maxsize=256)
def _holidays(country: str, year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays(country, years=year))
