"""What a short text is made of, for the models of the scan: words, neighbours, synonyms, letters.

Unlike the matcher of contact reasons nothing is left out: a greeting or "thanks for nothing" says
how somebody feels.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from itertools import combinations
from typing import Final

from newel.ai.examples import synonyms
from newel.ai.stem import stem

WEIGHTS: Final = {
    "word": 1.0, "pair": 0.8, "three": 0.5, "around": 0.5,
    "name": 0.8, "names": 0.8, "near": 0.6, "part": 0.7,
}  # fmt: skip
_MOST_WORDS: Final = 60
_TOKEN = re.compile(r"[a-z]+|\d+|[!?]+")
_NOT: Final = (
    (re.compile(r"\bwon't\b"), "will not"),
    (re.compile(r"\b(ca|sha)n't\b"), r"\1n not"),
    (re.compile(r"n't\b"), " not"),
    (re.compile(r"\b(do|does|did|is|are|was|were|have|has|could|would)nt\b"), r"\1 not"),
    (re.compile(r"\bcant\b|\bcannot\b"), "can not"),
    (re.compile(r"'m\b|\bim\b"), " am"),
    (re.compile(r"'ll\b"), " will"),
    (re.compile(r"'(?:re|ve|d|s)\b"), " "),
)


@lru_cache(maxsize=4096)
def traits(text: str) -> Mapping[str, Counter[str]]:
    """What a text is made of, by kind; of a long one the beginning."""
    said = words(text)[:_MOST_WORDS]
    roots = [stem(word) for word in said]
    known = _names()
    named = [known.get(root, root) for root in roots]
    hits = sorted({known[root] for root in roots if root in known})
    edged, renamed = ["^", *roots, "$"], ["^", *named, "$"]
    return {
        "word": Counter(roots),
        "pair": Counter(_next(edged, 1)),
        "three": Counter(" ".join(each) for each in zip(edged, edged[1:], edged[2:], strict=False)),
        "around": Counter(_next(edged, 2)),
        "name": Counter(name for name in named if name.isupper()),
        "names": Counter(pair for pair in _next(renamed, 1) if not pair.islower()),
        "near": Counter((*(f"{a}&{b}" for a, b in combinations(hits, 2)), *_both(_next(renamed, 2)))),
        "part": Counter(_parts(said)),
    }


def words(text: str) -> list[str]:
    """The words in small letters, short forms written out; a number is 0, a run of marks its first two."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("’", "'"))
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    for pattern, long in _NOT:
        plain = pattern.sub(long, plain)
    return [_shown(token) for token in _TOKEN.findall(plain)]


def _shown(token: str) -> str:
    if token.isdigit():
        return "0"
    return token if token.isalpha() else token[:2]


@cache
def _names() -> Mapping[str, str]:
    return {stem(word): name for word, name in reversed(list(synonyms("en").items()))}


def _next(parts: Sequence[str], apart: int) -> Iterator[str]:
    sign = " " if apart == 1 else " _ "
    return (f"{a}{sign}{b}" for a, b in zip(parts, parts[apart:], strict=False))


def _both(pairs: Iterable[str]) -> Iterator[str]:
    return (pair for pair in pairs if pair.isupper())


def _parts(said: Iterable[str]) -> Iterator[str]:
    """Three to five letters at a time, so that a slip of the pen costs little."""
    for word in said:
        if word.isalpha():
            yield from _letters(word)


@lru_cache(maxsize=1 << 16)
def _letters(word: str) -> tuple[str, ...]:
    edged = f"<{word}>"
    return tuple(edged[at : at + n] for n in (3, 4, 5) for at in range(max(1, len(edged) - n + 1)))
