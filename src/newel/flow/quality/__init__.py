"""Quality: what is looked over (``sample``), what waits for a reviewer (``held``), the scoring, the desk."""

from newel.flow.quality.held import decide, expire, hold
from newel.flow.quality.results import Results, results
from newel.flow.quality.sample import ended, marked, seed_of
from newel.flow.quality.scoring import score
from newel.flow.quality.sheet import Desk, Sheet, listed, mine, opened

__all__ = [
    "Desk",
    "Results",
    "Sheet",
    "decide",
    "ended",
    "expire",
    "hold",
    "listed",
    "marked",
    "mine",
    "opened",
    "results",
    "score",
    "seed_of",
]
