"""All benchmarks, one JSON line a figure: ``python -m benchmarks [name ...]``.

Exit code 1 when a limit of correctness or quality was missed, each named at the end; speed is only told.
"""

import asyncio
import importlib
import sys

from benchmarks import limits
from benchmarks.chosen import chosen, parser

NAMES = (
    "scan",
    "scanner",
    "alone",
    "intent",
    "claim",
    "overflow",
    "intake",
    "traces",
    "reply",
    "replay",
    "pages",
    "live",
)


async def main(names: tuple[str, ...]) -> None:
    """Run the named ones."""
    for name in names:
        done = importlib.import_module(f"benchmarks.{name}").main()
        if asyncio.iscoroutine(done):
            await done


if __name__ == "__main__":
    asyncio.run(main(chosen(NAMES, parser(__doc__, "python -m benchmarks scan claim")).parts))
    sys.exit(limits.verdict())
