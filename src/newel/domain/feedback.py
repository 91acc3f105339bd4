"""Feedback: what people's decisions teach, and where each piece goes: training or calibration."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final, Literal

import msgspec

from newel.domain.errors import Invalid
from newel.domain.resolution import AiQuality, Category, Cause
from newel.domain.words import Cluster

RETRIES: Final = 3
_BACK_OFF: Final = (timedelta(seconds=2), timedelta(seconds=15), timedelta(seconds=120))


class What(StrEnum):
    """What the feedback is about."""

    RESOLUTION = "resolution"
    APPROVAL = "approval"
    FOLLOW_UP = "follow_up"
    FALSE_ALARM = "false_alarm"
    MISSED = "missed"
    REVIEW = "review"


class Use(StrEnum):
    """What a label is for."""

    TRAINING = "training"
    CALIBRATION = "calibration"


class Body(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the person said, sealed; the texts stay with their case.

    ``episode``: of which run of the case it was said; 0 in what was kept before that was told.
    """

    category: Category | None = None
    cause: Cause | None = None
    ai_quality: AiQuality | None = None
    decision: Literal["approved", "edited", "rejected"] | None = None
    contact_reason: str = ""
    to_tier: int | None = None
    cluster: Cluster | None = None
    unlocked: bool = False
    by_person: bool = True
    passed: bool | None = None
    score: float | None = None
    failed: tuple[str, ...] = ()
    episode: int = 0


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """What the store adds at ingestion: the case's reason, the masked request, the AI's confidence."""

    workflow: str
    contact_reason: str
    masked_text: str
    consent: bool
    confidence: float | None = None
    markers: tuple[str, ...] = ()


class Label(msgspec.Struct, frozen=True, kw_only=True):
    """One row for learning; ``masked_text`` never holds personal data."""

    use: Use
    workflow: str
    contact_reason: str
    masked_text: str = ""
    right_answer: bool | None = None
    confidence: float | None = None
    data: dict[str, Any] = {}


_RIGHT: Final[Mapping[AiQuality, bool]] = {
    AiQuality.CORRECT_LOW_CONFIDENCE: True,
    AiQuality.SHOULD_NOT_HAVE_ESCALATED: True,
    AiQuality.INCORRECT_PLAUSIBLE: False,
    AiQuality.FUNDAMENTALLY_WRONG: False,
}
_TEACHES: Final = frozenset({Category.RESOLVED, Category.INFORMATION_PROVIDED, Category.REDIRECTED})


def check(what: What, body: Body) -> None:
    """Raise ``Invalid`` for feedback that says nothing of what it is about."""
    needed = {
        What.RESOLUTION: body.category,
        What.FOLLOW_UP: body.category,
        What.APPROVAL: body.decision,
        What.FALSE_ALARM: body.to_tier,
        What.MISSED: body.cluster,
        What.REVIEW: body.passed,
    }
    if what in needed and needed[what] is None:
        raise Invalid(what=f"{what} feedback", why="it does not say how it ended")


def right_answer(what: What, body: Body) -> bool | None:
    """Whether the AI had it right; None when nobody has said so.

    A rejection does not: whoever then ends the case says how good the attempt was, and counts once.
    """
    if what is What.MISSED:
        return False
    if what is What.APPROVAL:
        return {"approved": True, "edited": False}.get(body.decision or "")
    if what is What.REVIEW:
        return None if body.by_person else body.passed
    return _RIGHT.get(body.ai_quality) if body.ai_quality else None


def labels(what: What, body: Body, evidence: Evidence) -> tuple[Label, ...]:
    """The rows that a piece of feedback becomes; none where it teaches nothing."""
    check(what, body)
    reason = body.contact_reason or evidence.contact_reason
    right = right_answer(what, body)
    found = []
    if evidence.consent and evidence.masked_text and reason and _trains(what, body):
        found.append(
            Label(
                use=Use.TRAINING,
                workflow=evidence.workflow,
                contact_reason=reason,
                masked_text=evidence.masked_text,
                data=_data(what, body, evidence),
            )
        )
    if right is not None and evidence.confidence is not None:
        found.append(
            Label(
                use=Use.CALIBRATION,
                workflow=evidence.workflow,
                contact_reason=reason,
                right_answer=right,
                confidence=evidence.confidence,
                data=_data(what, body, evidence),
            )
        )
    return tuple(found)


def _trains(what: What, body: Body) -> bool:
    """Only what a person has confirmed: silence and the AI's own word teach nothing."""
    if what is What.APPROVAL:
        return body.decision in {"approved", "edited"}
    if what is What.REVIEW:
        return body.passed is True and not body.by_person
    confirmed = body.by_person and body.category in _TEACHES
    return what is What.FALSE_ALARM or (what is What.RESOLUTION and confirmed)


def _data(what: What, body: Body, evidence: Evidence) -> dict[str, Any]:
    said = {"what": what.value, "category": body.category, "cause": body.cause, "quality": body.ai_quality}
    if what is What.FALSE_ALARM:
        said["false_alarm"] = ",".join(evidence.markers)
    if what is What.MISSED:
        said["missed"] = body.cluster
    if what is What.REVIEW:
        said["failed"] = ",".join(body.failed)
    return {key: str(value) for key, value in said.items() if value}


def retry_after(attempts: int) -> timedelta | None:
    """When a failed ingestion is tried again; None: it is a dead letter."""
    return _BACK_OFF[attempts - 1] if attempts <= RETRIES else None
