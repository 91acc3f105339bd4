"""Days that a text names: ``2026-11-28``, ``28/11``, ``28 November``, ``next Tuesday``, ``tomorrow``.

Day before month, as the shop's customers write. A day without a year is the next one to come.
"""

import calendar
import re
from collections.abc import Iterator
from datetime import date
from typing import Final

from newel.domain.words import DAY

_MONTHS: Final = tuple(name[:3].casefold() for name in calendar.month_name[1:])
_WEEKDAYS: Final = tuple(name.casefold() for name in calendar.day_name)
_ISO: Final = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
_SLASHED: Final = re.compile(r"\b(\d{1,2})[/.](\d{1,2})(?:[/.](\d{4}|\d{2}))?\b")
_MONTH: Final = r"(jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*"
_DAY_FIRST: Final = re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th)?(?: of)? {_MONTH}\b")
_MONTH_FIRST: Final = re.compile(rf"\b{_MONTH} (\d{{1,2}})(?:st|nd|rd|th)?\b")
_ORDINAL: Final = re.compile(r"\bthe (\d{1,2})(?:st|nd|rd|th)\b(?! of)")
_WEEKDAY: Final = re.compile(r"\b(" + "|".join(d[:3] for d in _WEEKDAYS) + r")[a-z]*\b")
_AT_HOUR: Final = re.compile(
    r"\b(?:at|around|about) (?P<h>\d{1,2})"
    r"(?=\s*(?:[?!,;\n]|\.(?!\d)|$)|ish\b"
    r"| (?:on|in|please|for|and|if|or|instead|the|next|this|tomorrow|today)\b)"
)
_TIME: Final = re.compile(
    r"\b(?P<h>\d{1,2})(?::(?P<m>\d{2}))?(?: ?(?P<half>[ap])\.?m\b|(?P<clock> ?o.?clock))?"
)
# "Friday instead of Wednesday", "from Monday to Tuesday": the day that is left is not asked for.
_LEFT: Final = re.compile(r"\b(?:instead of|rather than|not|from|booked for|booked on)(?: on| at| the)? ?$")
_NEAR: Final = {"today": 0, "tonight": 0, "tomorrow": 1}


def dates(text: str, today: date) -> tuple[date, ...]:
    """Every day that a text names, in order, each once; what is no day is left out."""
    low = text.casefold()
    found = sorted([*_exact(low, today), *_near(low, today)])
    wanted = [day for at, day in found if not _LEFT.search(low[:at])]
    return tuple(dict.fromkeys(wanted))


def times(text: str) -> list[str]:
    """Every time of day that a text names, as ``14:00``; those that it leaves are left out."""
    low = text.casefold()
    read = [(m.start(), _clock(m)) for m in _TIME.finditer(low)]
    read += [(m.start(), _hour(int(m["h"]), 0)) for m in _AT_HOUR.finditer(low)]
    return list(dict.fromkeys(time for at, time in sorted(read) if time and not _LEFT.search(low[:at])))


def _clock(m: re.Match[str]) -> str:
    hour, minute, half = int(m["h"]), int(m["m"] or 0), (m["half"] or "")[:1]
    if not half and m["m"] is None and not m["clock"]:
        return ""
    if half == "p" and hour < 12:
        hour += 12
    if not half and m["m"] is None:
        return _hour(hour, minute)
    return _shown(hour, minute)


def _hour(hour: int, minute: int) -> str:
    """An hour without its half of the day, by the shop's day: "3 o'clock" is in the afternoon."""
    return _shown(hour + 12 if hour < 8 else hour, minute)


def _shown(hour: int, minute: int) -> str:
    return f"{hour % 24:02d}:{minute:02d}" if hour <= 24 and minute < 60 else ""


def _exact(text: str, today: date) -> Iterator[tuple[int, date]]:
    for m in _ISO.finditer(text):
        yield from _day(m.start(), int(m[1]), int(m[2]), int(m[3]))
    for m in _SLASHED.finditer(text):
        year = int(m[3]) + (2000 if len(m[3]) == 2 else 0) if m[3] else None
        yield from _coming(m.start(), year, int(m[2]), int(m[1]), today)
    for m in _DAY_FIRST.finditer(text):
        yield from _coming(m.start(), None, _month(m[2]), int(m[1]), today)
    for m in _MONTH_FIRST.finditer(text):
        yield from _coming(m.start(), None, _month(m[1]), int(m[2]), today)


def _near(text: str, today: date) -> Iterator[tuple[int, date]]:
    for word, ahead in _NEAR.items():
        if (at := text.find(word)) >= 0:
            yield at, today + ahead * DAY
    for m in _WEEKDAY.finditer(text):
        if m[0] in _WEEKDAYS or m[0] == m[1]:
            ahead = (_index(m[1]) - today.weekday() - 1) % 7 + 1
            yield m.start(), today + ahead * DAY
    for m in _ORDINAL.finditer(text):
        yield from _ordinal(m.start(), int(m[1]), today)


def _month(name: str) -> int:
    return _MONTHS.index(name[:3]) + 1


def _index(weekday: str) -> int:
    return [day[:3] for day in _WEEKDAYS].index(weekday[:3])


def _day(at: int, year: int, month: int, day: int) -> Iterator[tuple[int, date]]:
    try:
        yield at, date(year, month, day)
    except ValueError:
        return


def _coming(at: int, year: int | None, month: int, day: int, today: date) -> Iterator[tuple[int, date]]:
    for found in _day(at, year or today.year, month, day):
        if year or found[1] >= today:
            yield found
        else:
            yield from _day(at, today.year + 1, month, day)


def _ordinal(at: int, day: int, today: date) -> Iterator[tuple[int, date]]:
    """``the 9th`` is of this month while it is still to come, else of the next."""
    year, month = today.year, today.month
    if day < today.day:
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    yield from _day(at, year, month, day)
