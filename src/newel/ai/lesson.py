"""Teaching the models of the scan: one logistic regression for each label, over sparse rows.

P(label) is calibrated on examples that the judging model did not see: all readings of one written
line are learnt together or held back together.
"""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from newel.ai.calibrate import Doubles, fit_logistic
from newel.ai.features import WIDTH, Columns, Floats, Rows
from newel.ai.lbfgs import minimise
from newel.ai.traits import rarities, seen_of, spread, weighed

_FIT: Final = 15.0
_ENOUGH: Final = 2e-3
_FOLDS: Final = 3  # one of which is held back
_ELSEWHERE: Final = 0.3


class Lesson(msgspec.Struct, frozen=True):
    """Texts with a column of truth for each label; texts of one group are held back together.

    ``often`` is how many times each text counts; once where it is left out.
    """

    texts: tuple[str, ...]
    truth: Floats
    groups: Columns
    often: Floats | None = None

    @property
    def counts(self) -> Floats:
        """How many times each text counts."""
        return np.ones(len(self.texts), np.float32) if self.often is None else self.often

    @property
    def weights(self) -> Floats:
        """How much each label of each text counts: of a text of another label it is half known."""
        elsewhere = (self.truth.sum(1, keepdims=True) > 0) & (self.truth == 0)
        each: Floats = np.where(elsewhere, _ELSEWHERE, 1).astype(np.float32)
        return each * self.counts[:, None]

    def part(self, chosen: Columns) -> "Lesson":
        """Some of it, by number."""
        texts = tuple(self.texts[at] for at in chosen)
        return Lesson(texts, self.truth[chosen], self.groups[chosen], self.counts[chosen])


class Learnt(msgspec.Struct, frozen=True):
    """Weights of the known columns (one row each), and a bias for each label.

    ``scale`` is what rows are weighed by; ``row_of`` tells the row of each column; -1 where nothing is
    known of it.
    """

    scale: Floats
    known: Columns
    row_of: Columns
    table: Floats
    bias: Floats

    @classmethod
    def of(cls, scale: Floats, known: Columns, table: Floats, bias: Floats) -> "Learnt":
        """One whose known columns are these, in order."""
        row_of = np.full(WIDTH, -1, np.int64)
        row_of[known] = np.arange(len(known))
        return cls(scale, known, row_of, table, bias)

    def scores(self, rows: Rows) -> Floats:
        """A score of each row for each label, not yet a probability: one sparse product."""
        found = np.zeros((len(rows.offsets) - 1, len(self.bias)), np.float32)
        at = self.row_of[rows.columns]
        kept = np.flatnonzero(at >= 0)
        row = np.searchsorted(rows.offsets, kept, side="right") - 1
        if len(kept):
            products = rows.values[kept, None] * self.table[at[kept]]
            firsts = np.flatnonzero(np.diff(row, prepend=-1))
            found[row[firsts]] = np.add.reduceat(products, firsts)
        return found + self.bias


class Sparse(msgspec.Struct, frozen=True):
    """Rows by row and by column, so that sums along either are taken of neighbours."""

    rows: Rows
    at: Columns
    width: int
    row: Columns
    values: Floats
    starts: Columns

    @classmethod
    def of(cls, rows: Rows, at: Columns, width: int) -> "Sparse":
        """The rows, of which entry i stands in column ``at[i]``; no row and no column is empty."""
        row = np.repeat(np.arange(len(rows.offsets) - 1), np.diff(rows.offsets))
        order = np.argsort(at, kind="stable")
        starts = np.searchsorted(at[order], np.arange(width))
        return cls(rows, at, width, row[order], rows.values[order], starts)

    def times(self, weights: Floats) -> Floats:
        """The sum of each row, every entry times the weight of its column."""
        scores: Floats = np.add.reduceat(self.rows.values * weights[self.at], self.rows.offsets[:-1])
        return scores

    def back(self, off: Floats) -> Floats:
        """The sum of each column, every entry times what its row is off by."""
        slopes: Floats = np.add.reduceat(self.values * off[self.row], self.starts)
        return slopes


def learn(lesson: Lesson, near: Learnt | None = None) -> Learnt:
    """Fit every label on the whole lesson; the way is shorter from a model of most of it."""
    seen = seen_of(lesson.texts)
    rarity = rarities(seen)
    return fitted(weighed(seen, rarity), rarity, lesson.truth, lesson.weights, near=near)


def fitted(
    rows: Rows,
    scale: Floats,
    truth: Floats,
    counts: Floats | None = None,
    strength: float = _FIT,
    near: Learnt | None = None,
) -> Learnt:
    """Fit each label to rows that were weighed by a scale; a weaker fit keeps the weights smaller.

    ``counts`` is how much each label of each row counts; 1 where it is left out. ``near`` is where to start.
    """
    known, at = np.unique(rows.columns, return_inverse=True)
    sparse = Sparse.of(rows, at, len(known))
    counts = np.ones_like(truth) if counts is None else counts
    starts = _starts(known, truth.shape[1], near)
    asked = [_objective(sparse, *each, strength) for each in zip(truth.T, counts.T, strict=True)]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = [*pool.map(lambda each, start: minimise(each, start, _ENOUGH), asked, starts)]
    table = np.stack([weights[:-1] for weights in found], axis=1)
    return Learnt.of(scale, known, table, np.array([weights[-1] for weights in found], np.float32))


def _starts(known: Columns, labels: int, near: Learnt | None) -> Floats:
    """What is known of each label already, or nothing: a weight for each column, and last the bias."""
    starts = np.zeros((labels, len(known) + 1), np.float32)
    if near is not None:
        row = near.row_of[known]
        starts[:, :-1][:, row >= 0] = near.table[row[row >= 0]].T
        starts[:, -1] = near.bias
    return starts


def part(rows: Rows, chosen: Columns) -> Rows:
    """Some of the rows, by number."""
    sizes = np.diff(rows.offsets)[chosen]
    _, at = spread(rows.offsets[chosen], sizes)
    offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)])
    return Rows(offsets, rows.columns[at], rows.values[at])


def _objective(
    rows: Sparse, truth: Floats, counts: Floats, strength: float
) -> Callable[[Floats], tuple[float, Floats]]:
    """The ridge-logistic loss and its slope; some texts count less."""

    def objective(weights: Floats) -> tuple[float, Floats]:
        scores = rows.times(weights[:-1]).astype(np.float64) + weights[-1]
        loss = float(counts @ (np.logaddexp(0, scores) - truth * scores))
        off = (strength * counts * (_share(scores) - truth)).astype(np.float32)
        slope = rows.back(off) + weights[:-1]
        ridge = 0.5 * float(weights[:-1] @ weights[:-1])
        return strength * loss + ridge, np.append(slope, off.sum()).astype(np.float32)

    return objective


def _share(scores: Doubles) -> Doubles:
    share: Doubles = 1 / (1 + np.exp(-np.clip(scores, -60, 60)))
    return share


class Unseen(NamedTuple):
    """The part of a lesson that was held back, the model of the rest, and its scores of that part."""

    part: Lesson
    model: Learnt
    scores: Floats


def unseen(lesson: Lesson) -> Unseen:
    """A third of the groups, judged by a model that saw none of them."""
    held = held_back(lesson)
    model, asked = learn(lesson.part(np.flatnonzero(~held))), lesson.part(np.flatnonzero(held))
    return Unseen(asked, model, model.scores(weighed(seen_of(asked.texts), model.scale)))


def held_back(lesson: Lesson) -> NDArray[np.bool_]:
    """The texts of the same third of the groups each time."""
    order = np.random.default_rng(7).permutation(int(lesson.groups.max()) + 1) % _FOLDS
    found: NDArray[np.bool_] = order[lesson.groups] == 0
    return found


def calibrated(scores: Floats, truth: Floats, counts: Floats) -> Floats:
    """For each label the slope and shift that make a score its log odds, texts counted so often."""
    fits = [
        fit_logistic(column[:, None].astype(np.float64), right.astype(np.float64), counts.astype(np.float64))
        for column, right in zip(scores.T, truth.T, strict=True)
    ]
    return np.array(fits, np.float32)


def table_of(labels: Sequence[str], given: Sequence[Sequence[str]]) -> Floats:
    """The truth of several texts as ones and zeros."""
    return np.array([[label in each for label in labels] for each in given], np.float32)
