"""From a message to the AI's reply, over HTTP with all processes, beside the burst's quiet time.

The house starts first, its models with it, which takes half a minute on two processors; each message then
waits out its burst, so some are asked side by side.
"""

import asyncio
import math
import statistics
import sys
import tempfile
import time
from pathlib import Path

import httpx2

from benchmarks import limits
from benchmarks.common import emit, p99, spread
from benchmarks.running import Soak, ready
from newel.domain.intake import QUIET_DEFAULT

MESSAGES = 60
AT_ONCE = 3
PATIENCE = 10.0


async def _one(client: httpx2.AsyncClient, number: int) -> float:
    """Seconds until the reply stands in the conversation; NaN when none comes."""
    order = 10100 + number
    body = {
        "channel": "api",
        "external_id": f"r{number}",
        "conversation": f"r{number}",
        "customer": {"ref": f"C{(order - 10001) % 300 + 1:04d}"},
        "text": f"Where is order {order}?",
    }
    began = time.perf_counter()
    said = (await client.post("/api/v1/messages", json=body)).raise_for_status().json()
    path = f"/api/v1/conversations/{said['conversation_id']}/messages"
    while (passed := time.perf_counter() - began) < PATIENCE:
        messages = (await client.get(path)).raise_for_status().json()["messages"]
        if any(one["author"] == "ai" for one in messages):
            return passed
        await asyncio.sleep(0.01)
    return math.nan


async def _all(soak: Soak) -> list[float]:
    headers = {"Authorization": f"Bearer {soak.secret('api-token')}"}
    async with httpx2.AsyncClient(base_url=soak.url, headers=headers, timeout=10) as client:
        await _one(client, -50)
        seconds = list[float]()

        async def ask(number: int) -> None:
            seconds.append(await _one(client, number))

        await spread([lambda n=n: ask(n) for n in range(MESSAGES)], AT_ONCE)
    return seconds


def tell(seconds: list[float]) -> None:
    """The figures, of what was answered; that all was is held, how fast is told."""
    answered = [one for one in seconds if not math.isnan(one)]
    limits.at_least("time to AI reply: questions of fact answered by the AI", len(answered), len(seconds))
    if len(answered) < 2:  # no quantile of one
        return
    quiet = QUIET_DEFAULT.total_seconds() * 1e3
    told = {"answered": len(answered), "asked": len(seconds), "at_once": AT_ONCE}
    for name, value in (("median", statistics.median(answered)), ("p99", p99(answered))):
        peer = "quiet time of a burst"
        emit(f"time to AI reply, {name}", value * 1e3, "ms", peer=peer, peer_value=quiet, **told)


async def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory(prefix="newel-reply-") as folder:
        Path(folder).chmod(0o755)
        soak = Soak(Path(folder, "home"), 18310, 18311, 0)
        began = time.perf_counter()
        soak.start()
        try:
            if not await ready(soak, 300):
                raise RuntimeError("it did not start")
            print(f"reply: started in {time.perf_counter() - began:.0f} s, asking", file=sys.stderr)
            tell(await _all(soak))
        finally:
            if soak.supervisor is not None:
                soak.supervisor.terminate()
                soak.supervisor.wait(60)


if __name__ == "__main__":
    asyncio.run(main())
    sys.exit(limits.verdict())
