"""Training: multinomial logistic regression over two views of the same examples.

With far fewer examples than features the fit is done in the space that the examples span: the
rows of the Cholesky factor of their inner products lie to each other as the examples do. It is
the same optimum at a fraction of the cost.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec
import numpy as np

from newel.ai.features import LETTERS, MIXED, Columns, Floats, Rows, Weigher, concepts_text
from newel.ai.lbfgs import minimise

OUTSIDE: Final = ""
_FORMAT: Final = "intent-6"
_FIT: Final = 10.0
_RIDGE: Final = 1e-3
_COMMON: Final = 64


class Examples(msgspec.Struct, frozen=True):
    """Texts with the number of their label; the last label means "none of these"."""

    labels: tuple[str, ...]
    texts: tuple[str, ...]
    classes: Columns
    version: str


class Span(msgspec.Struct, frozen=True):
    """The examples of one view: their inner products, and points that have the same ones."""

    weigher: Weigher
    rows: Rows
    inner: Floats
    points: Floats


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
    inner = inner_products(rows)
    ridge = _RIDGE * np.eye(len(inner))
    points = np.linalg.cholesky(inner.astype(np.float64) + ridge).astype(np.float32)
    return Span(weigher, rows, inner, points)


def inner_products(rows: Rows) -> Floats:
    """Each row with each: dense for common features, pair by pair for rare ones."""
    size = len(rows.offsets) - 1
    row = np.repeat(np.arange(size), np.diff(rows.offsets))
    _, at, seen = np.unique(rows.columns, return_inverse=True, return_counts=True)
    common = (seen > _COMMON)[at]
    places = np.cumsum(seen > _COMMON) - 1
    dense = np.zeros((size, int((seen > _COMMON).sum())), dtype=np.float32)
    dense[row[common], places[at[common]]] = rows.values[common]
    order = np.flatnonzero(~common)[np.argsort(at[~common], kind="stable")]
    half = _rare_products(at[order], row[order], rows.values[order], size)
    inner: Floats = dense @ dense.T + half + half.T
    np.fill_diagonal(inner, 1.0)
    return inner


def _rare_products(feature: Columns, row: Columns, values: Floats, size: int) -> Floats:
    """Sums over pairs of rows that share a rare feature; entries are sorted by feature."""
    total = np.zeros(size * size)
    for apart in range(1, _COMMON):
        same = feature[apart:] == feature[:-apart]
        if not same.any():
            break
        pairs = row[:-apart][same] * size + row[apart:][same]
        products = values[:-apart][same] * values[apart:][same]
        total += np.bincount(pairs, weights=products, minlength=size * size)
    half: Floats = total.reshape(size, size).astype(np.float32)
    return half


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
    mix = np.linalg.solve(spanned.points.T.astype(np.float64), weights[:-1]).astype(np.float32)
    known = np.unique(spanned.rows.columns)
    rows, table = spanned.rows, np.zeros((len(known), labels), dtype=np.float32)
    row = np.repeat(np.arange(len(mix)), np.diff(rows.offsets))
    np.add.at(table, np.searchsorted(known, rows.columns), rows.values[:, None] * mix[row])
    return View(spanned.weigher, rows, known, table, weights[-1])
