"""The times of a policy: targets by priority, and the calendar on which business time runs."""

from datetime import date
from typing import Literal

import msgspec

from newel.domain.policy.entry import Entry
from newel.domain.words import Industry


class SlaTargets(Entry, frozen=True, kw_only=True):
    """Targets of one priority in minutes; ``around_the_clock`` or on the calendar."""

    resolution_minutes: int
    first_response_minutes: int
    next_response_minutes: int
    around_the_clock: bool = True


class Sla(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Targets by priority, presets that replace the resolution minutes, and the approval target.

    ``preset`` names an industry: what is not said here is as it has it (SLA-1).
    """

    preset: Industry | None = None
    targets: dict[Literal["P1", "P2", "P3"], SlaTargets] = {}
    presets: dict[str, SlaTargets] = {}
    approval_minutes: int = 15
    approval_expires_after_targets: int = 4
    alerts_percent: tuple[int, ...] = (50, 75, 90, 100, 150)


class Calendar(Entry, frozen=True, kw_only=True):
    """Business time: zone, opening spans by weekday (``"09:00-12:30"``), holidays."""

    zone: str
    week: dict[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], tuple[str, ...]]
    country: str = ""
    closed: tuple[date, ...] = ()
