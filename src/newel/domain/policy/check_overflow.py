"""The overflow pool: an alert above what is usual, calm below it, and people who can step in."""

from collections.abc import Iterator

from newel.domain.policy.overflow import Overflow
from newel.domain.policy.problem import Problem
from newel.domain.policy.sheet import Sheet, blank

_MOST_DEPTH = 100_000
_MOST_PERCENT = 10_000
_MOST_EACH = 1000


def check_overflow(sheet: Sheet) -> Iterator[Problem]:
    """All mistakes in the pool, if there is one."""
    rule = sheet.bundle.overflow
    if rule is None:
        return
    yield from _depths(sheet, rule)
    yield from _members(sheet, rule)
    yield from sheet.within("overflow", "most_each", value=rule.most_each, low=1, high=_MOST_EACH)


def _depths(sheet: Sheet, rule: Overflow) -> Iterator[Problem]:
    alert, relief = sheet.bundle.routing.depth_alert_percent, rule.relief_percent
    yield from sheet.within("overflow", "normal_depth", value=rule.normal_depth, low=1, high=_MOST_DEPTH)
    yield from sheet.within("routing", "depth_alert_percent", value=alert, low=101, high=_MOST_PERCENT)
    if relief is not None and not 1 <= relief < alert:
        hint = f"1 to {alert - 1} is right: less than routing.depth_alert_percent"
        yield sheet.wrong("overflow", "relief_percent", says=f"{relief} is no relief", hint=hint)


def _members(sheet: Sheet, rule: Overflow) -> Iterator[Problem]:
    if not (rule.people or rule.teams or rule.with_skills):
        hint = "name people, teams, or with_skills"
        yield sheet.wrong("overflow", says="nobody is in the pool", hint=hint)
    if rule.with_skills and not rule.stands_in_for:
        hint = "say in stands_in_for for which skills they step in"
        yield sheet.wrong("overflow", "with_skills", says="they could do no more than they do now", hint=hint)
    for key in ("people", "teams", "with_skills", "stands_in_for"):
        for at, name in enumerate(getattr(rule, key)):
            if blank(name):
                yield sheet.wrong("overflow", key, at, says="is empty", hint="write a name, or none")
