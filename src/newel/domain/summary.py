"""Summary: a case in its own words. Sentences are chosen, never written: no word in it is the AI's (TIR-8).

What the customer wants, what they were told, what waits for an answer, what is on record; each with
where it stands.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, Literal

import msgspec

from newel.domain.scan.quotation import blanked, zones

Who = Literal["customer", "ai", "person"]
Span = tuple[int, int]
MOST_WANTS: Final = 2
MOST_TOLD: Final = 2
MOST_OPEN: Final = 2
MOST_FACTS: Final = 8
LONGEST: Final = 240
READ: Final = 8_000
"""As much of one message as is read for it."""
_FEWEST_WORDS: Final = 3
_LEAST: Final = 0.7
"""How much a further sentence says at least, beside the one that says most."""
_END: Final = re.compile(r"[.!?;…؟。]+(?=\s|$)|\n+")
_WORD: Final = re.compile(r"\w{3,}")
_ASKS: Final = re.compile(
    r"\b(want|need|please|can you|could you|refund|cancel|quiero|necesito|por favor|pueden?|reembols\w+"
    r"|veux|voudrais|besoin|pouvez|s'il|rembours\w+|annul\w+)\b",
    re.IGNORECASE,
)
UNDONE: Final = frozenset(
    {
        "deflection.silence",
        "approval.rejected",
        "approval.expired",
        "approval.withdrawn",
        "approval.invalidated",
    }
)
"""The reasons of decisions that say what was tried and came to nothing."""


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """One message: whose, where it stands, what a trigger saw in it, and what must not be cut through."""

    who: Who
    seq: int
    text: str
    seen: tuple[Span, ...] = ()
    whole: tuple[Span, ...] = ()


class Quote(msgspec.Struct, frozen=True):
    """Words as they were written, by whom, and the number of their message in the case."""

    text: str
    who: Who
    seq: int


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """Something on record: in a word or a number, or an amount of money."""

    name: str
    value: str = ""
    amount_minor: int | None = None
    currency: str = ""


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """What is shown above a case; the quotes in the order in which they were written."""

    wants: tuple[Quote, ...] = ()
    told: tuple[Quote, ...] = ()
    tried: tuple[str, ...] = ()
    """Reasons: what was done, or came to nothing."""
    waiting: tuple[Quote, ...] = ()
    """What the customer asked since they were last answered."""
    waits: bool = False
    facts: tuple[Fact, ...] = ()
    sources: tuple[str, ...] = ()
    """Where the facts were found."""


def summary(
    talk: Sequence[Heard],
    tried: Iterable[str] = (),
    facts: Mapping[str, Any] | None = None,
    sources: Sequence[str] = (),
) -> Summary:
    """The summary of a talk, and of what was tried and found; an equal case has an equal one."""
    theirs = [one for one in talk if one.who == "customer"]
    answered = max((one.seq for one in talk if one.who != "customer"), default=0)
    since = [one for one in theirs if one.seq > answered]
    wants = _best(theirs, MOST_WANTS)
    found = tuple(_facts(facts or {}))[:MOST_FACTS]
    return Summary(
        wants=wants,
        told=tuple(quote for one in talk if one.who != "customer" for quote in _best([one], 1))[-MOST_TOLD:],
        tried=tuple(dict.fromkeys(tried)),
        waiting=tuple(q for q in _questions(since) if q not in wants)[-MOST_OPEN:],
        waits=bool(since),
        facts=found,
        sources=tuple(sources) if found else (),
    )


def _best(talk: Sequence[Heard], most: int) -> tuple[Quote, ...]:
    """The sentences that say most: what a trigger saw, what asks, what comes back in the others."""
    found = [(one, span) for one in talk for span in _sentences(one)]
    common = Counter(word for one, span in found for word in _words(one, span))
    weights = [_weight(one, span, common) for one, span in found]
    ranked = sorted(range(len(found)), key=lambda n: (-weights[n], n))[:most]
    return tuple(_quote(*found[n]) for n in sorted(ranked) if weights[n] >= _LEAST * max(weights))


def _weight(one: Heard, span: Span, common: Counter[str]) -> float:
    said, words = one.text[slice(*span)], _words(one, span)
    seen = any(start < span[1] and span[0] < end for start, end in one.seen)
    shared = sum(common[word] - 1 for word in words) / (1 + len(words))
    asks = bool(_ASKS.search(said)) or "?" in said or "؟" in said
    return 2 * seen + 1.5 * asks + any(c.isdigit() for c in said) + min(shared, 1.0) + min(len(words), 8) / 8


def _words(one: Heard, span: Span) -> frozenset[str]:
    return frozenset(_WORD.findall(one.text[slice(*span)].casefold()))


def _questions(talk: Sequence[Heard]) -> Iterator[Quote]:
    for one in talk:
        for span in _sentences(one):
            if one.text[slice(*span)].rstrip().endswith(("?", "؟")):
                yield _quote(one, span)


def _sentences(one: Heard) -> Iterator[Span]:
    """The sentences of a message without what it quotes; none is cut inside of what is hidden.

    Where all are shorter than a few words, they are what was said.
    """
    text = one.text[:READ]
    spans = [span for span in _spans(blanked(text, zones(text)), one.whole) if text[slice(*span)].strip()]
    yield from [s for s in spans if len(text[slice(*s)].split()) >= _FEWEST_WORDS] or spans


def _spans(text: str, whole: Sequence[Span]) -> Iterator[Span]:
    begun = 0
    for end in [*(m.end() for m in _END.finditer(text)), len(text)]:
        inside = any(start < end < stop for start, stop in whole)
        if end > begun and text[begun:end].strip() and not inside:
            yield begun, end
            begun = end


def _quote(one: Heard, span: Span) -> Quote:
    start, end = span
    if end - start > LONGEST:
        cut = start + LONGEST
        end = min((first for first, last in one.whole if first < cut < last), default=cut)
        return Quote(one.text[start:end].strip() + " …", one.who, one.seq)
    return Quote(" ".join(one.text[start:end].split()), one.who, one.seq)


def _facts(found: Mapping[str, Any]) -> Iterator[Fact]:
    """What is said in a word, a number or an amount, under its name; lists and trees are left out."""
    for path, value in found.items():
        name = path.replace(".", " ")
        if isinstance(value, Mapping) and {"amount_minor", "currency"} <= value.keys():
            yield Fact(name=name, amount_minor=value["amount_minor"], currency=value["currency"])
        elif isinstance(value, str | int | float) and not isinstance(value, bool) and str(value).strip():
            yield Fact(name=name, value=str(value))
