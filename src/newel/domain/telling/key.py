"""Keys as words."""

import re
from typing import Final

_SHORT: Final = re.compile(r"\b(ai|sku)\b")


def readable(key: str) -> str:
    """A key as words: ``refund_damaged`` → ``Refund damaged``."""
    said = _SHORT.sub(lambda found: found[0].upper(), key.replace("_", " ").replace(".", ": "))
    return said[:1].upper() + said[1:]
