"""Fitting a model of emotion to an operator's own labels, judged on messages that it had not seen.

Which words say something is counted on the labelled messages themselves: each weighs by how much
more often it stands in those that show emotion (S. Wang and C. Manning, "Baselines and bigrams",
ACL 2012), under the same sparse logistic regression as the shipped model. It learns from messages
as a whole and judges each by its loudest part.
"""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from newel.ai.calibrate import fit_logistic
from newel.ai.encoder import Reads
from newel.ai.features import WIDTH, Columns, Floats
from newel.ai.fitted import NOTHING, SHARES, Fitted, as_packed, inputs, moods_of, sense, shares, silence
from newel.ai.lesson import Learnt, fitted, part
from newel.ai.numbers import numbers
from newel.ai.signal import Asked, Hearing
from newel.ai.traits import Seen, together, weighed
from newel.ai.understood import fitted as understood
from newel.domain.scan.emotion import cue_of
from newel.domain.scan.features import ScanInput

FOLDS: Final = 5
_STRENGTH: Final = 1.0
_BALANCED: Final = 0.5
Truth = NDArray[np.bool_]


class Heard(NamedTuple):
    """Labelled messages as the models read them: all windows, the last of each the whole of it.

    Without an encoder there are no numbers.
    """

    seen: Seen
    moods: Floats
    numbers: Floats
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


Judge = Callable[[Heard, Truth, Columns], Floats]


class Unseen(NamedTuple):
    """What models that had not seen a message say of it, and the model that has seen all."""

    scores: Floats
    model: Fitted


def heard(
    texts: Sequence[str], shows: Sequence[bool], shipped: Hearing | None, reads: Reads | None = None
) -> Heard:
    """The messages taken apart, with what the shipped model and the encoder say of each window."""
    asked = [Asked.of(ScanInput(text=text)) for text in texts]
    moods = [moods_of(shipped.scores(one.seen)) if shipped else silence(one) for one in asked]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        read = [*pool.map(lambda one, mood: numbers(one, mood, reads), asked, moods)] if reads else [NOTHING]
    starts = np.cumsum([0, *(one.seen.windows for one in asked)])[:-1]
    seen = together([one.seen for one in asked])
    return Heard(seen, np.concatenate(moods), np.concatenate(read), starts, np.array(shows, bool))


def fit(given: Heard, language: str, beside: str, reads: str = "") -> Unseen:
    """The model of all messages, and what models of the other folds say of each.

    ``beside`` names the shipped model that is weighed with it, ``reads`` the encoder; empty leaves it out.
    """
    turns = _folds(given.shows)
    meant = _by_others(given, turns, _sense) if reads else NOTHING
    table = inputs(_by_others(given, turns, _words), given.moods if beside else NOTHING, meant)
    scores = np.zeros(len(given.shows), np.float32)
    for turn in range(FOLDS):
        weights = _weights(given, table, turns != turn)
        scores[turns == turn] = _loudest(given, table, weights)[turns == turn]
    every = np.ones(len(given.shows), bool)
    learnt, weights = _learnt(given, every), _weights(given, table, every)
    sense_ = _meant(given, every) if reads else NOTHING
    return Unseen(scores, as_packed(Fitted(learnt, weights, beside, language, reads=reads, meant=sense_)))


def _by_others(given: Heard, turns: Columns, judge: Judge) -> Floats:
    """What is made of each window by who learnt from the other folds."""
    found = np.zeros(given.seen.windows, np.float32)
    for turn in range(FOLDS):
        held = np.flatnonzero((turns == turn)[given.message])
        found[held] = judge(given, turns != turn, held)
    return found


def _words(given: Heard, chosen: Truth, held: Columns) -> Floats:
    learnt = _learnt(given, chosen)
    return learnt.scores(part(weighed(given.seen, learnt.scale, SHARES), held))[:, 0]


def _sense(given: Heard, chosen: Truth, held: Columns) -> Floats:
    return sense(given.numbers[held], _meant(given, chosen))


def shipped_cues(given: Heard) -> list[float]:
    """What the shipped model's moods weigh in each message, as the scan would weigh them."""
    parts = given.moods.max(1)
    parts[given.wholes] = -np.inf
    loudest = np.maximum.reduceat(parts, given.starts)
    return [cue_of(float(share)) for share in np.round(1 / (1 + np.exp(-loudest)), 4)]


def judged(model: Fitted, given: Heard) -> Floats:
    """What the model says of messages."""
    found = model.shares(given.seen, given.moods, given.numbers)
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


def _meant(given: Heard, chosen: Truth) -> Floats:
    """What the encoder's numbers of the chosen messages teach, as a whole each; last a shift."""
    wholes = given.wholes[chosen]
    truth = given.shows[chosen].astype(np.float32)[:, None]
    table, bias = understood(given.numbers[wholes], truth, np.ones_like(truth))
    return np.append(table[:, 0], bias).astype(np.float32)


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
