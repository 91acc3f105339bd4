"""The scanner: all triggers of one policy version over one message, as a pure function.

``compile_scanner`` prepares it once; ``scan`` may then be called from any thread.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple
from uuid import UUID

from newel.domain.errors import Invalid
from newel.domain.policy.bundle import Bundle
from newel.domain.policy.triggers import Trigger
from newel.domain.policy.tuned import MEASURED
from newel.domain.scan import detectors as d
from newel.domain.scan.emotion import EMOTIONS, emotion
from newel.domain.scan.features import ENCODER, FITTED, HEARD, OWN, ScanInput, check_bounds
from newel.domain.scan.language import Identifier, identifier
from newel.domain.scan.lexicon import Lexicon, own_entry
from newel.domain.scan.reader import Reader
from newel.domain.scan.reading import Reading, fact
from newel.domain.scan.receipt import Evidence, Marker, Receipt, Risk
from newel.domain.scan.repeat import past_in_window, same_matter, unconfirmed
from newel.domain.scan.risk import RiskFacts, check_factors, risk_score
from newel.domain.sentence import Figure, Sentence
from newel.domain.words import Assist, Cluster, Priority, Tier

_FIRST = {Cluster.REQUEST: 0, Cluster.TOPIC: 1, Cluster.LEGAL: 2}
_RISK_RANK, _OTHER_RANK = 3, 4
_OVER = Sentence("risk score %(score)s is over %(limit)s")


class _Compiled(NamedTuple):
    """A trigger ready to be looked at; ``phrases`` are families that fire it by themselves."""

    id: str
    trigger: Trigger
    phrases: tuple[str, ...]
    limit: float

    @property
    def sums_risk(self) -> bool:
        return self.trigger.rule.detector == d.RISK


def compile_scanner(bundle: Bundle, lexicon: Lexicon) -> "Scanner":
    """The scanner of a policy version; a rule that could never fire is refused."""
    for key, trigger in bundle.triggers.items():
        _check(key, trigger, bundle, lexicon)
    check_factors(bundle.risk, bundle.triggers)
    return Scanner(bundle, lexicon)


def _check(key: str, trigger: Trigger, bundle: Bundle, lexicon: Lexicon) -> None:
    rule = trigger.rule
    named = (
        ("lexicon family", rule.lexicon, lexicon.families),
        ("detector", (rule.detector,), {"", *d.KNOWN_DETECTORS}),
        ("fact", (rule.fact,), {"", *d.KNOWN_FACTS}),
        ("threshold", (rule.above,), {"", *bundle.thresholds}),
    )
    for what, names, known in named:
        for name in names:
            if name not in known:
                raise Invalid(what=f"trigger {key}", why=f"there is no {what} {name}")
    if rule.fact == "segment" and not rule.phrases:
        raise Invalid(what=f"trigger {key}", why="name the segments under phrases")


class Scanner:
    """Compiled triggers; holds no state of any message."""

    def __init__(self, bundle: Bundle, lexicon: Lexicon) -> None:
        self.bundle = bundle
        self._triggers = tuple(_compiled(key, trigger, bundle) for key, trigger in bundle.triggers.items())
        own = [
            own_entry(key, trigger.rule.phrases, trigger.owner, trigger.date)
            for key, trigger in bundle.triggers.items()
            if trigger.rule.phrases and trigger.rule.fact != "segment"
        ]
        served = tuple(code for code in bundle.languages if code in lexicon.languages)
        self.reader = Reader(lexicon.entries, lexicon.spellings, served, own)

    def scan(self, message: ScanInput) -> Receipt:
        """Every trigger with its evidence, and what follows; raises for an oversized message."""
        reading, model = self._read(message)
        fired = tuple(self._fired(reading))
        risk = self._risk(reading, fired)
        summed = tuple(
            _marker(each, fact(_OVER.of(score=Figure(risk.score), limit=each.limit)))
            for each in self._triggers
            if each.sums_risk and risk.score > each.limit
        )
        return self._receipt(reading, (*fired, *summed), risk, _missing(reading, model))

    def again(self, message: ScanInput) -> tuple[UUID, ...]:
        """The cases in the message's history whose matter it comes back to, in the order of their ids."""
        reading, _ = self._read(message)
        return tuple(sorted({past.case_id for past in same_matter(reading) if past.case_id}))

    def _read(self, message: ScanInput) -> tuple[Reading, Identifier | None]:
        check_bounds(message)
        model = None if message.language else identifier()
        return self.reader.read(message, self.bundle, model), model

    def _fired(self, reading: Reading) -> Iterator[Marker]:
        for each in self._triggers:
            evidence = _evidence(each, reading)
            if evidence:
                yield _marker(each, evidence)

    def _risk(self, reading: Reading, fired: Sequence[Marker]) -> Risk:
        facts = RiskFacts(
            fired=frozenset(marker.id for marker in fired),
            clusters=frozenset(marker.cluster for marker in fired),
            regulated=any(marker.regulated for marker in fired),
            emotion=emotion(reading)[0],
            recent_contacts=sum(1 for _ in past_in_window(reading)),
            length=len(reading.own),
            mixed_language=reading.language.mixed,
            customer=reading.message.customer,
        )
        return risk_score(self.bundle.risk, facts)

    def _receipt(
        self, reading: Reading, markers: tuple[Marker, ...], risk: Risk, missing: tuple[str, ...]
    ) -> Receipt:
        human = [marker for marker in markers if marker.floor == Tier.HUMAN]
        first = min(human or markers, key=self._rank, default=None)
        urgent = sorted(human, key=lambda marker: marker.priority)
        return Receipt(
            policy_version=self.bundle.version,
            tier_floor=Tier(max((marker.floor for marker in markers), default=Tier.AUTONOMOUS)),
            markers=markers,
            clusters=tuple(cluster for cluster in Cluster if any(m.cluster is cluster for m in markers)),
            locked=any(marker.lock for marker in human),
            priority=min((marker.priority for marker in human), default=Priority.P3),
            assist=min((marker.assist for marker in human), default=Assist.DRAFT),
            skills=tuple(sorted({skill for marker in human for skill in marker.skills})),
            regulated=any(marker.regulated for marker in human),
            preset=next((marker.preset for marker in urgent if marker.preset), ""),
            primary=first.id if first else "",
            language=reading.language,
            risk=risk,
            not_evaluated=missing,
            notes=tuple(filter(None, (unconfirmed(reading),))),
        )

    def _rank(self, marker: Marker) -> tuple[int, int, str]:
        """Request, topic, risk, then the others: only which reason is named first."""
        sums_risk = self.bundle.triggers[marker.id].rule.detector == d.RISK
        rank = _RISK_RANK if sums_risk else _FIRST.get(marker.cluster, _OTHER_RANK)
        return rank, marker.priority, marker.id


def _missing(reading: Reading, model: Identifier | None) -> tuple[str, ...]:
    """The models that had no say: not handed in, of another language, or the library is not there."""
    message, code = reading.message, reading.language.code
    given = {signal.name for signal in message.signals if signal.knows(code)}
    unheard = tuple(name for name in HEARD if name not in given)
    if ENCODER not in {signal.name for signal in message.signals}:
        unheard = (*unheard, ENCODER)
    if reading.bundle.fitted and OWN not in reading.heard:
        unheard = (*unheard, FITTED)
    return unheard if model or message.language else (*unheard, "language")


def _compiled(key: str, trigger: Trigger, bundle: Bundle) -> _Compiled:
    rule = trigger.rule
    judged = rule.detector in d.JUDGES
    own = (f"policy:{key}",) if rule.phrases and rule.fact != "segment" else ()
    limit = bundle.thresholds[rule.above].value if rule.above else 0.0
    return _Compiled(key, trigger, (*(() if judged else rule.lexicon), *own), limit)


def _evidence(each: _Compiled, reading: Reading) -> tuple[Evidence, ...]:
    rule = each.trigger.rule
    found = (
        *(reading.evidence(each.phrases) or _heard(each, reading)),
        *(_fact(each, reading) if rule.fact else ()),
        *_detected(each, reading),
    )
    places = sorted((item for item in found if item.start is not None), key=lambda item: item.start or 0)
    return tuple(dict.fromkeys((*places, *(item for item in found if item.start is None))))


def _heard(each: _Compiled, reading: Reading) -> tuple[Evidence, ...]:
    """What a model hears of the rule's families, where the rule has a floor for it and no other measure."""
    rule = each.trigger.rule
    if not rule.above or {rule.fact, rule.detector} & MEASURED or rule.detector in d.JUDGES:
        return ()
    return d.heard_above(reading, rule.lexicon, each.limit)


def _fact(each: _Compiled, reading: Reading) -> tuple[Evidence, ...]:
    rule = each.trigger.rule
    if rule.fact == "lifetime_value":
        return d.lifetime_value_above(reading, each.limit)
    if rule.fact == "segment":
        return d.in_segment(reading, rule.phrases)
    return d.flag(reading, rule.fact)


def _detected(each: _Compiled, reading: Reading) -> tuple[Evidence, ...]:
    rule = each.trigger.rule
    if rule.detector == d.EMOTION:
        return d.emotion_above(reading, rule.lexicon or EMOTIONS, each.limit)
    detector = d.DETECTORS.get(rule.detector)
    return detector(reading) if detector else ()


def _marker(each: _Compiled, evidence: tuple[Evidence, ...]) -> Marker:
    trigger = each.trigger
    return Marker(
        id=each.id,
        cluster=trigger.cluster,
        floor=trigger.floor,
        lock=trigger.lock,
        priority=trigger.priority,
        assist=trigger.assist,
        skills=trigger.skills,
        regulated=trigger.regulated,
        preset=trigger.preset,
        evidence=evidence,
    )
