"""What of a message is its matter: without greeting, courtesy, closing and signature; the part that asks."""

import re
from typing import Final

_SIGNED: Final = re.compile(r"\n\s*(?:[A-Z][\w.'’-]*\s*){1,3}\s*$")
_CLOSED: Final = re.compile(
    r"(?:\b(?:best|kind|warm|many|with)\s+)?"
    r"\b(?:regards|wishes|thanks|thank you|cheers|sincerely|yours)\b[,.!]*\s*"
    r"(?:(?-i:[A-Z])[\w.'’-]*\s*){0,3}$",
    re.IGNORECASE,
)
_GREETED: Final = re.compile(
    r"^\W*(?:hi|hello|hiya|hey|dear|good (?:morning|afternoon|evening|day))\b[\w ]{0,25}(?:[,.!\n]+|$)",
    re.IGNORECASE,
)
_COURTESY: Final = re.compile(
    r"\b(?:i |we )?hope (?:that )?(?:you|this|all|everything)\b[^.?!\n]*[.!\n]"
    r"|\b(?:so |very |i'm |i am )?sorry (?:to|for|if)\b[^.?!\n,]*[.!\n,]"
    r"|\b(?:just |only )?(?:a |one |my )?quick (?:one|question|query)\b[.!:,\n]?"
    r"|\b(?:when|if|whenever) you (?:have|get|find) a (?:moment|minute|second|chance)\b[^.?!\n]*[.!,\n]"
    r"|\bno (?:rush|hurry)\b[.!,]?"
    r"|\b(?:lovely|love your|great|nice|beautiful) (?:shop|store|site|website)\b[^.?!\n]*[.!\n]",
    re.IGNORECASE,
)
_ASKS: Final = re.compile(
    r"(?:and |but |so |also |please )?(?:how|what|when|where|which|who|why|can|could|do|does|did|is|are|am"
    r"|may|will|would|should|has|have|was|were|whats|wheres|i wonder"
    r"|i am wondering|i'm wondering|i was wondering|tell me|i'd like to know|i would like to know)\b",
    re.IGNORECASE,
)
_PIECE: Final = re.compile(r"(?<=[.?!])\s+|\n+")
_NAME: Final = re.compile(r"(?<=[a-z,] )[A-Z][A-Za-z]+")


def matter(text: str) -> str:
    """The message without what is said out of politeness; the whole when nothing is left."""
    plain = text.replace("’", "'").strip()
    bare = _CLOSED.sub("", _SIGNED.sub("\n", plain).rstrip())
    bare = _COURTESY.sub(" ", _GREETED.sub("", bare))
    return bare.strip() or plain


def asking(text: str) -> str:
    """The sentences that ask; empty when there are none, or when nothing stands beside them."""
    pieces = [piece for piece in _PIECE.split(text) if piece.strip()]
    asked = [p for p in pieces if p.rstrip().endswith("?")] or [p for p in pieces if _ASKS.match(p.lstrip())]
    return " ".join(asked) if len(asked) < len(pieces) else ""


def names(text: str) -> list[str]:
    """Words that are capital inside a sentence, in lower case."""
    return [name.lower() for name in _NAME.findall(text)]
