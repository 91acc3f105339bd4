"""The second opinion: somebody is asked, in words, about triggers that call a person."""

from collections.abc import Iterator
from typing import Final

from newel.domain.policy.opinion import JUDGED, NONE, UNHEARD, Opinion
from newel.domain.policy.problem import Problem
from newel.domain.policy.sheet import Sheet, blank
from newel.domain.words import Tier

_LONGEST: Final = 15
"""Seconds: with the look-ups before it a step has a minute."""
_OURS: Final = ("model", "messages", "stream", "n", "tools", "functions")


def check_opinion(sheet: Sheet) -> Iterator[Problem]:
    """All mistakes in the second opinion, if the policy asks for one."""
    asked = sheet.bundle.opinion
    if asked is None:
        return
    if sheet.bundle.kind == "items":
        yield sheet.wrong("opinion", says="an item says nothing to be read", hint="take it out")
    if blank(asked.model):
        yield sheet.wrong("opinion", "model", says="is empty", hint="name it as your endpoint does")
    yield from sheet.within("opinion", "seconds", value=asked.seconds, low=1, high=_LONGEST)
    for name in _OURS:
        if name in asked.options:
            yield sheet.wrong("opinion", "options", name, says="is not yours to set", hint="take it out")
    yield from _when(sheet, asked)


def _when(sheet: Sheet, asked: Opinion) -> Iterator[Problem]:
    triggers = sheet.bundle.triggers
    if not asked.when:
        hint = "request.person: asks for a person, in any words"
        yield sheet.wrong("opinion", "when", says="says nothing", hint=hint)
    for name, words in asked.when.items():
        yield from sheet.named("opinion", "when", name, what="trigger", name=name, among=triggers)
        if name in triggers and triggers[name].floor < Tier.HUMAN:
            hint = "name triggers with floor: 3"
            yield sheet.wrong("opinion", "when", name, says="this trigger calls nobody", hint=hint)
        if name.casefold() in (NONE, JUDGED, UNHEARD):
            hint = "call the trigger otherwise"
            yield sheet.wrong("opinion", "when", name, says="means something else to an opinion", hint=hint)
        if blank(words):
            yield sheet.wrong("opinion", "when", name, says="is empty", hint="say what it is there for")
