"""The scanner beside bare re2 on the same text: microseconds for a message of 2 KB.

By the text rules alone, and the whole scan with the models; of one sentence again and again, and of
different sentences that were never scanned before.
"""

import asyncio
import random
import statistics
import time
from collections.abc import Callable, Sequence
from importlib.resources import files

import re2

from benchmarks.common import emit
from benchmarks.scanner import heard, rows
from newel.domain.policy.parse import load_bundle
from newel.domain.scan.features import ScanInput
from newel.domain.scan.lexicon import shipped_lexicon
from newel.domain.scan.receipt import Receipt
from newel.domain.scan.scanner import Scanner, compile_scanner

PLAIN = "Hello, I ordered a stoneware mug and two plates last week and wonder when they will arrive. "
FANCY = "Привет, ich hätte gern gewusst, où en est ma commande — и ещё вопрос о доставке. "
ROUNDS = 300
PEER = "bare re2 set of 1,000 phrases"


def _microseconds(act: Callable[[], object]) -> float:
    for _ in range(20):
        act()
    best = []
    for _ in range(5):
        began = time.perf_counter()
        for _ in range(ROUNDS // 5):
            act()
        best.append((time.perf_counter() - began) / (ROUNDS // 5))
    return min(best) * 1e6


def _seconds(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def _median(act: Callable[[str], object], texts: Sequence[str]) -> float:
    """Microseconds, once the first texts have made what is made at the first use."""
    return statistics.median([_seconds(lambda t=text: act(t)) for text in texts][20:]) * 1e6


async def main() -> None:
    """Print the figures."""
    text = files("newel.domain.policy").joinpath("default.yaml").read_text("utf-8")
    scanner = compile_scanner(load_bundle(text, "default.yaml"), shipped_lexicon())
    bare = re2.Set.SearchSet()
    for number in range(1000):
        bare.Add(rf"\bphrase{number} of the law\b")
    bare.Compile()
    for name, sentence in (("plain English", PLAIN), ("mixed scripts", FANCY)):
        message = (sentence * 40)[:2048]
        whole = _microseconds(lambda m=message: scanner.scan(ScanInput(text=m)))
        alone = _microseconds(lambda m=message: bare.Match(m))
        emit(f"text rules, 2 KB, same sentences, {name}", whole, "µs", peer=PEER, peer_value=alone)
        modelled = _microseconds(lambda m=message: scanned(scanner, m))
        emit(f"whole scan, 2 KB, same sentences, {name}", modelled, "µs", peer=PEER, peer_value=alone)
    for language in ("en", "es", "fr"):
        unseen(scanner, bare, language)


def unseen(scanner: Scanner, bare: re2.Set, language: str) -> None:
    """Texts of 2 KB that were never scanned before: the states of the engines are made on the way."""
    lines = [row["text"] for row in rows("open") if row["language"] == language and row["kind"] == "ordinary"]
    shuffled = random.Random(4)
    texts = [" ".join(shuffled.sample(lines, len(lines)))[:2048] for _ in range(180)]
    acts: tuple[Callable[[str], object], ...] = (
        bare.Match,
        lambda text: scanner.scan(ScanInput(text=text)),
        lambda text: scanned(scanner, text),
    )
    alone, rules, whole = (_median(act, texts[turn::3]) for turn, act in enumerate(acts))
    for name, value in (("text rules", rules), ("whole scan", whole)):
        emit(f"{name}, 2 KB, different sentences, {language}", value, "µs", peer=PEER, peer_value=alone)


def scanned(scanner: Scanner, text: str) -> Receipt:
    """The scan with what the models say."""
    return scanner.scan(heard(ScanInput(text=text)))


if __name__ == "__main__":
    asyncio.run(main())
