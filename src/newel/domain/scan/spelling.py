"""Slips of the pen towards the words of the lexicon, with a guard of words that mean themselves.

A word that is known is left alone. An unknown one that is one slip from a word of the lexicon
(two from a long one) reads as that word too, as does one with stretched letters or with digits
and signs for letters. It makes a further view: nothing that was said is replaced.
"""

import re
from array import array
from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache

from newel.domain.scan.view import View

_TOKEN = re.compile(rb"[a-z0-9@$!|+]+")
_LEAST, _SWAPPED_LEAST, _LONG, _MEANINGS = 5, 4, 9, 3
# A number with its sign or its ending is no word in disguise.
_NUMBER = re.compile(r"\$?\d+(?:st|nd|rd|th)?[!|+]*")
_WORD = re.compile(r"(?<![a-z\])\\}*+<])([a-z]{3,})(\?|(?![a-z\[({\\*+>]))")
_LEET = str.maketrans("0123456789@$!|+", "oizeasgtbgasiit")
_ALIKE = str.maketrans("l", "i")


def words_of(phrase: str) -> Iterator[str]:
    """The plain words that a phrase holds; what goes on openly is none."""
    for word in _WORD.finditer(phrase.replace("'?", "").replace("'", "")):
        yield word[1]
        if word[2]:
            yield word[1][:-1]


class Spelling:
    """Corrects towards a vocabulary; immutable, shared by all threads."""

    def __init__(self, words: Iterable[str], guard: Iterable[str]) -> None:
        self._words = frozenset(word for word in words if len(word) >= _SWAPPED_LEAST)
        self._known = frozenset(guard) | self._words
        self.meant = lru_cache(maxsize=65_536)(self._meant)

    @cached_property
    def _near(self) -> dict[str, list[str]]:
        """What is left of each word without a letter or two, and which words it may be."""
        near: dict[str, list[str]] = {}
        for word in sorted(self._words):
            for short in _shortened(word):
                near.setdefault(short, []).append(word)
        return near

    @cached_property
    def _alike(self) -> dict[str, str]:
        return {_key(word): word for word in sorted(self._words, reverse=True)}

    def mended(self, view: View) -> Iterator[View]:
        """The view with its slips mended, once for each of the words that may be meant."""
        meanings = {token: meant for token in set(_TOKEN.findall(view.data)) if (meant := self.meant(token))}
        slips = [
            (match.start(), match.end(), meanings[match[0]])
            for match in (_TOKEN.finditer(view.data) if meanings else ())
            if match[0] in meanings
        ]
        for turn in range(max((len(meant) for *_, meant in slips), default=0)):
            yield _with(view, [(start, end, meant[min(turn, len(meant) - 1)]) for start, end, meant in slips])

    def _meant(self, token: bytes) -> tuple[str, ...]:
        """The words of the lexicon that an unknown token may be a slip of, the nearest first."""
        written = token.decode("latin-1")
        if _NUMBER.fullmatch(written):
            return ()
        bare = written.rstrip("!|+")
        plain = bare.translate(_LEET)
        if bare in self._known or not _SWAPPED_LEAST <= len(plain) <= 60:
            return ()
        if plain in self._words:
            return (plain,)
        alike = self._alike.get(_key(plain))
        if alike is not None and (plain != bare or _is_stretch(plain, alike)):
            return (alike,)
        squeezed = _squeezed(plain)
        if squeezed in self._known and squeezed not in self._words:
            return ()
        return self._nearest(plain) or (self._nearest(squeezed) if squeezed != plain else ())

    def _nearest(self, word: str) -> tuple[str, ...]:
        if word in self._known or len(word) < _SWAPPED_LEAST:
            return (word,) if word in self._words else ()
        near = {meant for short in _shortened(word, True) for meant in self._near.get(short, ())}
        ranked = sorted((_distance(word, meant), meant[0] != word[0], meant) for meant in near)
        close = [(far, meant) for far, _, meant in ranked if far <= _allowed(word, meant)]
        return tuple(meant for far, meant in close if far == close[0][0])[:_MEANINGS]


def _allowed(word: str, meant: str) -> int:
    if len(meant) >= _LONG and len(word) >= _LONG - 1:
        return 2
    if len(meant) >= _LEAST:
        return 1
    return 1 if sorted(word) == sorted(meant) else 0


def _with(view: View, slips: list[tuple[int, int, str]]) -> View:
    places = view.places()
    data, offsets, done = bytearray(), array("L"), 0
    changed: list[tuple[int, int]] = []
    for start, end, meant in slips:
        data += view.data[done:start] + meant.encode("latin-1")
        changed.append((len(data) - len(meant), len(data)))
        offsets.extend(places[done:start])
        last = end - start - 1
        offsets.extend(places[start + min(at, last)] for at in range(len(meant) - 1))
        offsets.append(places[end - 1])
        done = end
    data += view.data[done:]
    offsets.extend(places[done:])
    return view.rewritten("spelling", bytes(data), offsets, changed)


def _key(word: str) -> str:
    """What is left of a word when stretches, and i and l, are not told apart."""
    return _squeezed(word.translate(_ALIKE))


def _squeezed(word: str) -> str:
    return "".join(char for at, char in enumerate(word) if at == 0 or word[at - 1] != char)


def _is_stretch(word: str, meant: str) -> bool:
    """Whether letters of the meant word were only repeated, one of them at least twice over."""
    return len(word) > len(meant) and _squeezed(word) == _squeezed(meant)


def _shortened(word: str, looked_up: bool = False) -> set[str]:
    """The word with one letter left out; two of a long one."""
    once = {word[:at] + word[at + 1 :] for at in range(len(word))}
    twice = len(word) >= _LONG - (1 if looked_up else 0)
    further = {short[:at] + short[at + 1 :] for short in once for at in range(len(short))} if twice else set()
    return {word} | once | further


def _distance(one: str, other: str) -> int:
    """Slips between two words: a letter more, less or other, or two neighbours changed about."""
    before, row = [0] * (len(other) + 1), list(range(len(other) + 1))
    for i, char in enumerate(one, 1):
        last, row, oldest = row, [i, *[0] * len(other)], before
        for j, target in enumerate(other, 1):
            cost = char != target
            row[j] = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + cost)
            if i > 1 and j > 1 and char == other[j - 2] and one[i - 2] == target:
                row[j] = min(row[j], oldest[j - 2] + 1)
        before = last
    return row[-1]
