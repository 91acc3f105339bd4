"""Targets and business time: ascending, possible, and without overlaps."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from newel.domain.policy.hours import DAY_MINUTES, minutes_of
from newel.domain.policy.problem import Problem
from newel.domain.policy.sheet import Sheet
from newel.domain.policy.sla import Calendar, Sla, SlaTargets
from newel.domain.words import Priority

_MOST_MINUTES: Final = 60 * 24 * 366


def check_time(sheet: Sheet) -> Iterator[Problem]:
    """All mistakes in the SLA and the calendar."""
    yield from _targets(sheet, sheet.bundle.sla)
    yield from _ascending(sheet, sheet.bundle.sla)
    yield from _approval(sheet, sheet.bundle.sla)
    yield from _alerts(sheet, sheet.bundle.sla)
    yield from _calendar(sheet, sheet.bundle.calendar)


def _targets(sheet: Sheet, sla: Sla) -> Iterator[Problem]:
    for priority in Priority:
        if priority.name not in sla.targets:
            hint = "every priority has its targets"
            yield sheet.wrong("sla", "targets", says=f'"{priority.name}" is missing', hint=hint)
    named = {("sla", "targets", str(key)): one for key, one in sla.targets.items()}
    named |= {("sla", "presets", key): one for key, one in sla.presets.items()}
    for path, targets in named.items():
        yield from _one_target(sheet, path, targets)


def _one_target(sheet: Sheet, path: tuple[str, ...], targets: SlaTargets) -> Iterator[Problem]:
    for key in ("resolution_minutes", "first_response_minutes", "next_response_minutes"):
        minutes = getattr(targets, key)
        yield from sheet.within(*path, key, value=minutes, low=1, high=_MOST_MINUTES)
    if targets.first_response_minutes > targets.resolution_minutes:
        hint = f"{targets.resolution_minutes} minutes or less is right"
        yield sheet.wrong(*path, "first_response_minutes", says="is later than the resolution", hint=hint)


def _ascending(sheet: Sheet, sla: Sla) -> Iterator[Problem]:
    """A more urgent priority never has more time."""
    given = sorted(sla.targets.items())
    for (urgent, first), (calm, second) in pairwise(given):
        for key in ("resolution_minutes", "first_response_minutes", "next_response_minutes"):
            if getattr(first, key) > getattr(second, key):
                says = f"{getattr(second, key)} is less than {urgent} has"
                hint = f"{getattr(first, key)} minutes or more is right"
                yield sheet.wrong("sla", "targets", calm, key, says=says, hint=hint)


def _approval(sheet: Sheet, sla: Sla) -> Iterator[Problem]:
    yield from sheet.within("sla", "approval_minutes", value=sla.approval_minutes, low=1, high=DAY_MINUTES)
    most = sla.approval_expires_after_targets
    yield from sheet.within("sla", "approval_expires_after_targets", value=most, low=1, high=100)


def _alerts(sheet: Sheet, sla: Sla) -> Iterator[Problem]:
    alerts, path = sla.alerts_percent, ("sla", "alerts_percent")
    if list(alerts) != sorted(set(alerts)):
        yield sheet.wrong(*path, says="is not ascending", hint=f"write {sorted(set(alerts))}")
    if 100 not in alerts:
        yield sheet.wrong(*path, says="has no 100, so that no breach is ever seen", hint="add 100")
    for at, percent in enumerate(alerts):
        yield from sheet.within(*path, at, value=percent, low=1, high=1000)


def _calendar(sheet: Sheet, calendar: Calendar) -> Iterator[Problem]:
    known = sheet.known
    yield from sheet.named("calendar", "zone", what="time zone", name=calendar.zone, among=known.zones)
    if calendar.country and calendar.country not in known.countries:
        says = f'no holidays are known for "{calendar.country}"'
        hint = "use the two letters of ISO 3166, as GB"
        yield sheet.wrong("calendar", "country", says=says, hint=hint)
    if not any(calendar.week.values()):
        yield sheet.wrong("calendar", "week", says="is never open", hint='mon: ["09:00-17:00"]')
    for day, spans in calendar.week.items():
        yield from _day(sheet, ("calendar", "week", str(day)), spans)


def _day(sheet: Sheet, path: tuple[str, ...], spans: tuple[str, ...]) -> Iterator[Problem]:
    read: list[tuple[int, int]] = []
    for at, text in enumerate(spans):
        span = minutes_of(text)
        if span is None:
            hint = 'write "09:00-17:30", the end after the start, "24:00" for midnight'
            yield sheet.wrong(*path, at, says=f'"{text}" is no span of a day', hint=hint)
            continue
        if any(span[0] < end and start < span[1] for start, end in read):
            hint = "join the two, or move one"
            yield sheet.wrong(*path, at, says=f'"{text}" overlaps an earlier span', hint=hint)
        read.append(span)
