"""What each reason of a decision says."""

from collections.abc import Mapping
from typing import Final

from newel.domain.reason import KNOWN, further
from newel.domain.sentence import Sentence, joined, word
from newel.domain.telling.key import readable

REASONS: Final[Mapping[str, Sentence]] = {
    "facts_of_record": Sentence("it states facts of record with their sources"),
    "sourced_knowledge": Sentence("it quotes the help pages with their source"),
    "question_of_the_policy": Sentence("it asks what the policy lets it ask"),
    "certificate": Sentence("a certificate covers this contact reason"),
    "autonomous_action": Sentence("the signed policy lists the action as autonomous"),
    "no_certificate": Sentence("no certificate lets the AI answer this alone"),
    "review_first": Sentence("its risk class lets a reviewer see it first"),
    "approval_first": Sentence("its risk class asks for approval first"),
    "action_on_money": Sentence("the action moves money"),
    "action_on_order": Sentence("the action changes an order"),
    "action_on_account": Sentence("the action changes an account"),
    "action_on_record": Sentence("the action changes a record"),
    "above_ceiling": Sentence("the amount is above the ceiling"),
    "amount_unknown": Sentence("the amount is not known"),
    "no_ceiling": Sentence("no ceiling is set for the action"),
    "identity_not_verified": Sentence("the customer is not verified for this action"),
    "confidence_under_minimum": Sentence("the AI was not sure enough"),
    "confidence_not_calibrated": Sentence("its confidence is not calibrated"),
    "asked_enough": Sentence("it has asked often enough"),
    "risk_over_maximum": Sentence("the risk is over the policy's maximum"),
    "kill_switch": Sentence("the kill switch is engaged"),
    "marker": Sentence("a marker locked the case"),
    "scanner_error": Sentence("the scanner failed"),
    "scan_floor": Sentence("the scan saw"),
    "opinion": Sentence("a second opinion reads"),
    "opinion_unheard": Sentence("no second opinion came"),
    "second_opinion": Sentence("a second opinion read nothing that calls for a person"),
    "commitment": Sentence("the reply commits the company"),
    "no_answer": Sentence("the AI has no answer"),
    "ai_away": Sentence("the AI was away, and no answer came in time"),
    "deflection.silence": Sentence("the customer did not take up the articles"),
    "language_unsupported": Sentence("the language is not supported"),
    "unknown_action": Sentence("the action is unknown"),
    "no_rule_fired": Sentence("no rule was against it"),
    "nobody_able_on_shift": Sentence("nobody on shift is able to take it"),
    "merged": Sentence("another case of the same matter was merged into it"),
    "approval.rejected": Sentence("an approver rejected the AI's proposal"),
    "approval.expired": Sentence("no approver decided in time"),
    "approval.invalidated": Sentence("what was asked for approval has changed"),
    "approval.withdrawn": Sentence("the proposal was withdrawn"),
}
_NAMED: Final = ("no_answer", "opinion")
"""What stands behind these is a reason, or a trigger, of its own."""
_REASON_OF: Final = Sentence("%(reason)s (%(what)s)")


def reason_said(reason: str) -> Sentence:
    """A reason of a decision in words, with what it names."""
    key, _, more = reason.partition(":")
    said = REASONS.get(reason) or REASONS.get(key) or KNOWN.get(reason) or word(readable(key).lower())
    if not more:
        return said
    if key in _NAMED:
        return _REASON_OF.of(reason=said, what=further(more))
    return _REASON_OF.of(reason=said, what=joined(word(readable(one).lower()) for one in more.split(",")))
