"""Calibrating the matcher: P(correct) from cross-validation and from the operator's labelled lines.

Three kinds of trial: every phrase judged by models that did not see it; every phrase judged by
a model that does not know its reason at all (what a new matter looks like: any reason is wrong);
and the operator's own lines. Isotonic steps make the result mean what it says.
"""

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from newel.ai.features import LETTERS, MIXED, Columns, Floats, word_columns, word_counts
from newel.ai.intent import Intent, Judgement, judge, strangeness
from newel.ai.train import Examples, Span, fit, log_softmax, span
from newel.domain.policy.calibration import Calibration

_FOLDS: Final = 5
_WEIGHTS: Final = {"fold": 1.0, "unknown": 0.3, "line": 2.0}
_RIDGE: Final = 1e-2
_ROUNDS: Final = 60
Doubles = NDArray[np.float64]


class Line(msgspec.Struct, frozen=True):
    """A labelled message; ``reason`` is None (or empty) when no playbook is right."""

    text: str
    reason: str | None = None


class Trial(msgspec.Struct, frozen=True):
    """One judgement with whether it was right, and how much it counts."""

    evidence: Floats
    right: bool
    kind: str


def read_lines(content: bytes) -> list[Line]:
    """Labelled messages, one JSON object a line."""
    return msgspec.json.Decoder(Line).decode_lines(content)


def calibrate(matcher: Intent, lines: Sequence[Line]) -> Calibration:
    """Fit P(correct) for this matcher; judgements for "none of these" count as well."""
    trials = [*_trials(matcher.examples), *_line_trials(matcher, lines)]
    evidence = np.array([trial.evidence for trial in trials], dtype=np.float64)
    right = np.array([trial.right for trial in trials], dtype=np.float64)
    weights = np.array([_WEIGHTS[trial.kind] for trial in trials])
    centre, scale = evidence.mean(0), evidence.std(0) + 1e-9
    theta = fit_logistic((evidence - centre) / scale, right, weights)
    scores = ((evidence - centre) / scale) @ theta[:-1] + theta[-1]
    at, shares = _isotonic(scores, right, weights)
    return Calibration(
        matcher=matcher.version,
        about={kind: float(sum(t.kind == kind for t in trials)) for kind in _WEIGHTS},
        centre=_rounded(centre),
        scale=_rounded(scale),
        weights=_rounded(theta[:-1]),
        bias=round(float(theta[-1]), 6),
        scores=_rounded(at),
        shares=_rounded(shares),
    )


def _rounded(values: Doubles | list[float]) -> tuple[float, ...]:
    return tuple(round(float(value), 6) for value in values)


def _trials(given: Examples) -> Iterator[Trial]:
    spans = (span(given.texts, MIXED), span(given.texts, LETTERS))
    folds = np.random.default_rng(7).permutation(len(given.texts)) % _FOLDS
    for fold in range(_FOLDS):
        yield from _held_out(given, spans, folds == fold, "fold")
    for label in range(len(given.labels) - 1):
        yield from _held_out(given, spans, given.classes == label, "unknown")


def _held_out(
    given: Examples, spans: tuple[Span, Span], held: NDArray[np.bool_], kind: str
) -> Iterator[Trial]:
    """Judge the held-out examples by models of the others."""
    labels, kept = len(given.labels), given.classes[~held]
    logs = [_log_shares(one, held, given.classes, labels) for one in spans]
    known = [text for text, out in zip(given.texts, held, strict=True) if not out]
    seen = word_counts(known)
    for turn, example in enumerate(np.flatnonzero(held)):
        strange = strangeness(seen[word_columns(given.texts[example])], len(known))
        near = spans[0].inner[example][~held]
        judged = judge(logs[0][turn], logs[1][turn], near, kept, strange)
        truth = labels - 1 if kind == "unknown" else int(given.classes[example])
        yield Trial(judged.evidence, judged.label == truth, kind)


def _log_shares(one: Span, held: NDArray[np.bool_], classes: Columns, labels: int) -> Floats:
    weights = fit(one.points[~held], classes[~held], labels)
    return log_softmax(one.points[held] @ weights[:-1] + weights[-1])


def _line_trials(matcher: Intent, lines: Sequence[Line]) -> Iterator[Trial]:
    labels = matcher.examples.labels
    for line in lines:
        judged: Judgement = matcher.judge(line.text)
        yield Trial(judged.evidence, labels[judged.label] == (line.reason or ""), "line")


def fit_logistic(inputs: Doubles, right: Doubles, weights: Doubles) -> Doubles:
    """A small ridge-logistic fit by Newton's steps; asserts convergence."""
    design = np.column_stack([inputs, np.ones(len(inputs))])
    theta = np.zeros(design.shape[1])
    for _ in range(_ROUNDS):
        share = 1 / (1 + np.exp(-(design @ theta)))
        slope = design.T @ (weights * (share - right)) + _RIDGE * theta
        curve = (design * (weights * share * (1 - share))[:, None]).T @ design
        move = np.linalg.solve(curve + _RIDGE * np.eye(len(theta)), slope)
        theta = theta - move
        if float(np.abs(move).max()) < 1e-8:
            return theta
    raise ArithmeticError("the calibration's meta model did not converge")


def _isotonic(scores: Doubles, right: Doubles, weights: Doubles) -> tuple[list[float], list[float]]:
    """Pool adjacent violators: the rising steps nearest to the outcomes, as (score, share)."""
    blocks: list[list[float]] = []  # sum of weight × score, of weight × outcome, of weight
    for at in np.argsort(scores, kind="stable"):
        w = float(weights[at])
        blocks.append([w * float(scores[at]), w * float(right[at]), w])
        while len(blocks) > 1 and blocks[-2][1] * blocks[-1][2] >= blocks[-1][1] * blocks[-2][2]:
            last = blocks.pop()
            blocks[-1] = [a + b for a, b in zip(blocks[-1], last, strict=True)]
    # A step of few trials proves little: each is drawn towards a half by two trials' weight.
    return [b[0] / b[2] for b in blocks], _rising([(b[1] + 1) / (b[2] + 2) for b in blocks])


def _rising(shares: list[float]) -> list[float]:
    return [float(share) for share in np.minimum.accumulate(shares[::-1])[::-1]]
