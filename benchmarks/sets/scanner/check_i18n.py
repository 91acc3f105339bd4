"""Check the labelled lines in other languages than English, and write down the hashes of the held ones.

    python benchmarks/sets/scanner/check_i18n.py           # prints the counts, then what is wrong
    python benchmarks/sets/scanner/check_i18n.py hashes    # writes HELD.i18n.sha256

Spanish, French and German have three files each: the open quarter of the first set, the rest of it, and the
held set, which is another; Spanish and French have a third set besides, in two halves. Italian and
Portuguese have a held set alone. No line of one file may be said again in any other of its language.
"""

import hashlib
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any, TypeAlias

Line: TypeAlias = dict[str, Any]

HERE = Path(__file__).parent
HASHES = HERE / "HELD.i18n.sha256"
LANGUAGES = ("es", "fr", "de", "it", "pt")
SECOND_TIER = {"data", "risk_words"}
THIRD_TIER = {"request", "legal", "reputation", "repeat", "emotion", "complexity", "topic", "injection"}
CLUSTERS = THIRD_TIER | SECOND_TIER
KINDS = {"plain", "ordinary", "hard"}
FIELDS = {"id", "language", "kind", "expect", "person", "floor", "text", "subject", "at", "contact_reason"}
FIELDS |= {"history", "note"}
LIKENESS = 0.7
SAME_WORDS = 0.9
SHORT = 4
FLOORS = {
    "es": {"request": 110, "legal": 110, "reputation": 60, "emotion": 65, "topic": 75, "complexity": 30}
    | {"injection": 30, "repeat": 10, "plain": 500, "ordinary": 320, "hard": 180},
    "de": {"plain": 150, "ordinary": 100, "hard": 60},
}
FLOORS["fr"] = FLOORS["es"]
FLOORS["it"] = FLOORS["pt"] = FLOORS["de"]


def read(path: Path) -> list[Line]:
    """The lines of a file; none where it is not there (the hashes come before the held files)."""
    if not path.exists():
        return []
    return [json.loads(row) for row in path.read_text(encoding="utf-8").splitlines()]


def parts(language: str) -> dict[str, list[Line]]:
    """The files of a language, by name; of a language without a first set, the held one alone."""
    written = [f"open/{language}.jsonl", f"open/{language}.former.jsonl"]
    written += [f"open/{language}.fresh.jsonl", f"counted/{language}.jsonl"]
    names = [*filter(lambda name: (HERE / name).exists(), written), f"held/{language}.jsonl"]
    return {name: read(HERE / name) for name in names}


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
    words = {name: set(text.split()) for name, text in texts}
    for (one, text), (other, again) in combinations(texts, 2):
        if text == again:
            yield f"{one} and {other} say the same"
        elif min(text.count(" "), again.count(" ")) >= SHORT - 1 and (
            shared(runs[one], runs[other]) >= LIKENESS or shared(words[one], words[other]) > SAME_WORDS
        ):
            yield f"{one} and {other} are alike"


def shared(one: set[str], other: set[str]) -> float:
    """The share of two sets that is in both."""
    return len(one & other) / len(one | other)


def misshapen(line: Line) -> Iterator[str]:
    """What is wrong with one line."""
    if extra := set(line) - FIELDS:
        yield f"{line['id']}: unknown {sorted(extra)}"
    if line["kind"] not in KINDS or not set(line["expect"]) <= CLUSTERS or not line["text"].strip():
        yield f"{line['id']}: kind, expect or text"
    first = next(iter(line["expect"]), "")
    if line["person"] != (first in THIRD_TIER) or (line["kind"] == "plain" and not first):
        yield f"{line['id']}: person does not follow from expect"
    if "repeat" in line["expect"] and not line.get("history"):
        yield f"{line['id']}: a repeat without history"


def counts(lines: list[Line]) -> Counter[str]:
    """Lines by kind, and the plain ones by first cluster."""
    found = Counter(str(line["kind"]) for line in lines)
    found.update(str(line["expect"][0]) for line in lines if line["kind"] == "plain")
    return found


def wrong(language: str, files: dict[str, list[Line]]) -> Iterator[str]:
    """Everything that is wrong with a language."""
    lines = [line for each in files.values() for line in each]
    ids = Counter(str(line["id"]) for line in lines)
    yield from (f"{name} stands {times} times" for name, times in ids.items() if times > 1)
    for line in lines:
        yield from misshapen(line)
    yield from twice(lines)
    found = counts(files[f"held/{language}.jsonl"])
    for name, least in FLOORS[language].items():
        if found[name] < least:
            yield f"{language}: {found[name]} {name}, {least} asked"


def check() -> int:
    """Print the counts of each file and what is wrong; 1 where something is."""
    faults: list[str] = []
    if HASHES.read_text(encoding="utf-8") != hashes():
        faults.append("the held files do not have the hashes that were written down")
    for language in LANGUAGES:
        files = parts(language)
        faults += wrong(language, files)
        for name, lines in files.items():
            print(name, dict(counts(lines)))
    print("\n".join(faults) or "nothing wrong")
    return bool(faults)


def main() -> int:
    """Check, or write the hashes."""
    if sys.argv[1:] == ["hashes"]:
        HASHES.write_text(hashes(), encoding="utf-8")
        return 0
    return check()


if __name__ == "__main__":
    sys.exit(main())
