"""How often somebody may ask: buckets that fill by time, for each process."""

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from newel.domain.errors import NewelError

_KEPT = 20_000


class TooOften(NewelError):
    """That was too often; try again in {seconds} seconds."""

    code = "too_many_requests"
    status = 429
    permanent = False


@dataclass(frozen=True)
class Rate:
    """So many at once, and so many a second after that."""

    burst: float
    a_second: float


class Limits:
    """The buckets of all who asked lately; who has not asked for long has a full one."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._left: OrderedDict[tuple[str, str], tuple[float, float]] = OrderedDict()

    def allow(self, what: str, whose: str, rate: Rate) -> bool:
        """Take one, if there is one."""
        return self._take(what, whose, rate) == 0.0

    def must(self, what: str, whose: str, rate: Rate) -> None:
        """Take one; ``TooOften`` says in how many seconds there is one again."""
        missing = self._take(what, whose, rate)
        if missing:
            raise TooOften(seconds=max(1, math.ceil(missing / rate.a_second)))

    def _take(self, what: str, whose: str, rate: Rate) -> float:
        """What is missing of one; 0 when it was taken."""
        now = self._clock()
        left, since = self._left.pop((what, whose), (rate.burst, now))
        left = min(rate.burst, left + (now - since) * rate.a_second)
        missing = max(0.0, 1.0 - left)
        self._left[what, whose] = (left if missing else left - 1.0, now)
        if len(self._left) > _KEPT:
            self._left.popitem(last=False)
        return missing
