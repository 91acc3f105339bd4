"""Intervals for shares: what was counted, and within which bounds the truth lies.

The exact interval of Clopper and Pearson ("The use of confidence or fiducial limits illustrated in
the case of the binomial", Biometrika 26, 1934): it covers the truth at least as often as it says.
"""

import math
from typing import Final

import msgspec

_HALVINGS: Final = 60
_TINY: Final = 1e-300
_CLOSE: Final = 1e-15
_MOST_TERMS: Final = 100_000


class Share(msgspec.Struct, frozen=True):
    """So many of so many, and the bounds of the interval."""

    count: int
    of: int
    low: float
    high: float

    @property
    def value(self) -> float:
        """The share that was seen; 0 of nothing is 0."""
        return self.count / self.of if self.of else 0.0


def share(count: int, of: int, confidence: float = 0.95) -> Share:
    """The share with its exact interval; of nothing it can be anything."""
    tail = (1 - confidence) / 2
    low = 0.0 if count == 0 else _where(tail, count, of - count + 1)
    high = 1.0 if count == of else _where(1 - tail, count + 1, of - count)
    return Share(count, of, round(low, 6), round(high, 6))


def _where(probability: float, a: int, b: int) -> float:
    """The p at which the beta distribution of (a, b) has this much below it, by bisection."""
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if below(middle, a, b) < probability:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def below(x: float, a: int, b: int) -> float:
    """The regularised incomplete beta function: P(at least a of a + b - 1 succeed) at chance x."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):
        return 1 - below(1 - x, b, a)
    weight = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    front = math.exp(weight + a * math.log(x) + b * math.log1p(-x)) / a
    return front * _fraction(x, a, b)


def _fraction(x: float, a: int, b: int) -> float:
    """Its continued fraction by Lentz's method (DLMF 8.17.22)."""
    upper, lower = 1.0, 1 / _unzero(1 - (a + b) * x / (a + 1))
    value = lower
    for m in range(1, _MOST_TERMS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for term in (even, odd):
            lower = 1 / _unzero(1 + term * lower)
            upper = _unzero(1 + term / upper)
            value *= upper * lower
        if abs(upper * lower - 1) < _CLOSE:
            return value
    raise ArithmeticError(f"no convergence for {a} and {b}")


def _unzero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY
