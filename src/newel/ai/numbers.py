"""A message as the encoder reads it: the numbers of its windows, each of the sentences that it holds."""

import numpy as np

from newel.ai.encoder import EPSILON, WIDTH, Reads
from newel.ai.features import Columns, Floats
from newel.ai.meaning import MOST
from newel.ai.signal import Asked


def numbers(asked: Asked, moods: Floats, reads: Reads) -> Floats:
    """One row of length one for each window, the sum of its sentences; of nothing that was read zeros.

    Of a long message those sentences are read in which the shipped model hears most of a mood.
    """
    chosen = _loudest(asked, moods)
    windows = [*asked.said.windows, (0, asked.said.own)]
    table = np.zeros((len(asked.said.pieces), WIDTH), np.float32)
    table[[windows[at][0] for at in chosen]] = reads.encode([asked.words(at) for at in chosen])
    sums = np.array([table[first:last].sum(0) for first, last in windows], np.float32)
    lengths = np.linalg.norm(sums, axis=1, keepdims=True)
    found: Floats = sums / np.maximum(lengths, EPSILON)
    return found


def _loudest(asked: Asked, moods: Floats) -> Columns:
    single = np.flatnonzero(asked.single)
    return single[np.argsort(-moods[single].max(1), kind="stable")[:MOST]]
