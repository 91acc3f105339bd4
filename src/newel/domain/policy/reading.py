"""A policy in words: every entry as a sentence with its owner and date, to be read in one sitting."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

import msgspec

from newel.domain.policy.bundle import (
    ActionClass,
    Bundle,
    Ceiling,
    Rule,
    SlaTargets,
    Threshold,
    Trigger,
)
from newel.domain.policy.entry import Entry
from newel.domain.policy.offer import in_words as offered
from newel.domain.policy.overflow import in_words
from newel.domain.policy.quality import Sampling
from newel.domain.policy.tuned import MEASURED
from newel.domain.words import Assist, Money, Pattern, Survey

_ASSISTS: Final = {
    Assist.NONE: "the AI does not help",
    Assist.SUMMARISE: "the AI summarises",
    Assist.DRAFT: "the AI may draft",
}
_PATTERNS: Final = {
    Pattern.SAMPLING: "The AI's answers leave",
    Pattern.GATING: "The AI's answers leave once they pass the gate",
    Pattern.APPROVAL_FIRST: "A person approves each answer before it leaves",
}
_SURVEYS: Final = {
    Survey.CSAT: "how we did (CSAT, 1 to 5)",
    Survey.NPS: "whether they would recommend us (NPS, 0 to 10)",
    Survey.EFFORT: "how easy it was (effort, 1 to 7)",
}
_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One entry: its name, what it says, who answers for it and since when; ``quotes`` are its own texts."""

    name: str
    words: str
    quotes: tuple[str, ...] = ()
    owner: str = ""
    since: date | None = None
    mark: str = ""


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """One part of the policy."""

    key: str
    title: str
    about: str
    rows: tuple[Row, ...]


def read(bundle: Bundle) -> tuple[Section, ...]:
    """The whole policy but for the steps of its playbooks; parts that are empty are left out."""
    made = (
        Section(key=key, title=title, about=about, rows=tuple(rows))
        for key, title, about, rows in _sections(bundle)
    )
    return tuple(section for section in made if section.rows)


def _sections(bundle: Bundle) -> Iterator[tuple[str, str, str, Iterable[Row]]]:
    yield "owners", "Who answers for it", "Four duties, each with a name.", _owners(bundle)
    about = "Looked at for every message, before any AI is asked. A marker keeps the AI silent."
    yield "triggers", "Triggers", about, _triggers(bundle)
    yield "thresholds", "Thresholds", "Numbers that people tune.", _thresholds(bundle)
    yield "risk", "Risk factors", "What each adds to the risk score, from 0 to 1.", _risk(bundle)
    about = "The most that an approval may release; never above what was paid."
    yield "ceilings", "Ceilings", about, _ceilings(bundle)
    yield "actions", "Acts", "What may be done in other systems, and by whose authority.", _actions(bundle)
    yield "playbooks", "Playbooks", "The documented path of each contact reason.", _playbooks(bundle)
    about = "What the person on a case may offer besides; never where anything is wrong, and never by itself."
    yield "offers", "Recommendations", about, _offers(bundle)
    yield "knowledge", "Knowledge", "What the AI may quote.", _knowledge(bundle)
    yield "sla", "Service levels", "The time that each priority has.", _sla(bundle)
    yield (
        "routing",
        "Routing and hours",
        "How work finds its person, and when people are in.",
        _routing(bundle),
    )
    yield "gates", "Sampling", "How people stand in the loop, by what a wrong answer costs.", _gates(bundle)
    about = "What a review asks, of people and of the AI alike."
    yield "scorecard", "Scorecard", about, _scorecard(bundle)
    yield "fields", "Fields", "What a back-office item holds.", _fields(bundle)
    yield "systems", "Systems of record", "What is asked, and what is acted upon.", _systems(bundle)
    yield "surveys", "Surveys", "What customers are asked as an episode ends.", _surveys(bundle)
    yield "messages", "Templates", "Fixed texts that the system sends by itself.", _messages(bundle)
    about = "An AI reply that says one of these commits the company: a person releases it."
    yield "commitments", "Words that commit", about, _commitments(bundle)
    yield "outside", "Outside", "What this workflow does not answer.", _outside(bundle)
    yield "calibration", "Calibration", "What makes the AI's confidence a probability.", _calibration(bundle)


def _of(name: str, entry: Entry, words: str, *, quotes: tuple[str, ...] = (), mark: str = "") -> Row:
    after = f" After {entry.post_mortem}." if entry.post_mortem else ""
    return Row(name=name, words=words + after, quotes=quotes, owner=entry.owner, since=entry.date, mark=mark)


def _owners(bundle: Bundle) -> Iterator[Row]:
    yield Row(name="Right means", words=bundle.definition_of_right)
    for duty in ("quality", "risk_decisions", "exception_resolution", "improvement"):
        yield Row(name=plain(duty), words=getattr(bundle.owners, duty))


def _triggers(bundle: Bundle) -> Iterator[Row]:
    for key, one in bundle.triggers.items():
        words = f"{when(one.rule, bundle)} {effect(one)}"
        yield _of(plain(key), one, words, quotes=one.rule.phrases, mark="marker" if one.lock else "")


def when(rule: Rule, bundle: Bundle) -> str:
    """What makes a trigger fire, as a sentence."""
    parts = []
    heard = bool(rule.above and rule.lexicon and not {rule.fact, rule.detector} & MEASURED)
    if rule.lexicon:
        also = ", or a model hears them" if heard else ""
        parts.append(f"the message has words of {_all(rule.lexicon)}{also}")
    if rule.phrases:
        parts.append(f"the message has one of {len(rule.phrases)} own phrases")
    if rule.fact:
        parts.append(f"the customer's record says {_low(rule.fact)}")
    if rule.detector:
        parts.append(f"{_low(rule.detector)} is found")
    above = f", above {_low(rule.above)} ({_value(rule.above, bundle)})" if rule.above else ""
    return f"When {' or '.join(parts) or 'nothing yet'}{above}:"


def effect(one: Trigger) -> str:
    """What a trigger does, as a sentence."""
    if one.floor < 3:
        return "a person approves what the AI proposes."
    said = [f"a person has it as {one.priority.name}", _ASSISTS[one.assist]]
    if one.preset:
        said.append(f"with the time of {_low(one.preset)}")
    if one.skills:
        said.append(f"for people with {_all(one.skills)}")
    if one.regulated:
        said.append("specialists only")
    if one.deflection:
        said.append("articles are offered first")
    return ", ".join(said) + ("; the AI sends nothing until a person lowers it." if one.lock else ".")


def _value(key: str, bundle: Bundle) -> str:
    found = bundle.thresholds.get(key)
    return threshold(key, found, bundle.currency) if found else "not set"


def threshold(key: str, one: Threshold, currency: str) -> str:
    """A threshold's value with its unit, which is part of its name."""
    if key.endswith("_minor"):
        return str(Money(int(one.value), currency))
    unit = key.rsplit("_", 1)[-1]
    if unit in {"days", "seconds", "minutes", "hours"}:
        return f"{one.value:g} {unit}"
    return f"{one.value:g}"


def _thresholds(bundle: Bundle) -> Iterator[Row]:
    for key, one in bundle.thresholds.items():
        note = f": {one.note}" if one.note else ""
        by = f", heard by the model {one.model}" if one.model else ""
        yield _of(plain(key), one, f"{threshold(key, one, bundle.currency)}{note}{by}.")


def _risk(bundle: Bundle) -> Iterator[Row]:
    for key, one in bundle.risk.items():
        yield _of(plain(key), one, f"Adds {one.weight:g}.")


def ceiling(one: Ceiling, currency: str) -> str:
    """A ceiling as a sentence."""
    cap, floor = Money(one.cap_minor, currency), Money(one.floor_minor, currency)
    share = f"{one.lifetime_share * 100:g} % of what the customer has spent"
    return f"At most {cap}: {share}, but {floor} at least, counted over {one.window_days} days."


def _ceilings(bundle: Bundle) -> Iterator[Row]:
    for key, one in bundle.ceilings.items():
        yield _of(plain(key), one, ceiling(one, bundle.currency))


def authority(one: ActionClass, currency: str) -> str:
    """By whose authority an act is done, as a sentence."""
    where = f"In {_low(one.system)}; touches {'nothing of record' if one.effect == 'none' else one.effect}."
    if one.autonomous:
        upto = Money(one.autonomous_ceiling_minor, currency)
        money = f" up to {upto}" if one.effect == "money" else ""
        return f"The AI may do it by itself{money}. {where}"
    limit = f", within the ceiling {_low(one.ceiling)}" if one.ceiling else ""
    return f"A person approves it{limit}. {where}"


def _actions(bundle: Bundle) -> Iterator[Row]:
    for key, one in bundle.actions.items():
        mark = "autonomous" if one.autonomous else ""
        yield _of(plain(key), one, authority(one, bundle.currency), mark=mark)


def _playbooks(bundle: Bundle) -> Iterator[Row]:
    for key, one in bundle.playbooks.items():
        acts = sorted({path.act.action for path in one.paths if path.act})
        does = f"may propose {_all(acts)}" if acts else "answers only"
        ways = "one way" if len(one.paths) == 1 else f"{len(one.paths)} ways"
        words = f"{one.title}: {ways}, {does}; {one.risk} risk."
        yield _of(plain(key), one, words, mark="certified" if one.certificate else "")


def _offers(bundle: Bundle) -> Iterator[Row]:
    for key, one in bundle.offers.items():
        words = offered(one, bundle.languages[0])
        yield _of(plain(key), one, words, quotes=(one.because, one.text, *one.texts.values()))


def _knowledge(bundle: Bundle) -> Iterator[Row]:
    if bundle.knowledge:
        one = bundle.knowledge
        sure = f"if the match is {one.minimum_confidence:.0%} sure or more"
        yield _of("Articles", one, f"From {_all(one.collections)}, {sure}; {one.risk} risk.")


def _sla(bundle: Bundle) -> Iterator[Row]:
    for key, one in bundle.sla.targets.items():
        yield _of(str(key), one, targets(one))
    for preset, one in bundle.sla.presets.items():
        yield _of(f"Preset {_low(preset)}", one, targets(one))
    minutes, times = bundle.sla.approval_minutes, bundle.sla.approval_expires_after_targets
    yield Row(
        name="Approval",
        words=f"Decided within {span(minutes)} of business time; it expires after {times} times that.",
    )
    told = ", ".join(f"{percent} %" for percent in bundle.sla.alerts_percent)
    yield Row(name="Alerts", words=f"At {told} of the time.")


def targets(one: SlaTargets) -> str:
    """The times of a priority, as a sentence."""
    clock = "around the clock" if one.around_the_clock else "in business time"
    first, then = span(one.first_response_minutes), span(one.next_response_minutes)
    whole = span(one.resolution_minutes)
    return f"Resolved within {whole}, first answer within {first}, next within {then}, {clock}."


def span(minutes: int) -> str:
    """Minutes as people say them."""
    return f"{minutes // 60} h" if minutes and minutes % 60 == 0 else f"{minutes} min"


def _routing(bundle: Bundle) -> Iterator[Row]:
    one, hours = bundle.routing, bundle.calendar
    call = f" On call: {one.on_call}." if one.on_call else ""
    words = (
        f"After {one.generalist_after_seconds} s people with {_low(one.generalist_skill)} may take it too; "
        f"an alert when {one.depth_alert_percent} % of the usual waits.{call}"
    )
    yield _of("Routing", one, words)
    if bundle.overflow:
        yield _of("Overflow pool", bundle.overflow, in_words(bundle.overflow))
    week = {str(day): spans for day, spans in hours.week.items()}
    said = "; ".join(f"{day.capitalize()} {' and '.join(week[day])}" for day in _DAYS if week.get(day))
    closed = f", closed on {_all(map(str, hours.closed))}" if hours.closed else ""
    feasts = f", without the holidays of {hours.country}" if hours.country else ""
    yield _of("Business hours", hours, f"{said} ({hours.zone}){feasts}{closed}.")
    if bundle.deflection:
        off = bundle.deflection
        words = (
            f"Up to {off.articles} articles are offered once for want of confidence; a person after "
            f"{span(off.chat_minutes)} (chat) or {span(off.mail_minutes)} (mail) of silence."
        )
        yield _of("Articles first", off, words if off.enabled else "No articles are offered first.")


def _gates(bundle: Bundle) -> Iterator[Row]:
    for risk, one in bundle.gates.items():
        sampled = f"; {one.sample_share:.0%} are marked for review" if one.sample_share else ""
        held = f"; {one.held_share:.0%} wait for a reviewer first" if one.held_share else ""
        yield _of(f"{str(risk).capitalize()} risk", one, f"{_PATTERNS[one.pattern]}{held}{sampled}.")
    if bundle.sampling:
        yield _of("Reviews of people's work", bundle.sampling, sampling(bundle.sampling))


def sampling(one: Sampling) -> str:
    """How much is reviewed, and when that rises, as a sentence."""
    return (
        f"{one.approved_share:.0%} of what a person approved and {one.resolved_share:.0%} of what people "
        f"resolved are marked for review. When the last {one.window} show that less than {one.target:.0%} "
        f"passed, {one.raised_times:g} times as much is reviewed, until {one.floor:.0%} are sure to pass "
        f"({one.confidence:.0%} sure)."
    )


def _scorecard(bundle: Bundle) -> Iterator[Row]:
    card = bundle.scorecard
    if card is None:
        return
    for key, one in card.criteria.items():
        mark = "critical" if one.critical else ""
        yield Row(name=plain(key), words=f"{one.asks} Weighs {one.weight:g}.", mark=mark)
    yield _of("Passed", card, f"From {card.pass_score:.0%} on, and with no critical question missed.")


def _fields(bundle: Bundle) -> Iterator[Row]:
    for key, one in bundle.fields.items():
        need = "Needed" if one.required else "May be there"
        source = f", known to {_low(one.known_source)}" if one.known_source else ""
        shape = f", shaped like {one.pattern}" if one.pattern else ""
        yield Row(name=plain(key), words=f"{need}: {one.type}{shape}{source}.")


def _systems(bundle: Bundle) -> Iterator[Row]:
    for key, one in bundle.systems.items():
        reads = f"Looks up {_all(one.look_ups)}" if one.look_ups else "Looks nothing up"
        acts = f"; does {_all(one.actions)}" if one.actions else ""
        yield _of(plain(key), one, f"{reads}{acts}; waits {one.timeout_seconds:g} s.")


def _surveys(bundle: Bundle) -> Iterator[Row]:
    if bundle.kind == "items":
        return
    asked = [_SURVEYS[kind] for kind in bundle.surveys]
    turns = " Each case is asked one of them, in turns." if len(asked) > 1 else ""
    words = f"Customers are asked {', or '.join(asked)}.{turns}" if asked else "Nobody is asked."
    yield Row(name="At the end", words=words)


def _messages(bundle: Bundle) -> Iterator[Row]:
    for key, text in bundle.messages.items():
        yield Row(name=plain(key), words="", quotes=(text,))
    for language, texts in bundle.texts.items():
        for key, text in texts.items():
            yield Row(name=f"{plain(key)}, {language}", words="", quotes=(text,))


def _commitments(bundle: Bundle) -> Iterator[Row]:
    if bundle.commitments:
        yield Row(name=f"{len(bundle.commitments)} phrases", words="", quotes=bundle.commitments)


def _outside(bundle: Bundle) -> Iterator[Row]:
    if bundle.outside:
        yield Row(name=f"{len(bundle.outside)} examples", words="", quotes=bundle.outside)


def _calibration(bundle: Bundle) -> Iterator[Row]:
    if bundle.calibration:
        stands = ", ".join(f"{_low(key)} {value:g}" for key, value in bundle.calibration.about.items())
        yield Row(name="Matcher", words=f"For phrases {bundle.calibration.matcher}; stands on {stands}.")


def plain(key: str) -> str:
    """A key as words: ``legal.dictionary`` → ``Legal: dictionary``."""
    said = _low(key)
    return said[:1].upper() + said[1:]


def _low(key: str) -> str:
    return key.replace("_", " ").replace(".", ": ")


def _all(names: Iterable[str]) -> str:
    said = [_low(name) for name in names]
    return " and ".join(filter(None, (", ".join(said[:-1]), said[-1] if said else "")))
