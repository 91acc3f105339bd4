"""Teaching what sentences mean: one logistic regression for each label, over the encoder's numbers.

It learns from the lines from which the model of words that judges learnt too, and is weighed with it
on the lines that both did not see.
"""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import numpy as np
from numpy.typing import NDArray

from newel.ai import signal
from newel.ai.calibrate import fit_logistic
from newel.ai.encoder import Encoder
from newel.ai.features import Floats
from newel.ai.lbfgs import minimise
from newel.ai.lesson import Lesson, held_back
from newel.ai.meaning import TOGETHER, Meaning, Table, version
from newel.ai.signal import ORDINARY, together

_STRENGTH: Final = 3.0
# So long are rows made for the fit: weights and bias are of one size then, and it is sooner done.
_LENGTH: Final = np.float32(20**0.5)
_ENOUGH: Final = 2e-3
_AT_ONCE: Final = 500


def understood(scores: Floats, taken: Lesson, reads: Encoder) -> Meaning:
    """What is learnt from the lines that were not held back, weighed on those that were.

    ``taken`` is the lesson as the encoder reads it, ``scores`` what words say of the lines held back.
    """
    return Meaning(version(), tuple(tabled(scores, taken, reads, codes) for codes in TOGETHER))


def tabled(scores: Floats, taken: Lesson, reads: Encoder, codes: Sequence[str]) -> Table:
    """The table of languages that are learnt together."""
    mine, back = spoken(taken, codes), held_back(taken)
    lines, held = taken.part(np.flatnonzero(mine & ~back)), taken.part(np.flatnonzero(mine & back))
    table, bias = fitted(encoded(reads, lines.texts), lines.truth, lines.weights)
    return weighed(scores[mine[back]], encoded(reads, held.texts) @ table + bias, (table, bias), held)


def spoken(lesson: Lesson, codes: Sequence[str]) -> NDArray[np.bool_]:
    """The texts in some languages."""
    known = [signal.LANGUAGES.index(code) for code in codes]
    return np.isin(lesson.groups % len(signal.LANGUAGES), known)


def encoded(reads: Encoder, texts: Sequence[str]) -> Floats:
    """The numbers of texts."""
    parts = [texts[at : at + _AT_ONCE] for at in range(0, len(texts), _AT_ONCE)]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return np.concatenate([*pool.map(reads.encode, parts)])


def fitted(numbers: Floats, truth: Floats, counts: Floats) -> tuple[Floats, Floats]:
    """A table and a bias for each label; asserts convergence."""
    numbers = numbers * _LENGTH
    width, labels = numbers.shape[1], truth.shape[1]

    def objective(flat: Floats) -> tuple[float, Floats]:
        weights = flat.reshape(width + 1, labels)
        scores = numbers @ weights[:-1] + weights[-1]
        shares = 1 / (1 + np.exp(-np.clip(scores, -60, 60)))
        losses = counts * (np.logaddexp(0, scores) - truth * scores)
        off = (_STRENGTH * counts * (shares - truth)).astype(np.float32)
        slope = np.concatenate([numbers.T @ off + weights[:-1], off.sum(0, keepdims=True)])
        loss = _STRENGTH * float(losses.sum(dtype=np.float64)) + 0.5 * float((weights[:-1] ** 2).sum())
        return loss, slope.ravel().astype(np.float32)

    found = minimise(objective, np.zeros((width + 1) * labels, np.float32), _ENOUGH)
    weights = found.reshape(width + 1, labels)
    return weights[:-1] * _LENGTH, weights[-1]


def weighed(words: Floats, meant: Floats, learnt: tuple[Floats, Floats], part: Lesson) -> Table:
    """How much words and meaning weigh beside each other for each label, on lines that neither saw."""
    counts = np.where(part.truth.any(1), 1, ORDINARY * part.counts).astype(np.float64)
    right = part.truth.astype(np.float64)
    shares = np.array(
        [
            fit_logistic(np.column_stack(given).astype(np.float64), told, counts)
            for *given, told in zip(words.T, meant.T, right.T, strict=True)
        ],
        np.float32,
    )
    odds = words * shares[:, 0] + meant * shares[:, 1] + shares[:, 2]
    both = fit_logistic(together(odds)[:, None].astype(np.float64), right[:, -1], counts)
    table, bias = learnt
    shifts = bias * shares[:, 1] + shares[:, 2]
    return Table(table * shares[:, 1], shares[:, 0], shifts, both.astype(np.float32))
