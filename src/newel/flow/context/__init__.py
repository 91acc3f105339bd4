"""The context package: begun with the escalation and filled by a job (``filling``), opened by its owner.

It is never waited for: it opens at once, names what is missing, and fills when that comes. What
another system must be asked is asked outside of any transaction; what this house knows is in ``own``.
"""

from newel.flow.context.filling import begin, fill, renew
from newel.flow.context.opening import LONGEST_GRANT, Opened, Shown, grant, open_package, reveal, shown

__all__ = [
    "LONGEST_GRANT",
    "Opened",
    "Shown",
    "begin",
    "fill",
    "grant",
    "open_package",
    "renew",
    "reveal",
    "shown",
]
