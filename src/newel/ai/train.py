"""Training: multinomial logistic regression over two views of the same examples.

With far fewer examples than features the fit is done in the space that the examples span
(the eigenvectors of their inner products): the same optimum, in a fraction of a second.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec
import numpy as np

from newel.ai.features import LETTERS, MIXED, Columns, Floats, Rows, Weigher, concepts_text
from newel.ai.lbfgs import minimise

OUTSIDE: Final = ""
_FORMAT: Final = "intent-3"
_FIT: Final = 10.0
_SMALLEST_EIGENVALUE: Final = 1e-6


class Examples(msgspec.Struct, frozen=True):
    """Texts with the number of their label; the last label means "none of these"."""

    labels: tuple[str, ...]
    texts: tuple[str, ...]
    classes: Columns
    version: str


class Span(msgspec.Struct, frozen=True):
    """The examples of one view in the space that they span."""

    weigher: Weigher
    rows: Rows
    inner: Floats
    points: Floats
    back: Floats


class View(msgspec.Struct, frozen=True):
    """One fitted view: for each known feature column, its weight for each label."""

    weigher: Weigher
    rows: Rows
    known: Columns
    table: Floats
    bias: Floats

    def log_shares(self, columns: Columns, values: Floats) -> Floats:
        """The log of each label's share for one row."""
        at = np.searchsorted(self.known, columns)
        at[at == len(self.known)] = 0
        seen = self.known[at] == columns
        scores: Floats = values[seen] @ self.table[at[seen]] + self.bias
        logs: Floats = log_softmax(scores[None])[0]
        return logs


def examples(phrases: Mapping[str, Sequence[str]], outside: Sequence[str]) -> Examples:
    """The phrases of each label, and of none; the version is the hash of all inputs."""
    labels = (*sorted(phrases), OUTSIDE)
    groups = [*(phrases[label] for label in labels[:-1]), outside]
    classes = np.repeat(np.arange(len(labels)), [len(group) for group in groups])
    texts = tuple(text for group in groups for text in group)
    return Examples(labels, texts, classes, _version(labels, groups))


def _version(labels: Sequence[str], groups: Sequence[Sequence[str]]) -> str:
    inputs = [_FORMAT, str(_FIT), MIXED, LETTERS, concepts_text(), labels, groups]
    return hashlib.sha256(msgspec.json.encode(inputs)).hexdigest()[:16]


def span(texts: Sequence[str], weights: Mapping[str, float]) -> Span:
    """The examples of one view, their inner products, and the space that they span."""
    weigher = Weigher(texts, weights)
    rows = weigher.rows(texts)
    dense = _dense(rows)
    inner = dense @ dense.T
    sizes, ways = np.linalg.eigh(inner.astype(np.float64))
    kept = sizes > _SMALLEST_EIGENVALUE
    root = np.sqrt(sizes[kept])
    points = (ways[:, kept] * root).astype(np.float32)
    return Span(weigher, rows, inner, points, (ways[:, kept] / root).astype(np.float32))


def _dense(rows: Rows) -> Floats:
    known, at = np.unique(rows.columns, return_inverse=True)
    dense = np.zeros((len(rows.offsets) - 1, len(known)), dtype=np.float32)
    row = np.repeat(np.arange(len(dense)), np.diff(rows.offsets))
    np.add.at(dense, (row, at), rows.values)
    return dense


def fit(points: Floats, classes: Columns, labels: int) -> Floats:
    """The weights (last row: bias) of a multinomial logistic regression; asserts convergence."""
    size, width = points.shape
    truth = np.zeros((size, labels), dtype=np.float32)
    truth[np.arange(size), classes] = 1

    def objective(flat: Floats) -> tuple[float, Floats]:
        weights = flat.reshape(width + 1, labels)
        logs = log_softmax(points @ weights[:-1] + weights[-1])
        loss = -_FIT * float(logs[truth > 0].sum()) + 0.5 * float((weights[:-1] ** 2).sum())
        off = (np.exp(logs) - truth) * np.float32(_FIT)
        slope = np.concatenate([points.T @ off + weights[:-1], off.sum(0, keepdims=True)])
        return loss, slope.ravel()

    return minimise(objective, np.zeros((width + 1) * labels, np.float32)).reshape(-1, labels)


def log_softmax(scores: Floats) -> Floats:
    """The logarithms of shares that sum to one in each row."""
    moved = scores - scores.max(1, keepdims=True)
    logs: Floats = moved - np.log(np.exp(moved).sum(1, keepdims=True))
    return logs


def train_view(spanned: Span, classes: Columns, labels: int) -> View:
    """Fit one view on all examples, with its weights turned back into feature weights."""
    weights = fit(spanned.points, classes, labels)
    mix = spanned.back @ weights[:-1]
    known = np.unique(spanned.rows.columns)
    rows, table = spanned.rows, np.zeros((len(known), labels), dtype=np.float32)
    row = np.repeat(np.arange(len(mix)), np.diff(rows.offsets))
    np.add.at(table, np.searchsorted(known, rows.columns), rows.values[:, None] * mix[row])
    return View(spanned.weigher, rows, known, table, weights[-1])
