"""Which words of a text can be searched for: folded, without the ones that stand everywhere."""

import re
import unicodedata
from typing import Final

WORDS_AT_MOST: Final = 2000
_LENGTHS: Final = range(2, 65)
_WORD: Final = re.compile(r"[\w@.+-]+")
_PART: Final = re.compile(r"[\W_]+")
_COMMON: Final = frozenset(
    [
        "a",
        "an",
        "and",
        "are",
        "as",
        "at",
        "be",
        "but",
        "by",
        "can",
        "do",
        "for",
        "from",
        "have",
        "i",
        "if",
        "in",
        "is",
        "it",
        "me",
        "my",
        "no",
        "not",
        "of",
        "on",
        "or",
        "our",
        "so",
        "that",
        "the",
        "this",
        "to",
        "was",
        "we",
        "with",
        "you",
        "your",
        "au",
        "aux",
        "ce",
        "de",
        "des",
        "du",
        "en",
        "est",
        "et",
        "il",
        "je",
        "la",
        "le",
        "les",
        "mais",
        "me",
        "mon",
        "ne",
        "nous",
        "ou",
        "par",
        "pas",
        "pour",
        "que",
        "qui",
        "sa",
        "se",
        "un",
        "une",
        "vous",
        "con",
        "del",
        "el",
        "es",
        "esta",
        "la",
        "lo",
        "los",
        "las",
        "mi",
        "no",
        "para",
        "pero",
        "por",
        "que",
        "se",
        "si",
        "su",
        "un",
        "una",
        "yo",
    ]
)


def words(text: str) -> frozenset[str]:
    """The searchable words of a text: ``HW-104`` gives itself and its parts; at most so many."""
    found: dict[str, None] = {}
    for match in _WORD.finditer(folded(text)):
        for word in _forms(match[0].strip(".-+@_")):
            if len(word) in _LENGTHS and word not in _COMMON:
                found[word] = None
        if len(found) >= WORDS_AT_MOST:
            break
    return frozenset(list(found)[:WORDS_AT_MOST])


def folded(text: str) -> str:
    """Without case, marks and compatibility forms, so that ``Zoë`` is found as ``zoe``."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(c for c in plain if not unicodedata.combining(c))


def _forms(word: str) -> list[str]:
    parts = [part for part in _PART.split(word) if part]
    return [word, *parts] if len(parts) > 1 else [word]
