"""SLA: what time a target has, when its alerts are due, and what pausing and raising change.

A target's own time is real time around the clock, or the calendar's business time. Every alert
moment is computed from the start, the minutes and the time paused; none depends on another.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

import msgspec

from newel.domain.calendar import Hours, add, between
from newel.domain.policy.sla import Sla
from newel.domain.words import Priority

BREACH: Final = 100
AGAIN: Final = 150


class Kind(StrEnum):
    """What a time limit is set for; only a resolution may pause, and only its breach takes over."""

    FIRST_RESPONSE = "first_response"
    NEXT_RESPONSE = "next_response"
    RESOLUTION = "resolution"
    APPROVAL = "approval"


class Spec(msgspec.Struct, frozen=True):
    """How much time a target has, and by which clock."""

    minutes: int
    business: bool


class Alert(msgspec.Struct, frozen=True, order=True):
    """When a share of the time is used up."""

    percent: int
    at: datetime


class Timing(msgspec.Struct, frozen=True, kw_only=True):
    """What alert moments follow from; ``paused`` is in the target's own time."""

    started_at: datetime
    spec: Spec
    paused: timedelta = timedelta(0)


def spec(sla: Sla, kind: Kind, priority: Priority, preset: str = "") -> Spec:
    """The time limit of a kind by priority; a preset (safety's 15 minutes) replaces it."""
    if kind is Kind.APPROVAL:
        return Spec(sla.approval_minutes, business=True)
    named = {str(name): targets for name, targets in sla.targets.items()}
    targets = sla.presets.get(preset) or named[priority.name]
    minutes: int = getattr(targets, f"{kind}_minutes")
    return Spec(minutes, business=not targets.around_the_clock)


def alerts(timing: Timing, percents: Sequence[int], hours: Hours) -> tuple[Alert, ...]:
    """All alert moments, ascending."""
    return tuple(Alert(p, moment(timing, p, hours)) for p in sorted(set(percents)))


def moment(timing: Timing, percent: int, hours: Hours) -> datetime:
    """When ``percent`` of the time is used up: never a microsecond early."""
    span = timedelta(microseconds=timing.spec.minutes * 600_000 * percent) + timing.paused
    return add(hours, timing.started_at, span) if timing.spec.business else timing.started_at + span


def due(schedule: Sequence[Alert]) -> datetime:
    """The moment of the breach."""
    return next(alert.at for alert in schedule if alert.percent == BREACH)


def passed(start: datetime, end: datetime, *, business: bool, hours: Hours) -> timedelta:
    """How much of a target's own time lies between two moments."""
    return between(hours, start, end) if business else end - start


def tighter(before: Sequence[Alert], after: Sequence[Alert]) -> bool:
    """Whether a new schedule breaches earlier: a raise never gives more time."""
    return due(after) < due(before)


def ready(schedule: Sequence[Alert], next_percent: int | None, now: datetime) -> tuple[Alert, ...]:
    """The alerts that are due and have not fired; ``next_percent`` is the first of those left."""
    if next_percent is None:
        return ()
    return tuple(a for a in schedule if a.percent >= next_percent and a.at <= now)


def upcoming(schedule: Sequence[Alert], last_percent: int) -> Alert | None:
    """The first alert after ``last_percent``."""
    return next((alert for alert in schedule if alert.percent > last_percent), None)
