"""Hashed TF-IDF of words, pairs of words, concepts, pairs of concepts, and parts of words.

Sparse rows are kept as plain arrays (offsets, columns, values): numpy alone, and small.
"""

import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from itertools import combinations
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from newel.ai.stem import stem, words

WIDTH: Final = 1 << 18
MIXED: Final = {"word": 1.0, "pair": 0.6, "concept": 0.8, "concepts": 0.6, "part": 0.6}
LETTERS: Final = {"word": 1.0, "pair": 0.8, "part": 0.8}
_LONGEST_TURN: Final = 5
_MOST_WORDS: Final = 120

Floats = NDArray[np.float32]
Columns = NDArray[np.int64]


class Rows(msgspec.Struct, frozen=True):
    """Sparse rows: row i has ``columns[offsets[i]:offsets[i+1]]``, each of length one."""

    offsets: Columns
    columns: Columns
    values: Floats


def concepts_text() -> str:
    """The shipped table of concepts; it is part of what a matcher is made of."""
    return files("newel.ai").joinpath("concepts.txt").read_text("utf-8")


@lru_cache(maxsize=1)
def _concepts() -> dict[tuple[str, ...], tuple[str, ...]]:
    """Turns of phrase as tuples of stems, with the concepts that they stand for."""
    found: dict[tuple[str, ...], dict[str, None]] = {}
    for line in concepts_text().splitlines():
        name, _, phrases = line.partition(":")
        for phrase in phrases.split(",") if not line.startswith("#") else ():
            found.setdefault(tuple(stem(word) for word in words(phrase)), {})[name] = None
    return {turn: tuple(names) for turn, names in found.items() if turn}


def meant(stems: Sequence[str]) -> tuple[str, ...]:
    """The concepts of a text in order, each once; longer turns of phrase win."""
    found: dict[str, None] = {}
    at = 0
    while at < len(stems):
        names, length = _turn(stems, at)
        found.update(dict.fromkeys(names))
        at += length
    return tuple(found)


def _turn(stems: Sequence[str], at: int) -> tuple[tuple[str, ...], int]:
    for length in range(min(_LONGEST_TURN, len(stems) - at), 0, -1):
        names = _concepts().get(tuple(stems[at : at + length]))
        if names:
            return names, length
    return (), 1


def counts(text: str) -> Mapping[str, Counter[str]]:
    """What a text is made of, by kind."""
    plain = words(text)[:_MOST_WORDS]
    roots = [stem(word) for word in plain]
    said = meant(roots)
    pairs = zip(["^", *roots], [*roots, "$"], strict=True)
    return {
        "word": Counter(roots),
        "pair": Counter(f"{a} {b}" for a, b in pairs),
        "concept": Counter(said),
        "concepts": Counter(f"{a}+{b}" for a, b in combinations(sorted(said), 2)),
        "part": Counter(_parts(plain)),
    }


def _parts(plain: Iterable[str]) -> Iterator[str]:
    """Four letters at a time, so that a slip of the pen costs little."""
    for word in plain:
        edged = f"<{word}>"
        if not word.startswith("x"):
            yield from (edged[i : i + 4] for i in range(max(1, len(edged) - 3)))


def column(kind: str, name: str) -> int:
    """Where a feature stands."""
    return zlib.crc32(f"{kind}:{name}".encode()) % WIDTH


def _columns(kind: str, names: Iterable[str]) -> Columns:
    return np.array([column(kind, name) for name in names], dtype=np.int64)


def word_columns(text: str) -> Columns:
    """The columns of a text's words, each once."""
    return np.unique(_columns("word", counts(text)["word"]))


def word_counts(texts: Sequence[str]) -> Floats:
    """In how many texts each word occurs."""
    seen = np.zeros(WIDTH, dtype=np.float32)
    for text in texts:
        seen[word_columns(text)] += 1
    return seen


class Weigher:
    """Rarer features weigh more; each kind is brought to length one, then weighted."""

    def __init__(self, texts: Sequence[str], weights: Mapping[str, float]) -> None:
        self.weights = weights
        seen = np.zeros(WIDTH, dtype=np.float32)
        for text in texts:
            made_of = counts(text)
            for kind in weights:
                seen[np.unique(_columns(kind, made_of[kind]))] += 1
        self.rarity: Floats = (np.log((1 + len(texts)) / (1 + seen)) + 1).astype(np.float32)

    def row(self, text: str) -> tuple[Columns, Floats]:
        """The columns and values of one text, of length one."""
        made_of = counts(text)
        parts = [self._part(kind, made_of[kind]) for kind in self.weights]
        values = np.concatenate([part for _, part in parts])
        return np.concatenate([at for at, _ in parts]), _unit(values)

    def _part(self, kind: str, names: Counter[str]) -> tuple[Columns, Floats]:
        at = _columns(kind, names)
        times = np.array(list(names.values()), dtype=np.float32)
        values = (1 + np.log(times)).astype(np.float32) * self.rarity[at]
        return at, _unit(values) * np.float32(self.weights[kind])

    def rows(self, texts: Sequence[str]) -> Rows:
        """The rows of several texts."""
        made = [self.row(text) for text in texts]
        offsets = np.cumsum([0, *(len(at) for at, _ in made)], dtype=np.int64)
        columns = np.concatenate([at for at, _ in made])
        return Rows(offsets, columns, np.concatenate([values for _, values in made]))


def _unit(values: Floats) -> Floats:
    length = np.float32(np.linalg.norm(values))
    return values / length if length else values


def similarities(rows: Rows, columns: Columns, values: Floats) -> Floats:
    """The cosine of one row with each of many."""
    dense = np.zeros(WIDTH, dtype=np.float32)
    np.add.at(dense, columns, values)
    products = np.append(dense[rows.columns] * rows.values, np.float32(0))
    return np.add.reduceat(products, rows.offsets[:-1]).astype(np.float32)
