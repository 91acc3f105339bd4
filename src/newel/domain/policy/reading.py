"""A policy in words: every entry as a sentence with its owner and date, to be read in one sitting."""

from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from newel.domain.policy import reading_acts as acts
from newel.domain.policy import reading_review as review
from newel.domain.policy import reading_rules as rules
from newel.domain.policy import reading_time as time
from newel.domain.policy.bundle import Bundle
from newel.domain.policy.owned import kept
from newel.domain.policy.reading_row import Row, low, plain
from newel.domain.sentence import Sentence, joined

_RIGHT: Final = Sentence("Right means")
_DUTIES: Final = {
    "quality": Sentence("Quality"),
    "risk_decisions": Sentence("Risk decisions"),
    "exception_resolution": Sentence("Exception resolution"),
    "improvement": Sentence("Improvement"),
}
_TEXT_IN: Final = Sentence("%(name)s, %(language)s")
_PHRASES: Final = Sentence("%(count)s phrases")
_EXAMPLES: Final = Sentence("%(count)s examples")
_MATCHER: Final = Sentence("Matcher")
_STANDS: Final = Sentence("For phrases %(matcher)s; stands on %(what)s.")
_NUMBER: Final = Sentence("%(name)s %(value)s")
_TITLES: Final = {
    "owners": Sentence("Who answers for it"),
    "triggers": Sentence("Triggers"),
    "thresholds": Sentence("Thresholds"),
    "risk": Sentence("Risk factors"),
    "ceilings": Sentence("Ceilings"),
    "actions": Sentence("Acts"),
    "playbooks": Sentence("Playbooks"),
    "offers": Sentence("Recommendations"),
    "knowledge": Sentence("Knowledge"),
    "sla": Sentence("Service levels"),
    "routing": Sentence("Routing and hours"),
    "gates": Sentence("Sampling"),
    "scorecard": Sentence("Scorecard"),
    "fields": Sentence("Fields"),
    "systems": Sentence("Systems of record"),
    "surveys": Sentence("Surveys"),
    "messages": Sentence("Templates"),
    "commitments": Sentence("Words that commit"),
    "outside": Sentence("Outside"),
    "calibration": Sentence("Calibration"),
    "suite": Sentence("Suite"),
    "opinion": Sentence("Second opinion"),
}
_ABOUT: Final = {
    "owners": Sentence("Four duties, each with a name."),
    "triggers": Sentence(
        "Looked at for every message, before any AI is asked. A marker keeps the AI silent."
    ),
    "thresholds": Sentence("Numbers that people tune."),
    "risk": Sentence("What each adds to the risk score, from 0 to 1."),
    "ceilings": Sentence("The most that an approval may release; never above what was paid."),
    "actions": Sentence("What may be done in other systems, and by whose authority."),
    "playbooks": Sentence("The documented path of each contact reason."),
    "offers": Sentence(
        "What the person on a case may offer besides; never where anything is wrong, and never by itself."
    ),
    "knowledge": Sentence("What the AI may quote."),
    "sla": Sentence("The time that each priority has."),
    "routing": Sentence("How work finds its person, and when people are in."),
    "gates": Sentence("How people stand in the loop, by what a wrong answer costs."),
    "scorecard": Sentence("What a review asks, of people and of the AI alike."),
    "fields": Sentence("What a back-office item holds."),
    "systems": Sentence("What is asked, and what is acted upon."),
    "surveys": Sentence("What customers are asked as an episode ends."),
    "messages": Sentence("Fixed texts that the system sends by itself."),
    "commitments": Sentence("An AI reply that says one of these commits the company: a person releases it."),
    "outside": Sentence("What this workflow does not answer."),
    "calibration": Sentence("What makes the AI's confidence a probability."),
    "opinion": Sentence(
        "A language model is asked of each answer that would leave without a person; it can send it to one."
    ),
    "suite": Sentence("Each version is tried on these before it goes live, and what runs each day."),
}


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """One part of the policy."""

    key: str
    title: Sentence
    about: Sentence
    rows: tuple[Row, ...]


def read(bundle: Bundle) -> tuple[Section, ...]:
    """The whole policy but for the steps of its playbooks; parts that are empty are left out."""
    made = (
        Section(key=key, title=_TITLES[key], about=_ABOUT[key], rows=tuple(rows))
        for key, rows in _sections(bundle)
    )
    return tuple(section for section in made if section.rows)


def _sections(bundle: Bundle) -> Iterator[tuple[str, Iterable[Row]]]:
    yield "owners", _owners(bundle)
    yield "triggers", rules.triggers(bundle)
    yield "opinion", rules.opinion(bundle)
    yield "thresholds", rules.thresholds(bundle)
    yield "risk", rules.risk(bundle)
    yield "ceilings", acts.ceilings(bundle)
    yield "actions", acts.actions(bundle)
    yield "playbooks", acts.playbooks(bundle)
    yield "offers", acts.offers(bundle)
    yield "knowledge", acts.knowledge(bundle)
    yield "sla", time.sla(bundle)
    yield "routing", time.routing(bundle)
    yield "gates", review.gates(bundle)
    yield "scorecard", review.scorecard(bundle)
    yield "fields", acts.fields(bundle)
    yield "systems", acts.systems(bundle)
    yield "surveys", review.surveys(bundle)
    yield "messages", _messages(bundle)
    yield "commitments", _commitments(bundle)
    yield "outside", _outside(bundle)
    yield "calibration", _calibration(bundle)
    yield "suite", review.suite(bundle)


def _owners(bundle: Bundle) -> Iterator[Row]:
    yield Row(name=_RIGHT, words=bundle.definition_of_right)
    for duty, said in _DUTIES.items():
        yield Row(name=said, words=getattr(bundle.owners, duty))


def _messages(bundle: Bundle) -> Iterator[Row]:
    for key, text in bundle.messages.items():
        yield kept(bundle, ("messages", key), plain(key), quotes=(text,))
    for language, texts in bundle.texts.items():
        for key, text in texts.items():
            name = _TEXT_IN.of(name=plain(key), language=language)
            yield kept(bundle, ("texts", language, key), name, quotes=(text,))


def _commitments(bundle: Bundle) -> Iterator[Row]:
    if bundle.commitments:
        name = _PHRASES.of(count=len(bundle.commitments))
        yield kept(bundle, ("commitments",), name, quotes=bundle.commitments)


def _outside(bundle: Bundle) -> Iterator[Row]:
    if bundle.outside:
        name = _EXAMPLES.of(count=len(bundle.outside))
        yield kept(bundle, ("outside",), name, quotes=bundle.outside)


def _calibration(bundle: Bundle) -> Iterator[Row]:
    if bundle.calibration:
        about = bundle.calibration.about.items()
        stands = joined(_NUMBER.of(name=low(key), value=value) for key, value in about)
        words = _STANDS.of(matcher=bundle.calibration.matcher, what=stands)
        yield kept(bundle, ("calibration",), _MATCHER, words)
