"""Every entry has an owner and a date, also where it is a plain text, phrase or number (POL-1)."""

from collections.abc import Iterator
from itertools import groupby

from newel.domain.policy.owned import SECTIONS, keeper, places
from newel.domain.policy.problem import Path, Problem
from newel.domain.policy.sheet import Sheet


def check_owned(sheet: Sheet) -> Iterator[Problem]:
    """What nobody answers for, and what is named that is not there."""
    yield from _unknown(sheet)
    asked = [*places(sheet.bundle), *_surveys(sheet)]
    for section, of in groupby(asked, key=lambda path: path[0]):
        found = list(of)
        bare = [path for path in found if keeper(sheet.bundle, *path) is None]
        yield from (_bare(sheet, path) for path in ([(section,)] if bare == found else bare))


def _surveys(sheet: Sheet) -> Iterator[Path]:
    """Only those that somebody chose; nobody answers for what is asked when nothing is said."""
    if ("surveys",) in sheet.document.places:
        yield ("surveys",)


def _bare(sheet: Sheet, path: Path) -> Problem:
    name = ".".join(path)
    hint = f"add under owned:  {name}: {{owner: Head of support, date: 2026-11-20}}"
    return sheet.wrong(*path, says="has no owner and no date", hint=hint)


def _unknown(sheet: Sheet) -> Iterator[Problem]:
    there = {".".join(path[:n]) for path in places(sheet.bundle) for n in range(1, len(path) + 1)}
    for name in sheet.bundle.owned:
        among = {*SECTIONS, *there}
        yield from sheet.named("owned", name, what="section without owners", name=name, among=among)
