"""Keys as words."""

import re
from typing import Final

_AI: Final = re.compile(r"\bai\b")


def readable(key: str) -> str:
    """A key as words: ``refund_damaged`` → ``Refund damaged``."""
    said = _AI.sub("AI", key.replace("_", " ").replace(".", ": "))
    return said[:1].upper() + said[1:]
