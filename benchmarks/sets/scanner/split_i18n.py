"""Part the labelled lines of each language into an open and a held part, and check them.

    python benchmarks/sets/scanner/split_i18n.py part     # writes open/, held/ and HELD.i18n.sha256
    python benchmarks/sets/scanner/split_i18n.py check    # reads them; prints the counts, or what is wrong

What is parted is the union of both parts in the order of the ids: within each kind and first cluster the
lines are shuffled by a fixed seed, and every fourth goes to the open part. So parting again changes nothing,
and the two parts have the same distribution.
"""

import hashlib
import json
import random
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations
from pathlib import Path
from typing import Any, TypeAlias

Line: TypeAlias = dict[str, Any]

HERE = Path(__file__).parent
HASHES = HERE / "HELD.i18n.sha256"
LANGUAGES = ("es", "fr", "de")
CLUSTERS = {"request", "legal", "reputation", "repeat", "emotion", "complexity", "topic", "injection"}
KINDS = {"plain", "ordinary", "hard"}
FIELDS = {"id", "language", "kind", "expect", "person", "floor", "text", "subject", "at", "history", "note"}
SEED = 20261125
LIKENESS = 0.7
SHORT = 4
FLOORS = {
    "es": {"request": 200, "legal": 100, "reputation": 40, "emotion": 50, "topic": 60, "complexity": 25}
    | {"injection": 25, "repeat": 15, "plain": 480, "ordinary": 250, "hard": 150},
    "de": {"plain": 300, "ordinary": 150, "hard": 80},
}
FLOORS["fr"] = FLOORS["es"]


def read(path: Path) -> list[Line]:
    """The lines of a file; none where it is not there (the held part comes after the open one)."""
    if not path.exists():
        return []
    return [json.loads(row) for row in path.read_text(encoding="utf-8").splitlines()]


def write(path: Path, lines: Iterable[Line]) -> None:
    """Write lines, one object each."""
    path.parent.mkdir(exist_ok=True)
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")


def whole(language: str) -> list[Line]:
    """Both parts of a language, in the order of their ids."""
    lines = [line for part in ("open", "held") for line in read(HERE / part / f"{language}.jsonl")]
    return sorted(lines, key=lambda line: str(line["id"]))


def stratum(line: Line) -> str:
    """What is parted evenly: the kind and the first cluster."""
    return f"{line['kind']} {line['expect'][0] if line['expect'] else ''}"


def opened(lines: list[Line]) -> set[str]:
    """The ids of the open quarter."""
    strata: dict[str, list[str]] = defaultdict(list)
    for line in lines:
        strata[stratum(line)].append(line["id"])
    chosen: set[str] = set()
    for name, ids in sorted(strata.items()):
        random.Random(f"{SEED} {name}").shuffle(ids)
        chosen.update(ids[::4])
    return chosen


def part(language: str) -> None:
    """Write the two parts of a language."""
    lines = whole(language)
    chosen = opened(lines)
    write(HERE / "open" / f"{language}.jsonl", (line for line in lines if line["id"] in chosen))
    write(HERE / "held" / f"{language}.jsonl", (line for line in lines if line["id"] not in chosen))


def hashes() -> str:
    """The hashes of the held files, as sha256sum writes them."""
    names = [f"held/{name}.jsonl" for name in LANGUAGES if (HERE / "held" / f"{name}.jsonl").exists()]
    return "".join(f"{hashlib.sha256((HERE / name).read_bytes()).hexdigest()}  {name}\n" for name in names)


def plain(text: str) -> str:
    """A text without case and marks, to see what is written twice."""
    return " ".join(re.findall(r"\w+", text.casefold()))


def grams(text: str) -> set[str]:
    """The runs of three characters of a text."""
    return {text[at : at + 3] for at in range(len(text) - 2)}


def twice(lines: list[Line]) -> Iterator[str]:
    """Pairs that are one line written twice; of short lines, only those with the same words."""
    texts = [(line["id"], plain(line["text"])) for line in lines]
    runs = {name: grams(text) for name, text in texts}
    for (one, text), (other, again) in combinations(texts, 2):
        if text == again:
            yield f"{one} and {other} say the same"
        elif min(text.count(" "), again.count(" ")) >= SHORT - 1:
            alike = len(runs[one] & runs[other]) / len(runs[one] | runs[other])
            if alike >= LIKENESS:
                yield f"{one} and {other} are alike ({alike:.2f})"


def misshapen(line: Line) -> Iterator[str]:
    """What is wrong with one line."""
    if extra := set(line) - FIELDS:
        yield f"{line['id']}: unknown {sorted(extra)}"
    if line["kind"] not in KINDS or not set(line["expect"]) <= CLUSTERS or not line["text"].strip():
        yield f"{line['id']}: kind, expect or text"
    if line["person"] != bool(line["expect"]) or (line["kind"] == "plain" and not line["expect"]):
        yield f"{line['id']}: person does not follow from expect"
    if "repeat" in line["expect"] and not line.get("history"):
        yield f"{line['id']}: a repeat without history"


def counts(lines: list[Line]) -> Counter[str]:
    """Lines by kind, and the plain ones by first cluster."""
    found = Counter(str(line["kind"]) for line in lines)
    found.update(str(line["expect"][0]) for line in lines if line["kind"] == "plain")
    return found


def wrong(language: str, lines: list[Line]) -> Iterator[str]:
    """Everything that is wrong with a language."""
    ids = Counter(str(line["id"]) for line in lines)
    yield from (f"{name} stands {times} times" for name, times in ids.items() if times > 1)
    for line in lines:
        yield from misshapen(line)
    yield from twice(lines)
    found = counts(lines)
    for name, least in FLOORS[language].items():
        if found[name] < least:
            yield f"{language}: {found[name]} {name}, {least} asked"


def check() -> int:
    """Print the counts of each language and what is wrong; 1 where something is."""
    faults: list[str] = []
    if HASHES.read_text(encoding="utf-8") != hashes():
        faults.append("the held files do not have the hashes that were written down")
    for language in LANGUAGES:
        if lines := whole(language):
            faults += wrong(language, lines)
            for name in ("open", "held"):
                print(language, name, dict(counts(read(HERE / name / f"{language}.jsonl"))))
    print("\n".join(faults) or "nothing wrong")
    return bool(faults)


def main() -> int:
    """Part or check."""
    if sys.argv[1:] == ["part"]:
        for language in LANGUAGES:
            if whole(language):
                part(language)
        HASHES.write_text(hashes(), encoding="utf-8")
        return 0
    return check()


if __name__ == "__main__":
    sys.exit(main())
