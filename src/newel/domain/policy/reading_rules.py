"""The rules of a policy in words: triggers, thresholds, and what adds to the risk."""

from collections.abc import Iterator
from typing import Final

from newel.domain import reason
from newel.domain.policy.bundle import Bundle
from newel.domain.policy.reading_row import Row, either, every, low, plain, row_of
from newel.domain.policy.triggers import Rule, Threshold, Trigger
from newel.domain.policy.tuned import MEASURED
from newel.domain.sentence import Sentence, Sum, Value, joined
from newel.domain.words import Assist

_MARKER: Final = Sentence("marker")
_WHEN: Final = Sentence("When %(what)s:")
_WHEN_ABOVE: Final = Sentence("When %(what)s, above %(threshold)s (%(value)s):")
_WORDS: Final = Sentence("the message has words of %(lexicon)s")
_WORDS_HEARD: Final = Sentence("the message has words of %(lexicon)s, or a model hears them")
_PHRASES: Final = Sentence("the message has one of %(count)s own phrases")
_RECORD: Final = Sentence("the customer's record says %(fact)s")
_FOUND: Final = Sentence("%(detector)s is found")
_NOTHING: Final = Sentence("nothing yet")
_APPROVES: Final = Sentence("a person approves what the AI proposes.")
_PERSON: Final = Sentence("a person has it as %(priority)s")
_ASSISTS: Final = {
    Assist.NONE: Sentence("the AI does not help"),
    Assist.SUMMARISE: Sentence("the AI summarises"),
    Assist.DRAFT: Sentence("the AI may draft"),
}
_PRESET: Final = Sentence("with the time of %(preset)s")
_SKILLED: Final = Sentence("for people with %(skills)s")
_REGULATED: Final = Sentence("specialists only")
_DEFLECTS: Final = Sentence("articles are offered first")
_ENDS: Final = Sentence("%(effect)s.")
_LOCKS: Final = Sentence("%(effect)s; the AI sends nothing until a person lowers it.")
_NOT_SET: Final = Sentence("not set")
_UNITS: Final = {
    "days": Sentence("%(n)s days"),
    "hours": Sentence("%(n)s hours"),
    "minutes": Sentence("%(n)s minutes"),
    "seconds": Sentence("%(n)s seconds"),
}
_IS: Final = Sentence("%(value)s.")
_IS_NOTED: Final = Sentence("%(value)s: %(note)s.")
_IS_HEARD: Final = Sentence("%(value)s, heard by the model %(model)s.")
_IS_NOTED_AND_HEARD: Final = Sentence("%(value)s: %(note)s, heard by the model %(model)s.")
_ADDS: Final = Sentence("Adds %(weight)s.")
_ASKED: Final = Sentence("Who is asked")
_MODEL: Final = Sentence(
    "%(model)s is asked, and has %(seconds)s seconds. Where no opinion comes, a person approves the answer."
)


def triggers(bundle: Bundle) -> Iterator[Row]:
    """What each trigger looks for, and what follows."""
    for key, one in bundle.triggers.items():
        words = joined((when(one.rule, bundle), effect(one)), " ")
        yield row_of(
            reason.said(key), one, words, quotes=one.rule.phrases, mark=_MARKER if one.lock else None
        )


def opinion(bundle: Bundle) -> Iterator[Row]:
    """Who is asked for a second opinion, and what of."""
    one = bundle.opinion
    if one is None:
        return
    yield row_of(_ASKED, one, _MODEL.of(model=one.model, seconds=one.seconds))
    for key, words in one.when.items():
        yield Row(name=reason.said(key), quotes=(words,))


def when(rule: Rule, bundle: Bundle) -> Sentence:
    """What makes a trigger fire, as a sentence."""
    what = either(list(_looks_for(rule)) or [_NOTHING])
    if not rule.above:
        return _WHEN.of(what=what)
    return _WHEN_ABOVE.of(what=what, threshold=low(rule.above), value=_value(rule.above, bundle))


def _looks_for(rule: Rule) -> Iterator[Sentence]:
    heard = bool(rule.above and rule.lexicon and not {rule.fact, rule.detector} & MEASURED)
    if rule.lexicon:
        yield (_WORDS_HEARD if heard else _WORDS).of(lexicon=every(rule.lexicon))
    if rule.phrases:
        yield _PHRASES.of(count=len(rule.phrases))
    if rule.fact:
        yield _RECORD.of(fact=low(rule.fact))
    if rule.detector:
        yield _FOUND.of(detector=low(rule.detector))


def effect(one: Trigger) -> Sentence:
    """What a trigger does, as a sentence."""
    if one.floor < 3:
        return _APPROVES
    return (_LOCKS if one.lock else _ENDS).of(effect=joined(_follows(one)))


def _follows(one: Trigger) -> Iterator[Sentence]:
    yield _PERSON.of(priority=one.priority.name)
    yield _ASSISTS[one.assist]
    if one.preset:
        yield _PRESET.of(preset=low(one.preset))
    if one.skills:
        yield _SKILLED.of(skills=every(one.skills))
    if one.regulated:
        yield _REGULATED
    if one.deflection:
        yield _DEFLECTS


def _value(key: str, bundle: Bundle) -> Value:
    found = bundle.thresholds.get(key)
    return threshold(key, found, bundle.currency) if found else _NOT_SET


def threshold(key: str, one: Threshold, currency: str) -> Value:
    """A threshold's value with its unit, which is part of its name."""
    if key.endswith("_minor"):
        return Sum(int(one.value), currency)
    unit = _UNITS.get(key.rsplit("_", 1)[-1])
    return unit.of(n=one.value) if unit else one.value


def thresholds(bundle: Bundle) -> Iterator[Row]:
    """The numbers that people tune."""
    for key, one in bundle.thresholds.items():
        yield row_of(plain(key), one, _tuned(threshold(key, one, bundle.currency), one))


def _tuned(value: Value, one: Threshold) -> Sentence:
    if one.note and one.model:
        return _IS_NOTED_AND_HEARD.of(value=value, note=one.note, model=one.model)
    if one.model:
        return _IS_HEARD.of(value=value, model=one.model)
    return _IS_NOTED.of(value=value, note=one.note) if one.note else _IS.of(value=value)


def risk(bundle: Bundle) -> Iterator[Row]:
    """What each factor adds to the risk."""
    for key, one in bundle.risk.items():
        yield row_of(plain(key), one, _ADDS.of(weight=one.weight))
