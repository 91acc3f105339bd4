"""Which phrases may occur in a text at all, and where, by one quick pass.

Every phrase needs one of a few runs of letters ("lawyer" or "solicitor"): these are read off its
expression. One pass of an RE2 set of plain letters finds which are there, and only the phrases that
need them are then looked for, where all that they need stands as near together as their words can.
A set of the whole phrases would build states for every new text.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise, product
from typing import NamedTuple

import numpy as np
import re2
from numpy.typing import NDArray

from newel.domain.scan.phrase import GAP, WORD
from newel.domain.scan.view import BYTES

_MOST, _LONGEST, _PARTS = 200, 24, 4
# Choices likelier than that say too little to be looked for beside another.
_WORTH_IT = 2.0
# A text is looked at in pieces of so many words, and not more than the bits of a number.
_CHUNK, _CHUNKS = 24, 60
_ANYWHERE = np.uint64((1 << 64) - 1)
_EMPTY = frozenset({""})
_ALL_LETTERS = 4
_ONE = re.compile(r"\\.|\[\^?\]?[^\]]*\]|[a-z0-9]{2,20}(?![?*+{])|.", re.DOTALL)
_OFTEN = re.compile(r"(?:[?*+]|\{\d+(?:,\d*)?\})\??")
_SIGNS = re.compile(r"\\.|\[\^?\]?[^\]]*\]|[()|]")
_OPEN = re.compile(r"[\^\\-]")
_IN_WORDS = re.compile(r"(?:[a-z0-9]-[a-z0-9]|[a-z0-9\xff'`])*")
_BETWEEN, _WITHIN = "\x00", "\x01"
_LETTERS, _APOSTROPHES = b"abcdefghijklmnopqrstuvwxyz0123456789\xff", b"'`"
_SIGNS_OF_WORDS = bytes(2 * (code in _LETTERS) + (code in _APOSTROPHES) for code in range(256))


Runs = frozenset[str]


class Needs(NamedTuple):
    """``exact`` are all texts of an expression, None for too many; of each of ``runs`` it must hold one."""

    exact: Runs | None
    runs: tuple[Runs, ...] = ()

    @property
    def all(self) -> tuple[Runs, ...]:
        """Every choice of runs, that of the whole text too."""
        whole = () if self.exact is None or "" in self.exact else (self.exact,)
        return (*self.runs, *whole)


_ANYTHING = Needs(None)


def needed(expression: str) -> tuple[Runs, ...]:
    """Choices of letters, of each of which every text of the expression holds one."""
    found = sorted(_branch(expression).all, key=_chance)
    return tuple(runs for runs in found[:_PARTS] if runs is found[0] or _chance(runs) < _WORTH_IT)


def breaks(expression: str) -> int | None:
    """How many gaps between words a text of the expression has at most; None for any number."""
    return _breaks(expression.replace(GAP, _BETWEEN).replace(WORD, _WITHIN))


@lru_cache(maxsize=8_192)
def _breaks(expression: str) -> int | None:
    most = 0
    for way in _ways(expression):
        total, at = 0, 0
        while at < len(way):
            end = _end_of(way, at)
            often = _OFTEN.match(way, end)
            part = _breaks_of(way[at:end], often[0] if often else "")
            if part is None:
                return None
            total += part
            at = often.end() if often else end
        most = max(most, total)
    return most


def _breaks_of(part: str, often: str) -> int | None:
    once = _breaks(part[3 if part.startswith("(?:") else 1 : -1]) if part[0] == "(" else _break(part)
    times = _times(often)
    if not once or times is None:
        return None if once is None or (once and times is None) else 0
    return once * times


def _break(part: str) -> int:
    """1 where a sign, or one of a class, may stand between words."""
    if part[0] == "[":
        return int(not _IN_WORDS.fullmatch(part[1:-1]))
    if part[0] == "\\":
        return int(part[1] not in "bBdw")
    return int(not (part in "^$" or part.isalnum() or part in f"'`{_WITHIN}\xff"))


def _times(often: str) -> int | None:
    """How often at most; None for any number."""
    if often[:1] in ("*", "+"):
        return None
    counts = often.strip("{}?").split(",") if often[:1] == "{" else ["1"]
    return int(counts[-1]) if counts[-1] else None


Places = tuple[tuple[int, int], ...]


class Sieve:
    """Expressions, by number, and what each needs."""

    def __init__(self, expressions: Sequence[str]) -> None:
        wanting: dict[str, list[int]] = {}
        reach = [breaks(expression) for expression in expressions]
        self._open = np.array([each is None or each > _CHUNK for each in reach], bool)
        self._spared = np.full((len(expressions), _PARTS), _ANYWHERE)
        for number, expression in enumerate(expressions):
            for part, runs in enumerate(needed(expression)):
                self._spared[number, part] = 0
                for run in sorted(runs):
                    wanting.setdefault(run, []).append(number * _PARTS + part)
        self._wanting = [np.array(each) for each in wanting.values()]
        self._runs = re2.Set.SearchSet(BYTES)
        for run in wanting:
            self._runs.Add(re2.escape(run).encode("latin-1"))
        self._runs.Compile()

    def candidates(self, data: bytes) -> list[tuple[int, Places]]:
        """The numbers of the expressions that may occur, in order, each with the places where."""
        edges, held = _chunks(data), self._spared.copy()
        if self._wanting:
            self._look(data, edges, held)
        # A part marks its chunk and the next: what spans two neighbours meets in the second.
        near = np.bitwise_and.reduce(held, 1)
        near[self._open] = np.where((held[self._open] > 0).all(1), _ANYWHERE, 0)
        numbers = np.flatnonzero(near)
        return [
            (number, _places(where, edges))
            for number, where in zip(numbers.tolist(), near[numbers].tolist(), strict=True)
        ]

    def _look(self, data: bytes, edges: list[int], held: NDArray[np.uint64]) -> None:
        """Marks where the runs of letters are that each part wants."""
        flat = held.reshape(-1)
        for chunk, (start, end) in enumerate(pairwise(edges)):
            runs = self._runs.Match(data[start : end + _LONGEST])
            if runs:
                wanted = np.concatenate([self._wanting[run] for run in runs])
                flat[wanted] |= np.uint64(3 << chunk)


def _chunks(data: bytes) -> list[int]:
    """Where pieces of so many words begin, and the end; of a long text larger pieces."""
    word = _runs_with_letters(np.frombuffer(data.translate(_SIGNS_OF_WORDS), np.uint8))
    starts = np.flatnonzero(np.diff(word, prepend=np.int8(0)) == 1)
    size = max(_CHUNK, -(-len(starts) // _CHUNKS))
    return [0, *starts[size::size].tolist(), len(data)]


def _places(where: int, edges: list[int]) -> Places:
    """The pieces that are marked, each with the one before it and the edge of the word after it."""
    places: list[tuple[int, int]] = []
    last_piece = len(edges) - 2
    while where:
        first = (where & -where).bit_length() - 1
        ones = where >> first
        count = (~ones & (ones + 1)).bit_length() - 1
        where &= -1 << (first + count)
        if first > last_piece + 1:
            break
        end = edges[min(first + count - 1, last_piece) + 1] + 1
        places.append((max(0, edges[max(0, first - 1)] - 1), end))
    return tuple(places)


def _runs_with_letters(kinds: NDArray[np.uint8]) -> NDArray[np.int8]:
    """1 inside of words: in runs of letters, digits and apostrophes that hold more than apostrophes."""
    inside = (kinds > 0).astype(np.int8)
    starts = np.diff(inside, prepend=np.int8(0)) == 1
    if not starts.any():
        return inside
    lettered = np.maximum.reduceat(kinds, np.flatnonzero(starts)) > 1
    kept: NDArray[np.int8] = inside * lettered[np.cumsum(starts) - 1]
    return kept


@lru_cache(maxsize=8_192)
def _branch(expression: str) -> Needs:
    """One of its ways; where they are too many, of each the most telling choice."""
    ways = [_sequence(way) for way in _ways(expression)]
    if len(ways) == 1:
        return ways[0]
    exact = [way.exact for way in ways]
    together = frozenset[str]().union(*(each or () for each in exact))
    if None not in exact and len(together) <= _MOST:
        return Needs(together)
    telling = [min(way.all, key=_chance, default=None) for way in ways]
    if None in telling:
        return _ANYTHING
    return Needs(None, (frozenset[str]().union(*(each or () for each in telling)),))


def _ways(expression: str) -> list[str]:
    """The parts between the bars that stand in no bracket."""
    ways, start, depth = [], 0, 0
    for sign in _SIGNS.finditer(expression):
        depth += (sign[0] == "(") - (sign[0] == ")")
        if sign[0] == "|" and not depth:
            ways.append(expression[start : sign.start()])
            start = sign.end()
    return [*ways, expression[start:]]


def _sequence(way: str) -> Needs:
    """Neighbours that are exact make longer runs; what is open ends a run."""
    exact, run = True, _EMPTY
    runs: list[Runs] = []
    for part in _parts(way):
        joined = _joined(run, part.exact)
        if joined is None:
            exact = False
            runs += [*Needs(run).all, *part.runs]
            run = _EMPTY if part.exact is None else part.exact
        else:
            run = joined
    return Needs(run, tuple(runs)) if exact else Needs(None, (*runs, *Needs(run).all))


def _parts(way: str) -> Iterator[Needs]:
    """Each word, letter, class or bracket, with how often it stands there."""
    at = 0
    while at < len(way):
        end = _end_of(way, at)
        often = _OFTEN.match(way, end)
        yield _repeated(_one(way[at:end]), often[0] if often else "")
        at = often.end() if often else end


def _end_of(way: str, at: int) -> int:
    if way[at] != "(":
        plain = _ONE.match(way, at)
        return plain.end() if plain else at + 1
    depth = 0
    for sign in _SIGNS.finditer(way, at):
        depth += (sign[0] == "(") - (sign[0] == ")")
        if not depth:
            return sign.end()
    return len(way)


def _one(part: str) -> Needs:
    if part[0] == "(":
        return _branch(part[3 if part.startswith("(?:") else 1 : -1])
    if part[0] == "[":
        letters = part[1:-1]
        return (
            _ANYTHING if len(letters) > _ALL_LETTERS or _OPEN.search(letters) else Needs(frozenset(letters))
        )
    if part in "^$":
        return Needs(_EMPTY)
    if part == "." or (part[0] == "\\" and part[1].isalnum()):
        return _ANYTHING
    return Needs(frozenset({part.removeprefix("\\")}))


def _repeated(once: Needs, often: str) -> Needs:
    if not often:
        return once
    if often[0] == "?":
        return Needs(once.exact | _EMPTY) if once.exact is not None else _ANYTHING
    return _ANYTHING if often[0] == "*" or often.startswith("{0") else Needs(None, once.all)


def _joined(first: frozenset[str], then: frozenset[str] | None) -> frozenset[str] | None:
    if then is None or len(first) * len(then) > _MOST:
        return None
    joined = frozenset(map("".join, product(first, then)))
    return None if max(map(len, joined)) > _LONGEST else joined


def _chance(runs: Runs) -> float:
    """How likely a text holds one of them by chance."""
    return sum(float(_ALL_LETTERS) ** -len(run) for run in runs)
