"""The scorecard: the answers to its questions become a score; a critical miss fails the whole (QUA-1)."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

import msgspec

from newel.domain.errors import Invalid
from newel.domain.policy.quality import Scorecard
from newel.domain.sentence import Sentence


class Mark(StrEnum):
    """How one question is answered; what did not arise weighs nothing."""

    MET = "met"
    PARTLY = "partly"
    MISSED = "missed"
    NOT_ASKED = "not_asked"


class Score(msgspec.Struct, frozen=True, kw_only=True):
    """What the answers come to; ``critical`` names the critical questions that were missed."""

    value: float
    passed: bool
    critical: tuple[str, ...] = ()


_WORTH: Final[Mapping[Mark, float]] = {Mark.MET: 1.0, Mark.PARTLY: 0.5, Mark.MISSED: 0.0}


_UNANSWERED = Sentence("%(question)s is not answered")
_UNASKED = Sentence("it has no question %(question)s")
_CRITICAL = Sentence("%(question)s is critical: it is met or missed")


def score(card: Scorecard, marks: Mapping[str, Mark]) -> Score:
    """The weighted share that was met, from 0 to 1; ``Invalid`` for answers that do not fit the card."""
    _must_fit(card, marks)
    asked = {name: _WORTH[mark] for name, mark in marks.items() if mark is not Mark.NOT_ASKED}
    whole = sum(card.criteria[name].weight for name in asked)
    if not whole:
        raise Invalid(what="the scorecard", why="nothing of it was asked")
    missed = tuple(name for name, worth in asked.items() if card.criteria[name].critical and not worth)
    got = sum(card.criteria[name].weight * worth for name, worth in asked.items()) / whole
    value = 0.0 if missed else round(got, 4)
    return Score(value=value, passed=not missed and value >= card.pass_score, critical=missed)


def _must_fit(card: Scorecard, marks: Mapping[str, Mark]) -> None:
    """Each question has its one answer; a critical one is met or missed, never half."""
    for name in card.criteria:
        if name not in marks:
            raise Invalid(what="the scorecard", why=_UNANSWERED.of(question=name))
    for name, mark in marks.items():
        if name not in card.criteria:
            raise Invalid(what="the scorecard", why=_UNASKED.of(question=name))
        if mark is Mark.PARTLY and card.criteria[name].critical:
            raise Invalid(what="the scorecard", why=_CRITICAL.of(question=name))
