"""Words for the steps of a case: events, reasons and values, as people say them."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from newel.domain.attachment import Attached
from newel.domain.fact import called, shown
from newel.domain.reason import KNOWN, further, said
from newel.domain.scan.receipt import Evidence
from newel.domain.sentence import Figure, Sentence, Share, Sum, Value, joined, spoken, word
from newel.domain.trace import Step
from newel.domain.words import Assist

TOLD: Final[Mapping[str, Sentence]] = {
    "message.received": Sentence("The customer wrote"),
    "scan.scanned": Sentence("The message was scanned, before any AI was asked"),
    "scan.failed": Sentence("The scan failed: the case is locked, and a person's"),
    "case.opened": Sentence("The case began"),
    "case.reopened": Sentence("The customer wrote again after the end: a new episode"),
    "case.message": Sentence("The message joined the case"),
    "case.deflected": Sentence("Articles were offered before a person is asked"),
    "case.proposed": Sentence("The proposal waits for an approver"),
    "case.approved": Sentence("A person approved; the action is under way"),
    "case.held": Sentence("The answer waits for a reviewer before it leaves"),
    "case.acting": Sentence("An act that the signed policy allows is under way"),
    "case.answered": Sentence("The answer is on its way; the case waits for the customer"),
    "case.escalated": Sentence("A person has the case from here on"),
    "case.raised": Sentence("The case became more urgent or more restricted"),
    "case.prioritised": Sentence("A person gave it another priority"),
    "case.tagged": Sentence("A person changed its tags"),
    "case.owned": Sentence("The case lies on somebody's desk"),
    "case.requeued": Sentence("The case waits for an owner again"),
    "case.waiting": Sentence("Its owner waits for the customer"),
    "case.snoozed": Sentence("Its owner put it off"),
    "case.woken": Sentence("The time came for which it was put off"),
    "case.lowering": Sentence("A person lowered the tier or lifted a lock"),
    "case.lowered": Sentence("The AI has the case again"),
    "case.unlocked": Sentence("The lock is gone"),
    "case.resolved": Sentence("The episode ended"),
    "case.merged": Sentence("It is the same matter as another case, and goes on there"),
    "case.followed": Sentence("The customer came back to the answer, in another case"),
    "case.absorbed": Sentence("Another case of the same matter was merged into it"),
    "resolution.made": Sentence("How it ended"),
    "review.open": Sentence("It is to be looked over"),
    "review.opened": Sentence("A reviewer read it"),
    "review.done": Sentence("A reviewer scored it"),
    "review.released": Sentence("A reviewer let the answer leave"),
    "review.corrected": Sentence("A reviewer sent a corrected answer in its place"),
    "review.returned": Sentence("A reviewer returned it: a person has the case"),
    "review.void": Sentence("The answer was taken back before a reviewer decided"),
    "proposal.made": Sentence("The AI drafted an answer"),
    "proposal.pending": Sentence("The AI proposed a reply, for a person to release"),
    "proposal.released": Sentence("The AI drafted a reply that may leave without a person"),
    "proposal.decided": Sentence("A person decided on the proposal"),
    "proposal.discarded": Sentence("The draft was put away: it is never sent"),
    "proposal.superseded": Sentence("Something newer, or a person, took the draft's place"),
    "decision.release": Sentence("Tier decision: the AI answers (T1)"),
    "decision.propose": Sentence("Tier decision: a person releases it (T2)"),
    "decision.escalate": Sentence("Tier decision: a person does it (T3)"),
    "decision.deflect": Sentence("Tier decision: articles are offered first"),
    "approval.pending": Sentence("An approver was asked"),
    "approval.approved": Sentence("Approved"),
    "approval.rejected": Sentence("Rejected: a person gets the case with the attempt"),
    "approval.expired": Sentence("Nobody decided in time"),
    "approval.withdrawn": Sentence("Staff took the proposal back"),
    "approval.opened": Sentence("An approver opened it"),
    "approval.revealed": Sentence("An approver looked at one hidden value"),
    "approval.invalidated": Sentence("What the approval bound has changed: it no longer stands"),
    "action.authorised": Sentence("The action was authorised"),
    "action.claimed": Sentence("The other system is called"),
    "action.confirmed": Sentence("The other system confirmed the action"),
    "action.refused": Sentence("The other system refused the action"),
    "action.unknown": Sentence(
        "Nobody knows whether it happened: the other system is asked, never called again"
    ),
    "action.void": Sentence("The action was taken back: it did not happen"),
    "work_item.queued": Sentence("Work waits for a person"),
    "work_item.owned": Sentence("Routing found its owner"),
    "work_item.claimed": Sentence("A person took it"),
    "work_item.assigned": Sentence("A supervisor assigned it"),
    "work_item.transferred": Sentence("Its owner passed it on"),
    "work_item.taken_over": Sentence("A person took it over"),
    "work_item.handed_back": Sentence("Its owner gave it back"),
    "work_item.requeued": Sentence("It waits for an owner again"),
    "work_item.escalated": Sentence("Its owner passed it up"),
    "work_item.raised": Sentence("It became more urgent"),
    "work_item.lowered": Sentence("It went back to the AI"),
    "work_item.merged": Sentence("The work goes on in another case"),
    "work_item.widened": Sentence("It waited long enough for generalists"),
    "work_item.breached": Sentence("Its time ran out"),
    "work_item.done": Sentence("The work is finished"),
    "routing.potential_breach": Sentence("Nobody on shift was able to take it"),
    "sla.started": Sentence("A clock began"),
    "sla.alerted": Sentence("A threshold of the clock was passed"),
    "sla.paused": Sentence("The clock pauses: the customer is waited for"),
    "sla.resumed": Sentence("The clock goes on"),
    "sla.rescheduled": Sentence("The clock's end moved, from the same start"),
    "sla.met": Sentence("Reached, and the clock stopped"),
    "sla.cancelled": Sentence("The clock no longer counts"),
    "context.begun": Sentence("A context package was begun"),
    "context.opened": Sentence("Somebody opened the package"),
    "context.revealed": Sentence("Somebody looked at one hidden value"),
    "context.granted": Sentence("Somebody else was let open the package"),
    "note.written": Sentence("A private note"),
    "draft.begun": Sentence("The owner began to write"),
    "draft.cleared": Sentence("The owner sent or threw away what they had written"),
    "draft.handed_over": Sentence("What was being written passed on with the case"),
    "miss.marked": Sentence("“This should have been T3”"),
    "pattern.flagged": Sentence("“This happens again”"),
    "question.asked": Sentence("An expert was asked"),
    "question.answered": Sentence("The expert answered"),
    "attachment.uploaded": Sentence("A file was uploaded, to be sent with a message"),
    "attachment.sent": Sentence("The file went with a message"),
    "attachment.opened": Sentence("Somebody opened the file"),
    "attachment.discarded": Sentence("The file was removed before it was sent"),
    "attachment.expired": Sentence("The file was never sent, and thrown away"),
    "outbox.pending": Sentence("A message to the customer was written"),
    "outbox.released": Sentence("The message was not taken back"),
    "outbox.claimed": Sentence("The message leaves"),
    "outbox.delivered": Sentence("The channel has the message"),
    "outbox.withdrawn": Sentence("The message was taken back before it left"),
    "outbox.dead": Sentence("The message was given up"),
    "outbox.redelivered": Sentence("The message was sent on its way again"),
    "feedback.pending": Sentence("What was learnt waits to be kept"),
    "feedback.ingested": Sentence("What was learnt became labels"),
    "feedback.dead": Sentence("What was learnt could not be kept"),
    "trace.opened": Sentence("Somebody read this story, texts included"),
}
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
_NO_ANSWER: Final = "no_answer"
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
_ID: Final = re.compile(r"[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}")
_AI: Final = re.compile(r"\bai\b")
_FIGURES: Final = re.compile(r"[a-z_]+=[-0-9.]+(;|$)")
_TEXTS: Final = frozenset({"text", "reply"})


_WORDS: Final = frozenset(
    {
        "ai_quality",
        "author",
        "authority",
        "by_kind",
        "category",
        "cause",
        "clusters",
        "direction",
        "drafted_by",
        "ended_for",
        "kind",
        "labels",
        "lane",
        "not_evaluated",
        "outcome",
        "skills",
        "state",
        "work",
    }
)
"""Whose values are words of ours."""
_TONGUES: Final = frozenset({"language", "code"})
_TRIGGERS: Final = frozenset({"markers", "primary", "reason"})
_OF: Final = Sentence("%(part)s: %(name)s")
_REASON_OF: Final = Sentence("%(reason)s (%(what)s)")


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a step says: a label and a value, or a text that somebody wrote."""

    label: Sentence
    value: Value = ""
    text: bool = False
    at: datetime | None = None


def event_said(event: str) -> Sentence:
    """An event in words."""
    return TOLD.get(event) or word(readable(event))


def reason_said(reason: str) -> Sentence:
    """A reason of a decision in words, with what it names."""
    key, _, more = reason.partition(":")
    said = REASONS.get(reason) or REASONS.get(key) or KNOWN.get(reason) or word(readable(key).lower())
    if not more:
        return said
    if key == _NO_ANSWER:
        return _REASON_OF.of(reason=said, what=further(more))
    return _REASON_OF.of(reason=said, what=joined(word(readable(one).lower()) for one in more.split(",")))


def readable(key: str) -> str:
    """A key as words: ``refund_damaged`` → ``Refund damaged``."""
    said = _AI.sub("AI", key.replace("_", " ").replace(".", ": "))
    return said[:1].upper() + said[1:]


def told(step: Step) -> tuple[Row, ...]:
    """All that a step says, in words, what somebody wrote last."""
    kept = {name: v for name, v in step.detail.items() if name not in _HIDDEN and not _is_id(v)}
    rows = [row for name, value in kept.items() for row in _rows(name, value)]
    return tuple(sorted(rows, key=lambda row: row.text))


def _is_id(value: Any) -> bool:
    """What tells people nothing; the API has it."""
    return isinstance(value, UUID) or (isinstance(value, str) and _ID.fullmatch(value) is not None)


def _measured(value: Any) -> bool:
    """What a model weighed (``log_odds=3.17; lead=0.95``): figures for the API, which tell people nothing."""
    return isinstance(value, str) and _FIGURES.match(value) is not None


def carried(step: Step) -> tuple[Attached, ...]:
    """The files of the message that a step shows."""
    return msgspec.convert(step.detail.get("attachments", ()), tuple[Attached, ...])


def _rows(name: str, value: Any) -> Iterator[Row]:
    label = word(readable(name.removesuffix("_minor")))
    if value is None:
        return
    if name in _TEXTS and isinstance(value, str):
        yield Row(label=label, value=value, text=True)
    elif name == "evidence" and isinstance(value, Mapping):
        yield from (Row(label=_OF.of(part=label, name=said(n)), value=_seen(v)) for n, v in value.items())
    elif name == "facts" and isinstance(value, Mapping):
        yield from (Row(label=_OF.of(part=label, name=called(n)), value=shown(v)) for n, v in value.items())
    elif name in {"args", "signals"} and isinstance(value, Mapping):
        yield from (
            Row(label=_OF.of(part=label, name=word(readable(str(n)))), value=plain(str(n), v))
            for n, v in value.items()
            if not _measured(v)
        )
    elif name == "action" and isinstance(value, Mapping):
        yield from (row for part, one in value.items() for row in _rows(part, one))
    else:
        at = _moment(name, value)
        yield Row(label=label, value="" if at else plain(name, value), at=at)


def _seen(evidence: Any) -> Value:
    """What a trigger saw: words of the text, or facts; once, however many readings of the text show it."""
    items = msgspec.convert(evidence, tuple[Evidence, ...])
    return joined(dict.fromkeys(one.says or one.fact or f"“{one.text}”" for one in items), "; ")


def _moment(name: str, value: Any) -> datetime | None:
    if isinstance(value, datetime):
        return value
    if not (name.endswith("_at") and isinstance(value, str)):
        return None
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return None


def plain(name: str, value: Any) -> Value:
    """A value as people read it; some names say how."""
    value = msgspec.to_builtins(value)
    if name == "reasons" and isinstance(value, list):
        return joined((reason_said(str(one)) for one in value), "; ")
    if name == "why" and isinstance(value, str) and value in REASONS:
        return REASONS[value]
    if name in _TRIGGERS or name in _WORDS:
        named = said if name in _TRIGGERS else _worded
        return joined((named(str(one)) for one in (value if isinstance(value, list) else [value])), "; ")
    if name in _TONGUES and isinstance(value, str):
        return spoken(value)
    how = _NUMBERS.get("minor" if name.endswith("_minor") else name)
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return how(value) if how and number else _plain(value)


def _worded(value: str) -> Sentence:
    return word(readable(value))


_NUMBERS: Final[Mapping[str, Callable[[Any], Value]]] = {
    "assist": lambda n: word(readable(Assist(n).name.lower())),
    "tier": "T{}".format,
    "tier_floor": "T{}".format,
    "from_tier": "T{}".format,
    "to_tier": "T{}".format,
    "priority": "P{}".format,
    "confidence": lambda n: Share(n, 1),
    "confidence_minimum": Share,
    "minor": lambda n: Figure(n / 100),
}


def _plain(value: Any) -> Value:
    if isinstance(value, bool):
        return Sentence("yes") if value else Sentence("no")
    if isinstance(value, Mapping):
        if {"amount_minor", "currency"} <= value.keys():
            return Sum(value["amount_minor"], value["currency"])
        named = (
            (str(n), spoken(v) if n in _TONGUES and isinstance(v, str) else _plain(v))
            for n, v in value.items()
        )
        return joined(_OF.of(part=word(readable(n)), name=one) for n, one in named)
    if isinstance(value, list | tuple):
        return joined(map(_plain, value), "; ") if value else Sentence("none")
    return shown(value)
