"""Replay over three sets, as JSON lines: right tiers of the shop's tickets, Banking77, invoices.

``python -m benchmarks.replay [tickets | banking77 | invoices ...]``. The demo company's systems run as
a process of their own. Banking77 is read from the folder that ``NEWEL_DATA`` names, and is left out
without it. Each disagreement with a label is printed with its ids, so that its cause can be found.
"""

import asyncio
import json
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import msgspec
from rich.console import Console

from benchmarks import limits
from benchmarks.chosen import chosen, parser
from benchmarks.sets import invoices, vary
from newel.cli.replay import Options, run
from newel.domain.interval import Share, share
from newel.domain.replay import Report, Result

TODAY = date(2026, 11, 20)
NOON = f"{TODAY.isoformat()}T12:00:00Z"
MESSAGES, RIGHT = 3080, 0.9
FOLDER = Path(__file__).parents[1]


def say(figure: str, value: object, **more: object) -> None:
    print(json.dumps({"set": "replay", "figure": figure, "value": value, **more}), flush=True)


def bounds(found: Share) -> dict[str, object]:
    return {"of": found.of, "count": found.count, "low": found.low, "high": found.high}


@contextmanager
def demo_systems(folder: Path) -> Iterator[dict[str, Any]]:
    """The demo company's systems; yields how replay reaches them."""
    os.environ["NEWEL_HOME"] = tempfile.gettempdir() + "/no-house"  # the demo's files, whatever runs here
    sys.path.insert(0, str(FOLDER / "tests"))
    from demo.process import start_systems

    started = start_systems(folder, today=TODAY)
    try:
        yield {"systems_url": started.url, "token_file": folder / "systems.token", "ledger": started.count}
        limits.at_most("effects of a replay at the other systems", started.count(), 0)
    finally:
        started.stop()


async def replayed(folder: Path, rows: Iterable[Any], **more: Any) -> tuple[Report, list[Result], float]:
    file, results = folder / "past.jsonl", folder / "results.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return await replayed_file(file, results, **more)


async def replayed_file(file: Path, results: Path, **more: Any) -> tuple[Report, list[Result], float]:
    began = time.perf_counter()
    report = await run(Options(file=file, tickets=results, alone=True, **more), Console(stderr=True))
    seconds = time.perf_counter() - began
    found = [msgspec.json.decode(line, type=Result) for line in results.read_bytes().splitlines()]
    return report, found, report.tickets / seconds


def tell(name: str, report: Report, pace: float) -> None:
    tiers = {f"T{row.tier}": {"count": row.count, "percent": float(row.percent)} for row in report.tiers}
    say(f"{name}: tiers", tiers, tickets=report.tickets, errors=report.refused)
    limits.at_most(f"{name}: errors", report.refused, 0)
    say(f"{name}: tickets a second, training of the matcher included", round(pace, 1))


def tell_confusion(name: str, report: Report) -> None:
    found = report.confusion
    assert found is not None, "the set carries labels"
    say(f"{name}: confusion", {str(tier): row for tier, row in found.table.items()})
    say(f"{name}: right tier", round(found.right.value, 4), limit=RIGHT, **bounds(found.right))
    limits.at_least(f"{name}: right tier, share", found.right.value, RIGHT)
    say(
        f"{name}: right reason at T1 and T2", round(found.reason_right.value, 4), **bounds(found.reason_right)
    )
    released = len(found.released_though_human)
    say(f"{name}: expected at T3, released", released, limit=0, ids=found.released_though_human)
    limits.at_most(f"{name}: expected at T3, released", released, 0)
    for row in found.disagreements:
        say(f"{name}: disagreement", row.count, **msgspec.to_builtins(row))


async def tickets(folder: Path, live: dict[str, Any]) -> None:
    report, found, pace = await replayed(folder, vary.tickets(), labels=True, at=NOON, **live)
    tell("500 tickets", report, pace)
    tell_confusion("500 tickets", report)
    written = [each for each in found if "-" not in each.id.removeprefix("ticket-")]
    right = share(sum(each.tier == each.expected_tier for each in written), len(written))
    say("150 written tickets: right tier", round(right.value, 4), **bounds(right))


async def banking77(folder: Path, live: dict[str, Any]) -> None:
    file = Path(os.environ.get("NEWEL_DATA", ""), "banking77", "test.csv")
    if not file.is_file():
        say("banking77: left out", None, why="NEWEL_DATA names no folder with banking77/test.csv")
        return
    report, _, pace = await replayed_file(file, folder / "results.jsonl", at=NOON, **live)
    tell("banking77", report, pace)
    limits.hold(f"banking77: {MESSAGES} messages replayed", report.tickets == MESSAGES, str(report.tickets))


async def invoice_batch(folder: Path, live: dict[str, Any]) -> None:
    rows = invoices.items(TODAY)
    report, found, pace = await replayed(
        folder, rows, workflow="invoice-exceptions", labels=True, at=NOON, **live
    )
    tell("500 invoices", report, pace)
    tell_confusion("500 invoices", report)
    through = share(sum(each.decision == "release" for each in found), len(found))
    say("500 invoices: straight-through rate", round(through.value, 4), **bounds(through))
    truths = {row["id"]: row["truth"] for row in rows}
    wrong = [each for each in found if each.decision == "release" and not settles(each, truths[each.id])]
    reasons = Counter(each.expected_reason for each in wrong)
    say("500 invoices: wrong automatic resolutions", len(wrong), limit=0, by_label=dict(reasons))
    limits.at_most("500 invoices: wrong automatic resolutions", len(wrong), 0)


def settles(result: Result, truth: dict[str, Any] | None) -> bool:
    """Whether the act is the one that the world's records ask for, with their value."""
    done = {"action": result.action, **result.action_args}
    return truth is not None and truth.items() <= done.items()


PARTS = {"tickets": tickets, "banking77": banking77, "invoices": invoice_batch}


async def main(names: Iterable[str] = PARTS) -> None:
    """Print the figures of the named sets."""
    say("started", datetime.now(UTC).isoformat(timespec="seconds"))
    with tempfile.TemporaryDirectory(prefix="newel-replay-") as folder, demo_systems(Path(folder)) as live:
        live.pop("ledger")
        for name in names:
            await PARTS[name](Path(folder), live)


if __name__ == "__main__":
    asyncio.run(main(chosen(PARTS, parser(__doc__, "python -m benchmarks.replay tickets")).parts))
    sys.exit(limits.verdict())
