"""Words that customers use for each other when they ask about the shop."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from newel.ai.stem import stem, words

_SAME_TEXT: Final = """
shipping ship postage delivery deliver delivered
cost costs price prices charge charged fee expensive cheap pay
open opening hours hour closed close shut closes
wash washing washed washable clean cleaning cleaned care
valid validity expire expires expired expiry
trim trimmed cut cutting shorten
outdoors outdoor outside garden indoors indoor inside
letters letter characters character
euro euros pounds sterling currency currencies
uk kingdom britain british
swap exchange exchanged exchanges
return returns returned
country countries abroad overseas international
long quick quickly fast days day duration
payment payments pay paying paid card cards
refund refunds refunded
present presents gift gifts
discount discounts code codes promo voucher coupon
phone call telephone ring number
job jobs career careers vacancy hiring
warranty guarantee guaranteed
recycle recycling recycled recyclable
showroom showrooms shop shops store stores premises outlet
buy bought purchase purchased
send sent post posted mail
environment environmental sustainability sustainable green eco ecological
"""
OTHER_WORD: Final = 0.7


def _groups() -> list[list[str]]:
    return [words(line) for line in _SAME_TEXT.strip().splitlines()]


def _same() -> dict[str, set[str]]:
    table: dict[str, set[str]] = {}
    for group in _groups():
        stems = {stem(word) for word in group}
        for one in stems:
            table.setdefault(one, set()).update(stems)
    return table


def _first() -> dict[str, str]:
    table: dict[str, str] = {}
    for group in _groups():
        for word in group:
            table.setdefault(word, group[0])
    return table


_SAME: Final = _same()
_FIRST: Final = _first()


@lru_cache(maxsize=8192)
def spellings(word: str) -> tuple[tuple[str, float], ...]:
    """A stem and those that mean about the same, each with how much it counts."""
    return tuple(_spellings(word))


def _spellings(word: str) -> Iterator[tuple[str, float]]:
    yield word, 1.0
    for other in sorted(_SAME.get(word, set()) - {word}):
        yield other, OTHER_WORD


def plainly(text: str) -> str:
    """A text in which words that mean the same are the same word."""
    return " ".join(_FIRST.get(word, word) for word in words(text))
