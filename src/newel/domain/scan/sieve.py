"""Which phrases may occur in a text at all, by one quick pass.

Every phrase needs one of a few runs of letters ("lawyer" or "solicitor"): these are read off its
expression. One pass of an RE2 set of plain letters finds which are there, and only the phrases that
need them are then looked for. A set of the whole phrases would build states for every new text.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import product
from typing import NamedTuple

import re2

from newel.domain.scan.view import BYTES

_MOST, _LONGEST, _PARTS = 200, 24, 3
# Of a run its beginning is looked for: what is longer tells hardly more, and many begin alike.
_TOLD = 8
# Choices likelier than that say too little to be looked for beside another.
_WORTH_IT = 0.05
_EMPTY = frozenset({""})
_ALL_LETTERS = 4
# Brackets in brackets that are read; of what is deeper only what stands before it is known to be needed.
_DEEPEST = 16
_SIGN = r"\\.|\[\^?\]?[^\]]*+\]"
_BRACKET = r"\((?:[^()\[\\]++|" + _SIGN + r")*+\)"
for _ in range(_DEEPEST):
    _BRACKET = rf"\((?:[^()\[\\]++|{_SIGN}|{_BRACKET})*+\)"
_WAYS = re.compile(rf"(?:^|\|)((?:[^()\[\\|]++|{_SIGN}|{_BRACKET})*+)", re.DOTALL)
_PARTS_OF = re.compile(
    rf"({_SIGN}|{_BRACKET}|[a-z0-9]{{2,20}}(?![?*+{{])|.)((?:[?*+]|\{{\d+(?:,\d*)?\}})\??)?", re.DOTALL
)
_WORD = re.compile("[a-z0-9]{1,20}")
_OPEN = re.compile(r"[\^\\-]")


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
_remembered: dict[str, tuple[Runs, ...]] = {}


def remember(known: Mapping[str, tuple[Runs, ...]]) -> None:
    """What another process has read off the same expressions: here it need not be read again."""
    _remembered.update(known)


@lru_cache(maxsize=16_384)
def needed(expression: str) -> tuple[Runs, ...]:
    """Choices of letters, of each of which every text of the expression holds one."""
    return _remembered.get(expression) or _read(expression)


def _read(expression: str) -> tuple[Runs, ...]:
    found = sorted(map(_beginnings, _branch(expression).all), key=_chance)
    return tuple(runs for runs in found[:_PARTS] if runs is found[0] or _chance(runs) < _WORTH_IT)


def _beginnings(runs: Runs) -> Runs:
    return frozenset(run[:_TOLD] for run in runs)


class Sieve:
    """Expressions, by number, and what each needs."""

    def __init__(self, expressions: Sequence[str]) -> None:
        wanting: dict[str, list[tuple[int, int]]] = {}
        self._whole: list[int] = []
        for number, expression in enumerate(expressions):
            choices = needed(expression)
            self._whole.append((1 << len(choices)) - 1)
            for part, runs in enumerate(choices):
                wanted = (number, 1 << part)
                for run in runs:
                    wanting.setdefault(run, []).append(wanted)
        self._always = [number for number, whole in enumerate(self._whole) if not whole]
        self._wanting = tuple(wanting.values())
        self._runs = re2.Set.SearchSet(BYTES)
        for run in wanting:
            self._runs.Add(run.encode("latin-1") if run.isalnum() else re2.escape(run).encode("latin-1"))
        self._runs.Compile()

    def candidates(self, data: bytes) -> list[int]:
        """The numbers of the expressions that may occur, in order."""
        held: dict[int, int] = dict.fromkeys(self._always, 0)
        for run in (self._runs.Match(data) if self._wanting else ()) or ():
            for number, part in self._wanting[run]:
                held[number] = held.get(number, 0) | part
        return sorted(number for number, parts in held.items() if parts == self._whole[number])


@lru_cache(maxsize=8_192)
def _branch(expression: str) -> Needs:
    """One of its ways; where they are too many, of each the most telling choice."""
    ways = [_sequence(way) for way in _WAYS.findall(expression)]
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


@lru_cache(maxsize=32_768)
def _sequence(way: str) -> Needs:
    """Neighbours that are exact make longer runs; what is open ends a run."""
    if _WORD.fullmatch(way):
        return Needs(frozenset({way}))
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
    return (_repeated(_one(part), often) for part, often in _PARTS_OF.findall(way))


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
    if first is _EMPTY or then is None:
        return then
    if len(first) * len(then) > _MOST:
        return None
    joined = frozenset(map("".join, product(first, then)))
    return None if max(map(len, joined)) > _LONGEST else joined


def _chance(runs: Runs) -> float:
    """How likely a text holds one of them by chance."""
    return sum(float(_ALL_LETTERS) ** -len(run) for run in runs)
