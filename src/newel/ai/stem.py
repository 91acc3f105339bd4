"""Words of a text for matching: lower case, names of things in place of numbers, light stems."""

import re
import unicodedata
from functools import lru_cache
from typing import Final

_PLACES: Final = (
    (re.compile(r"\b[a-z]{4}-[a-z0-9]{4}-[a-z0-9]{4}\b"), " xgiftcode "),
    (re.compile(r"\b[a-z0-9._%+-]+@[a-z0-9.-]*\b"), " xmail "),
    (re.compile(r"\b[a-z]{2}-\d{2,6}\b"), " xsku "),
    (re.compile(r"[£$€]\s?\d[\d.,]*"), " xmoney "),
    (re.compile(r"(?<![\w/.-])#?\d{5,9}(?![\w/-])"), " xorder "),
    (re.compile(r"\b\d{1,2}(?::\d\d)? ?(?:am|pm|o.?clock)\b|\b\d{1,2}:\d\d\b"), " xtime "),
    (re.compile(r"\b\d{1,2}(?:st|nd|rd|th)\b|\b\d{1,2}/\d{1,2}\b"), " xday "),
    (re.compile(r"\b\d+\b"), " xnumber "),
)
_SHORT: Final = (
    (re.compile(r"\b(wo|ca|sha)n't\b"), r"\1n not"),
    (re.compile(r"n't\b"), " not"),
    (re.compile(r"\b(do|does|did|is|are|was|were|have|has|could|would)nt\b"), r"\1 not"),
    (re.compile(r"\bcant\b|\bcannot\b"), "can not"),
    (re.compile(r"'(?:re|ve|ll|d|m|s)\b"), " "),
)
_POLITE: Final = re.compile(
    r"^\s*(?:hello|hi|hey|hiya|dear|good (?:morning|afternoon|evening|day))\b[\w ]{0,24}[,!.\n]"
    r"|\b(?:kind|best|warm|many|with) (?:regards|wishes|thanks)\b[^?]{0,60}$"
    r"|\b(?:regards|sincerely|cheers|thank you|thanks)\b[^?]{0,40}$"
)
# "a refund instead of a new one": what is not wanted is not what it is about.
_UNWANTED: Final = re.compile(
    r"\b(instead of|rather than) (?:a |an |the |another |getting |to )?\w+(?: one)?"
)
_WORD: Final = re.compile(r"[a-z]+")
_SHORTEST_LETTER: Final = 40
_SPELLED: Final = {"wo": "will", "won": "will", "u": "you", "pls": "please", "plz": "please", "ur": "your"}


def words(text: str) -> list[str]:
    """The words of a text, spelled plainly, each number replaced by what it is.

    A greeting and a closing say nothing about the matter, and are left out of longer texts.
    """
    plain = _folded(text)
    plain = _POLITE.sub(" ", plain) if len(plain) > _SHORTEST_LETTER else plain
    plain = _UNWANTED.sub(r"\1", plain)
    for pattern, name in _PLACES:
        plain = pattern.sub(name, plain)
    for pattern, long in _SHORT:
        plain = pattern.sub(long, plain)
    plain = plain.replace("e-mail", "email")
    return [_SPELLED.get(word, word) for word in _WORD.findall(plain)]


def stems(text: str) -> list[str]:
    """The words of a text as light stems."""
    return [stem(word) for word in words(text)]


def _folded(text: str) -> str:
    lower = unicodedata.normalize("NFKD", text.casefold().replace("’", "'").replace("‘", "'"))
    return "".join(c for c in lower if not unicodedata.combining(c))


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """A light English stem: plurals, -ing, -ed, -ly, and a final e."""
    if len(word) <= 3 or word.startswith("x"):
        return word
    return _bare(_without_ending(_singular(word)))


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def _without_ending(word: str) -> str:
    for ending in ("ingly", "edly", "ing", "ed", "ly"):
        root = word.removesuffix(ending)
        if root != word and len(root) >= 3 and any(c in "aeiouy" for c in root):
            return root[:-1] if len(root) > 3 and root[-1] == root[-2] and root[-1] not in "ls" else root
    return word


def _bare(word: str) -> str:
    if word.endswith("e") and len(word) > 3:
        word = word[:-1]
    return word[:-1] + "i" if word.endswith("y") and len(word) > 3 else word
