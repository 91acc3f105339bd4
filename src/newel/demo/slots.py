"""The appointment book's slots: which days and hours there are, and where."""

from collections.abc import Iterator
from datetime import date, timedelta

PLACES = {
    "showroom_visit": "Hearthwick showroom, 14 Weaver Street, London SE1 3XF",
    "furniture_delivery": "at the customer's address",
    "assembly": "at the customer's address",
}
TIMES = ("10:00", "12:00", "14:00", "16:00")
DAYS_AHEAD = 21
SUNDAY = 6


def slot_id(type_: str, on: date, time: str) -> str:
    """The slot's name, for example ``assembly.2026-11-24.10:00``."""
    return f"{type_}.{on.isoformat()}.{time}"


def open_days(today: date) -> list[date]:
    """The days of the book, from tomorrow on; Sundays are free of work."""
    days = (today + timedelta(days=ahead) for ahead in range(1, DAYS_AHEAD + 1))
    return [day for day in days if day.weekday() != SUNDAY]


def slots(today: date) -> Iterator[tuple[str, str, date, str]]:
    """Every slot of the book: id, type, day, time."""
    for on in open_days(today):
        for type_ in PLACES:
            for time in TIMES:
                yield slot_id(type_, on, time), type_, on, time
