"""What a message means and how its sender feels, as scores that the scan weighs: versioned signals.

The model is small: sparse logistic regressions over words, synonyms and letters, learnt from the
examples in ``examples/`` and kept in ``signal.npz``, which ``python -m newel.ai.teach`` writes.
It is read sentence by sentence, so that one sentence in a long message counts as it would alone.
"""

import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import Final, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from newel.ai import gloss
from newel.ai.examples import source
from newel.ai.features import WIDTH, Columns, Floats
from newel.ai.lesson import Learnt
from newel.ai.said import Said, said
from newel.ai.traits import WEIGHTS, Seen, seen_in, weighed
from newel.domain.scan.features import HEARD, ScanInput, Signal

LANGUAGES: Final = ("en", "es", "fr")
LABELS: Final = tuple(label for labels in HEARD.values() for label in labels)
# Learnt beside the labels: whether a person must lead at all, which odd words tell sooner than why.
LED: Final = np.array(
    [at for at, label in enumerate(LABELS) if label not in (*HEARD["data_model"], *HEARD["risk_model"])]
)
FILE: Final = "signal.npz"
_FORMAT: Final = "signal-6"
# A message without a label is so many times as common as among the examples, where odd ones abound.
ORDINARY: Final = 3.0
# A weight is one of so many steps; a column with none over the least says next to nothing.
_STEPS: Final = 127
_LEAST: Final = 4


class Hearing(msgspec.Struct, frozen=True):
    """A learnt model with its calibration: a slope and shift for each label, and for all of them together."""

    version: str
    learnt: Learnt
    slopes: Floats
    shifts: Floats

    def scores(self, seen: Seen) -> Floats:
        """The log odds of each label in each window, in one pass."""
        return self.odds(self.read(seen))

    def read(self, seen: Seen) -> Floats:
        """What the words of each window say, not yet calibrated."""
        return self.learnt.scores(weighed(seen, self.learnt.scale))

    def odds(self, read: Floats) -> Floats:
        """The same as log odds."""
        return raised(read, self.slopes, self.shifts)

    def signals(self, message: ScanInput) -> tuple[Signal, ...]:
        """The highest score of each label in what the sender says, and where it stands."""
        asked = Asked.of(message)
        return self.told(asked, self.scores(asked.seen))

    def told(self, asked: "Asked", scores: Floats, beside: str = "") -> tuple[Signal, ...]:
        """The signals of a message whose windows were scored; its parts count, and not the whole.

        ``beside`` is the version of what else had a say.
        """
        shares = 1 / (1 + np.exp(-scores[: asked.apart]))
        best = shares.argmax(0).tolist()
        highest = {label: round(float(shares[best[at], at]), 4) for at, label in enumerate(LABELS)}
        where = {label: place for at, label in enumerate(LABELS) if (place := asked.place(best[at]))}
        return tuple(
            Signal(
                name,
                f"{self.version}+{beside}" if beside else self.version,
                {label: highest[label] for label in labels},
                LANGUAGES,
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
        read = [gloss.beside(piece, heard.language) for piece in heard.pieces]
        return cls(heard, len(heard.windows), seen_in(read, windows))

    @property
    def single(self) -> NDArray[np.bool_]:
        """Whether a window is one sentence; the text as a whole is none."""
        return np.array([*(last - first == 1 for first, last in self.said.windows), False])

    def words(self, number: int) -> str:
        """What the encoder reads of a window of one sentence."""
        piece = self.said.pieces[self.said.windows[number][0]]
        return gloss.english(piece.strip(), self.said.language)

    def place(self, number: int) -> tuple[int, int] | None:
        """Where in the text a window stands; None where it stands elsewhere."""
        return self.said.whole if number == self.apart else self.said.places[number]


def raised(read: Floats, slopes: Floats, shifts: Floats) -> Floats:
    """The log odds of the labels; of the likeliest not less than what it and the last column say together."""
    odds: Floats = read * slopes[:-1] + shifts[:-1]
    both = together(odds) * slopes[-1] + shifts[-1]
    rows, best = np.arange(len(odds)), likeliest(odds)
    odds[rows, best] = np.maximum(odds[rows, best], both)
    return odds[:, : len(LABELS)]


def likeliest(odds: Floats) -> Columns:
    """Of each window the label that would most likely be why a person must lead."""
    found: Columns = LED[odds[:, LED].argmax(1)]
    return found


def together(odds: Floats) -> Floats:
    """What the likeliest label and the last column, that a person must lead at all, say together."""
    likely = odds[np.arange(len(odds)), likeliest(odds)]
    return ((likely + odds[:, -1]) / 2).astype(np.float32)


def version() -> str:
    """The hash of all that the model is made from."""
    written = [*map(source, LANGUAGES), *map(gloss.source, gloss.LANGUAGES)]
    inputs = [_FORMAT, LABELS, WEIGHTS, ORDINARY, *written]
    return hashlib.sha256(msgspec.json.encode(inputs)).hexdigest()[:12]


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
