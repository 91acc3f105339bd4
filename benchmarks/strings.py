"""Random strings of many shapes through the whole scanner, and long messages against the clock.

``python -m benchmarks.strings [--count 1000000] [--seed 1]`` makes so many strings from a seed and scans
each with the models (``--rules``: by the rules alone, four times as fast; ``--first``: from that one on, for
a run in parts): nothing may fail, every place must be real text. Before that messages of 1, 10 and 100 kB
of several shapes: milliseconds for each kB, which must not rise with the length. JSON lines; progress, and
each failure as it is met, on standard error.
"""

import argparse
import base64
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from benchmarks.scanner import scanner_of_all_languages
from newel.ai.fitted import Ears, ears
from newel.domain.scan.features import ScanInput
from newel.domain.scan.receipt import Receipt
from newel.domain.scan.scanner import Scanner

_SURROGATES = range(0xD800, 0xE000)
_LAST = 0x110000
_SCRIPTS = ((0x20, 0x7F), (0xA0, 0x180), (0x370, 0x530), (0x5D0, 0x700), (0x900, 0xE00), (0x3040, 0xA000))
_MARKS = [*range(0x300, 0x370), *range(0x20D0, 0x20F0), 0x200B, 0x200D, 0xFE0F]
_BIDI = [0x202A, 0x202B, 0x202C, 0x202D, 0x202E, 0x2066, 0x2067, 0x2069, 0x200E, 0x200F]
_FACES = [*range(0x1F300, 0x1F650), *range(0x1F900, 0x1FA00), 0x200D, 0xFE0F, *range(0x1F1E6, 0x1F200)]
_SIGNS = "<b> </b> <!-- --> <a href=''> &#108; &lt; %6c \\u006c =6C > -- ** ``` {{ }} |"
_PIECES = (*_SIGNS.split(), "\n\t", "\r\n")
_SAID = "lawyer human refund I not to a my sue died furious talk privacy ignore order 10023 HW-101 ?! ..."
_WORDS = _SAID.split()
_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789@$-._ "
_SIZES = (1_000, 10_000, 100_000)


def everywhere(dice: random.Random) -> str:
    """Any code points but surrogates."""
    points = (dice.randrange(_LAST) for _ in range(dice.randrange(40)))
    return "".join(chr(point) for point in points if point not in _SURROGATES)


def scripts(dice: random.Random) -> str:
    """Letters of several scripts side by side."""
    return "".join(chr(dice.randrange(*dice.choice(_SCRIPTS))) for _ in range(dice.randrange(60)))


def combining(dice: random.Random) -> str:
    """Letters with heaps of marks."""
    return "".join(
        dice.choice(_LETTERS) + "".join(map(chr, dice.choices(_MARKS, k=dice.randrange(4))))
        for _ in range(dice.randrange(30))
    )


def bidi(dice: random.Random) -> str:
    """Words between marks of direction."""
    return " ".join(chr(dice.choice(_BIDI)) + dice.choice(_WORDS) for _ in range(dice.randrange(12)))


def markup(dice: random.Random) -> str:
    """Words among tags, entities and escapes."""
    return "".join(dice.choice((dice.choice(_PIECES), dice.choice(_WORDS), " ")) for _ in range(30))


def encoded(dice: random.Random) -> str:
    """Runs of base64 and hex, of text and of nothing."""
    said = " ".join(dice.choices(_WORDS, k=dice.randrange(1, 8))).encode()
    data = said if dice.random() < 0.5 else dice.randbytes(dice.randrange(1, 40))
    return dice.choice((base64.b64encode(data).decode(), data.hex(), base64.urlsafe_b64encode(data).decode()))


def faces(dice: random.Random) -> str:
    """Emoji, joined and not."""
    return "".join(chr(dice.choice(_FACES)) for _ in range(dice.randrange(40)))


def runs(dice: random.Random) -> str:
    """One sign or word many times."""
    return dice.choice((*_LETTERS, *_WORDS, *_PIECES, "\n", "\u200b", "\xff")) * dice.randrange(1, 200)


def spoken(dice: random.Random) -> str:
    """Words that the scan looks for, with slips and signs between them."""
    return "".join(dice.choice(_WORDS) + dice.choice((" ", " ", "-", ".", "\n")) for _ in range(12))


def torn(dice: random.Random) -> str:
    """Two other shapes together, cut somewhere."""
    text = dice.choice(SHAPES[:-1])(dice) + dice.choice(SHAPES[:-1])(dice)
    return text[dice.randrange(len(text) + 1) :]


SHAPES: tuple[Callable[[random.Random], str], ...] = (
    everywhere, scripts, combining, bidi, markup, encoded, faces, runs, spoken, torn,
)  # fmt: skip

_HEADING = "On Mon, 3 Nov 2025 at 10:00, Ann wrote:"
LONG = {
    "many sentences": lambda n: "".join(
        f"The {at % 97} mugs of order {at} are blue. " for at in range(n // 25)
    ),
    "one line": lambda n: "the mugs are lovely and blue and " * (n // 32),
    "blanks": lambda n: " " * n,
    "nested entities": lambda n: "&amp;" + "amp;" * (n // 4) + "lt;",
    "base64 runs": lambda n: (base64.b64encode(b"I will call my lawyer").decode() + " ") * (n // 29),
    "quoted history": lambda n: (
        "Thanks.\n\nOn Mon, 3 Nov 2025 at 10:00, Ann wrote:\n" + "> my lawyer\n" * (n // 12)
    ),
    "spelled out": lambda n: "l a w y e r, " * (n // 13),
    "markup": lambda n: "<b>la</b>wyer &#108;aw " * (n // 23),
    "other scripts": lambda n: "где мой заказ " * (n // 14),
}


def wrong(receipt: Receipt, text: str) -> str:
    """What is wrong with the places of a receipt; empty where they are real text."""
    for marker in receipt.markers:
        for item in marker.evidence:
            if item.start is None or item.end is None:
                continue
            if not 0 <= item.start < item.end <= len(text):
                return f"{marker.id}: {item.start}-{item.end} of {len(text)}"
            if item.text != text[item.start : item.end]:
                return f"{marker.id}: another text at {item.start}-{item.end}"
    return ""


def scanned(scanner: Scanner, model: Ears | None, text: str) -> Receipt:
    message = ScanInput(text=text)
    if model:
        message = msgspec.structs.replace(message, signals=model.signals(message))
    return scanner.scan(message)


def failures(scanner: Scanner, model: Ears | None, numbers: range, seed: int) -> Iterator[tuple[str, str]]:
    """The shape and the fault of each string that failed."""
    began = time.perf_counter()
    for number in numbers:
        shape = SHAPES[number % len(SHAPES)]
        text = shape(random.Random(f"{seed}/{number}"))
        try:
            fault = wrong(scanned(scanner, model, text), text.replace("\0", "\ufffd"))
        except Exception as error:
            fault = f"{type(error).__name__}: {error}"
        if fault:
            print(f"{shape.__name__}, number {number}: {fault}", file=sys.stderr, flush=True)
            yield shape.__name__, f"number {number}: {fault}"
        if number % 10_000 == 9_999:
            print(
                f"{number + 1:,} of {numbers.stop:,}, {time.perf_counter() - began:.0f} s",
                file=sys.stderr,
                flush=True,
            )


def clock(scanner: Scanner, model: Ears | None) -> None:
    """Processor time of long messages, for each kB."""
    for shape, make in LONG.items():
        spent: list[float] = []
        for size in _SIZES:
            text = make(size)[:size]
            began = time.process_time()
            scanned(scanner, model, text)
            spent.append((time.process_time() - began) * 1e6 / size)
        figures = {f"{size // 1000} kB": round(each, 2) for size, each in zip(_SIZES, spent, strict=True)}
        print(json.dumps({"figure": f"ms per kB: {shape}", **figures}), flush=True)


def main() -> None:
    """Print the figures."""
    options = argparse.ArgumentParser()
    options.add_argument("--count", type=int, default=1_000_000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--first", type=int, default=0)
    options.add_argument("--rules", action="store_true", help="by the rules alone")
    given = options.parse_args()
    scanner, model = scanner_of_all_languages(), None if given.rules else ears(Path(), ())
    if model and model.shipped is None:
        raise SystemExit("the shipped models are missing")
    for make in LONG.values():  # what is made at the first use is not what is measured
        scanned(scanner, model, make(_SIZES[0]))
    clock(scanner, model)
    numbers = range(given.first, given.first + given.count)
    found = [*failures(scanner, model, numbers, given.seed)]
    by_shape = Counter(shape for shape, _ in found)
    told = {
        "figure": "random strings that failed",
        "value": len(found),
        "of": given.count,
        "first": given.first,
        "by": "the rules alone" if given.rules else "the rules and the models",
        "by_shape": by_shape,
    }
    print(json.dumps({**told, "examples": [fault for _, fault in found[:20]]}), flush=True)


if __name__ == "__main__":
    main()
