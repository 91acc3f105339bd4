"""What is looked over, and what waits for a reviewer, by the share of its risk class."""

import hashlib

from newel.domain.policy.bundle import Bundle
from newel.domain.words import RiskClass


def sampled(policy: Bundle, risk_class: RiskClass, dice: float, times: float = 1.0) -> bool:
    """Whether a released case is marked for review, by the share of its risk class; so many times that."""
    gate = policy.gates.get(risk_class)
    return gate is not None and dice < gate.sample_share * times


def held(policy: Bundle, risk_class: RiskClass, dice: float) -> bool:
    """Whether an answer waits for a reviewer before it leaves (QUA-3)."""
    gate = policy.gates.get(risk_class)
    return gate is not None and dice < gate.held_share


def dice_of(seed: str) -> float:
    """A number in [0, 1) that is always the same for the same seed, such as a case's id."""
    return int.from_bytes(hashlib.sha256(seed.encode()).digest()[:6]) / 2**48
