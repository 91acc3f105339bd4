"""Words for the steps of a case: events, reasons and values, as people say them."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

import msgspec

from newel.domain.attachment import Attached
from newel.domain.trace import Step
from newel.domain.words import Assist, Money

TOLD: Final[Mapping[str, str]] = {
    "message.received": "The customer wrote",
    "scan.scanned": "The message was scanned, before any AI was asked",
    "scan.failed": "The scan failed: the case is locked, and a person's",
    "case.opened": "The case began",
    "case.reopened": "The customer wrote again after the end: a new episode",
    "case.message": "The message joined the case",
    "case.deflected": "Articles were offered before a person is asked",
    "case.proposed": "The proposal waits for an approver",
    "case.approved": "A person approved; the action is under way",
    "case.held": "The answer waits for a reviewer before it leaves",
    "case.acting": "An act that the signed policy allows is under way",
    "case.answered": "The answer is on its way; the case waits for the customer",
    "case.escalated": "A person has the case from here on",
    "case.raised": "The case became more urgent or more restricted",
    "case.owned": "The case lies on somebody's desk",
    "case.requeued": "The case waits for an owner again",
    "case.waiting": "Its owner waits for the customer",
    "case.snoozed": "Its owner put it off",
    "case.woken": "The time came for which it was put off",
    "case.lowering": "A person lowered the tier or lifted a lock",
    "case.lowered": "The AI has the case again",
    "case.unlocked": "The lock is gone",
    "case.resolved": "The episode ended",
    "case.merged": "It is the same matter as another case, and goes on there",
    "case.absorbed": "Another case of the same matter was merged into it",
    "resolution.made": "How it ended",
    "review.open": "It is to be looked over",
    "review.opened": "A reviewer read it",
    "review.done": "A reviewer scored it",
    "review.released": "A reviewer let the answer leave",
    "review.corrected": "A reviewer sent a corrected answer in its place",
    "review.returned": "A reviewer returned it: a person has the case",
    "review.void": "The answer was taken back before a reviewer decided",
    "proposal.made": "The AI drafted an answer",
    "proposal.pending": "The AI proposed a reply, for a person to release",
    "proposal.released": "The AI drafted a reply that may leave without a person",
    "proposal.decided": "A person decided on the proposal",
    "proposal.discarded": "The draft was put away: it is never sent",
    "proposal.superseded": "Something newer, or a person, took the draft's place",
    "decision.release": "Tier decision: the AI answers (T1)",
    "decision.propose": "Tier decision: a person releases it (T2)",
    "decision.escalate": "Tier decision: a person does it (T3)",
    "decision.deflect": "Tier decision: articles are offered first",
    "approval.pending": "An approver was asked",
    "approval.approved": "Approved",
    "approval.rejected": "Rejected: a person gets the case with the attempt",
    "approval.expired": "Nobody decided in time",
    "approval.withdrawn": "Staff took the proposal back",
    "approval.invalidated": "What the approval bound has changed: it no longer stands",
    "action.authorised": "The action was authorised",
    "action.claimed": "The other system is called",
    "action.confirmed": "The other system confirmed the action",
    "action.refused": "The other system refused the action",
    "action.unknown": "Nobody knows whether it happened: the other system is asked, never called again",
    "action.void": "The action was taken back before any call",
    "work_item.queued": "Work waits for a person",
    "work_item.owned": "Routing found its owner",
    "work_item.claimed": "A person took it",
    "work_item.assigned": "A supervisor assigned it",
    "work_item.transferred": "Its owner passed it on",
    "work_item.taken_over": "A person took it over",
    "work_item.handed_back": "Its owner gave it back",
    "work_item.requeued": "It waits for an owner again",
    "work_item.escalated": "Its owner passed it up",
    "work_item.raised": "It became more urgent",
    "work_item.lowered": "It went back to the AI",
    "work_item.merged": "The work goes on in another case",
    "work_item.widened": "It waited long enough for generalists",
    "work_item.breached": "Its time ran out",
    "work_item.done": "The work is finished",
    "routing.potential_breach": "Nobody on shift was able to take it",
    "sla.started": "A clock began",
    "sla.alerted": "A threshold of the clock was passed",
    "sla.paused": "The clock pauses: the customer is waited for",
    "sla.resumed": "The clock goes on",
    "sla.rescheduled": "The clock's end moved, from the same start",
    "sla.met": "Reached, and the clock stopped",
    "sla.cancelled": "The clock no longer counts",
    "context.begun": "A context package was begun",
    "context.opened": "Somebody opened the package",
    "context.revealed": "Somebody looked at one hidden value",
    "context.granted": "Somebody else was let open the package",
    "note.written": "A private note",
    "draft.begun": "The owner began to write",
    "draft.cleared": "The owner sent or threw away what they had written",
    "draft.handed_over": "What was being written passed on with the case",
    "miss.marked": "“This should have been T3”",
    "question.asked": "An expert was asked",
    "question.answered": "The expert answered",
    "attachment.uploaded": "A file was uploaded, to be sent with a message",
    "attachment.sent": "The file went with a message",
    "attachment.opened": "Somebody opened the file",
    "attachment.discarded": "The file was removed before it was sent",
    "attachment.expired": "The file was never sent, and thrown away",
    "outbox.pending": "A message to the customer was written",
    "outbox.released": "The message was not taken back",
    "outbox.claimed": "The message leaves",
    "outbox.delivered": "The channel has the message",
    "outbox.withdrawn": "The message was taken back before it left",
    "outbox.dead": "The message was given up",
    "outbox.redelivered": "The message was sent on its way again",
    "feedback.pending": "What was learnt waits to be kept",
    "feedback.ingested": "What was learnt became labels",
    "feedback.dead": "What was learnt could not be kept",
    "trace.opened": "Somebody read this story, texts included",
}
REASONS: Final[Mapping[str, str]] = {
    "facts_of_record": "it states facts of record with their sources",
    "sourced_knowledge": "it quotes the help pages with their source",
    "question_of_the_policy": "it asks what the policy lets it ask",
    "certificate": "a certificate covers this contact reason",
    "autonomous_action": "the signed policy lists the action as autonomous",
    "no_certificate": "no certificate lets the AI answer this alone",
    "review_first": "its risk class lets a reviewer see it first",
    "approval_first": "its risk class asks for approval first",
    "action_on_money": "the action moves money",
    "action_on_order": "the action changes an order",
    "action_on_account": "the action changes an account",
    "action_on_record": "the action changes a record",
    "above_ceiling": "the amount is above the ceiling",
    "amount_unknown": "the amount is not known",
    "no_ceiling": "no ceiling is set for the action",
    "identity_not_verified": "the customer is not verified for this action",
    "confidence_under_minimum": "the AI was not sure enough",
    "confidence_not_calibrated": "its confidence is not calibrated",
    "asked_enough": "it has asked often enough",
    "risk_over_maximum": "the risk is over the policy's maximum",
    "kill_switch": "the kill switch is engaged",
    "marker": "a marker locked the case",
    "scanner_error": "the scanner failed",
    "scan_floor": "the scan saw",
    "commitment": "the reply commits the company",
    "no_answer": "the AI has no answer",
    "language_unsupported": "the language is not supported",
    "unknown_action": "the action is unknown",
    "no_rule_fired": "no rule was against it",
    "merged": "another case of the same matter was merged into it",
    "approval.rejected": "an approver rejected the AI's proposal",
    "approval.expired": "no approver decided in time",
    "approval.invalidated": "what was asked for approval has changed",
    "approval.withdrawn": "the proposal was withdrawn",
}
_HIDDEN: Final = frozenset(
    {
        "by",
        "attachments",
        "floor",
        "message",
        "message_id",
        "proposal_id",
        "approval_id",
        "action_id",
        "class",
    }
)
_TEXTS: Final = frozenset({"text", "reply"})


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a step says: a label and a value, or a text that somebody wrote."""

    label: str
    value: str = ""
    text: bool = False
    at: datetime | None = None


def event_said(event: str) -> str:
    """An event in words."""
    return TOLD.get(event) or readable(event)


def reason_said(reason: str) -> str:
    """A reason of a decision in words, with what it names."""
    key, _, more = reason.partition(":")
    said = REASONS.get(reason) or REASONS.get(key) or readable(key).lower()
    return f"{said} ({', '.join(readable(one).lower() for one in more.split(','))})" if more else said


def readable(key: str) -> str:
    """A key as words: ``refund_damaged`` → ``Refund damaged``."""
    said = key.replace("_", " ").replace(".", ": ")
    return said[:1].upper() + said[1:]


def told(step: Step) -> tuple[Row, ...]:
    """All that a step says, in words, what somebody wrote last."""
    rows = [row for name, value in step.detail.items() if name not in _HIDDEN for row in _rows(name, value)]
    return tuple(sorted(rows, key=lambda row: row.text))


def carried(step: Step) -> tuple[Attached, ...]:
    """The files of the message that a step shows."""
    return msgspec.convert(step.detail.get("attachments", ()), tuple[Attached, ...])


def _rows(name: str, value: Any) -> Iterator[Row]:
    label = readable(name)
    if name in _TEXTS and isinstance(value, str):
        yield Row(label=label, value=value, text=True)
    elif name in {"facts", "args", "signals", "evidence"} and isinstance(value, Mapping):
        yield from (
            Row(label=f"{label}: {readable(str(n)).lower()}", value=plain(str(n), v))
            for n, v in value.items()
        )
    elif name == "action" and isinstance(value, Mapping):
        yield from (row for part, one in value.items() for row in _rows(part, one))
    else:
        at = _moment(name, value)
        yield Row(label=label, value="" if at else plain(name, value), at=at)


def _moment(name: str, value: Any) -> datetime | None:
    if isinstance(value, datetime):
        return value
    if not (name.endswith("_at") and isinstance(value, str)):
        return None
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return None


def plain(name: str, value: Any) -> str:
    """A value as people read it; some names say how."""
    value = msgspec.to_builtins(value)
    if name == "reasons" and isinstance(value, list):
        return "; ".join(reason_said(str(one)) for one in value)
    how = _NUMBERS.get("minor" if name.endswith("_minor") else name)
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return how(value) if how and number else _plain(value)


_NUMBERS: Final[Mapping[str, Callable[[Any], str]]] = {
    "assist": lambda n: Assist(n).name.lower(),
    "tier": "T{}".format,
    "tier_floor": "T{}".format,
    "from_tier": "T{}".format,
    "to_tier": "T{}".format,
    "priority": "P{}".format,
    "confidence": "{:.1%}".format,
    "confidence_minimum": "{:.0%}".format,
    "minor": lambda n: f"{n / 100:.2f}",
}


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        if {"amount_minor", "currency"} <= value.keys():
            return str(Money(value["amount_minor"], value["currency"]))
        return ", ".join(f"{readable(str(n)).lower()} {_plain(v)}" for n, v in value.items())
    if isinstance(value, list | tuple):
        return "; ".join(map(_plain, value)) or "none"
    return f"{value:g}" if isinstance(value, float) else str(value)
