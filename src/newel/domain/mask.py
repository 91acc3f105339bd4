"""Masking: personal data in texts found, hidden, and given back one field at a time.

Patterns run on the normalised readings of a text, so that full-width digits or invisible
characters hide nothing; every span is a place in the raw text. Known values of the customer are
looked for as they are: no model guesses names.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any, Final

import msgspec
from phonenumbers import Leniency, PhoneNumberMatcher
from stdnum import iban, luhn

from newel.domain.scan.fold import OTHER_LETTER, plain, skeleton
from newel.domain.scan.normalise import readings
from newel.domain.scan.view import View

_EMAIL: Final = re.compile(r"[\w.%+\xff-]{1,64}@[\w.\xff-]{1,190}\.[a-z\xff]{2,24}")
_DIGITS: Final = re.compile(r"(?<!\d)\d+(?:[ -]\d+){0,11}(?!\d)")
_GROUP: Final = re.compile(r"\d+")
_IBAN: Final = re.compile(r"\b[a-z]{2}\d{2}(?: ?[a-z0-9]){11,34}\b")
_CARDS: Final = (
    (range(4, 5), 1, (13, 16, 19)),
    (range(51, 56), 2, (16,)),
    (range(2221, 2721), 4, (16,)),
    (range(34, 35), 2, (15,)),
    (range(37, 38), 2, (15,)),
    (range(6011, 6012), 4, (16, 17, 18, 19)),
    (range(644, 660), 3, (16, 17, 18, 19)),
    (range(3528, 3590), 4, (16, 17, 18, 19)),
    (range(62, 63), 2, (16, 17, 18, 19)),
    (range(300, 306), 3, (14,)),
    (range(36, 37), 2, (14,)),
    (range(38, 40), 2, (14,)),
    (range(50, 51), 2, tuple(range(13, 20))),
    (range(56, 59), 2, tuple(range(13, 20))),
)
_DIALLED: Final = re.compile(r"(?<![\d.,/+-])0(?:[ -]?\d){9,10}(?![\d,/-]|\.\d)")
"""Ten or eleven digits that begin with 0, as one dials them: no plan may know it, or a digit is wrong."""
_SAME: Final = str.maketrans("یىکة", "ييكه")
_SHORTEST_NAME: Final = 3
_SHORTEST_PLACE: Final = 5
_PHONE_TAIL: Final = 7


class Known(msgspec.Struct, frozen=True):
    """What is known of the customer and must not stand open: names, addresses, other values."""

    names: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    region: str = "GB"


class Secret(msgspec.Struct, frozen=True, order=True):
    """A place in the raw text that is hidden."""

    start: int
    end: int
    kind: str


class Field(msgspec.Struct, frozen=True):
    """One hidden value, by the name that stands in its place."""

    id: str
    kind: str


class Masked(msgspec.Struct, frozen=True):
    """A value with its personal data hidden, and what may be revealed."""

    value: Any
    fields: tuple[Field, ...]


def known_of(name: str, address: str, phone: str = "", region: str = "GB") -> Known:
    """The values to hide, from a customer's profile: whole, and in their parts."""
    names = (name, *(part for part in re.split(r"[\s.]+", name) if len(part) >= _SHORTEST_NAME))
    places = (address, *(part.strip() for part in address.split(",")))
    return Known(
        names=tuple(dict.fromkeys(n for n in names if n.strip())),
        addresses=tuple(dict.fromkeys(p for p in places if len(p) >= _SHORTEST_PLACE)),
        phones=(phone,) if phone else (),
        region=region,
    )


def secrets(text: str, known: Known) -> tuple[Secret, ...]:
    """All places to hide, in order, none inside another."""
    found = (
        Secret(*view.raw(start, end), kind)
        for view in readings(text)
        for kind, start, end in _places(text, view, known)
    )
    return tuple(_disjoint(sorted(found, key=lambda s: (s.start, -s.end))))


def masked_text(text: str, known: Known) -> str:
    """The text with each secret as its kind in brackets: what learning may keep."""
    return _replaced(text, secrets(text, known), lambda secret, _value: f"[{secret.kind}]")


def mask(value: Any, known: Known) -> Masked:
    """A tree of builtins with every text masked; the same value has the same name throughout."""
    found = cache(lambda text: secrets(text, known))
    names = _names(value, found)
    kinds = {name: kind for (kind, _), name in names.items()}
    shown = _walk(value, lambda text: _replaced(text, found(text), _named(names)))
    return Masked(shown, tuple(Field(name, kind) for name, kind in kinds.items()))


def reveal(value: Any, known: Known, field: str) -> str | None:
    """The hidden value of that name; None when there is none."""
    found = cache(lambda text: secrets(text, known))
    wanted = {name: key for key, name in _names(value, found).items()}.get(field)
    for text in _texts(value):
        for secret in found(text):
            raw = text[secret.start : secret.end]
            if (secret.kind, raw.casefold()) == wanted:
                return raw
    return None


def hidden(texts: Iterable[str], known: Known) -> tuple[tuple[tuple[Secret, str], ...], ...]:
    """The secrets of each text with the names that ``reveal`` over the same texts takes."""
    names: dict[tuple[str, str], str] = {}
    return tuple(tuple((s, _name(names, text, s)) for s in secrets(text, known)) for text in texts)


def _names(value: Any, found: Callable[[str], Iterable[Secret]]) -> dict[tuple[str, str], str]:
    """(kind, value) → its name, numbered by first place."""
    names: dict[tuple[str, str], str] = {}
    for text in _texts(value):
        for secret in found(text):
            _name(names, text, secret)
    return names


def _name(names: dict[tuple[str, str], str], text: str, secret: Secret) -> str:
    key = (secret.kind, text[secret.start : secret.end].casefold())
    if key not in names:
        names[key] = f"{secret.kind}-{1 + sum(kind == secret.kind for kind, _ in names)}"
    return names[key]


def _named(names: Mapping[tuple[str, str], str]) -> Callable[[Secret, str], str]:
    return lambda secret, raw: f"[{names[secret.kind, raw.casefold()]}]"


def _replaced(text: str, hide: Iterable[Secret], shown: Callable[[Secret, str], str]) -> str:
    pieces, reached = [], 0
    for secret in hide:
        pieces += [text[reached : secret.start], shown(secret, text[secret.start : secret.end])]
        reached = secret.end
    return "".join([*pieces, text[reached:]])


def _walk(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {key: _walk(part, change) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_walk(part, change) for part in value]
    return value


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _texts(part)


def _places(raw: str, view: View, known: Known) -> Iterator[tuple[str, int, int]]:
    text = view.data.decode("latin-1")
    yield from (("email", *m.span()) for m in _EMAIL.finditer(text))
    yield from _cards(text)
    yield from _accounts(text)
    phones = PhoneNumberMatcher(text, known.region, leniency=Leniency.VALID)
    yield from (("phone", m.start, m.end) for m in phones)
    yield from (("phone", *m.span()) for m in _DIALLED.finditer(text))
    yield from (("phone", *m.span()) for phone in known.phones for m in _numbered(phone, text))
    for kind, values in (("address", known.addresses), ("name", known.names)):
        for value in values:
            yield from ((kind, *span) for span in _literal(value, text) if _says(raw, view, span, value))


def _cards(text: str) -> Iterator[tuple[str, int, int]]:
    """Card numbers among groups of digits: an issuer's range, its length, and the check digit."""
    for run in _DIGITS.finditer(text):
        groups = [(run.start() + g.start(), run.start() + g.end()) for g in _GROUP.finditer(run[0])]
        for first in range(len(groups)):
            for last in range(first, len(groups)):
                start, end = groups[first][0], groups[last][1]
                if is_card(re.sub(r"\D", "", text[start:end])):
                    yield "card", start, end


def is_card(digits: str) -> bool:
    """Whether the digits are a payment card's number; Luhn alone would take every tenth."""
    return any(
        len(digits) in lengths and int(digits[:size]) in prefixes for prefixes, size, lengths in _CARDS
    ) and bool(luhn.is_valid(digits))


def _accounts(text: str) -> Iterator[tuple[str, int, int]]:
    for run in _IBAN.finditer(text):
        ends = [m.end() for m in re.finditer(r"[a-z0-9]+", run[0])]
        for end in reversed(ends):
            if iban.is_valid(run[0][:end]):
                yield "iban", run.start(), run.start() + end
                break


def _numbered(phone: str, text: str) -> Iterator[re.Match[str]]:
    """A known number however it is written: a numbering plan may not know it, or know it otherwise."""
    digits = re.sub(r"\D", "", phone)[-_PHONE_TAIL:]
    if len(digits) == _PHONE_TAIL:
        yield from re.finditer(rf"(?<!\d)\+?(?:\d[ ().-]*){{0,6}}{'[ ().-]*'.join(digits)}(?!\d)", text)


def _literal(value: str, text: str) -> Iterator[tuple[int, int]]:
    for wanted in {view.data.decode("latin-1").strip() for view in readings(value)}:
        for found in re.finditer(rf"(?<!\w){re.escape(wanted)}(?!\w)", text) if wanted else ():
            yield found.span()


def _says(raw: str, view: View, span: tuple[int, int], value: str) -> bool:
    """Whether it is the value: a reading has one filler for all letters of other scripts."""
    if OTHER_LETTER not in view.data[slice(*span)].decode("latin-1"):
        return True
    read = skeleton if view.name == "folded" else plain
    return _others(raw[slice(*view.raw(*span))], read) == _others(value, read)


def _others(text: str, read: Callable[[str], str]) -> list[str]:
    """The letters that are read as no Latin one; forms that people write for one another are one."""
    plainer = unicodedata.normalize("NFKD", text.casefold()).translate(_SAME)
    return [char for char in plainer if read(char) == OTHER_LETTER]


def _disjoint(found: Iterable[Secret]) -> Iterator[Secret]:
    """Overlapping places become one, named after the first."""
    last: Secret | None = None
    for secret in found:
        if last is None:
            last = secret
        elif secret.start < last.end:
            last = Secret(last.start, max(last.end, secret.end), last.kind)
        else:
            yield last
            last = secret
    if last:
        yield last


def short_name(name: str) -> str:
    """A name for lists: the first in full, the rest as letters (``Tom A.``); one word stays as it is."""
    first, *rest = name.split() or [""]
    return " ".join([first, *(f"{part[0]}." for part in rest[-1:])])
