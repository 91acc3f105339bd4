"""Whether a text speaks of the customer's own purchase, or asks in general.

Who writes "my lamp", names an order or says what they bought means a record; who asks "how long is
the warranty on lamps?" means the shop's rules, and no record of theirs answers that.
"""

import re
from typing import Final

ORDER: Final = r"(?<![\w£$€,/-])(?<!\d\.)#?(\d{5,9})(?![\w-]|[.,]\d)"
GIFT_CARD: Final = r"(?i)\b([a-z]{4}-[a-z0-9]{4}-[a-z0-9]{4})\b"
_RECORD: Final = re.compile(f"{ORDER}|{GIFT_CARD.removeprefix('(?i)')}", re.IGNORECASE)
_EXPLETIVE: Final = re.compile(
    r"\b(?:does|will|would|can|could|should|did|might) it (?:usually |normally |typically |generally )?"
    r"(?:take|cost|matter|be possible)\b|\b(?:is|was|would) it (?:possible|ok|okay|fine|free|allowed)\b"
    r"|\b(?:it is|it's|it would be) (?:possible|allowed)\b",
    re.IGNORECASE,
)
_OWN: Final = re.compile(
    r"\b(?:my|mine|our|ours)\b"
    r"|\b(?:i|we)(?:'ve|'d| have| had| just| already| only| recently| never| still)*"
    r" (?:bought|ordered|purchased|got|received|paid|placed|chose|picked|was|were|had|tried|kept|sent|need)\b"
    r"|\b(?:it|its|them|this one|these|those ones|that one)\b",
    re.IGNORECASE,
)
_QUESTION: Final = re.compile(
    r"\?|^\W*(?:how|what|whats|when|where|which|who|why|is|are|do|does|can|could|may|will|would)\b",
    re.IGNORECASE,
)


def speaks_of_own(text: str) -> bool:
    """Whether a record is named, or something is called the writer's own, or pointed at."""
    plain = text.replace("’", "'")
    return bool(_RECORD.search(plain) or _OWN.search(_EXPLETIVE.sub(" ", plain)))


def asks_in_general(text: str) -> bool:
    """Whether it is a question, and about nothing of the writer's own: one of the shop's rules."""
    return bool(_QUESTION.search(text)) and not speaks_of_own(text)
