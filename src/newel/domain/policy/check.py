"""Cross-checks: what a document says must agree with itself and with what the house knows."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final

import msgspec

from newel.domain.policy.check_acts import check_acts
from newel.domain.policy.check_offer import check_offer
from newel.domain.policy.check_opinion import check_opinion
from newel.domain.policy.check_overflow import check_overflow
from newel.domain.policy.check_owned import check_owned
from newel.domain.policy.check_quality import check_quality
from newel.domain.policy.check_suite import check_suite
from newel.domain.policy.check_survey import check_survey
from newel.domain.policy.check_time import check_time
from newel.domain.policy.check_triggers import check_triggers
from newel.domain.policy.check_weekly import check_weekly
from newel.domain.policy.entry import Entry
from newel.domain.policy.parse import Document, load_document
from newel.domain.policy.problem import BrokenPolicy, Path, Problem, did_you_mean
from newel.domain.policy.sheet import Known, Sheet, blank
from newel.domain.policy.tuned import CONVERSATION_MESSAGES, EMOTION_FLOOR, LANGUAGES, THRESHOLDS
from newel.domain.words import Cluster, Pattern, RiskClass

_REGION: Final = re.compile(r"[a-z][a-z0-9_.-]*")


def load_checked(text: str, name: str, includes: Mapping[str, str], known: Known) -> Document:
    """A document that is whole and agrees with itself; else ``BrokenPolicy`` with all mistakes."""
    document = load_document(text, name, includes)
    errors = [one for one in check(document, known) if one.severity == "error"]
    if errors:
        raise BrokenPolicy(name, errors)
    return document


def check(document: Document, known: Known) -> tuple[Problem, ...]:
    """Every mistake and remark, in the order of the document."""
    sheet = Sheet(document, known)
    return tuple(sorted(problem for one in CHECKS for problem in one(sheet)))


def _head(sheet: Sheet) -> Iterator[Problem]:
    bundle = sheet.bundle
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", bundle.workflow):
        hint = "use small letters and hyphens, as customer-support"
        yield sheet.wrong("workflow", says=f'"{bundle.workflow}" is no workflow name', hint=hint)
    if not re.fullmatch(r"[A-Z]{3}", bundle.currency):
        hint = "use the three letters of ISO 4217, as GBP"
        yield sheet.wrong("currency", says=f'"{bundle.currency}" is no currency', hint=hint)
    for key in ("title", "version", "definition_of_right"):
        if blank(getattr(bundle, key)):
            yield sheet.wrong(key, says="is empty", hint="say it in a few words")


def _languages(sheet: Sheet) -> Iterator[Problem]:
    if not sheet.bundle.languages:
        yield sheet.wrong("languages", says="names none", hint="the first is the house's own: [en]")
    for at, language in enumerate(sheet.bundle.languages):
        yield from sheet.named("languages", at, what="language", name=language, among=LANGUAGES)


def _owners(sheet: Sheet) -> Iterator[Problem]:
    """Somebody answers for the workflow, and for every entry (INT-3, POL-1)."""
    for duty, name in msgspec.structs.asdict(sheet.bundle.owners).items():
        if blank(name):
            yield sheet.wrong("owners", duty, says="nobody is named", hint="name who answers for it")
    for path, entry in _entries((), sheet.bundle):
        if blank(entry.owner):
            yield sheet.wrong(*path, "owner", says="is empty", hint="name who answers for this entry")


def _entries(path: Path, value: object) -> Iterator[tuple[Path, Entry]]:
    if isinstance(value, Entry):
        yield path, value
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _entries((*path, str(key)), inner)
    elif isinstance(value, msgspec.Struct):
        for key in value.__struct_fields__:
            yield from _entries((*path, key), getattr(value, key))


def _thresholds(sheet: Sheet) -> Iterator[Problem]:
    given = sheet.bundle.thresholds
    for name, limits in THRESHOLDS.items():
        if limits.required and name not in given:
            hint = f"add it with value, owner, date; {limits.low:g} to {limits.high:g} is right"
            yield sheet.wrong("thresholds", says=f'"{name}" is missing', hint=hint)
    for name, threshold in given.items():
        if name not in THRESHOLDS:
            hint = did_you_mean(name, THRESHOLDS)
            yield sheet.wrong("thresholds", name, says=f'unknown threshold "{name}"', hint=hint)
            continue
        low, high = THRESHOLDS[name].low, THRESHOLDS[name].high
        yield from sheet.within("thresholds", name, "value", value=threshold.value, low=low, high=high)
        if threshold.model and name != EMOTION_FLOOR:
            hint = f"only {EMOTION_FLOOR} is measured with a model of your own"
            yield sheet.wrong("thresholds", name, "model", says="no model is fitted for it", hint=hint)


def _risk(sheet: Sheet) -> Iterator[Problem]:
    known = {*sheet.known.factors, *Cluster, *sheet.bundle.triggers}
    for name, factor in sheet.bundle.risk.items():
        yield from sheet.named("risk", name, what="risk factor", name=name, among=known)
        yield from sheet.within("risk", name, "weight", value=factor.weight, low=0, high=1)


def _gates(sheet: Sheet) -> Iterator[Problem]:
    gates = sheet.bundle.gates
    for risk in RiskClass:
        if risk not in gates:
            hint = f"add one of {', '.join(Pattern)} with owner and date"
            yield sheet.wrong("gates", says=f'no pattern for risk class "{risk}"', hint=hint)
    for risk, gate in gates.items():
        path = ("gates", risk.value, "sample_share")
        yield from sheet.within(*path, value=gate.sample_share, low=0, high=1)
        if gate.pattern is Pattern.SAMPLING and gate.sample_share <= 0:
            yield sheet.wrong(*path, says="sampling that samples nothing", hint="0.05 reviews 5 %")


def _texts(sheet: Sheet) -> Iterator[Problem]:
    bundle = sheet.bundle
    needed = CONVERSATION_MESSAGES if bundle.kind == "conversations" else ()
    for key in needed:
        if key not in bundle.messages:
            yield sheet.wrong("messages", says=f'"{key}" is missing', hint="add the text it sends")
    for key, text in bundle.messages.items():
        yield from _fixed(sheet, text, "messages", key)
    for language, texts in bundle.texts.items():
        yield from _translated(sheet, language, texts)
    for at, phrase in enumerate(bundle.commitments):
        if blank(phrase):
            yield sheet.wrong("commitments", at, says="is empty", hint="write a phrase, or none")


def _fixed(sheet: Sheet, text: str, *path: str) -> Iterator[Problem]:
    if blank(text):
        yield sheet.wrong(*path, says="is empty", hint="write the text it sends")
    if "{" in text or "}" in text:
        hint = "it is sent word for word; take the braces out"
        yield sheet.wrong(*path, says="a fixed text has no places", hint=hint)


def _translated(sheet: Sheet, language: str, texts: Mapping[str, str]) -> Iterator[Problem]:
    """The fixed texts of one more language: each is one of the policy's, and what is left out is mild."""
    known = language.partition("-")[0]
    yield from sheet.named("texts", language, what="language", name=known, among=LANGUAGES)
    if language == sheet.bundle.languages[0]:
        hint = "take it out, or name another language"
        yield sheet.wrong("texts", language, says="is what messages are written in", hint=hint)
    for key, text in texts.items():
        yield from sheet.named("texts", language, key, what="message", name=key, among=sheet.bundle.messages)
        yield from _fixed(sheet, text, "texts", language, key)
    for key in sheet.bundle.messages.keys() - texts.keys():
        hint = f"messages.{key} is sent in its place"
        yield sheet.mild("texts", language, says=f'"{key}" is not said in {language}', hint=hint)


def _knowledge(sheet: Sheet) -> Iterator[Problem]:
    knowledge = sheet.bundle.knowledge
    if knowledge is None:
        return
    path = ("knowledge", "minimum_confidence")
    yield from sheet.within(*path, value=knowledge.minimum_confidence, low=0, high=1)
    least = sheet.bundle.thresholds.get("confidence_minimum")
    if least and knowledge.minimum_confidence < least.value:
        hint = f"{least.value:g} or more is right"
        yield sheet.wrong(*path, says="lies under thresholds.confidence_minimum", hint=hint)
    if not knowledge.collections:
        yield sheet.wrong("knowledge", "collections", says="names none", hint="name a collection")


def _deflection(sheet: Sheet) -> Iterator[Problem]:
    deflection = sheet.bundle.deflection
    if deflection is None:
        return
    if sheet.bundle.kind == "items":
        yield sheet.wrong("deflection", says="items have no customer to ask", hint="take it out")
    yield from sheet.within("deflection", "articles", value=deflection.articles, low=1, high=10)
    for key in ("chat_minutes", "mail_minutes"):
        minutes = getattr(deflection, key)
        yield from sheet.within("deflection", key, value=minutes, low=1, high=2880)


def _region(sheet: Sheet) -> Iterator[Problem]:
    region = sheet.bundle.routing.region
    if region and not _REGION.fullmatch(region):
        hint = "small letters, digits, dot and dash, as the people's file writes it: uk"
        yield sheet.wrong("routing", "region", says=f'"{region}" is no name of a region', hint=hint)
    if sheet.bundle.routing.region_as == "need" and sheet.bundle.kind == "items" and not region:
        hint = "name routing.region, or write preference: a vendor seldom has a region"
        yield sheet.mild("routing", "region_as", says="needs a region that no item may name", hint=hint)


CHECKS: Final[tuple[Callable[[Sheet], Iterator[Problem]], ...]] = (
    _head,
    _languages,
    _owners,
    _thresholds,
    _risk,
    _gates,
    _texts,
    _knowledge,
    _deflection,
    check_triggers,
    check_acts,
    check_quality,
    check_weekly,
    check_suite,
    check_opinion,
    check_time,
    check_overflow,
    check_survey,
    check_offer,
    check_owned,
    _region,
)
