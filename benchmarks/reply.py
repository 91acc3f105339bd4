"""From a message to the AI's reply, over HTTP with all processes, beside the burst's quiet time."""

import asyncio
import statistics
import tempfile
import time
from pathlib import Path

import httpx2

from benchmarks.common import emit, p99
from benchmarks.soak import Soak, ready
from newel.domain.intake import QUIET_DEFAULT

MESSAGES = 60


async def _one(client: httpx2.AsyncClient, number: int) -> float:
    """Seconds until the reply stands in the conversation."""
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
    while time.perf_counter() - began < 30:
        path = f"/api/v1/conversations/{said['conversation_id']}/messages"
        messages = (await client.get(path)).raise_for_status().json()["messages"]
        if any(m["author"] in {"ai", "person"} for m in messages):
            return time.perf_counter() - began
        if (
            any("one of us" in m["text"].lower() for m in messages if m["author"] != "ai")
            and len(messages) > 1
        ):
            break
        await asyncio.sleep(0.01)
    return float("nan")


async def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory(prefix="newel-reply-") as folder:
        Path(folder).chmod(0o755)
        soak = Soak(Path(folder, "home"), 18310, 18311, 0)
        soak.start()
        try:
            if not await ready(soak, 120):
                raise RuntimeError("it did not start")
            headers = {"Authorization": f"Bearer {soak.secret('api-token')}"}
            async with httpx2.AsyncClient(base_url=soak.url, headers=headers, timeout=10) as client:
                await _one(client, -50)
                seconds = [s for n in range(MESSAGES) if (s := await _one(client, n)) == s]
            quiet = QUIET_DEFAULT.total_seconds() * 1e3
            peer, told = "quiet time of a burst", {"answered": len(seconds), "asked": MESSAGES}
            emit(
                "time to AI reply, median",
                statistics.median(seconds) * 1e3,
                "ms",
                peer=peer,
                peer_value=quiet,
                **told,
            )
            emit("time to AI reply, p99", p99(seconds) * 1e3, "ms", peer=peer, peer_value=quiet, **told)
        finally:
            if soak.supervisor is not None:
                soak.supervisor.terminate()
                soak.supervisor.wait(60)


if __name__ == "__main__":
    asyncio.run(main())
