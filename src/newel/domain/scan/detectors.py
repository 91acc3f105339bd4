"""The named detectors and facts that a rule may ask for: each tells its evidence, or nothing."""

from collections.abc import Callable, Iterable, Mapping

import re2

from newel.domain.scan.emotion import emotion
from newel.domain.scan.items import conflicting_fields, duplicate, missing_field, unusual_format
from newel.domain.scan.reader import readable, spoken
from newel.domain.scan.reading import Reading, fact
from newel.domain.scan.receipt import Evidence
from newel.domain.scan.references import orders, products
from newel.domain.scan.repeat import repeat_contact
from newel.domain.scan.single import LANGUAGES, single_order, single_product
from newel.domain.sentence import Figure, Sentence, Sum, joined
from newel.domain.sentence import spoken as called
from newel.domain.words import Span

Detector = Callable[[Reading], tuple[Evidence, ...]]

_SEVERAL_ORDERS = re2.compile(
    r"(?i)\b(?:both|two|three|four|five|several|multiple|different|separate|[2-9])\s(?:of\s)?(?:my\s|the\s|these\s"
    r"|those\s)?(?:different\s|separate\s|recent\s|last\s|open\s)?orders\b"
    r"|\b(?:ambos|dos|tres|varios)\s(?:de\smis\s)?pedidos\b"
    r"|\b(?:deux|trois|plusieurs)\s(?:de\smes\s)?commandes\b"
)


def several_orders(reading: Reading) -> tuple[Evidence, ...]:
    """Two order numbers or more, or words that say so."""
    named = orders(reading.own)
    if len(named) > 1:
        return tuple(reading.at(place) for place in named.values())
    said = _SEVERAL_ORDERS.search(reading.own)
    return (reading.at(Span(said.start(), said.end())),) if said else ()


def several_products(reading: Reading) -> tuple[Evidence, ...]:
    """Two article numbers or more, or words that say so."""
    named = products(reading.own)
    if len(named) > 1:
        return tuple(reading.at(place) for place in named.values())
    return reading.evidence(("several_products",))


def unsupported_language(reading: Reading) -> tuple[Evidence, ...]:
    """A language that is not served or that the lexicon does not know, two at once, or one in disguise."""
    language, served = reading.language, reading.served
    if language.how == "disguised":
        return fact(Sentence("its words hold letters of another script that look like theirs"))
    if language.mixed:
        return fact(Sentence("mixed with %(language)s").of(language=called(language.code)))
    if language.code in served:
        return ()
    written = Sentence("written in %(language)s; served are %(served)s")
    those = joined(map(called, served)) if served else Sentence("none")
    return fact(written.of(language=called(language.code), served=those))


def _family(name: str) -> Detector:
    return lambda reading: reading.evidence((name,))


DETECTORS: Mapping[str, Detector] = {
    "explicit_request": _family("request"),
    "repeat_contact": repeat_contact,
    "several_orders": several_orders,
    "several_products": several_products,
    "customs": _family("customs"),
    "partial_usage": _family("partial_usage"),
    "missing_field": missing_field,
    "conflicting_fields": conflicting_fields,
    "unusual_format": unusual_format,
    "duplicate": duplicate,
    "unsupported_language": unsupported_language,
}
EMOTION, RISK, REPEAT = "emotion", "risk_score", "repeat_contact"
KNOWN_DETECTORS = frozenset({*DETECTORS, EMOTION, RISK})
_FLAGS: Mapping[str, Sentence] = {
    "vip": Sentence("customer: VIP"),
    "vulnerable": Sentence("customer: vulnerable"),
    "prefers_human": Sentence("customer: prefers people"),
}
FLAGS = frozenset(_FLAGS)
KNOWN_FACTS = frozenset({*FLAGS, "lifetime_value", "segment"})
# These weigh their families themselves: a phrase alone does not fire the trigger.
JUDGES = frozenset({EMOTION, REPEAT})


def flag(reading: Reading, name: str) -> tuple[Evidence, ...]:
    """A fact of the customer that is true."""
    return fact(_FLAGS[name]) if getattr(reading.message.customer, name) else ()


def in_segment(reading: Reading, segments: tuple[str, ...]) -> tuple[Evidence, ...]:
    """The customer's segment, if it is one of those."""
    segment = reading.message.customer.segment
    named = {each.casefold() for each in segments}
    return fact(Sentence("segment: %(segment)s").of(segment=segment)) if segment.casefold() in named else ()


def lifetime_value_above(reading: Reading, limit: float) -> tuple[Evidence, ...]:
    """The customer's lifetime value, if it exceeds the limit."""
    value = reading.message.customer.lifetime_value
    currency = reading.bundle.currency
    over = Sentence("lifetime value %(value)s is over %(limit)s")
    sums = {"value": Sum(value, currency), "limit": Sum(round(limit), currency)}
    return fact(over.of(**sums)) if value > limit else ()


# What is counted outweighs what is only guessed: a score of several says nothing where one alone is named.
_SINGLE: Mapping[str, Callable[[str, Iterable[str]], bool]] = {
    "several_orders": single_order,
    "several_products": single_product,
}


def heard_above(reading: Reading, families: tuple[str, ...], limit: float) -> tuple[Evidence, ...]:
    """What a model hears of the families, if it exceeds the floor and the count does not speak against it."""
    over = [family for family in families if family in reading.heard and reading.heard[family].score > limit]
    loudest = reading.loudest(family for family in over if not _counted_as_one(reading, family))
    return reading.told(*loudest) if loudest else ()


def _counted_as_one(reading: Reading, family: str) -> bool:
    """Whether one alone is named, in a language whose hints are known, by all that a model may have heard."""
    single, language, message = _SINGLE.get(family), reading.language, reading.message
    if single is None or language.mixed or language.code not in LANGUAGES:
        return False
    beside = (message.subject, *message.attachments, *map(spoken, message.attachments), *message.previous)
    return single(reading.own, map(readable, beside))


def emotion_above(reading: Reading, families: tuple[str, ...], limit: float) -> tuple[Evidence, ...]:
    """The cues, if together they exceed the floor."""
    score, cues = emotion(reading, families)
    over = Sentence("emotion score %(score)s is over %(limit)s").of(score=Figure(score), limit=limit)
    return (*cues, *fact(over)) if score > limit else ()
