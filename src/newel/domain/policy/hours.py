"""Spans of a day as a policy writes them, and how long its business day is."""

import re
from datetime import timedelta
from typing import Final

from newel.domain.policy.sla import Calendar

_SPAN: Final = re.compile(r"([01]\d|2[0-4]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)")
DAY_MINUTES: Final = 24 * 60


def business_day(calendar: Calendar) -> timedelta:
    """How much opening time a full business day has."""
    days = ([minutes_of(span) for span in spans] for spans in calendar.week.values())
    longest = max((sum(end - start for start, end in filter(None, day)) for day in days), default=0)
    return timedelta(minutes=longest)


def minutes_of(span: str) -> tuple[int, int] | None:
    """The start and end of ``"09:00-12:30"`` in minutes of the day, or None if it is no span."""
    match = _SPAN.fullmatch(span)
    if match is None:
        return None
    hours, minutes, last_hours, last_minutes = map(int, match.groups())
    start, end = hours * 60 + minutes, last_hours * 60 + last_minutes
    return (start, end) if start < end <= DAY_MINUTES else None
