"""What a message says: its sentences, as they stand and as they read once an evasion is undone.

A model reads words; it would not know "l a w y e r", a base64 run or a slip of the pen. So it hears
what the rules match on: the text as it stands, the same decoded, folded and mended, the subject, the
names of attachments, and what begins in the messages before.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple, TypeVar

from newel.ai.traits import Window
from newel.domain.scan.features import ScanInput
from newel.domain.scan.language import detect, identifier
from newel.domain.scan.lexicon import shipped_lexicon
from newel.domain.scan.normalise import views
from newel.domain.scan.quotation import blanked, zones
from newel.domain.scan.reader import TAIL, begun, goes_on, readable, spoken
from newel.domain.scan.spelling import Spelling
from newel.domain.scan.view import View

# The languages whose slips are mended towards their own words; in another as in the first.
_LANGUAGES: Final = ("en", "es", "fr")
_SENTENCE = re.compile(r"[^.!?;\n]+[.!?;]*")
# Longer than that a sentence is read in pieces, as its first words are all that a window holds.
_LONG: Final = 300
_MOST: Final = 100
Part = TypeVar("Part")
Place = tuple[int, int]


class Piece(NamedTuple):
    """Some words, and where they stand in the text; None where they stand elsewhere."""

    words: str
    place: Place | None = None


class Said(NamedTuple):
    """What is heard: the windows over these pieces, and where each stands in the text.

    The first ``own`` pieces are the sender's words as they stand, in that language.
    """

    pieces: list[str]
    windows: list[Window]
    places: list[Place | None]
    own: int
    language: str

    @property
    def whole(self) -> Place | None:
        """Where the sender's own words stand."""
        ends = [place for place in self.places[: 2 * self.own] if place] if self.own else []
        return (ends[0][0], ends[-1][1]) if ends else None


def said(message: ScanInput) -> Said:
    """What is heard of a message."""
    covered = zones(message.text)
    text = blanked(message.text, covered) if covered.spans else message.text
    spans = _both_ends([*sentences(text)])
    windows = [*_runs(len(spans))]
    places: list[Place | None] = [(spans[first][0], spans[last - 1][1]) for first, last in windows]
    pieces = [text[start:end] for start, end in spans]
    heard = {text[place[0] : place[1]] for place in places if place}
    own = readable(text)
    language = detect(own, None, _LANGUAGES, identifier()).code
    further = {p.words: p for p in _further(own, message, _spelling(language)) if p.words not in heard}
    for piece in _both_ends([*further.values()]) or ([] if pieces else [Piece("")]):
        windows.append((len(pieces), len(pieces) + 1))
        pieces.append(piece.words)
        places.append(piece.place)
    return Said(pieces, windows, places, len(spans), language)


def windows(text: str) -> Iterator[Place]:
    """Every sentence, and every two that follow each other, in order."""
    spans = [*sentences(text)]
    for first, last in _runs(len(spans)):
        yield spans[first][0], spans[last - 1][1]


def sentences(text: str) -> Iterator[Place]:
    """Every sentence in order; what goes on for long without a stop is cut between words."""
    for found in _SENTENCE.finditer(text):
        if not found[0].isspace():
            yield from _cut(text, *found.span())


def _cut(text: str, start: int, end: int) -> Iterator[Place]:
    while end - start > _LONG:
        at = text.rfind(" ", start + 1, start + _LONG)
        at = at if at > 0 else start + _LONG
        yield start, at
        start = at
    yield start, end


def _runs(count: int) -> Iterator[Window]:
    """Every piece of so many, and every two neighbours; of very many not the two that meet in the middle."""
    for at in range(count):
        yield at, at + 1
        if at + 2 <= count and not (count == 2 * _MOST and at + 1 == _MOST):
            yield at, at + 2


def _both_ends(parts: Sequence[Part]) -> list[Part]:
    """Of very much the beginning and the end; the rules read the whole of it."""
    return [*parts] if len(parts) <= 2 * _MOST else [*parts[:_MOST], *parts[-_MOST:]]


def _further(own: str, message: ScanInput, spelling: Spelling) -> Iterator[Piece]:
    """The readings of the text beyond the first, and what stands beside it."""
    yield from (piece for view in _undone(own, spelling) for piece in _pieces(view))
    for beside in (message.subject, *(spoken(name) for name in message.attachments)):
        yield from _elsewhere(readable(beside), spelling)
    yield from _continued(message.previous, own, spelling)


def _spelling(code: str) -> Spelling:
    """What mends the slips of a text in a language: a Spanish "llega" is no slip of "legal"."""
    return shipped_lexicon().spellings[code if code in _LANGUAGES else _LANGUAGES[0]]


def _undone(text: str, spelling: Spelling) -> tuple[View, ...]:
    return tuple(view for view in views(text, spelling)[1:] if not view.tight)


def _pieces(view: View) -> Iterator[Piece]:
    """The sentences of a view that it reads otherwise than the one that it was made of."""
    data = view.data.decode("latin-1")
    for start, end in windows(data):
        if view.rewrites(start, end):
            yield Piece(data[start:end], view.raw(start, end))


def _elsewhere(text: str, spelling: Spelling) -> Iterator[Piece]:
    """All readings of words that stand beside the text."""
    if text.strip():
        yield Piece(text)
        yield from (Piece(piece.words) for view in _undone(text, spelling) for piece in _pieces(view))


def _continued(previous: Sequence[str], text: str, spelling: Spelling) -> Iterator[Piece]:
    """Sentences that begin in the messages before and end in this one."""
    for before in begun(previous) if goes_on(previous, text) else ():
        whole = before + text[:TAIL]
        for start, end in sentences(whole):
            if start < len(before.rstrip()) < end:
                yield from _elsewhere(whole[start:end], spelling)
