"""Slips of the pen: an unknown word that is one slip away from a known one is that word."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from string import ascii_lowercase
from typing import Final

from newel.ai.stem import stem

_SHORTEST: Final = 3
_LETTERS: Final = re.compile(r"[A-Za-z]{3,}")
_VOWELS: Final = tuple("aeiouy")


class Spelling:
    """Corrects towards a vocabulary; of several words the more frequent one is meant."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = Counter(words)
        self._stems = frozenset(stem(word) for word in self._words)
        self.corrected = lru_cache(maxsize=8192)(self._corrected)

    def __reduce__(self) -> tuple[type["Spelling"], tuple[Counter[str]]]:
        """Kept as its words alone; what was remembered of corrections is not."""
        return Spelling, (self._words,)

    def knows(self, word: str) -> bool:
        """Whether the word, or another ending of it, is in the vocabulary."""
        return stem(word) in self._stems

    def mended(self, text: str) -> str:
        """The text with its slips corrected, all else as it stands."""
        return _LETTERS.sub(self._mended, text)

    def _mended(self, word: re.Match[str]) -> str:
        plain = word[0].lower()
        meant = self.corrected(plain)
        return word[0] if meant == plain else meant

    def _corrected(self, word: str) -> str:
        if len(word) < _SHORTEST or word.startswith("x") or self.knows(word):
            return word
        near = [one for one in dict.fromkeys(_slips(word)) if len(one) >= _SHORTEST and one in self._words]
        swapped = sorted(word)
        return max(near, key=lambda one: (sorted(one) == swapped, self._words[one]), default=word)


def _slips(word: str) -> Iterator[str]:
    """Two letters changed about, one left out or added, one vowel for another.

    Another consonant makes another word too easily: weather is no slip of feather.
    """
    parts = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    yield from (a + b[1] + b[0] + b[2:] for a, b in parts if len(b) > 1)
    yield from (a + b[1:] for a, b in parts if b)
    yield from (a + letter + b for a, b in parts for letter in ascii_lowercase)
    yield from (a + letter + b[1:] for a, b in parts if b[:1] in _VOWELS for letter in _VOWELS)
