"""The weekly review: a time of day that there is, days that are some, and something to cover."""

import re
from collections.abc import Iterator
from typing import Final

from newel.domain.policy.problem import Problem
from newel.domain.policy.sheet import Sheet

_TIME: Final = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_LONGEST: Final = 10


def check_weekly(sheet: Sheet) -> Iterator[Problem]:
    """All mistakes in the weekly review, if the policy says anything of it."""
    rule = sheet.bundle.weekly
    if rule is None:
        return
    if not _TIME.fullmatch(rule.at):
        yield sheet.wrong("weekly", "at", says=f'"{rule.at}" is no time of day', hint='write "09:00"')
    for key in ("due_days", "post_mortem_days"):
        yield from sheet.within("weekly", key, value=getattr(rule, key), low=1, high=_LONGEST)
    if not rule.covers:
        yield sheet.wrong("weekly", "covers", says="covers nothing", hint="take it out to cover all")
