"""The desk: how much of a case a person sees, and a text cut into the pieces that are shown of it."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Final

import msgspec

from newel.domain.access import Act, Actor
from newel.domain.mask import Known, Secret, secrets
from newel.domain.note import Tie
from newel.domain.scan.receipt import Marker
from newel.domain.words import Cluster

OPENED_FOR: Final = timedelta(minutes=30)
"""How long one opening is one: a page that looks again by itself opens nothing anew."""
CONVERSATION: Final = "conversation"
"""How the record of what was revealed names the messages."""
EXCERPT: Final = 140
LONGEST: Final = 8_000
"""As much of one message as a page shows; masking a book would hold up everybody."""
SEARCHED: Final = 2_000
"""As much of the customer's words as articles are looked for with."""
ARTICLES: Final = 5
ANSWERS: Final = 3
"""So many of the customer's last answers to surveys stand beside a case."""
LEAST_FIT: Final = 0.05
"""How well an article fits at least that nobody has asked for."""
_LOOKED_AT: Final = 300


class Sight(StrEnum):
    """What a person sees: everything, and may reveal it; the texts masked, and act on it; the texts masked
    of what has ended, and no more; or the case at a glance.
    """

    WHOLE = "whole"
    MASKED = "masked"
    READ = "read"
    GLANCE = "glance"


class Piece(msgspec.Struct, frozen=True, omit_defaults=True):
    """A stretch of a text: plain, hidden under a name, or what a trigger saw."""

    text: str
    field: str = ""
    kind: str = ""
    marks: tuple[str, ...] = ()


class Mark(msgspec.Struct, frozen=True):
    """A place in a raw text where a trigger saw something."""

    start: int
    end: int
    trigger: str


def sight(actor: Actor, tie: Tie) -> Sight:
    """The owner and whoever holds a live grant see all; who may take the case over reads it masked, and so
    does, once it has ended, who had it or was let read it beside a case like it.
    """
    actor.must(Act.WORK)
    if tie.owns or tie.granted:
        return Sight.WHOLE
    if actor.may(Act.ASSIGN):
        return Sight.MASKED
    return Sight.READ if tie.reads else Sight.GLANCE


def short_name(name: str, seen: Sight) -> str:
    """A name as lists show it: ``Priya N.`` to who has the case, ``P. N.`` to others."""
    parts = name.split()
    last = [f"{part[0]}." for part in parts[1:][-1:]]
    first = parts[:1] if seen is Sight.WHOLE else [f"{part[0]}." for part in parts[:1]]
    return " ".join([*first, *last])


def excerpt(text: str, known: Known) -> str:
    """The beginning of a text on one line, with its personal data hidden."""
    head = text[:_LOOKED_AT]
    parts = pieces(head, [(s, s.kind) for s in secrets(head, known)], ())
    line = " ".join("".join(f"[{p.kind}]" if p.field else p.text for p in parts).split())
    return line if len(line) <= EXCERPT else f"{line[: EXCERPT - 1].rstrip()}…"


def marks(markers: Iterable[Marker]) -> tuple[Mark, ...]:
    """The places of one message that its triggers named."""
    return tuple(
        Mark(seen.start, seen.end, marker.id)
        for marker in markers
        for seen in marker.evidence
        if seen.start is not None and seen.end is not None and seen.start < seen.end
    )


def untrusted(markers: Iterable[Marker]) -> bool:
    """Whether a message tries to instruct an AI: it is not to be pasted into one."""
    return any(marker.cluster is Cluster.INJECTION for marker in markers)


def pieces(text: str, hidden: Sequence[tuple[Secret, str]], seen: Sequence[Mark]) -> tuple[Piece, ...]:
    """The text in order, cut where something is hidden or was seen; nothing is cut inside a secret."""
    found: list[Piece] = []
    reached = 0
    for secret, name in hidden:
        found += _plain(text, reached, secret.start, seen)
        within = _over(secret.start, secret.end, seen)
        found.append(Piece("", name, secret.kind, within))
        reached = secret.end
    return (*found, *_plain(text, reached, len(text), seen))


def _plain(text: str, start: int, end: int, seen: Sequence[Mark]) -> Iterable[Piece]:
    inner = {place for mark in seen for place in (mark.start, mark.end) if start < place < end}
    bounds = [start, *sorted(inner), end]
    for a, b in pairwise(bounds):
        if a < b:
            yield Piece(text[a:b], marks=_over(a, b, seen))


def _over(start: int, end: int, seen: Sequence[Mark]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(mark.trigger for mark in seen if mark.start < end and start < mark.end))
