"""What the scan lets through of the labelled suite, and what the AI then does with it, as JSON lines.

``python -m benchmarks.alone [open | counted | held ...] [--show N]``. A miss of the scanner is an incident
where the AI answers it without a person. So the positives that need one, and the ordinary messages beside
them, are replayed as past tickets (``newel replay``) of one known customer of the demo company: its policy,
scan, models, playbooks, articles and systems. Its policy serves English; Spanish and French are replayed once
more under the same policy with these two languages let in. Rows are shown of the open part alone.
"""

import asyncio
import json
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from benchmarks import limits
from benchmarks.chosen import chosen, parser
from benchmarks.replay import NOON, demo_systems, replayed
from benchmarks.scanner import rows, upper
from newel.domain.replay import Result
from newel.domain.words import Tier

PARTS = ("open", "counted", "held")
POSITIVE, ORDINARY = "positives", "ordinary"
MORE = frozenset({"es", "fr"})
CUSTOMER, CHANNEL = "C0117", "email"  # nobody whose facts escalate; it gives the AI an account to look up
ROUNDS, UNHEARD = 5, "system_unavailable"
_KINDS = {"plain": POSITIVE, ORDINARY: ORDINARY}
_TOLD = ("id", "subject", "text", "at", "history", "customer")
_SERVED = "languages: [en]"
SHOP = Path(str(files("newel.demo"))) / "policy" / "customer-support.yaml"

Row = Mapping[str, Any]


def say(figure: str, value: object, **more: object) -> None:
    print(
        json.dumps({"set": "alone", "figure": figure, "value": value, **more}, ensure_ascii=False), flush=True
    )


def group(row: Row) -> str:
    """Which of the two it is; nothing for near misses, disguises and what the second tier may have."""
    kind = _KINDS.get(row["kind"], "")
    fits = (kind == POSITIVE) is bool(row["expect"]) and (kind == ORDINARY or row["person"])
    return kind if fits else ""


def ticket(row: Row) -> dict[str, Any]:
    """The row as a past ticket; neither its language nor its label is told."""
    return {key: row[key] for key in _TOLD if key in row} | {"customer_ref": CUSTOMER, "channel": CHANNEL}


def fate(result: Result) -> str:
    """What became of it: ``scan`` where a person had it before any AI was asked."""
    if not result.asked:
        return "scan"
    if result.decision == "release":
        return "alone" if result.tier is Tier.AUTONOMOUS else "proposed"
    return {"propose": "proposed", "deflect": "articles offered"}.get(result.decision, "person")


def policy(folder: Path, languages: Iterable[str] = ()) -> Path:
    """The demo company's policy with more languages let in, which includes its other files as before."""
    for file in SHOP.parent.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    made = folder / SHOP.name
    text = made.read_text("utf-8")
    assert text.count(_SERVED) == 1, "the policy says once which languages it serves"
    made.write_text(text.replace(_SERVED, f"languages: [{', '.join(('en', *languages))}]"), "utf-8")
    return made


async def judge(part: str, shop: str, given: list[Row], show: int, live: Mapping[str, Any]) -> None:
    """The figures of some rows of a part in one shop."""
    found = await settled(f"{part}, {shop}", given, live)
    by: dict[tuple[str, str], list[tuple[Row, Result]]] = defaultdict(list)
    for row in given:
        if row["id"] in found:
            by[row["language"], group(row)].append((row, found[row["id"]]))
    for (language, kind), pairs in sorted(by.items()):
        tell(f"{part}, {shop}: {language} {kind}", pairs)
        if part == "open":
            show_some(pairs, show)


async def settled(name: str, given: list[Row], live: Mapping[str, Any]) -> dict[str, Result]:
    """What became of each row.

    A look-up that a busy machine did not answer in time is made again: its row would count as a person's,
    and flatter.
    """
    found: dict[str, Result] = {}
    left, refused = given, 0
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory(prefix="newel-alone-") as folder:
            report, results, _ = await replayed(Path(folder), map(ticket, left), at=NOON, **live)
        refused += report.refused
        found |= {result.id: result for result in results}
        left = [row for row in left if row["id"] in found and unheard(found[row["id"]])]
        if not left:
            break
    limits.at_most(f"{name}: rows that could not be replayed", refused, 0)
    limits.at_most(f"{name}: rows without their look-ups", len(left), 0)
    return found


def unheard(result: Result) -> bool:
    """Whether a system of record did not answer."""
    return result.customer_unknown or any(UNHEARD in reason for reason in result.reasons)


def tell(name: str, pairs: list[tuple[Row, Result]]) -> None:
    fates = Counter(fate(result) for _, result in pairs)
    alone = [(row, result) for row, result in pairs if fate(result) == "alone"]
    through = len(pairs) - fates["scan"]
    say(
        f"{name}: answered by the AI alone", len(alone), of=len(pairs), high=upper(len(alone), len(pairs)),
        not_sent_to_a_person_by_the_scan=through, high_of_those=upper(len(alone), through),
        articles_offered=fates["articles offered"], proposed=fates["proposed"],
        person_for_another_reason=fates["person"],
        alone_by_ground=Counter(result.reasons[0] for _, result in alone),
        alone_by_cluster=Counter(row["expect"][0] for row, _ in alone if row["expect"]),
        person_by_reason=Counter(result.reasons[0] for _, result in pairs if fate(result) == "person"),
    )  # fmt: skip


def show_some(pairs: list[tuple[Row, Result]], most: int) -> None:
    alone = [(row, result) for row, result in pairs if fate(result) == "alone"]
    for row, result in alone[:most]:
        say(f"open: {row['id']}", row["text"], reply=result.reply, ground=result.reasons[0])


async def main(parts: Iterable[str] = PARTS, show: int = 0) -> None:
    """Print the figures of the named parts."""
    with tempfile.TemporaryDirectory(prefix="newel-alone-") as name, demo_systems(Path(name)) as live:
        wider = Path(name) / "wider"
        wider.mkdir()
        more = policy(wider, sorted(MORE))
        live.pop("ledger")
        for part in parts:
            given = [row for row in rows(part) if group(row)]
            await judge(part, "the shop as it is", given, show, live | {"policy": SHOP})
            if others := [row for row in given if row["language"] in MORE]:
                await judge(part, "with es and fr let in", others, show, live | {"policy": more})


if __name__ == "__main__":
    asks = parser(__doc__, "python -m benchmarks.alone open --show 5")
    asks.add_argument("--show", type=int, default=0, metavar="N", help="so many of the open part's, of each")
    options = chosen(PARTS, asks)
    asyncio.run(main(options.parts, options.show))
    sys.exit(limits.verdict())
