"""Why each rule fired or did not: the scan told step by step, as a value that a page can show."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from newel.domain.policy.triggers import Trigger
from newel.domain.scan import detectors as d
from newel.domain.scan.emotion import EMOTIONS, emotion
from newel.domain.scan.features import ScanInput
from newel.domain.scan.language import identifier
from newel.domain.scan.normalise import views
from newel.domain.scan.quotation import zones
from newel.domain.scan.reader import readable
from newel.domain.scan.reading import Reading
from newel.domain.scan.receipt import Evidence, Marker, Receipt
from newel.domain.scan.scanner import Scanner
from newel.domain.sentence import Figure, Sentence, Value, joined, word

# Far from what it changes a view is blank.
_BLANKS = re.compile(r"\n{40,}")


_LOW: Final = Sentence("The score %(score)s is not over %(limit)s.")
_SPARED: Final = Sentence("Its words do not count: %(why)s.")
_NOT_DETECTED: Final = Sentence("Nothing was found of: %(detector)s.")
_NOT_ASKED: Final = Sentence("The customer's data do not ask for it: %(fact)s.")
_NOT_HEARD: Final = Sentence("The model's %(score)s for %(family)s is not over %(limit)s.")


class Sight(msgspec.Struct, frozen=True):
    """One view of the text: how it came about, and how it reads."""

    name: str
    text: str


class Match(msgspec.Struct, frozen=True):
    """Words of an entry that were found, and why they do not count; empty where they do."""

    entry: str
    view: str
    start: int
    end: int
    text: str
    spared: str = ""


class Answer(msgspec.Struct, frozen=True):
    """One trigger: whether it fired, on what evidence, or why not."""

    trigger: str
    fired: bool
    why: Value
    evidence: tuple[Evidence, ...] = ()
    matches: tuple[Match, ...] = ()


class Explanation(msgspec.Struct, frozen=True):
    """The views, every trigger of the policy, and the receipt that follows."""

    sights: tuple[Sight, ...]
    answers: tuple[Answer, ...]
    receipt: Receipt


def explain(scanner: Scanner, message: ScanInput) -> Explanation:
    """The scan of a message with the way to each of its answers."""
    receipt = scanner.scan(message)
    fired = {marker.id: marker for marker in receipt.markers}
    matches = tuple(_matches(scanner, message, receipt))
    reading = scanner.reader.read(message, scanner.bundle, None if message.language else identifier())
    answers = (
        _answer(reading, key, trigger, fired, matches) for key, trigger in scanner.bundle.triggers.items()
    )
    text, spelling = readable(message.text), scanner.reader.spelling(_code(receipt))
    sights = (Sight(view.name, _shown(view.data)) for view in views(text, spelling))
    return Explanation(tuple(sights), tuple(answers), receipt)


def _code(receipt: Receipt) -> str:
    return receipt.language.code if receipt.language else ""


def _shown(data: bytes) -> str:
    return _BLANKS.sub(" ... ", data.replace(b"\xff", b"?").decode("ascii", "replace"))


def _matches(scanner: Scanner, message: ScanInput, receipt: Receipt) -> Iterator[Match]:
    """Every match of every entry, once for each place."""
    reader, text = scanner.reader, readable(message.text)
    covered, seen = zones(text), set()
    for view in views(text, reader.spelling(_code(receipt))):
        for index, entry in reader.matcher.present(view):
            for span, spared in entry.verdicts(view, text):
                quoted = covered.hold(span.start, span.end)
                why = "quoted, or a signature or footer" if quoted and not spared else spared
                key = (index, span, why)
                if key not in seen:
                    seen.add(key)
                    where = reader.entries[index]
                    name = f"{where.family}.{where.name} ({where.language or 'policy'})"
                    yield Match(name, view.name, span.start, span.end, text[span.start : span.end], why)


def _answer(
    reading: Reading,
    key: str,
    trigger: Trigger,
    fired: Mapping[str, Marker],
    matches: tuple[Match, ...],
) -> Answer:
    families = (*trigger.rule.lexicon, f"policy:{key}")
    own = tuple(match for match in matches if match.entry.split(".")[0] in families)
    if key in fired:
        return Answer(key, True, _effect(trigger), fired[key].evidence, own)
    return Answer(key, False, _why_not(reading, trigger, own), (), own)


def _effect(trigger: Trigger) -> Sentence:
    said = (
        Sentence("At least tier %(tier)s, locked, priority P%(priority)s.")
        if trigger.lock
        else Sentence("At least tier %(tier)s, priority P%(priority)s.")
    )
    return said.of(tier=int(trigger.floor), priority=int(trigger.priority))


def _why_not(reading: Reading, trigger: Trigger, own: tuple[Match, ...]) -> Value:
    rule = trigger.rule
    if rule.detector == d.EMOTION:
        score = Figure(emotion(reading, rule.lexicon or EMOTIONS)[0])
        return _LOW.of(score=score, limit=reading.bundle.thresholds[rule.above].value)
    if any(not match.spared for match in own):
        return Sentence("The words were found, and the facts do not bear them out.")
    if own:
        return _SPARED.of(why=word(max(own, key=_by_context).spared))
    said = (
        Sentence("None of its words occur.") if rule.lexicon or rule.phrases else None,
        _unheard(reading, trigger),
        _NOT_DETECTED.of(detector=spelled(rule.detector)) if rule.detector else None,
        _NOT_ASKED.of(fact=spelled(rule.fact)) if rule.fact else None,
    )
    return joined(filter(None, said), " ")


def _by_context(match: Match) -> bool:
    return match.spared.startswith("spared")


def _unheard(reading: Reading, trigger: Trigger) -> Sentence | None:
    """What the models make of a family of the rule, where that has a floor."""
    rule = trigger.rule
    if not rule.above or not rule.lexicon:
        return None
    loudest = reading.loudest(rule.lexicon)
    limit = reading.bundle.thresholds[rule.above].value
    if loudest is None:
        return Sentence("No model was asked.")
    return _NOT_HEARD.of(score=Figure(loudest[1].score), family=spelled(loudest[0]), limit=limit)


def spelled(key: str) -> Sentence:
    """A name of the rules as words."""
    return word(key.replace("_", " "))
