"""What a message means and how its sender feels, as scores that the scan weighs: versioned signals.

The model is small: sparse logistic regressions over words, synonyms and letters, learnt from the
examples in ``examples/`` and kept in ``signal.npz``, which ``python -m newel.ai.signal`` writes.
It is read sentence by sentence, so that one sentence in a long message counts as it would alone.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import Final, NamedTuple

import msgspec
import numpy as np

from newel.ai.examples import shipped, source
from newel.ai.features import WIDTH, Columns, Floats
from newel.ai.lesson import Learnt, Lesson, calibrated, learn, table_of, unseen
from newel.ai.traits import WEIGHTS, Seen, Window, seen_in, weighed
from newel.domain.scan.features import HEARD, ScanInput, Signal
from newel.domain.scan.quotation import blanked, zones
from newel.domain.words import Span

LANGUAGE: Final = "en"
LABELS: Final = tuple(label for labels in HEARD.values() for label in labels)
FILE: Final = "signal.npz"
_FORMAT: Final = "signal-2"
_SENTENCE = re.compile(r"[^.!?;\n]+[.!?;]*")
# Longer than that a sentence is read in pieces, as its first words are all that a window holds.
_LONG: Final = 300
# A weight is one of so many steps; a column with none over the least says next to nothing.
_STEPS: Final = 127
_LEAST: Final = 4
_MOST: Final = 100


class Said(NamedTuple):
    """A text in pieces, which are sentences, and its windows: every one, and every two neighbours."""

    text: str
    pieces: tuple[Span, ...]
    windows: tuple[Window, ...]

    def place(self, number: int) -> tuple[int, int]:
        """Where a window stands."""
        first, last = self.windows[number]
        return self.pieces[first].start, self.pieces[last - 1].end

    def texts(self) -> list[str]:
        """The pieces as texts."""
        return [self.text[piece.start : piece.end] for piece in self.pieces]


class Hearing(msgspec.Struct, frozen=True):
    """A learnt model with its calibration: one slope and shift for each label."""

    version: str
    learnt: Learnt
    slopes: Floats
    shifts: Floats

    def scores(self, seen: Seen) -> Floats:
        """The log odds of each label in each window, in one pass."""
        found: Floats = self.learnt.scores(weighed(seen, self.learnt.scale)) * self.slopes + self.shifts
        return found

    def signals(self, message: ScanInput) -> tuple[Signal, ...]:
        """The highest score of each label in the sender's own words or the subject, and where it stands."""
        asked = Asked.of(message)
        return self.told(asked, self.scores(asked.seen))

    def told(self, asked: "Asked", scores: Floats) -> tuple[Signal, ...]:
        """The signals of a message whose windows were scored; its parts count, and not the whole."""
        shares = 1 / (1 + np.exp(-scores[: asked.apart]))
        best = shares.argmax(0).tolist()
        highest = {label: round(float(shares[best[at], at]), 4) for at, label in enumerate(LABELS)}
        where = {label: place for at, label in enumerate(LABELS) if (place := asked.place(best[at]))}
        return tuple(
            Signal(
                name,
                self.version,
                {label: highest[label] for label in labels},
                LANGUAGE,
                {label: where[label] for label in labels if label in where},
            )
            for name, labels in HEARD.items()
        )


class Asked(NamedTuple):
    """A message as the models read it: its windows, its subject, and last the text as a whole.

    ``apart`` are the windows before the last.
    """

    said: Said
    apart: int
    seen: Seen

    @classmethod
    def of(cls, message: ScanInput) -> "Asked":
        """Everything that the windows of a message hold."""
        said = said_in(message.text)
        pieces, windows = said.texts(), [*said.windows]
        if message.subject or not pieces:
            windows.append((len(pieces), len(pieces) + 1))
            pieces.append(message.subject)
        last = len(said.pieces) or 1
        return cls(said, len(windows), seen_in(pieces, [*windows, (0, last)]))

    def place(self, number: int) -> tuple[int, int] | None:
        """Where in the text a window stands."""
        if number < len(self.said.windows):
            return self.said.place(number)
        if number == self.apart and self.said.pieces:
            return self.said.pieces[0].start, self.said.pieces[-1].end
        return None


def said_in(text: str) -> Said:
    """The sender's own words in pieces; of a very long text its beginning and its end."""
    covered = zones(text)
    own = blanked(text, covered) if covered.spans else text
    pieces = [*sentences(own)]
    if len(pieces) <= 2 * _MOST:
        return Said(own, tuple(pieces), tuple(_windows(0, len(pieces))))
    both = (*pieces[:_MOST], *pieces[-_MOST:])
    return Said(own, both, (*_windows(0, _MOST), *_windows(_MOST, len(both))))


def sentences(text: str) -> Iterator[Span]:
    """Every sentence in order; what goes on for long without a stop is cut between words."""
    for found in _SENTENCE.finditer(text):
        if not found[0].isspace():
            yield from _cut(text, *found.span())


def _cut(text: str, start: int, end: int) -> Iterator[Span]:
    while end - start > _LONG:
        at = text.rfind(" ", start + 1, start + _LONG)
        at = at if at > 0 else start + _LONG
        yield Span(start, at)
        start = at
    yield Span(start, end)


def _windows(first: int, last: int) -> Iterator[Window]:
    """Every piece of these, and every two that follow each other."""
    for at in range(first, last):
        yield at, at + 1
        if at + 2 <= last:
            yield at, at + 2


def version() -> str:
    """The hash of all that the model is made from."""
    inputs = [_FORMAT, LABELS, WEIGHTS, source(LANGUAGE)]
    return hashlib.sha256(msgspec.json.encode(inputs)).hexdigest()[:12]


def taught() -> Hearing:
    """The model, learnt anew from the shipped examples."""
    examples = shipped(LANGUAGE)
    lesson = Lesson(
        tuple(example.text for example in examples),
        table_of(LABELS, [example.labels for example in examples]),
        np.array([example.line for example in examples]),
    )
    fits = np.array(calibrated(unseen(lesson), lesson.truth), np.float32)
    return Hearing(version(), learn(lesson), fits[:, 0], fits[:, 1])


def packed(hearing: Hearing) -> bytes:
    """The model in few bytes: columns that say next to nothing are left out, weights are one byte each."""
    learnt = hearing.learnt
    scale = np.abs(learnt.table).max(0)
    kept = (np.abs(learnt.table) / scale).max(1) * _STEPS > _LEAST
    steps = np.round(learnt.table[kept] / scale * _STEPS).astype(np.int8)
    known = learnt.known[kept]
    content = BytesIO()
    np.savez_compressed(
        content,
        version=np.array(hearing.version),
        known=np.diff(known, prepend=0).astype(np.uint16),
        rarity=learnt.scale[known].astype(np.float16),
        commonest=np.array(learnt.scale.max(), np.float32),
        steps=np.ascontiguousarray(steps.T),
        scale=(scale / _STEPS).astype(np.float32),
        bias=learnt.bias,
        slopes=hearing.slopes,
        shifts=hearing.shifts,
    )
    return content.getvalue()


def unpacked(content: bytes) -> Hearing:
    """The model of ``packed``."""
    held: Mapping[str, np.ndarray] = np.load(BytesIO(content), allow_pickle=False)
    known: Columns = np.cumsum(held["known"].astype(np.int64))
    rarity = np.full(WIDTH, held["commonest"], np.float32)
    rarity[known] = held["rarity"]
    table = held["steps"].T.astype(np.float32) * held["scale"]
    learnt = Learnt.of(rarity, known, table, held["bias"])
    return Hearing(str(held["version"]), learnt, held["slopes"], held["shifts"])


@cache
def hearing() -> Hearing | None:
    """The shipped model; None where it is missing or was made from other examples."""
    try:
        found = unpacked(files("newel.ai").joinpath(FILE).read_bytes())
    except (OSError, ValueError, KeyError):
        return None
    return found if found.version == version() else None


def main() -> None:
    """Learn anew and write the file."""
    Path(__file__).with_name(FILE).write_bytes(packed(taught()))


if __name__ == "__main__":
    main()
