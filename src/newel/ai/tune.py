"""Fitting a model of emotion to an operator's own labels, judged on messages that it had not seen.

Which words say something is counted on the labelled messages themselves: each weighs by how much
more often it stands in those that show emotion (S. Wang and C. Manning, "Baselines and bigrams",
ACL 2012), under the same sparse logistic regression as the shipped model. It learns from messages
as a whole and judges each by its loudest part.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from newel.ai.calibrate import fit_logistic
from newel.ai.features import WIDTH, Columns, Floats
from newel.ai.fitted import SHARES, Fitted, as_packed, inputs, moods_of, shares
from newel.ai.lesson import Learnt, fitted, part
from newel.ai.signal import Asked, Hearing
from newel.ai.traits import Seen, together, weighed
from newel.domain.scan.emotion import cue_of
from newel.domain.scan.features import ScanInput

FOLDS: Final = 5
_STRENGTH: Final = 1.0
_BALANCED: Final = 0.5
Truth = NDArray[np.bool_]


class Heard(NamedTuple):
    """Labelled messages as the models read them: all windows, the last of each the whole of it."""

    seen: Seen
    moods: Floats
    starts: Columns
    shows: Truth

    @property
    def wholes(self) -> Columns:
        """The number of each message's last window."""
        return np.append(self.starts[1:], self.seen.windows) - 1

    @property
    def message(self) -> Columns:
        """The message of each window."""
        sizes = np.diff(np.append(self.starts, self.seen.windows))
        return np.repeat(np.arange(len(self.starts)), sizes)

    def loudest(self, scores: Floats) -> Columns:
        """For each message its window of the highest score."""
        order = np.lexsort((scores, self.message))
        return order[self.wholes]


class Unseen(NamedTuple):
    """What models that had not seen a message say of it, and the model that has seen all."""

    scores: Floats
    model: Fitted


def heard(texts: Sequence[str], shows: Sequence[bool], shipped: Hearing | None) -> Heard:
    """The messages taken apart, with what the shipped model says of each window."""
    asked = [Asked.of(ScanInput(text=text)).seen for text in texts]
    seen = together(asked)
    starts = np.cumsum([0, *(one.windows for one in asked)])[:-1]
    moods = [moods_of(shipped.scores(one)) if shipped else _silence(one) for one in asked]
    return Heard(seen, np.concatenate(moods), starts, np.array(shows, bool))


def _silence(seen: Seen) -> Floats:
    return np.zeros((seen.windows, 4), np.float32)


def fit(given: Heard, language: str, beside: str) -> Unseen:
    """The model of all messages, and what models of the other folds say of each.

    ``beside`` names the shipped model that is weighed with it; empty leaves it out.
    """
    turns = _folds(given.shows)
    own = np.zeros(given.seen.windows, np.float32)
    for turn in range(FOLDS):
        learnt = _learnt(given, turns != turn)
        held = np.flatnonzero((turns == turn)[given.message])
        rows = part(weighed(given.seen, learnt.scale, SHARES), held)
        own[held] = learnt.scores(rows)[:, 0]
    width = inputs(own, given.moods).shape[1] if beside else 1
    table = inputs(own, given.moods)[:, :width]
    scores = np.zeros(len(given.shows), np.float32)
    for turn in range(FOLDS):
        weights = _weights(given, table, turns != turn)
        scores[turns == turn] = _loudest(given, table, weights)[turns == turn]
    everything = np.ones(len(given.shows), bool)
    model = Fitted(_learnt(given, everything), _weights(given, table, everything), beside, language)
    return Unseen(scores, as_packed(model))


def shipped_cues(given: Heard) -> list[float]:
    """What the shipped model's moods weigh in each message, as the scan would weigh them."""
    parts = given.moods.max(1)
    parts[given.wholes] = -np.inf
    loudest = np.maximum.reduceat(parts, given.starts)
    return [cue_of(float(share)) for share in np.round(1 / (1 + np.exp(-loudest)), 4)]


def judged(model: Fitted, given: Heard) -> Floats:
    """What the model says of messages."""
    own = model.learnt.scores(model.rows(given.seen))[:, 0]
    found = model.shares(own, given.moods)
    return found[given.loudest(found)]


def _folds(shows: Truth) -> Columns:
    """So many of each kind in each fold, by a fixed shuffle."""
    turns = np.zeros(len(shows), np.int64)
    shuffled = np.random.default_rng(7)
    for kind in (True, False):
        mine = np.flatnonzero(shows == kind)
        turns[shuffled.permutation(mine)] = np.arange(len(mine)) % FOLDS
    return turns


def _learnt(given: Heard, chosen: Truth) -> Learnt:
    """What the chosen messages teach, as a whole each."""
    wholes = given.wholes[chosen]
    scale = _telling(given, wholes, given.shows[chosen])
    rows = part(weighed(given.seen, scale, SHARES), wholes)
    truth = given.shows[chosen].astype(np.float32)[:, None]
    return fitted(rows, scale, truth, strength=_STRENGTH)


def _telling(given: Heard, wholes: Columns, shows: Truth) -> Floats:
    """How much each thing tells: the log of how much more often it stands in one kind than in the other."""
    kind = np.zeros(given.seen.windows, np.int8)
    kind[wholes] = np.where(shows, 1, 2)
    entries = given.seen.entries
    counts = [np.bincount(entries.column[kind[entries.window] == one], minlength=WIDTH) for one in (1, 2)]
    often, else_often = (
        (count + 1) / sum_ for count, sum_ in zip(counts, (shows.sum(), (~shows).sum()), strict=True)
    )
    telling = np.abs(np.log(often / else_often))
    return np.where(counts[0] + counts[1] > 0, telling, 0).astype(np.float32)


def _weights(given: Heard, table: Floats, chosen: Truth) -> Floats:
    """How much each input weighs in the loudest part of each message, as if both kinds were as frequent."""
    loudest = given.loudest(table[:, 0])[chosen]
    right = given.shows[chosen].astype(np.float64)
    weights = np.where(right > 0, _BALANCED / right.mean(), _BALANCED / (1 - right.mean()))
    return fit_logistic(table[loudest].astype(np.float64), right, weights).astype(np.float32)


def _loudest(given: Heard, table: Floats, weights: Floats) -> Floats:
    found = shares(table, weights)
    return found[given.loudest(found)]
