"""Quality: what is looked over, by which questions, and what follows from the answers."""

from newel.domain.quality.release import Ruling, Verdict, must_find, must_pass, must_say
from newel.domain.quality.sampling import WORK, Level, Work, chosen, level, likely, may_ease, share_of
from newel.domain.quality.scorecard import Mark, Score, score

__all__ = [
    "WORK",
    "Level",
    "Mark",
    "Ruling",
    "Score",
    "Verdict",
    "Work",
    "chosen",
    "level",
    "likely",
    "may_ease",
    "must_find",
    "must_pass",
    "must_say",
    "score",
    "share_of",
]
