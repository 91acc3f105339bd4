"""Minimises a smooth convex function in float32; says so when it did not converge.

A minimiser that stops early looks like a weak model, so convergence is asserted and not hoped for.
"""

from collections import deque
from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float32]
Objective = Callable[[Vector], tuple[float, Vector]]
_MEMORY: Final = 12
_ARMIJO: Final = 1e-4
_HALVINGS: Final = 30


class NotConverged(RuntimeError):
    """The gradient did not become small enough."""


def minimise(objective: Objective, start: Vector, tolerance: float = 2e-4, most: int = 500) -> Vector:
    """The minimum, with a gradient norm of at most ``tolerance`` times the one at zero."""
    x = start.astype(np.float32)
    value, slope = objective(x)
    first = objective(np.zeros_like(x))[1] if x.any() else slope
    enough = tolerance * max(float(np.linalg.norm(first)), 1e-12)
    pairs: deque[tuple[Vector, Vector]] = deque(maxlen=_MEMORY)
    for _ in range(most):
        if float(np.linalg.norm(slope)) <= enough:
            return x
        found = _step(objective, x, value, slope, _direction(slope, pairs))
        if found is None and not pairs:
            break
        if found is None:
            pairs.clear()
            continue
        new_x, value, new_slope = found
        _remember(pairs, new_x - x, new_slope - slope)
        x, slope = new_x, new_slope
    raise NotConverged(f"gradient norm {np.linalg.norm(slope):.2e}, wanted {enough:.2e}")


def _remember(pairs: deque[tuple[Vector, Vector]], moved: Vector, turned: Vector) -> None:
    if float(moved @ turned) > 1e-10 * float(turned @ turned):
        pairs.append((moved, turned))


def _direction(slope: Vector, pairs: deque[tuple[Vector, Vector]]) -> Vector:
    """The two-loop recursion: the slope bent by what the last steps said of the curvature."""
    down, shares = slope.copy(), []
    for moved, turned in reversed(pairs):
        share = float(moved @ down) / float(moved @ turned)
        shares.append(share)
        down -= np.float32(share) * turned
    if pairs:
        moved, turned = pairs[-1]
        down *= np.float32(float(moved @ turned) / float(turned @ turned))
    for (moved, turned), share in zip(pairs, reversed(shares), strict=True):
        down += np.float32(share - float(turned @ down) / float(moved @ turned)) * moved
    return -down


def _step(
    objective: Objective, x: Vector, value: float, slope: Vector, way: Vector
) -> tuple[Vector, float, Vector] | None:
    """Half the step until the value falls enough; None when float32 sees no fall any more."""
    along = float(slope @ way)
    length = 1.0
    for _ in range(_HALVINGS):
        new_x = x + np.float32(length) * way
        new_value, new_slope = objective(new_x)
        if new_value <= value + _ARMIJO * length * along + 1e-7 * abs(value):
            return new_x, new_value, new_slope
        length /= 2
    return None
