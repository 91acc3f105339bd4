"""The tier decision: release, propose, escalate or deflect, each with reasons and policy version.

Every rule is looked at (``rules``); each that fires can only raise, and ``decision`` takes the highest.
Confidence is one of them: it raises a tier and lowers none, and nothing that a customer writes takes
a rule back (INV-17).
"""

from newel.domain.tier.chance import dice_of, held, sampled
from newel.domain.tier.decision import (
    MAIL,
    Decision,
    Deflect,
    Escalate,
    Propose,
    Release,
    decide,
    may_leave,
    silence,
)
from newel.domain.tier.effect import ceiling_minor
from newel.domain.tier.given import Signals, Standing, after_lowering, signals_of
from newel.domain.tier.rules import UNCALIBRATED, UNSURE

__all__ = [
    "MAIL",
    "UNCALIBRATED",
    "UNSURE",
    "Decision",
    "Deflect",
    "Escalate",
    "Propose",
    "Release",
    "Signals",
    "Standing",
    "after_lowering",
    "ceiling_minor",
    "decide",
    "dice_of",
    "held",
    "may_leave",
    "sampled",
    "signals_of",
    "silence",
]
