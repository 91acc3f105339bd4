"""The little language of the lexicon, and how it becomes a regular expression.

A phrase is a lower-case regular expression in which a blank is any gap between words, an
apostrophe may be missing, ``<3>`` stands for up to three words of any kind, and ``{name}``
for a list of words that the lexicon file defines once. A phrase matches whole words.
"""

import re
from collections.abc import Mapping

from newel.domain.errors import Invalid
from newel.domain.scan.fold import plain

LETTER = r"a-z\xff"
GAP = r"(?:[^a-z0-9\xff]{1,4})"
WORD = r"(?:[a-z0-9\xff'`]+\b)"
_SOME_WORDS = re.compile(r"( )?<(\d)>( )?")
_NAME = re.compile(r"\{([a-z_]+)\}")


def folded(phrase: str) -> str:
    """The phrase in the letters of the views."""
    if phrase.isascii():
        return phrase
    return "".join(char if char.isascii() else plain(char) for char in phrase)


def expanded(phrase: str, words: Mapping[str, str]) -> str:
    """The phrase with each ``{name}`` replaced by its list; lists may name lists."""
    for _ in range(4):
        phrase = _NAME.sub(lambda name: f"(?:{_list(name[1], words)})", phrase)
    return phrase


def _list(name: str, words: Mapping[str, str]) -> str:
    if name not in words:
        raise Invalid(what="lexicon", why=f"no word list is called {{{name}}}")
    return words[name]


def loosely(phrase: str) -> str:
    """The expression with gaps between the words."""
    text = _SOME_WORDS.sub(_some_words, folded(phrase))
    return _optional_apostrophes(text.replace(" ", GAP), "['`]?")


def tightly(phrase: str) -> str:
    """The expression for text from which the gaps were taken out."""
    text = _SOME_WORDS.sub(lambda some: f"[a-z]{{0,{min(12, 8 * int(some[2]))}}}", folded(phrase))
    return _optional_apostrophes(text.replace(" ", "(?:)"), "(?:)")


def _some_words(some: re.Match[str]) -> str:
    """Words with a gap before each, or after each where the phrase begins with them."""
    if some[1]:
        return f"(?:{GAP}{WORD}){{0,{some[2]}}}" + (some[3] or "")
    return f"(?:{WORD}{GAP}){{0,{some[2]}}}"


def whole_words(expression: str) -> bytes:
    """The expression between the edges of words, as its first group."""
    return rf"(?:^|[^{LETTER}])((?:{expression}))(?:[^{LETTER}]|$)".encode("latin-1")


def literal(phrase: str) -> str:
    """An operator's own phrase: plain words, of which a ``*`` may end one openly."""
    words = folded(" ".join(phrase.split())).lower()
    return re.escape(words).replace(r"\ ", " ").replace(r"\*", "[a-z]*")


def _optional_apostrophes(text: str, apostrophe: str) -> str:
    """GAP and WORD hold no bare apostrophe outside of brackets but their own."""
    return re.sub(r"'(?![`\]])", apostrophe, text)
