"""All benchmarks, one JSON line a figure: ``python -m benchmarks [name ...]``."""

import asyncio
import importlib
import sys

NAMES = ("scan", "scanner", "intent", "claim", "overflow", "intake", "reply", "replay", "pages", "live")


async def main(names: tuple[str, ...]) -> None:
    """Run the named ones."""
    for name in names:
        done = importlib.import_module(f"benchmarks.{name}").main()
        if asyncio.iscoroutine(done):
            await done


if __name__ == "__main__":
    asyncio.run(main(tuple(sys.argv[1:]) or NAMES))
