"""What a message says: its sentences, as they stand and as they read once an evasion is undone.

A model reads words; it would not know "l a w y e r", a base64 run or a slip of the pen. So it hears
what the rules match on: the text as it stands, the same decoded, folded and mended, the subject, the
names of attachments, and what begins in the messages before.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise
from typing import Final, NamedTuple, TypeVar

from newel.domain.scan.features import ScanInput
from newel.domain.scan.lexicon import shipped_lexicon, spellings
from newel.domain.scan.normalise import views
from newel.domain.scan.quotation import blanked, zones
from newel.domain.scan.reader import TAIL, readable, spoken
from newel.domain.scan.spelling import Spelling
from newel.domain.scan.view import View

LANGUAGE: Final = "en"
_SENTENCE = re.compile(r"[^.!?;\n]*[^.!?;\s][^.!?;\n]*[.!?;]*")
_MOST: Final = 200
Part = TypeVar("Part")


class Window(NamedTuple):
    """A sentence, or two neighbours: where it stands."""

    start: int
    end: int


class Piece(NamedTuple):
    """Some words, and where they stand in the text; None where they stand elsewhere."""

    words: str
    place: Window | None = None


def said(message: ScanInput) -> list[Piece]:
    """What is heard of a message, each wording once."""
    text = message.text
    covered = zones(text)
    own = blanked(text, covered) if covered.spans else text
    first = [Piece(own[place.start : place.end], place) for place in _both_ends([*windows(own)])]
    found = {piece.words: piece for piece in reversed(first)}
    further = {piece.words: piece for piece in _further(own, message) if piece.words not in found}
    return [*reversed(found.values()), *_both_ends([*further.values()])]


def windows(text: str) -> Iterator[Window]:
    """Every sentence, and every two that follow each other, in order."""
    sentences = _sentences(text)
    for one, two in pairwise(sentences):
        yield one
        yield Window(one.start, two.end)
    yield from sentences[-1:]


def _sentences(text: str) -> list[Window]:
    return [Window(*found.span()) for found in _SENTENCE.finditer(text)]


def _both_ends(parts: Sequence[Part]) -> list[Part]:
    """Of very much the beginning and the end; the rules read the whole of it."""
    return [*parts] if len(parts) <= 2 * _MOST else [*parts[:_MOST], *parts[-_MOST:]]


def _further(own: str, message: ScanInput) -> Iterator[Piece]:
    """The readings of the text beyond the first, and what stands beside it."""
    own = readable(own)
    yield from (piece for view in _undone(own) for piece in _pieces(view))
    for beside in (message.subject, *(spoken(name) for name in message.attachments)):
        yield from _elsewhere(readable(beside))
    yield from _continued(message.previous, own)


def _undone(text: str) -> tuple[View, ...]:
    return tuple(view for view in views(text, _spelling())[1:] if not view.tight)


def _pieces(view: View) -> Iterator[Piece]:
    """The sentences of a view that it reads otherwise than the one that it was made of."""
    data = view.data.decode("latin-1")
    for start, end in windows(data):
        if not view.changed or any(first < end and last > start for first, last in view.changed):
            yield Piece(data[start:end], Window(*view.raw(start, end)))


def _elsewhere(text: str) -> Iterator[Piece]:
    """All readings of words that stand beside the text."""
    if text.strip():
        yield Piece(text)
        yield from (Piece(piece.words) for view in _undone(text) for piece in _pieces(view))


def _continued(previous: Sequence[str], text: str) -> Iterator[Piece]:
    """Sentences that begin in the messages before and end in this one."""
    told = [readable(each) for each in previous] if text.strip() else []
    for before in dict.fromkeys((" ".join([*told, ""])[-TAIL:], "".join(told)[-TAIL:])) if told else ():
        whole = before + text[:TAIL]
        for sentence in _sentences(whole):
            if sentence.start < len(before.rstrip()) < sentence.end:
                yield from _elsewhere(whole[sentence.start : sentence.end])


@cache
def _spelling() -> Spelling:
    return spellings(shipped_lexicon())[LANGUAGE]
