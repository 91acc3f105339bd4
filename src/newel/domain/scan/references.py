"""Orders and products that a text names by number."""

import re
from collections.abc import Iterator

import re2

from newel.domain.words import Span

_NUMBER = r"(?:#\s?)?[A-Z]{0,4}-?\d{4,12}\b"
_JOINER = r"\s{0,3}(?:,|;|/|\+|&|\band\b|\bor\b|\balso\b|\by\b|\be\b|\bet\b|\bund\b|\bplus\b)\s{0,3}"
_CUED = re2.compile(
    r"(?i)\b(?:orders?|pedidos?|commandes?|bestellung(?:en)?|ordini|ordine|encomendas?)\b"
    r"\s{0,3}(?:(?:number|numbers|no|nos|nr|ref|reference|id|ids|n[º°o]|num[eé]ro|n[uú]mero)\b)?"
    rf"[\s:.#]{{0,4}}({_NUMBER}(?:{_JOINER}(?:order\s{{0,2}})?{_NUMBER}){{0,20}})"
)
_JOINED = re2.compile(r"(?i)\b\d{5,9}(?:\s{0,3}(?:,|&|\band\b|\bor\b|\by\b|\bet\b)\s{0,3}\d{5,9}\b){1,20}")
_HASHED = re2.compile(r"(?i)#\s?[A-Z]{0,4}-?\d{4,12}\b")
_BARE = re2.compile(r"(?i)\b[A-Z]{0,4}-?\d{4,12}\b")
_EACH = re.compile(r"[A-Z]{0,4}-?\d{4,12}", re.IGNORECASE)
_DIGITS = re2.compile(r"[0-9]{4}")
_SKU = re2.compile(r"\b[A-Z]{2,4}-\d{2,5}\b")
_CENTS = re.compile(r"[.,]\d{2}\b")
_NOT_BEFORE = "£$€.,+-"


def orders(text: str) -> dict[str, Span]:
    """Order numbers by their first place: cued or joined ones, and bare ones of the same shape."""
    found: dict[str, Span] = {}
    if not _DIGITS.search(text):
        return found
    for number, place in _cued(text):
        found.setdefault(number, place)
    shapes = {_shape(number) for number in found}
    if shapes:
        for bare in _BARE.finditer(text):
            number = bare[0].upper()
            free = text[bare.start() - 1 : bare.start()] not in tuple(_NOT_BEFORE)
            if free and _shape(number) in shapes and not _CENTS.match(text, bare.end()):
                found.setdefault(number, Span(bare.start(), bare.end()))
    return found


def products(text: str) -> dict[str, Span]:
    """Article numbers such as ``HW-101`` by their first place."""
    found: dict[str, Span] = {}
    for sku in _SKU.finditer(text):
        found.setdefault(sku[0], Span(sku.start(), sku.end()))
    return found


def _cued(text: str) -> Iterator[tuple[str, Span]]:
    for cue in _CUED.finditer(text):
        yield from _numbers(text, cue.start(1), cue.end(1))
    for pattern in (_HASHED, _JOINED):
        for place in pattern.finditer(text):
            if text[place.start() - 1 : place.start()] not in tuple(_NOT_BEFORE):
                yield from _numbers(text, place.start(), place.end())


def _numbers(text: str, start: int, end: int) -> Iterator[tuple[str, Span]]:
    for number in _EACH.finditer(text, start, end):
        if not _CENTS.match(text, number.end()):
            yield number[0].upper(), Span(number.start(), number.end())


def _shape(number: str) -> tuple[str, int]:
    letters = number.rstrip("0123456789")
    return letters, len(number) - len(letters)
