"""Commitments: words that bind the company (a promise, a guarantee, a deadline, an exception)."""

import re
from collections.abc import Sequence
from functools import lru_cache


def commits(text: str, phrases: Sequence[str]) -> str:
    """The first phrase of the policy that the text contains, or nothing.

    Compared without case, with curly quotes and any white space alike; ``*`` stands for the
    rest of a word (``guarantee*``).
    """
    found = _pattern(tuple(phrases)).search(_plain(text)) if phrases else None
    return found.group(0) if found else ""


def _plain(text: str) -> str:
    return " ".join(text.casefold().replace("’", "'").replace("\u00ad", "").split())


@lru_cache(maxsize=64)
def _pattern(phrases: tuple[str, ...]) -> re.Pattern[str]:
    parts = (re.escape(_plain(phrase)).replace(r"\*", r"\w*") for phrase in phrases)
    return re.compile(r"(?<!\w)(?:" + "|".join(parts) + r")(?!\w)")
