"""Why each rule fired or did not: the scan told step by step, as a value that a page can show."""

import re
from collections.abc import Iterator, Mapping

import msgspec

from newel.domain.policy.bundle import Trigger
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

# Far from what it changes a view is blank.
_BLANKS = re.compile(r"\n{40,}")


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
    why: str
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


def _effect(trigger: Trigger) -> str:
    lock = ", locked" if trigger.lock else ""
    return f"at least tier {int(trigger.floor)}{lock}, priority P{int(trigger.priority)}"


def _why_not(reading: Reading, trigger: Trigger, own: tuple[Match, ...]) -> str:
    rule = trigger.rule
    if rule.detector == d.EMOTION:
        score = emotion(reading, rule.lexicon or EMOTIONS)[0]
        return f"the score {score:.2f} is not over {reading.bundle.thresholds[rule.above].value:g}"
    if any(not match.spared for match in own):
        return "the words were found, and the facts do not bear them out"
    if own:
        return max(own, key=lambda match: match.spared.startswith("spared")).spared
    said = (
        "none of its words occur" if rule.lexicon or rule.phrases else "",
        _unheard(reading, trigger),
        f"{rule.detector} found nothing" if rule.detector else "",
        f"the customer's {rule.fact} does not ask for it" if rule.fact else "",
    )
    return "; ".join(filter(None, said))


def _unheard(reading: Reading, trigger: Trigger) -> str:
    """What the models make of a family of the rule, where that has a floor."""
    rule = trigger.rule
    if not rule.above or not rule.lexicon:
        return ""
    loudest = reading.loudest(rule.lexicon)
    limit = reading.bundle.thresholds[rule.above].value
    if loudest is None:
        return "no model was asked"
    return f"the model's {loudest[1].score:.2f} for {loudest[0]} is not over {limit:g}"
