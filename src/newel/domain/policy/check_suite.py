"""The suite: something is said in each trial, and what it becomes is there."""

from collections.abc import Iterator
from typing import Final

from newel.domain.policy.problem import Problem
from newel.domain.policy.sheet import Sheet, blank
from newel.domain.policy.suite import AI, PERSON

_MOST: Final = 3


def check_suite(sheet: Sheet) -> Iterator[Problem]:
    """All mistakes in the suite."""
    bundle = sheet.bundle
    among = {PERSON, AI, *bundle.triggers, *bundle.playbooks}
    if bundle.suite and bundle.kind == "items":
        yield sheet.wrong("suite", says="an item says nothing to be tried", hint="take it out")
    for name, one in bundle.suite.items():
        yield from sheet.named("suite", name, "becomes", what="outcome", name=one.becomes, among=among)
        for key, said in (("say", one.say), *(("after", before) for before in one.after)):
            if blank(said):
                yield sheet.wrong("suite", name, key, says="is empty", hint="write what a customer writes")
        yield from sheet.within("suite", name, "after", value=len(one.after), low=0, high=_MOST)
