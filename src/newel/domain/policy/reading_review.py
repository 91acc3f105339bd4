"""How work is looked at in words: gates, sampling, the scorecard, and what customers are asked at the end."""

from collections.abc import Iterator
from typing import Final

from newel.domain import reason
from newel.domain.policy.bundle import Bundle
from newel.domain.policy.owned import kept
from newel.domain.policy.quality import Gate, Sampling
from newel.domain.policy.reading_row import Row, either, plain, row_of
from newel.domain.policy.suite import AI, PERSON, Trial
from newel.domain.policy.weekly import in_words
from newel.domain.sentence import Sentence, Share, joined
from newel.domain.words import Pattern, RiskClass, Survey

_CRITICAL: Final = Sentence("critical")
_RISKS: Final = {
    RiskClass.LOW: Sentence("Low risk"),
    RiskClass.MEDIUM: Sentence("Medium risk"),
    RiskClass.HIGH: Sentence("High risk"),
}
_PATTERNS: Final = {
    Pattern.SAMPLING: Sentence("The AI's answers leave"),
    Pattern.GATING: Sentence("The AI's answers leave once they pass the gate"),
    Pattern.APPROVAL_FIRST: Sentence("A person approves each answer before it leaves"),
}
_HELD: Final = Sentence("%(share)s wait for a reviewer first")
_SAMPLED: Final = Sentence("%(share)s are marked for review")
_ENDS: Final = Sentence("%(what)s.")
_FOR_A_PERSON: Final = Sentence("A person must read it")
_FOR_THE_AI: Final = Sentence("The scan leaves it to the AI")
_FIRES: Final = Sentence("“%(trigger)s” must fire")
_UNDERSTOOD: Final = Sentence("The AI takes it for “%(title)s”")
_SAID_BEFORE: Final = Sentence("after “%(before)s”")
_OF_PEOPLE: Final = Sentence("Reviews of people's work")
_SAMPLING: Final = Sentence(
    "%(approved)s of what a person approved and %(resolved)s of what people resolved are marked for review. "
    "When the last %(window)s show that less than %(target)s passed, %(times)s times as much is reviewed, "
    "until %(floor)s are sure to pass (%(confidence)s sure)."
)
_WEEKLY: Final = Sentence("Weekly review of misses")
_WEIGHS: Final = Sentence("%(asks)s Weighs %(weight)s.")
_PASSED: Final = Sentence("Passed")
_FROM: Final = Sentence("From %(share)s on, and with no critical question missed.")
_AT_THE_END: Final = Sentence("At the end")
_ASKED: Final = Sentence("Customers are asked %(what)s.")
_ASKED_IN_TURNS: Final = Sentence("Customers are asked %(what)s. Each case is asked one of them, in turns.")
_NOBODY_ASKED: Final = Sentence("Nobody is asked.")
_SURVEYS: Final = {
    Survey.CSAT: Sentence("how we did (CSAT, 1 to 5)"),
    Survey.NPS: Sentence("whether they would recommend us (NPS, 0 to 10)"),
    Survey.EFFORT: Sentence("how easy it was (effort, 1 to 7)"),
}


def gates(bundle: Bundle) -> Iterator[Row]:
    """How people stand in the loop, by what a wrong answer costs."""
    for risk, one in bundle.gates.items():
        yield row_of(_RISKS[risk], one, _ENDS.of(what=joined(_gate(one), "; ")))
    if bundle.sampling:
        yield row_of(_OF_PEOPLE, bundle.sampling, sampling(bundle.sampling))
    yield row_of(_WEEKLY, bundle.weekly_rule, in_words(bundle.weekly_rule))


def _gate(one: Gate) -> Iterator[Sentence]:
    yield _PATTERNS[one.pattern]
    if one.held_share:
        yield _HELD.of(share=Share(one.held_share))
    if one.sample_share:
        yield _SAMPLED.of(share=Share(one.sample_share))


def sampling(one: Sampling) -> Sentence:
    """How much is reviewed, and when that rises, as a sentence."""
    return _SAMPLING.of(
        approved=Share(one.approved_share),
        resolved=Share(one.resolved_share),
        window=one.window,
        target=Share(one.target),
        times=one.raised_times,
        floor=Share(one.floor),
        confidence=Share(one.confidence),
    )


def scorecard(bundle: Bundle) -> Iterator[Row]:
    """What a review asks."""
    card = bundle.scorecard
    if card is None:
        return
    for key, one in card.criteria.items():
        mark = _CRITICAL if one.critical else None
        yield Row(name=plain(key), words=_WEIGHS.of(asks=one.asks, weight=one.weight), mark=mark)
    yield row_of(_PASSED, card, _FROM.of(share=Share(card.pass_score)))


def suite(bundle: Bundle) -> Iterator[Row]:
    """What each trial must become."""
    for key, one in bundle.suite.items():
        yield row_of(plain(key), one, _ENDS.of(what=joined(_trial(one, bundle), ", ")), quotes=(one.say,))


def _trial(one: Trial, bundle: Bundle) -> Iterator[Sentence]:
    yield _becomes(one.becomes, bundle)
    yield from (_SAID_BEFORE.of(before=before) for before in one.after)


def _becomes(what: str, bundle: Bundle) -> Sentence:
    if what in bundle.triggers:
        return _FIRES.of(trigger=reason.said(what))
    if what in bundle.playbooks:
        return _UNDERSTOOD.of(title=bundle.playbooks[what].title)
    return {PERSON: _FOR_A_PERSON, AI: _FOR_THE_AI}[what]


def surveys(bundle: Bundle) -> Iterator[Row]:
    """What customers are asked as an episode ends."""
    if bundle.kind == "items":
        return
    asked = [_SURVEYS[kind] for kind in bundle.surveys]
    said = _ASKED_IN_TURNS if len(asked) > 1 else _ASKED
    words = said.of(what=either(asked)) if asked else _NOBODY_ASKED
    yield kept(bundle, ("surveys",), _AT_THE_END, words)
