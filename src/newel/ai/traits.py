"""What short texts are made of, for the models of the scan: words, neighbours, synonyms, letters.

Unlike the matcher of contact reasons nothing is left out: a greeting or "thanks for nothing" says
how somebody feels. Texts are taken apart into pieces (sentences); a window is a run of pieces that
is judged as one. Each word is looked at once, all windows of a message are counted together, and
nothing is remembered but single words.
"""

import re
import unicodedata
import zlib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from itertools import combinations
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from newel.ai.examples import synonyms
from newel.ai.features import WIDTH, Columns, Floats, Rows
from newel.ai.stem import stem

WEIGHTS: Final = {
    "word": 1.0, "pair": 0.8, "three": 0.5, "around": 0.5,
    "name": 0.8, "names": 0.8, "near": 0.6, "part": 0.7,
}  # fmt: skip
_KIND: Final = {kind: number for number, kind in enumerate(WEIGHTS)}
SHARES: Final = np.array([*WEIGHTS.values()], np.float32)
# Of a window that is longer the first words count.
_MOST_WORDS: Final = 400
_AT_ONCE: Final = 1_000
_TINY: Final = 1e-12
_LONGEST_WORD: Final = 40
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
_SHIFT: Final = np.uint64(64 - WIDTH.bit_length() + 1)
_ODD: Final = tuple(
    map(np.uint64, (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93))
)
_HALF: Final = np.uint64(32)

Ids = NDArray[np.uint64]
Window = tuple[int, int]


class Word(NamedTuple):
    """A word as numbers: its stem, what it means (0: nothing known), its runs of letters."""

    root: int
    name: int
    parts: tuple[int, ...]


class Entries(NamedTuple):
    """One thing seen each: in which window, of which kind, and its column."""

    window: Columns
    kind: Columns
    column: Columns


class Seen(NamedTuple):
    """Everything that so many windows hold, each once, and how often."""

    windows: int
    entries: Entries
    times: Floats


def whole(texts: Sequence[str]) -> list[Window]:
    """Each text as a window of its own."""
    return [(at, at + 1) for at in range(len(texts))]


def weighed(seen: Seen, scale: Floats, shares: Floats = SHARES) -> Rows:
    """The rows of the windows: each thing by how much it says, each kind and each row of a set length."""
    window, kind, column = seen.entries
    values = (1 + np.log(seen.times)).astype(np.float32) * scale[column]
    values = _unit(values, window * len(WEIGHTS) + kind) * shares[kind]
    sizes = np.bincount(window, minlength=seen.windows)
    offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)])
    return Rows(offsets, column, _unit(values, window))


def rarities(seen: Seen) -> Floats:
    """How rare each thing is among windows."""
    held = np.bincount(seen.entries.column, minlength=WIDTH)
    return (np.log((1 + seen.windows) / (1 + held)) + 1).astype(np.float32)


def _unit(values: Floats, group: Columns) -> Floats:
    if not len(group):
        return values
    lengths = np.maximum(np.sqrt(np.bincount(group, values * values)), _TINY).astype(np.float32)
    found: Floats = values / lengths[group]
    return found


def seen_in(pieces: Sequence[str], windows: Sequence[Window]) -> Seen:
    """What the windows hold."""
    parts = [*_entries(pieces, windows)]
    keys = np.concatenate([(e.window * len(WEIGHTS) + e.kind) * WIDTH + e.column for e in parts])
    found, times = np.unique(keys, return_counts=True)
    group = found // WIDTH
    entries = Entries(group // len(WEIGHTS), group % len(WEIGHTS), found % WIDTH)
    return Seen(len(windows), entries, times.astype(np.float32))


def seen_of(texts: Sequence[str]) -> Seen:
    """What texts hold, each as a whole."""
    parts = [texts[at : at + _AT_ONCE] for at in range(0, len(texts), _AT_ONCE)]
    return together([seen_in(part, whole(part)) for part in parts])


def together(parts: Sequence[Seen]) -> Seen:
    """The windows of several, one after the other."""
    starts = np.cumsum([0, *(part.windows for part in parts)])
    moved = [part.entries.window + start for part, start in zip(parts, starts, strict=False)]
    entries = Entries(
        np.concatenate(moved),
        np.concatenate([part.entries.kind for part in parts]),
        np.concatenate([part.entries.column for part in parts]),
    )
    return Seen(int(starts[-1]), entries, np.concatenate([part.times for part in parts]))


def _entries(pieces: Sequence[str], windows: Sequence[Window]) -> Iterator[Entries]:
    said = [[*map(_word, tokens)] for tokens in words(pieces)]
    flat = [word for piece in said for word in piece]
    borders = np.cumsum([0, *map(len, said)])
    starts = np.array([borders[first] for first, _ in windows], np.int64)
    sizes = np.minimum([borders[last] - borders[first] for first, last in windows], _MOST_WORDS)
    roots = np.array([word.root for word in flat], np.uint64)
    names = np.array([word.name for word in flat], np.uint64)
    window, at = spread(starts, sizes)
    yield _seen("word", window, roots[at])
    yield from _neighbours(window, roots[at], names[at], len(windows))
    yield from _letters(flat, starts, sizes)


def spread(starts: Columns, sizes: Columns) -> tuple[Columns, Columns]:
    """For each window the numbers from its start on, one after the other."""
    window = np.repeat(np.arange(len(sizes)), sizes)
    within = np.arange(len(window)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return window, starts[window] + within


def _seen(kind: str, window: Columns, *ids: Ids, tag: int = 0) -> Entries:
    """The columns of neighbours: a hash of what they are, their order and the kind."""
    mixed = np.full(len(window), _KIND[kind] + 1 + 64 * tag, np.uint64) * _ODD[3]
    for one, odd in zip(ids, _ODD, strict=False):
        mixed += one * odd
        mixed ^= mixed >> _HALF
    mixed *= _ODD[0]
    mixed ^= mixed >> _HALF
    column = ((mixed * _ODD[1]) >> _SHIFT).astype(np.int64)
    return Entries(window, np.full(len(window), _KIND[kind], np.int64), column)


def _neighbours(window: Columns, roots: Ids, names: Ids, count: int) -> Iterator[Entries]:
    """Words side by side, the edges of the window among them, and the same by what they mean."""
    edged = np.concatenate([np.arange(count), window, np.arange(count)])
    order = np.argsort(edged, kind="stable")
    opening, closing = np.full(count, 1, np.uint64), np.full(count, 2, np.uint64)
    roots = np.concatenate([opening, roots, closing])[order]
    names = np.concatenate([np.zeros(count, np.uint64), names, np.zeros(count, np.uint64)])[order]
    # The edges lie around the words of their window: a stable sort keeps first, words, last.
    window, named = edged[order], names > 0
    meant = np.where(named, names, roots)
    near, far = window[1:] == window[:-1], window[2:] == window[:-2]
    yield _seen("pair", window[1:][near], roots[:-1][near], roots[1:][near])
    yield _seen("three", window[2:][far], roots[:-2][far], roots[1:-1][far], roots[2:][far])
    yield _seen("around", window[2:][far], roots[:-2][far], roots[2:][far])
    yield _seen("name", window[named], names[named])
    near &= named[:-1] | named[1:]
    yield _seen("names", window[1:][near], meant[:-1][near], meant[1:][near])
    far &= named[:-2] & named[2:]
    yield _seen("near", window[2:][far], names[:-2][far], names[2:][far], tag=1)
    yield _together(window[named], names[named])


def _together(window: Columns, names: Ids) -> Entries:
    """Any two meanings of one window."""
    held: dict[int, set[int]] = {}
    for where, name in zip(window.tolist(), names.tolist(), strict=True):
        held.setdefault(where, set()).add(name)
    pairs = [(where, *pair) for where, found in held.items() for pair in combinations(sorted(found), 2)]
    where, one, other = np.array(pairs, np.uint64).reshape(-1, 3).T
    return _seen("near", where.astype(np.int64), one, other)


def _letters(flat: Sequence[Word], starts: Columns, sizes: Columns) -> Iterator[Entries]:
    """Three to five letters at a time, so that a slip of the pen costs little."""
    parts = np.array([part for word in flat for part in word.parts], np.uint64)
    borders = np.cumsum([0, *(len(word.parts) for word in flat)])
    first, last = borders[starts], borders[starts + sizes]
    window, at = spread(first, last - first)
    yield _seen("part", window, parts[at])


def words(pieces: Sequence[str]) -> list[list[str]]:
    """The words in small letters, short forms written out; a number is 0, a run of marks its first two."""
    plain = "\n".join(piece.replace("\n", " ") for piece in pieces).casefold()
    if not plain.isascii():
        apart = unicodedata.normalize("NFKD", plain.replace("’", "'"))
        plain = "".join(char for char in apart if not unicodedata.combining(char))
    for pattern, long in _NOT:
        plain = pattern.sub(long, plain)
    return [[*map(_shown, _TOKEN.findall(piece))] for piece in plain.split("\n")]


def _shown(token: str) -> str:
    if token.isalpha():
        return token[:_LONGEST_WORD]
    return "0" if token.isdigit() else token[:2]


@lru_cache(maxsize=1 << 14)
def _word(token: str) -> Word:
    root = stem(token)
    name = _names().get(root, "")
    edged = f"<{token}>"
    runs = (edged[at : at + n] for n in (3, 4, 5) for at in range(max(1, len(edged) - n + 1)))
    parts = tuple(map(_number, runs)) if token.isalpha() else ()
    return Word(_number(root), _number(name) if name else 0, parts)


def _number(text: str) -> int:
    return zlib.crc32(text.encode()) + 3


@cache
def _names() -> Mapping[str, str]:
    return {stem(word): name for word, name in reversed(list(synonyms("en").items()))}
