"""Reasons in words: what a trigger, a decision or an end of an approval is called to people."""

import re
from collections.abc import Mapping
from typing import Final

from newel.domain.sentence import Joined, Sentence, joined, word

KNOWN: Final[Mapping[str, Sentence]] = {
    "request.person": Sentence("Asks for a person"),
    "request.prefers_human": Sentence("Prefers people"),
    "legal.dictionary": Sentence("Legal words"),
    "reputation.threat": Sentence("Threatens to go public"),
    "repeat.contact": Sentence("Wrote about it before"),
    "emotion.floor": Sentence("Upset"),
    "complexity.several_orders": Sentence("Several orders at once"),
    "complexity.several_products": Sentence("Several products at once"),
    "complexity.customs": Sentence("Customs"),
    "complexity.partial_usage": Sentence("Partly used"),
    "complexity.off_policy": Sentence("Outside the rules"),
    "value.lifetime": Sentence("High value"),
    "value.vip": Sentence("VIP"),
    "value.vulnerable": Sentence("Vulnerable"),
    "topic.safety": Sentence("Safety"),
    "topic.fraud": Sentence("Fraud"),
    "topic.account_security": Sentence("Account security"),
    "topic.regulated": Sentence("Regulated topic"),
    "topic.bank_change": Sentence("Change of bank details"),
    "injection.instructions": Sentence("Tries to instruct the AI"),
    "data.missing_field": Sentence("A field is missing"),
    "data.conflict": Sentence("Data contradict each other"),
    "data.format": Sentence("Data in a wrong format"),
    "data.duplicate": Sentence("A duplicate"),
    "data.said": Sentence("Says that data are missing or wrong"),
    "risk_words.refund": Sentence("Speaks of money back"),
    "risk_words.account": Sentence("Speaks of the account"),
    "language.unsupported": Sentence("A language that the AI does not write"),
    "risk.score": Sentence("Risk over the threshold"),
    "scanner.failed": Sentence("The scan failed"),
    "attachment.unread": Sentence("A file that no AI reads"),
    "confidence_under_minimum": Sentence("The AI was not sure"),
    "confidence_not_calibrated": Sentence("The AI's certainty is not proven here"),
    "opinion": Sentence("Second opinion"),
    "opinion_unheard": Sentence("No second opinion came"),
    "no_answer": Sentence("The AI has no answer"),
    "ai_away": Sentence("The AI was away"),
    "deflection.silence": Sentence("Articles were offered, and nothing came of it"),
    "takeover": Sentence("Taken over"),
    "reopened": Sentence("Opened again by a person"),
    "merged": Sentence("Merged with another case"),
    "approval.rejected": Sentence("The AI's proposal was rejected"),
    "approval.expired": Sentence("The AI's proposal expired"),
    "approval.invalidated": Sentence("The AI's proposal no longer fits"),
    "approval.withdrawn": Sentence("The AI's proposal was withdrawn"),
    "action.unknown": Sentence("Outcome not known yet"),
    "action.confirmed": Sentence("Done"),
    "action.refused": Sentence("Refused by the other system"),
    "action.void": Sentence("Did not happen"),
    "action.not_authorised": Sentence("An approved action was no longer allowed"),
    "not_in_time": Sentence("did not come in time"),
    "unavailable": Sentence("cannot be reached"),
    "no_such_system": Sentence("no system has it"),
    "no_such_record": Sentence("there is no such record"),
    "not_their_order": Sentence("the record is somebody else's"),
    "missing_fact": Sentence("a fact is missing"),
    "no_path_applies": Sentence("no path applies"),
    "path_leads_to_a_person": Sentence("this path is a person's"),
    "amount_is_not_a_fact": Sentence("the amount is on no record"),
    "no_playbook_fits": Sentence("no playbook fits"),
    "no_knowledge_fits": Sentence("no article answers it"),
    "system_unavailable": Sentence("a system cannot be reached"),
    "ai_failed": Sentence("the AI failed"),
}
_OF: Final = Sentence("%(reason)s: %(what)s")
_ABOUT: Final = Sentence("%(what)s (%(about)s)")
_BETWEEN: Final = re.compile(r",(?! )")
"""Between two of them; a comma of what somebody wrote has a space behind it."""


def said(reason: str) -> Sentence:
    """A reason as people say it; one that is not known here is spelled out: ``no_playbook_fits``."""
    if reason in KNOWN:
        return KNOWN[reason]
    head, _, rest = reason.partition(":")
    if head in KNOWN and rest:
        return _OF.of(reason=KNOWN[head], what=further(rest))
    plain = reason.replace("_", " ").replace(".", ": ").replace(":", ": ").replace(":  ", ": ")
    return word(plain[:1].upper() + plain[1:])


def further(rest: str) -> Joined:
    """What stands behind a reason."""
    return joined(map(_further, _BETWEEN.split(rest)))


def _further(rest: str) -> Sentence:
    """What stands behind a reason: again one, with what it is about."""
    head, _, about = rest.partition(":")
    words = KNOWN.get(head) or word(head.replace("_", " "))
    return _ABOUT.of(what=words, about=word(about.replace("_", " "))) if about else words
