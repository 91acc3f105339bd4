"""The times that an industry gives its escalations, taken over where a policy says nothing else (SLA-1)."""

from collections.abc import Mapping
from typing import Any, Final, Literal, NamedTuple

import msgspec

from newel.domain.policy.bundle import Bundle
from newel.domain.policy.hours import business_day
from newel.domain.policy.owned import keeper
from newel.domain.policy.sla import Calendar, SlaTargets
from newel.domain.words import Industry

Name = Literal["P1", "P2", "P3"]


class Within(NamedTuple):
    """A time: minutes around the clock, or days of the calendar."""

    minutes: int = 0
    business_days: int = 0


USUAL: Final[Mapping[Name, Within]] = {"P1": Within(60), "P2": Within(240), "P3": Within(business_days=1)}
"""What each has that the industry says nothing of."""
TIMES: Final[Mapping[Industry, Mapping[Name, Within]]] = {
    Industry.FINANCIAL_SERVICES: {"P1": Within(60)},
    Industry.INSURANCE: {"P1": Within(240), "P2": Within(business_days=1)},
    Industry.HEALTHCARE: {},
    Industry.LEGAL_SERVICES: {"P1": Within(120)},
    Industry.GOVERNMENT: {"P2": Within(business_days=2)},
    Industry.RETAIL_BANKING: {"P2": Within(240)},
}
SAFETY: Final = Within(15)
"""Of signals of safety, in healthcare by the table and everywhere by the standard policy."""
_ANSWERED: Final[Mapping[Name, int]] = {"P1": 15, "P2": 60, "P3": 240}
_DAY: Final = 480


def resolved(bundle: Bundle) -> Bundle:
    """The bundle with the times of its industry where it says nothing else."""
    sla = bundle.sla
    if sla.preset is None:
        return bundle
    times = targets(sla.preset, bundle.calendar, _kept(bundle)) | sla.targets
    safety = _target(SAFETY.minutes, SAFETY, SAFETY.minutes, _kept(bundle))
    whole = msgspec.structs.replace(sla, targets=times, presets={"safety": safety, **sla.presets})
    return msgspec.structs.replace(bundle, sla=whole)


def _kept(bundle: Bundle) -> dict[str, Any]:
    """Who answers for the times; the calendar's owner until the check has found one."""
    kept = keeper(bundle, "sla") or bundle.calendar
    return {"owner": kept.owner, "date": kept.date}


def targets(industry: Industry, calendar: Calendar, kept: dict[str, Any]) -> dict[Name, SlaTargets]:
    """By priority; the less urgent never has less time than the one before."""
    day = int(business_day(calendar).total_seconds()) // 60 or _DAY
    found: dict[Name, SlaTargets] = {}
    least = 0
    for name, usual in USUAL.items():
        within = TIMES[industry].get(name, usual)
        least = max(least, within.minutes + within.business_days * day)
        found[name] = _target(least, within, _ANSWERED[name], kept)
    return found


def _target(minutes: int, within: Within, answered: int, kept: dict[str, Any]) -> SlaTargets:
    return SlaTargets(
        resolution_minutes=minutes,
        first_response_minutes=min(answered, minutes),
        next_response_minutes=min(answered, minutes),
        around_the_clock=not within.business_days,
        **kept,
    )
