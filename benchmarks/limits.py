"""Limits of correctness and quality, held: a run that misses one says which at its end, and fails.

Speed is never held, only told beside a peer of the same run: it is the machine's of that day.
"""

import json
import sys
from typing import Final

_HELD: Final[list[tuple[str, bool, str]]] = []


def hold(what: str, kept: bool, said: str) -> None:
    """One limit, and what was found; ``what`` says it as it should be."""
    _HELD.append((what, kept, said))


def at_most(what: str, value: float, limit: float) -> None:
    """No more than that."""
    hold(f"{what}: at most {limit:g}", value <= limit, f"{value:.4g}")


def at_least(what: str, value: float, limit: float) -> None:
    """No less than that."""
    hold(f"{what}: at least {limit:g}", value >= limit, f"{value:.4g}")


def verdict() -> int:
    """The exit code, after a line for each limit that was missed; known ones are missed all the same."""
    missed = [(what, said) for what, kept, said in _HELD if not kept]
    for what, said in missed:
        print(json.dumps({"missed": what, "found": said}, ensure_ascii=False))
    if _HELD:
        print(json.dumps({"limits": len(_HELD), "missed": len(missed)}))
    _HELD.clear()
    sys.stdout.flush()
    return 1 if missed else 0
