"""An emotion score from words and behaviour, by rules, and from what a model hears where there is one.

Each cue leaves a share of calm, and the shares multiply: cues add up and none takes away.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import re2

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
    calm: float = 1.0
    cues: list[Evidence] = []
    named = tuple(families)
    shown = ((cue.weight, (reading.at(cue.place),)) for cue in reading.behaviour)
    for weight, evidence in (*_words(reading, named), *shown, *_heard(reading, named)):
        calm *= 1 - weight
        cues += evidence
    return round(1 - calm, 4), tuple(cues)


def _words(reading: Reading, families: Iterable[str]) -> Iterator[tuple[float, tuple[Evidence, ...]]]:
    for family in families:
        for found in reading.found.get(family, ()):
            yield min(found.phrases.weight, 0.95), reading.shown(found)


def _heard(reading: Reading, families: Iterable[str]) -> Iterator[tuple[float, tuple[Evidence, ...]]]:
    """What a model makes of the whole: one cue more, which weighs as much as it is sure."""
    loudest = reading.loudest(families)
    if loudest is not None and loudest[1].score >= _FAINT:
        yield min(loudest[1].score, 0.95), reading.told(*loudest)


def _first(own: str, pattern: Any, weight: float, length: int) -> Cue | None:
    for cue in pattern.finditer(own):
        if cue.end() - cue.start() >= length:
            return Cue(weight, Span(cue.start(), cue.end()))
    return None
