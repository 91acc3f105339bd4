"""Split a written set in two: a quarter to develop against, three quarters to be held.

    python benchmarks/sets/scanner/split.py WRITTEN.jsonl LANGUAGE

Writes `open/LANGUAGE.jsonl` and `held/LANGUAGE.jsonl` beside this script. Each group of lines (one cluster of
positives, the ordinary messages, the hard negatives) is shuffled with a seed of its own and its first quarter
is opened, so that both parts have the same distribution. The file of all written lines is not kept: it would
show the held part.
"""

import json
import random
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
OPEN_SHARE = 0.25
SEED = "newel scanner suite 1"


def main(written: str, language: str) -> None:
    """Read every written line, write both parts in the order of their ids."""
    lines = [json.loads(line) for line in Path(written).read_text("utf-8").splitlines()]
    opened = {line["id"] for group in groups(lines).values() for line in first_share(group)}
    write("open", language, [line for line in lines if line["id"] in opened])
    write("held", language, [line for line in lines if line["id"] not in opened])


def groups(lines: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Lines by the group that their id names: en-legal-0001 is of en-legal."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in lines:
        found[line["id"].rpartition("-")[0]].append(line)
    return found


def first_share(group: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The quarter of a group that is opened."""
    name = group[0]["id"].rpartition("-")[0]
    shuffled = sorted(group, key=lambda line: str(line["id"]))
    random.Random(f"{SEED} {name}").shuffle(shuffled)
    return shuffled[: round(len(shuffled) * OPEN_SHARE)]


def write(part: str, language: str, lines: list[dict[str, Any]]) -> None:
    """One JSON object per line, UTF-8, sorted by id."""
    folder = HERE / part
    folder.mkdir(exist_ok=True)
    rows = sorted(lines, key=lambda line: str(line["id"]))
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (folder / f"{language}.jsonl").write_text(text, "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:3])
