"""What a message means and how its sender feels, as scores that the scan weighs: versioned signals.

The model is small: sparse logistic regressions over words, synonyms and letters, learnt from the
examples in ``examples/`` and kept in ``signal.npz``, which ``python -m newel.ai.signal`` writes.
It is read sentence by sentence, so that one sentence in a long message counts as it would alone.
"""

import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import Final, NamedTuple

import msgspec
import numpy as np

from newel.ai.examples import Example, shipped, source
from newel.ai.features import WIDTH, Columns, Floats
from newel.ai.lesson import Learnt, Lesson, calibrated, learn, table_of, unseen
from newel.ai.said import LANGUAGE, Said, said, windows
from newel.ai.traits import WEIGHTS, Seen, seen_in, weighed
from newel.domain.scan.features import HEARD, ScanInput, Signal

LABELS: Final = tuple(label for labels in HEARD.values() for label in labels)
FILE: Final = "signal.npz"
_FORMAT: Final = "signal-3"
# A weight is one of so many steps; a column with none over the least says next to nothing.
_STEPS: Final = 127
_LEAST: Final = 4


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
        """The highest score of each label in what the sender says, and where it stands."""
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
    """A message as the models read it: its windows, and last the text as a whole.

    ``apart`` are the windows before the last.
    """

    said: Said
    apart: int
    seen: Seen

    @classmethod
    def of(cls, message: ScanInput) -> "Asked":
        """Everything that the windows of a message hold."""
        heard = said(message)
        windows = [*heard.windows, (0, heard.own)]
        return cls(heard, len(heard.windows), seen_in(heard.pieces, windows))

    def place(self, number: int) -> tuple[int, int] | None:
        """Where in the text a window stands; None where it stands elsewhere."""
        return self.said.whole if number == self.apart else self.said.places[number]


def version() -> str:
    """The hash of all that the model is made from."""
    inputs = [_FORMAT, LABELS, WEIGHTS, source(LANGUAGE)]
    return hashlib.sha256(msgspec.json.encode(inputs)).hexdigest()[:12]


def taught() -> Hearing:
    """The model, learnt anew from the shipped examples."""
    examples = tuple(part for example in shipped(LANGUAGE) for part in _parts(example))
    lesson = Lesson(
        tuple(example.text for example in examples),
        table_of(LABELS, [example.labels for example in examples]),
        np.array([example.line for example in examples]),
    )
    fits = np.array(calibrated(unseen(lesson), lesson.truth), np.float32)
    return Hearing(version(), learn(lesson), fits[:, 0], fits[:, 1])


def _parts(example: Example) -> tuple[Example, ...]:
    """An example; where it has no label, each of its sentences and clauses has none either."""
    if example.labels:
        return (example,)
    sentences = (example.text[start:end] for start, end in windows(example.text))
    spoken = (part.strip() for sentence in sentences for part in (sentence, *sentence.split(",")))
    return tuple(
        Example(text, (), example.line) for text in dict.fromkeys((example.text, *filter(None, spoken)))
    )


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
