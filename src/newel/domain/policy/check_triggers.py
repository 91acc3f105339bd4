"""Triggers: each can fire, names only what exists, and the standard ones are there."""

from collections.abc import Iterator

from newel.domain.policy.problem import Problem, did_you_mean
from newel.domain.policy.sheet import Sheet, blank
from newel.domain.policy.triggers import Trigger
from newel.domain.policy.tuned import MEASURED, STANDARD_TRIGGERS


def check_triggers(sheet: Sheet) -> Iterator[Problem]:
    """All mistakes in the triggers."""
    for key, trigger in sheet.bundle.triggers.items():
        yield from _rule(sheet, key, trigger)
        yield from _effect(sheet, key, trigger)
        yield from _weaker_than_standard(sheet, key, trigger)
    yield from _missing(sheet)


def _rule(sheet: Sheet, key: str, trigger: Trigger) -> Iterator[Problem]:
    rule, path, known = trigger.rule, ("triggers", key, "rule"), sheet.known
    if not (rule.lexicon or rule.phrases or rule.fact or rule.detector):
        hint = "give it lexicon, phrases, fact or detector"
        yield sheet.wrong(*path, says="can never fire", hint=hint)
    for at, family in enumerate(rule.lexicon):
        yield from sheet.named(*path, "lexicon", at, what="lexicon family", name=family, among=known.lexicons)
    for at, phrase in enumerate(rule.phrases):
        if blank(phrase):
            yield sheet.wrong(*path, "phrases", at, says="is empty", hint="write a phrase")
    if rule.fact:
        yield from sheet.named(*path, "fact", what="fact", name=rule.fact, among=known.facts)
    if rule.detector:
        yield from sheet.named(*path, "detector", what="detector", name=rule.detector, among=known.detectors)
    yield from _measured(sheet, key, trigger)
    if rule.fact == "segment" and not rule.phrases:
        hint = 'name the segments under phrases, as [gold, "trade"]'
        yield sheet.wrong(*path, says="names no segment", hint=hint)


def _measured(sheet: Sheet, key: str, trigger: Trigger) -> Iterator[Problem]:
    """What is a number needs the threshold that it must exceed; nothing else has one."""
    path, rule = ("triggers", key, "rule"), trigger.rule
    measured = sorted({rule.fact, rule.detector} & MEASURED)
    if rule.above:
        among = sheet.bundle.thresholds
        yield from sheet.named(*path, "above", what="threshold", name=rule.above, among=among)
    if rule.above and not measured and not rule.lexicon:
        hint = f"it goes with {', '.join(sorted(MEASURED))}, or with families that a model hears"
        yield sheet.wrong(*path, "above", says="nothing is compared with this threshold", hint=hint)
    if measured and not rule.above:
        hint = "name the threshold that it must exceed under above"
        yield sheet.wrong(*path, says=f"{measured[0]} is a number without a threshold", hint=hint)


def _effect(sheet: Sheet, key: str, trigger: Trigger) -> Iterator[Problem]:
    path = ("triggers", key)
    if trigger.lock and trigger.floor != 3:
        hint = "write floor: 3, or take the lock out"
        yield sheet.wrong(*path, "lock", says="a lock forces tier 3, the floor is 2", hint=hint)
    if trigger.lock and trigger.deflection:
        hint = "only what does not lock may be offered articles first"
        yield sheet.wrong(*path, "deflection", says="a marker is never deflected", hint=hint)
    if trigger.preset:
        among = sheet.bundle.sla.presets
        yield from sheet.named(*path, "preset", what="preset", name=trigger.preset, among=among)
    for at, skill in enumerate(trigger.skills):
        if blank(skill):
            yield sheet.wrong(*path, "skills", at, says="is empty", hint="name a skill")


def _weaker_than_standard(sheet: Sheet, key: str, trigger: Trigger) -> Iterator[Problem]:
    """The standard effects are defaults: a weaker one is allowed, and said aloud."""
    standard = STANDARD_TRIGGERS.get(key)
    if standard is None:
        return
    weaker = {
        "floor": trigger.floor < standard.floor,
        "lock": standard.lock and not trigger.lock,
        "priority": trigger.priority > standard.priority,
        "assist": trigger.assist > standard.assist,
    }
    for part in (part for part, is_weaker in weaker.items() if is_weaker):
        hint = "a loosening, it needs a second signer"
        yield sheet.mild("triggers", key, part, says="is weaker than the standard", hint=hint)


def _missing(sheet: Sheet) -> Iterator[Problem]:
    """Taking a standard trigger out is allowed, and is a loosening; a misspelt one is a mistake."""
    given, items = sheet.bundle.triggers, sheet.bundle.kind == "items"
    wanted = {key for key, one in STANDARD_TRIGGERS.items() if not (items and one.conversations_only)}
    for key in wanted - given.keys():
        near = did_you_mean(key, given.keys() - STANDARD_TRIGGERS.keys())
        hint = near if near.startswith("did") else "a loosening, it needs a second signer"
        yield sheet.mild("triggers", says=f'the standard trigger "{key}" is not here', hint=hint)
