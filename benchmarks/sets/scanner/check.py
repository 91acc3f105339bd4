"""Check the set: every line parses, ids are unique, counts hold, nothing is said twice, hashes agree.

    python benchmarks/sets/scanner/check.py

Prints the counts by file, cluster and kind of the English files, then what is wrong; ends with 1 if anything
is. Held files that are not there are passed over. The other languages have a check of their own in
`split_i18n.py`.
"""

import hashlib
import json
import re
import sys
from collections import Counter
from itertools import combinations
from pathlib import Path
from typing import Any, TypeAlias

HERE = Path(__file__).parent
CLUSTERS = frozenset(
    {"request", "legal", "reputation", "repeat", "emotion", "complexity", "value", "topic", "injection"}
    | {"data", "risk_words"}
)
SECOND_TIER = frozenset({"data", "risk_words"})
EVASIONS = {"held": 150, "open": 50}
ENGLISH = ("en.", "evasion.")
TOO_ALIKE = 0.9

Line: TypeAlias = dict[str, Any]


def main() -> int:
    """Print the counts and the faults."""
    parts = {path: read(path) for path in sorted(HERE.glob("*/*.jsonl")) if path.name.startswith(ENGLISH)}
    for path, lines in parts.items():
        print(f"{path.relative_to(HERE)}: {len(lines)}")
        for name, count in sorted(Counter(group(line) for line in lines).items()):
            print(f"  {name:45} {count}")
    found = [*twice(parts), *badly_labelled(parts), *too_few(parts), *alike(parts), *wrong_hash()]
    print("\n".join(found) or "nothing wrong")
    return 1 if found else 0


def read(path: Path) -> list[Line]:
    """The lines of a file."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def group(line: Line) -> str:
    """What a line is counted under: the cluster of a plain positive, or its kind; pairs together."""
    kind = str(line["kind"])
    if "+" in kind:
        return "evasion: pairs"
    return f"plain {line['expect'][0]}" if kind == "plain" else kind


def twice(parts: dict[Path, list[Line]]) -> list[str]:
    """Ids that two lines have."""
    counts = Counter(line["id"] for lines in parts.values() for line in lines)
    return [f"id twice: {name}" for name, count in counts.items() if count > 1]


def badly_labelled(parts: dict[Path, list[Line]]) -> list[str]:
    """Lines whose labels contradict each other."""
    return [f"label: {line['id']}" for lines in parts.values() for line in lines if not labelled(line)]


def labelled(line: Line) -> bool:
    """Negatives expect nothing; of the positives only data and risk words end in the second tier."""
    expect = line["expect"]
    if line["kind"] in {"ordinary", "hard"}:
        return not expect and not line["person"]
    second = bool(expect) and expect[0] in SECOND_TIER
    return bool(expect) and set(expect) <= CLUSTERS and line["person"] is not second and bool(line["text"])


def too_few(parts: dict[Path, list[Line]]) -> list[str]:
    """Classes of evasion with fewer lines than they need."""
    return [
        f"too few: {path.parent.name} {name} {count}"
        for path, lines in parts.items()
        for name, count in Counter(group(line) for line in lines).items()
        if name.startswith("evasion:") and count < EVASIONS[path.parent.name]
    ]


def alike(parts: dict[Path, list[Line]]) -> list[str]:
    """Hand-written lines with nearly the same words, but for value lines, where the facts make the case."""
    written = [
        (line["id"], words(line["text"]))
        for lines in parts.values()
        for line in lines
        if not line["kind"].startswith("evasion") and "value" not in line["expect"]
    ]
    return [f"alike: {one} {other}" for (one, a), (other, b) in combinations(written, 2) if near(a, b)]


def words(text: str) -> frozenset[str]:
    """The set of words of a text; the text itself when it has none."""
    return frozenset(re.findall(r"\w+", text.lower())) or frozenset({text})


def near(a: frozenset[str], b: frozenset[str]) -> bool:
    """Whether two sets of words share more than nine tenths."""
    return len(a & b) > TOO_ALIKE * len(a | b)


def wrong_hash() -> list[str]:
    """Held files that are not what HELD.sha256 says."""
    pinned = [line.split() for line in (HERE / "HELD.sha256").read_text("utf-8").splitlines()]
    return [
        f"hash: {name}" for digest, name in pinned if (HERE / name).exists() and hashed(HERE / name) != digest
    ]


def hashed(path: Path) -> str:
    """The SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    sys.exit(main())
