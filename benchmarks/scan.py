"""The scanner beside bare re2 on the same text: microseconds for a message of 2 KB."""

import asyncio
import time
from collections.abc import Callable
from importlib.resources import files

import re2

from benchmarks.common import emit
from newel.domain.policy.parse import load_bundle
from newel.domain.scan.features import ScanInput
from newel.domain.scan.lexicon import shipped_lexicon
from newel.domain.scan.scanner import compile_scanner

PLAIN = "Hello, I ordered a stoneware mug and two plates last week and wonder when they will arrive. "
FANCY = "Привет, ich hätte gern gewusst, où en est ma commande — и ещё вопрос о доставке. "
ROUNDS = 300


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
        emit(f"scan of 2 KB, {name}", whole, "µs", peer="bare re2 set of 1,000 phrases", peer_value=alone)


if __name__ == "__main__":
    asyncio.run(main())
