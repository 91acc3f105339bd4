"""An emotion score from words and behaviour, by rules, and from what a model hears where there is one.

Each cue leaves a share of calm, and the shares multiply: cues add up and none takes away. A model that
was fitted on the operator's own labels speaks in place of the shipped one.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import re2

from newel.domain.scan.features import CUES, OWN
from newel.domain.scan.reading import Cue, Reading
from newel.domain.scan.receipt import Evidence
from newel.domain.words import Span

EMOTIONS = ("anger", "distress", "grief", "frustration")
# Under this a model cries wolf about moods more often than the phrases do.
_FAINT = 0.5
_SHOUTED = re2.compile(r"(?:\b[A-Z]{2,}\b[^A-Za-z\n]{1,3}){2,}\b[A-Z]{2,}\b")
_RUN = re2.compile(r"!{3,}|!\?[!?]+|\?+![!?]+")
_ANGRY = re2.compile("[\U0001f621\U0001f92c\U0001f620\U0001f47f\U0001f4a2\U0001f595]")
_CRYING = re2.compile("[\U0001f62d\U0001f622\U0001f494]")
_BEHAVIOUR = ((_SHOUTED, 0.35, 12), (_RUN, 0.25, 1), (_ANGRY, 0.6, 1), (_CRYING, 0.3, 1))


def behaviour(own: str) -> tuple[Cue, ...]:
    """What the sender does rather than says: shouting, runs of marks, faces."""
    return tuple(cue for kind in _BEHAVIOUR if (cue := _first(own, *kind)))


def emotion(reading: Reading, families: Iterable[str] = EMOTIONS) -> tuple[float, tuple[Evidence, ...]]:
    """The score from 0 to 1, and the cues that it is made of."""
    score: float = 0.0
    named, own = tuple(families), reading.heard.get(OWN)
    shown = ((cue.weight, (reading.at(cue.place),)) for cue in reading.behaviour)
    cues = [*_words(reading, named), *shown, *(() if own else _heard(reading, named))]
    for weight, _ in cues:
        score = with_cue(score, weight)
    evidence = tuple(item for _, items in cues for item in items)
    if own is None:
        return round(score, 4), evidence
    part = reading.heard[CUES].score if CUES in reading.heard else 1.0
    return round(beside(own.score, score, part), 4), (*(evidence if part else ()), *reading.told(OWN, own))


def with_cue(score: float, weight: float) -> float:
    """The score with one cue more."""
    return 1 - (1 - score) * (1 - weight)


def beside(own: float, cues: float, part: float) -> float:
    """The score of a fitted model with that part of the other cues that its fit found of use."""
    return 1 - (1 - own) * float((1 - cues) ** part)


def _words(reading: Reading, families: Iterable[str]) -> Iterator[tuple[float, tuple[Evidence, ...]]]:
    for family in families:
        for found in reading.found.get(family, ()):
            yield min(found.phrases.weight, 0.95), reading.shown(found)


def _heard(reading: Reading, families: Iterable[str]) -> Iterator[tuple[float, tuple[Evidence, ...]]]:
    """What a model makes of the whole: one cue more, which weighs as much as it is sure."""
    loudest = reading.loudest(families)
    if loudest is not None and cue_of(loudest[1].score):
        yield cue_of(loudest[1].score), reading.told(*loudest)


def cue_of(score: float) -> float:
    """What the shipped model's score for a mood weighs."""
    return min(score, 0.95) if score >= _FAINT else 0.0


def _first(own: str, pattern: Any, weight: float, length: int) -> Cue | None:
    for cue in pattern.finditer(own):
        if cue.end() - cue.start() >= length:
            return Cue(weight, Span(cue.start(), cue.end()))
    return None
