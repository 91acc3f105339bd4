"""Ten minutes of load with kill -9 of everything: `python -m benchmarks.soak --seconds 600 --kills 100`.

An outside client offers messages (60 % facts, 20 % approvals by a scripted approver, 20 % for a
person), retries what is refused under the same id, and keeps what was acknowledged. Meanwhile
server, worker, PostgreSQL and supervisor are killed at random points, and the shop's systems lose
answers to calls that have happened: refunds of real money, parcels sent again without an idempotency
key. Afterwards it counts, from outside, in the database and in the shop's own ledger: nothing
acknowledged is lost, nothing delivered or done twice, what was approved is done, what has no key is
asked about and never called again, no case in limbo, no backlog two minutes after the load ends, and
as many were killed as was asked. Closes with `N passed, N failed`.
"""

import argparse
import asyncio
import json
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path

import asyncpg
import httpx2
import msgspec

from benchmarks import books
from benchmarks.common import Wire
from benchmarks.mix import Mix
from benchmarks.running import Soak, named, ready

APPROVER = {"login": "farid", "password": "hearthwick-demo"}
DRAIN_SECONDS = 120
CONCURRENT = 64
HANDS = 16
HOLD = 0.2
MOST_PENDING = 5000
MOST_PAUSE = 3.0


async def send(soak: Soak, lines: "asyncio.Queue[Wire]", number: int, mix: Mix) -> None:
    """Offer one message until it is acknowledged, always under the same id, more and more slowly."""
    kind, body = mix.message(number)
    content, pause = msgspec.json.encode(body), 0.2
    while True:
        answer = await _offered(soak, lines, content)
        if answer is not None and answer[0] < 300:
            said = msgspec.json.decode(answer[1])
            soak.acknowledged[body["external_id"]] = (said["message_id"], body)
            soak.conversations[body["external_id"]] = said["conversation_id"]
            soak.kinds[body["external_id"]] = kind
            soak.counts["acknowledged"] += 1
            return
        soak.counts[f"http {answer[0]}" if answer else "no answer"] += 1
        if answer is None and (soak.probe is None or soak.probe.done()):
            soak.probe = asyncio.create_task(_until_back(soak))
        if answer and 400 <= answer[0] < 500 and answer[0] not in {408, 429}:
            soak.counts["refused for good"] += 1
            return
        await asyncio.sleep(pause * random.uniform(0.5, 1.5))
        pause = min(MOST_PAUSE, pause * 2)


async def _until_back(soak: Soak) -> None:
    """One asks for all whether the server is there again, as a client's circuit breaker does."""
    back = False
    while not back:
        await asyncio.sleep(HOLD)
        line = Wire(soak.port)
        try:
            async with asyncio.timeout(10):
                back = (await line.get("/healthz"))[0] == 200
        except (OSError, EOFError, ValueError, IndexError, TimeoutError):
            soak.counts["found away"] += 1
        finally:
            line.close()


async def _offered(soak: Soak, lines: "asyncio.Queue[Wire]", content: bytes) -> tuple[int, bytes] | None:
    """One try on one of the connections; None without an answer, and the connection is opened anew."""
    line = await lines.get()
    try:
        if soak.probe is not None:  # whoever waited for a connection meanwhile need not find out for itself
            await asyncio.wait({soak.probe})
        async with asyncio.timeout(10):
            return await line.ask("/api/v1/messages", content, f"authorization: Bearer {soak.token}\r\n")
    except (OSError, EOFError, ValueError, IndexError, TimeoutError):
        line.close()
        return None
    finally:
        lines.put_nowait(line)


async def load(soak: Soak, seconds: float, mix: Mix) -> None:
    """Offer messages at the rate; a slow house does not slow the offer (open loop, bounded)."""
    pending: set[asyncio.Task[None]] = set()
    lines: asyncio.Queue[Wire] = asyncio.Queue()
    for _ in range(CONCURRENT):
        lines.put_nowait(Wire(soak.port))
    began, number = time.monotonic(), 0
    while (passed := time.monotonic() - began) < seconds:
        while number < passed * soak.rate:
            if len(pending) >= MOST_PENDING:
                break
            task = asyncio.create_task(send(soak, lines, number, mix))
            pending.add(task)
            task.add_done_callback(pending.discard)
            number += 1
        await asyncio.sleep(0.01)
    soak.counts["offered"] = number
    if pending:
        await asyncio.wait(pending, timeout=DRAIN_SECONDS)
    soak.counts["never acknowledged"] = len(pending)


async def approve(soak: Soak, done: asyncio.Event) -> None:
    """A scripted approver: signs in, approves what waits, signs in again when thrown out."""
    while not done.is_set():
        try:
            async with httpx2.AsyncClient(base_url=soak.url, timeout=10) as client:
                signed = await client.post("/api/v1/sessions", json=APPROVER)
                signed.raise_for_status()
                csrf = {"X-Newel-CSRF": signed.json()["me"]["csrf_token"]}
                while not done.is_set():
                    queue = (await client.get("/api/v1/approvals?limit=50")).raise_for_status().json()
                    rows = queue["approvals"] if isinstance(queue, dict) else queue
                    for at in range(0, len(rows), HANDS):
                        some = rows[at : at + HANDS]
                        await asyncio.gather(*(decide(soak, client, csrf, row["id"]) for row in some))
                    await asyncio.sleep(0.1 if rows else 0.5)
        except (httpx2.HTTPError, KeyError, ValueError):
            await asyncio.sleep(0.5)


async def decide(soak: Soak, client: httpx2.AsyncClient, csrf: dict[str, str], approval: str) -> None:
    answer = await client.post(
        f"/api/v1/approvals/{approval}/decision", json={"decision": "approve"}, headers=csrf
    )
    if answer.status_code < 300:
        soak.approved.add(approval)
        soak.counts["approved"] += 1
    else:
        soak.counts[f"approval http {answer.status_code}"] += 1


async def kill(soak: Soak, seconds: float, kills: int, done: asyncio.Event) -> None:
    """kill -9 at random moments, of whatever is there; the supervisor is started again by us."""
    moments = sorted(random.uniform(seconds * 0.03, seconds * 0.97) for _ in range(kills))
    began = time.monotonic()
    for moment in moments:
        await asyncio.sleep(max(0.0, moment - (time.monotonic() - began)))
        victims = {k: v for k, v in named(soak).items() if k != "demo"}
        if not victims:
            soak.counts["nothing to kill"] += 1
            continue
        name = random.choice(sorted(victims))
        os.kill(victims[name], signal.SIGKILL)
        soak.kills[name] += 1
        if name == "supervisor" and soak.supervisor is not None:
            soak.supervisor.wait()
            soak.start()
    done.set()


async def backlog(soak: Soak) -> dict[str, int]:
    """What is due and not done."""
    connection = await asyncpg.connect(soak.secret("database-url"))
    try:
        rows = await connection.fetch(
            "SELECT kind, count(*) AS n FROM newel.job WHERE run_at <= now() AND state <> 'dead'"
            " AND kind <> 'routing' GROUP BY kind"
        )
        return {row["kind"]: row["n"] for row in rows}
    finally:
        await connection.close()


async def drained(soak: Soak) -> dict[str, int]:
    """The backlog, once it is empty or the time is over."""
    deadline = time.monotonic() + DRAIN_SECONDS
    left: dict[str, int] = {"unknown": 1}
    while time.monotonic() < deadline:
        try:
            left = await backlog(soak)
            if not left:
                break
        except (OSError, asyncpg.PostgresError):
            pass
        await asyncio.sleep(1)
    return left


async def count(soak: Soak, asked: int) -> list[tuple[str, bool, str]]:
    """Every promise, counted."""
    left = await drained(soak)
    connection = await asyncpg.connect(soak.secret("database-url"))
    try:
        known = {str(r["id"]) for r in await connection.fetch("SELECT id FROM newel.message")}
        limbo = await connection.fetchval("SELECT count(*) FROM newel.limbo")
        twice = await connection.fetchval(
            "SELECT count(*) FROM (SELECT proposal_id FROM newel.message WHERE proposal_id IS NOT NULL"
            " GROUP BY proposal_id HAVING count(*) > 1) t"
        )
        dead = await connection.fetchval("SELECT count(*) FROM newel.job WHERE state = 'dead'")
        undone = await connection.fetch(books.NOT_DONE, list(soak.approved))
        actions = await connection.fetch(books.ACTIONS)
        outbox = await connection.fetch(
            "SELECT m.id::text, o.state, m.case_id::text AS case_id, m.drafted_by FROM newel.outbox o"
            " JOIN newel.message m ON m.id = o.message_id"
        )
        tiers = await connection.fetch("SELECT id::text, tier, state FROM newel.cases")
        reasons = await connection.fetch(
            "SELECT reason, count(*) AS n FROM newel.work_item GROUP BY reason ORDER BY n DESC LIMIT 8"
        )
    finally:
        await connection.close()
    never = soak.counts["never acknowledged"]
    lost = [e for e, (m, _) in soak.acknowledged.items() if m not in known]
    received, killed = books.received(soak.home), sum(soak.kills.values())
    delivered = {o["id"] for o in outbox if o["state"] == "delivered"}
    by_case: dict[str, int] = defaultdict(int)
    for o in outbox:
        by_case[o["case_id"]] += o["drafted_by"] == "ai" and o["state"] != "withdrawn"
    more = [case for case, n in by_case.items() if n > 1]
    states = Counter(f"tier {t['tier']} {t['state']}" for t in tiers)
    states.update({f"because {r['reason']}": r["n"] for r in reasons})
    return [
        ("acknowledged messages lost", not lost, str(len(lost))),
        ("offered messages never acknowledged", not never, str(never)),
        ("conversations with two AI replies", not more, str(len(more))),
        ("proposals delivered under two ids", twice == 0, str(twice)),
        *books.checks(soak.home, actions, undone),
        (
            "delivered messages that the receiver has not",
            delivered <= received,
            str(len(delivered - received)),
        ),
        ("cases in limbo", limbo == 0, str(limbo)),
        ("dead jobs", dead == 0, str(dead)),
        ("backlog after the drain", not left, json.dumps(left)),
        ("fewer kills than asked", killed >= asked, f"{killed} of {asked}"),
        ("nothing was delivered", len(received) > 0, json.dumps(states)),
    ]


async def run(options: argparse.Namespace) -> int:
    with tempfile.TemporaryDirectory(prefix="newel-soak-") as folder:
        Path(folder).chmod(0o755)
        soak = Soak(Path(folder, "home"), options.port, options.demo_port, options.rate)
        soak.start()
        try:
            if not await ready(soak, 300):
                print("0 passed, 1 failed: it did not start")
                return 1
            return await storm(soak, options)
        finally:
            if soak.supervisor is not None:
                soak.supervisor.send_signal(signal.SIGINT)
                soak.supervisor.wait(60)
            keep = Path(folder, "home.log")
            if options.log and keep.exists():
                Path(options.log).write_bytes(keep.read_bytes())


async def storm(soak: Soak, options: argparse.Namespace) -> int:
    done, over = asyncio.Event(), asyncio.Event()
    approver = asyncio.create_task(approve(soak, over))
    reporter = asyncio.create_task(report(soak, over))
    spoiler = asyncio.create_task(books.spoil(soak.home, soak.demo_port, done))
    mix = Mix(f"s{os.getpid()}", options.seconds * options.rate)
    await asyncio.gather(load(soak, options.seconds, mix), kill(soak, options.seconds, options.kills, done))
    await ready(soak, 60)
    results = await count(soak, options.kills)
    over.set()
    await asyncio.gather(approver, reporter, spoiler)
    print(json.dumps({"counts": soak.counts, "kills": soak.kills}))
    for what, good, said in results:
        print(json.dumps({"check": what, "good": good, "said": said}))
    passed = sum(good for _, good, _ in results)
    print(f"{passed} passed, {len(results) - passed} failed")
    return 0 if passed == len(results) else 1


async def report(soak: Soak, over: asyncio.Event) -> None:
    """One line of progress every ten seconds."""
    while not over.is_set():
        print(json.dumps({"counts": soak.counts, "kills": sum(soak.kills.values())}), file=sys.stderr)
        try:
            await asyncio.wait_for(over.wait(), 10)
        except TimeoutError:
            continue


def main(argv: list[str] | None = None, exit_with: Callable[[int], None] = sys.exit) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=__doc__)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--rate", type=float, default=50, help="messages a second offered")
    parser.add_argument("--port", type=int, default=18080)
    parser.add_argument("--demo-port", type=int, default=18081)
    parser.add_argument("--log", default="", help="keep the house's log here")
    exit_with(asyncio.run(run(parser.parse_args(argv))))


if __name__ == "__main__":
    main()
