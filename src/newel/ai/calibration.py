"""From evidence to P(correct), by the calibration that the policy carries."""

from pathlib import Path
from typing import Final

import msgspec
import numpy as np

from newel.ai.features import Floats
from newel.domain.policy.calibration import Calibration

_SUREST: Final = 0.995


def score(calibration: Calibration, evidence: Floats) -> float:
    """The meta model's log odds."""
    scaled = (np.asarray(evidence, dtype=np.float64) - calibration.centre) / calibration.scale
    return float(scaled @ np.array(calibration.weights)) + calibration.bias


def probability(calibration: Calibration, evidence: Floats) -> float:
    """P(correct): between the isotonic steps by straight lines; never certainty."""
    found = float(np.interp(score(calibration, evidence), calibration.scores, calibration.shares))
    return min(max(found, 0.0), _SUREST)


class _Section(msgspec.Struct, frozen=True):
    calibration: Calibration


def save(calibration: Calibration, path: Path) -> None:
    """Store a calibration as a section that a policy document includes, readable and diffable."""
    content = msgspec.json.encode(_Section(calibration))
    path.write_bytes(msgspec.json.format(content, indent=1) + b"\n")


def load(path: Path) -> Calibration:
    """A stored calibration."""
    return msgspec.json.decode(path.read_bytes(), type=_Section).calibration
