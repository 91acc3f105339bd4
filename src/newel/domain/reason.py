"""Reasons in words: what a trigger, a decision or an end of an approval is called to people."""

from collections.abc import Mapping
from typing import Final

KNOWN: Final[Mapping[str, str]] = {
    "request.person": "Asks for a person",
    "request.prefers_human": "Prefers people",
    "legal.dictionary": "Legal words",
    "reputation.threat": "Threatens to go public",
    "repeat.contact": "Wrote about it before",
    "emotion.floor": "Upset",
    "complexity.several_orders": "Several orders at once",
    "complexity.several_products": "Several products at once",
    "complexity.customs": "Customs",
    "complexity.partial_usage": "Partly used",
    "value.lifetime": "High value",
    "value.vip": "VIP",
    "value.vulnerable": "Vulnerable",
    "topic.safety": "Safety",
    "topic.fraud": "Fraud",
    "topic.account_security": "Account security",
    "topic.regulated": "Regulated topic",
    "topic.bank_change": "Change of bank details",
    "injection.instructions": "Tries to instruct the AI",
    "data.missing_field": "A field is missing",
    "data.conflict": "Data contradict each other",
    "data.format": "Data in a wrong format",
    "data.duplicate": "A duplicate",
    "risk_words.refund": "Speaks of money back",
    "risk_words.account": "Speaks of the account",
    "language.unsupported": "A language that the AI does not write",
    "risk.score": "Risk over the threshold",
    "scanner.failed": "The scan failed",
    "attachment.unread": "A file that no AI reads",
    "confidence_under_minimum": "The AI was not sure",
    "confidence_not_calibrated": "The AI's certainty is not proven here",
    "no_answer": "The AI has no answer",
    "takeover": "Taken over",
    "merged": "Merged with another case",
    "approval.rejected": "The AI's proposal was rejected",
    "approval.expired": "The AI's proposal expired",
    "approval.invalidated": "The AI's proposal no longer fits",
    "approval.withdrawn": "The AI's proposal was withdrawn",
    "not_in_time": "did not come in time",
    "unavailable": "cannot be reached",
    "no_such_system": "no system has it",
    "no_such_record": "there is no such record",
    "not_their_order": "the record is somebody else's",
    "missing_fact": "a fact is missing",
    "no_path_applies": "no path applies",
    "path_leads_to_a_person": "this path is a person's",
    "amount_is_not_a_fact": "the amount is on no record",
}


def said(reason: str) -> str:
    """A reason as people say it; one that is not known here is spelled out: ``no_playbook_fits``."""
    if reason in KNOWN:
        return KNOWN[reason]
    head, _, rest = reason.partition(":")
    if head in KNOWN and rest:
        return f"{KNOWN[head]}: {_further(rest)}"
    plain = reason.replace("_", " ").replace(".", ": ").replace(":", ": ").replace(":  ", ": ")
    return plain[:1].upper() + plain[1:]


def _further(rest: str) -> str:
    """What stands behind a reason: again one, with what it is about."""
    head, _, about = rest.partition(":")
    words = KNOWN.get(head, head.replace("_", " "))
    return f"{words} ({about.replace('_', ' ')})" if about else words
