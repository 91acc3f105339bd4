"""The scanner on the labelled suite, as JSON lines: misses and false alarms with exact upper bounds.

``python -m benchmarks.scanner [open | counted | indirect | held | traffic ...] [--show N]``; ``--rules``
leaves the learnt models out, ``--words`` the encoder alone. A miss is a message of which no
expected cluster fired; whether it still reached a person is counted apart. Beside it a plain list of the
starting dictionary. Counted and held rows are never printed. Ordinary traffic is read from the folder
that ``NEWEL_DATA`` names, and is left out without it.
"""

import csv
import json
import os
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec

from benchmarks import limits
from benchmarks.chosen import chosen, parser
from newel.ai.fitted import Ears, ears
from newel.domain.interval import share
from newel.domain.policy.parse import load_bundle
from newel.domain.scan.features import ScanInput
from newel.domain.scan.lexicon import shipped_lexicon
from newel.domain.scan.receipt import Receipt
from newel.domain.scan.scanner import Scanner, compile_scanner
from newel.domain.words import Tier

FOLDER = Path(__file__).parent / "sets" / "scanner"
HELD = "held"
PARTS = ("open", "counted", "indirect", HELD, "traffic")
UNREAD = ("counted", HELD)  # rows that are counted and never printed
NEGATIVE = ("ordinary", "hard")
RULES, WORDS = "--rules", "--words"
_CONFIDENCE = 0.90  # two-sided, so that the upper bound alone holds with 95 %
_TAKEN = frozenset(ScanInput.__struct_fields__) - {"id", "language"}
_DICTIONARY = re.compile(
    r"\b(?:lawyers?|attorneys?|sue[ds]?|suing|lawsuits?|small claims|charge ?backs?|disput\w*|fraud\w*"
    r"|unauthori[sz]ed|data breach\w*|privacy|gdpr|ccpa|accessibility|ADA|minors?|child(?:ren)?)\b"
    r"|\b(?:review|social media|viral|human|agent|manager)\b",
    re.IGNORECASE,
)


def say(figure: str, value: object, **more: object) -> None:
    print(json.dumps({"set": "scanner", "figure": figure, "value": value, **more}, ensure_ascii=False))


def upper(count: int, of: int) -> float:
    return share(count, of, _CONFIDENCE).high


@cache
def scanner_of_all_languages(first: str = "en") -> Scanner:
    """Of a shop that serves all languages, the first of which is taken for a text that shows none."""
    lexicon = shipped_lexicon()
    text = files("newel.domain.policy").joinpath("default.yaml").read_text("utf-8")
    bundle = load_bundle(text, "default.yaml")
    served = (first, *(code for code in lexicon.languages if code != first))
    return compile_scanner(msgspec.structs.replace(bundle, languages=served), lexicon)


def rows(part: str) -> Iterator[dict[str, Any]]:
    for file in sorted((FOLDER / part).glob("*.jsonl")):
        with file.open(encoding="utf-8") as lines:
            yield from map(json.loads, lines)


def receipts_of(scanner: Scanner, row: Mapping[str, Any]) -> list[Receipt]:
    """Every message of a conversation is scanned, each knowing those before it; the last is the row's."""
    given = {key: value for key, value in row.items() if key in _TAKEN}
    last = msgspec.convert(given, ScanInput)
    before = [
        ScanInput(text=text, previous=last.previous[:number]) for number, text in enumerate(last.previous)
    ]
    return [scanner.scan(heard(message)) for message in (*before, last)]


def heard(message: ScanInput) -> ScanInput:
    """The message with what the shipped models say of it, unless the rules alone are asked."""
    model = None if RULES in sys.argv else models()
    return msgspec.structs.replace(message, signals=model.signals(message)) if model else message


@cache
def models() -> Ears:
    """All that are shipped."""
    found = ears(Path(), ())
    return msgspec.structs.replace(found, second=None) if WORDS in sys.argv else found


def group(row: Mapping[str, Any]) -> tuple[str, str, str]:
    """Language, kind and cluster of a row; pairs of evasions are one kind, near misses that count another."""
    kind = "evasion: pairs" if "+" in row["kind"] else row["kind"]
    kind = "hard but right" if kind in NEGATIVE and row["expect"] else kind
    cluster = row["expect"][0] if row["expect"] and row["kind"] == "plain" else ""
    return row["language"], kind, cluster


def judge(part: str, show: int) -> None:
    """The figures of one part of the suite, each row as a shop whose first language is the row's reads it."""
    seen: dict[tuple[str, str, str], Counter[str]] = defaultdict(Counter)
    for row in rows(part):
        scanner = scanner_of_all_languages(row["language"])
        tally, receipts = seen[group(row)], receipts_of(scanner, row)
        listed = bool(_DICTIONARY.search(json.dumps(row["text"], ensure_ascii=False)))
        person = any(receipt.tier_floor is Tier.HUMAN for receipt in receipts)
        clusters = {cluster.value for receipt in receipts for cluster in receipt.clusters}
        tally["of"] += 1
        if row["expect"]:
            missed = not clusters & set(row["expect"])
            tally["misses"] += missed
            tally["no person"] += bool(row.get("person", True)) and not person
            tally["missed by the list"] += not listed
        else:
            missed = person
            tally["alarms"] += person
            tally.update(f"by {each}" for each in raised(receipts))
            tally["on a dictionary word"] += person and listed
            tally["alarms of the list"] += listed
        if missed and part not in UNREAD and tally["shown"] < show:
            tally["shown"] += 1
            say(f"{part}: {row['id']}", row["text"], clusters=sorted(clusters))
    for (language, kind, cluster), tally in sorted(seen.items()):
        tell(part, language, kind, cluster, tally)
    served = scanner_of_all_languages().bundle.languages
    totals(part, {key: tally for key, tally in seen.items() if key[0] in served})


def raised(receipts: Iterable[Receipt]) -> set[str]:
    """The clusters that ask for a person."""
    return {
        marker.cluster.value for each in receipts for marker in each.markers if marker.floor == Tier.HUMAN
    }


def tell(part: str, language: str, kind: str, cluster: str, tally: Counter[str]) -> None:
    name = " ".join(filter(None, (f"{part}:", language, kind, cluster)))
    of = tally["of"]
    if kind in NEGATIVE:
        by = {key.removeprefix("by "): count for key, count in tally.most_common() if key.startswith("by ")}
        say(
            f"{name}: false alarms", tally["alarms"], of=of, high=upper(tally["alarms"], of), by_cluster=by,
            on_a_dictionary_word=tally["on a dictionary word"], plain_list=tally["alarms of the list"],
        )  # fmt: skip
        return
    say(
        f"{name}: misses", tally["misses"], of=of, high=upper(tally["misses"], of),
        not_to_a_person=tally["no person"], plain_list=tally["missed by the list"],
    )  # fmt: skip


def totals(part: str, seen: Mapping[tuple[str, str, str], Counter[str]]) -> None:
    """All plain messages, all evasions, all ordinary ones together, in the languages that are served.

    The limits are held against the upper bound, on the part that nobody has read. That they are known to
    be missed (docs/scanner.md) makes them no looser.
    """
    classes = sorted({kind for _, kind, _ in seen if kind.startswith("evasion")})
    for what, field, most, kinds in (
        ("plain", "misses", 0.005, ["plain"]),
        ("evasions", "misses", 1.0, classes),
        *((one, "misses", 0.02, [one]) for one in classes),
        ("ordinary", "alarms", 1.0, ["ordinary"]),
        ("ordinary, none on a dictionary word", "alarms", 0.02, ["ordinary"]),
        ("near misses", "alarms", 1.0, ["hard"]),
    ):
        mine = [tally for (_, kind, _), tally in seen.items() if kind in kinds]
        count, of = sum(tally[field] for tally in mine), sum(tally["of"] for tally in mine)
        if what.endswith("dictionary word"):
            count -= sum(tally["on a dictionary word"] for tally in mine)
        say(f"{part}: all {what}: {field}", count, of=of, high=upper(count, of))
        if part == HELD and of and most < 1 and RULES not in sys.argv:
            limits.at_most(f"scanner, held, all {what}: {field}, upper bound", upper(count, of), most)


def traffic(folder: Path) -> Iterator[tuple[str, str]]:
    """Messages of public sets that nobody wrote for this: what an ordinary day may look like."""
    with (folder / "banking77" / "test.csv").open(encoding="utf-8") as lines:
        yield from (("banking77", row["text"]) for row in csv.DictReader(lines))
    clinc = json.loads((folder / "clinc150" / "data_full.json").read_text("utf-8"))
    yield from (("clinc150", text) for text, _ in (*clinc["test"], *clinc["oos_test"]))
    tasks = json.loads((folder / "tau2" / "banking_tasks.json").read_text("utf-8"))
    yield from (("tau2", str(task["user_scenario"]["instructions"])) for task in tasks)


def rates(scanner: Scanner, folder: Path, show: int) -> None:
    """How often each marker fires on ordinary traffic."""
    fired: dict[str, Counter[str]] = defaultdict(Counter)
    total: Counter[str] = Counter()
    for name, text in traffic(folder):
        receipt = scanner.scan(heard(ScanInput(text=text)))
        total[name] += 1
        fired[name]["any person"] += receipt.tier_floor is Tier.HUMAN
        for marker in receipt.markers:
            fired[name][marker.id] += 1
            if fired[name][marker.id] <= show:
                words = [item.text or item.fact for item in marker.evidence]
                say(f"{name}: {marker.id}: example", text[:300], evidence=words)
    for name, counts in fired.items():
        for marker_id, count in counts.most_common():
            say(f"{name}: {marker_id}", count, of=total[name], share=round(count / total[name], 4))


def main(parts: Iterable[str] = PARTS, show: int = 0) -> None:
    """Print the figures."""
    for part in parts:
        data = os.environ.get("NEWEL_DATA", "")
        if part != "traffic":
            judge(part, show)
        elif data:
            rates(scanner_of_all_languages(), Path(data), show)


if __name__ == "__main__":
    asks = parser(__doc__, "python -m benchmarks.scanner open --show 5")
    asks.add_argument("--show", type=int, default=0, metavar="N", help="so many examples of each")
    leaves = asks.add_mutually_exclusive_group()
    leaves.add_argument(RULES, action="store_true", help="by phrases alone")
    leaves.add_argument(WORDS, action="store_true", help="without the encoder")
    options = chosen(PARTS, asks)
    main(options.parts, options.show)
    sys.exit(limits.verdict())
