"""The trace: the whole story of a case, step by step, from the audit and the rows behind it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from newel.domain.access import Act, Actor
from newel.domain.errors import Forbidden

STAGES: Mapping[str, str] = {
    "message": "intake",
    "receipt": "scan",
    "proposal": "answer",
    "decision": "tier",
    "approval": "approval",
    "action": "action",
    "work_item": "routing",
    "sla": "sla",
    "package": "context",
    "grant": "context",
    "outbox": "delivery",
    "resolution": "resolution",
    "feedback": "feedback",
    "survey": "feedback",
    "attachment": "attachment",
    "label": "feedback",
    "lowering": "tier",
    "draft": "desk",
    "miss": "feedback",
    "post_mortem": "quality",
    "pattern": "feedback",
    "review": "quality",
    "note": "desk",
    "question": "desk",
}


OPENED = "trace.opened"
"""That somebody has read the story, texts and evidence included."""


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One audit event of the case."""

    seq: int
    at: datetime
    actor_kind: str
    actor_id: str
    actor_name: str | None
    event: str
    entity: str
    entity_id: str
    state: str | None
    data: dict[str, Any]


class Detail(msgspec.Struct, frozen=True):
    """What the row behind an entity says: as it began, how it ended, and what is sealed of it."""

    begun: dict[str, Any]
    ended: dict[str, Any] = {}
    sealed: dict[str, Any] = {}


class By(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who did it."""

    kind: str
    id: str
    name: str = ""


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One step: when, at which stage, what, by whom, and what stood behind it."""

    n: int
    at: datetime
    stage: str
    event: str
    by: By
    entity: str
    entity_id: str
    state: str | None
    detail: dict[str, Any]


class Reading(msgspec.Struct, frozen=True):
    """Who has read the story with its texts, how often, and when last."""

    by: By
    times: int
    last: datetime


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """The case as it is now."""

    id: UUID
    workflow: str
    kind: str
    contact_reason: str
    language: str
    state: str
    tier: int | None
    locked: bool
    priority: int
    episode: int
    policy_version: str
    opened_at: datetime
    resolved_at: datetime | None
    owner_id: UUID | None


class Story(msgspec.Struct, frozen=True, kw_only=True):
    """The case and its steps; ``opened`` says whether texts and evidence are shown."""

    case: Head
    opened: bool
    steps: tuple[Step, ...]


def may_open(actor: Actor, head: Head) -> bool:
    """Whether texts and evidence are shown: to those who trace, and to the case's owner.

    Raises ``Forbidden`` for whoever may not see even the steps.
    """
    owns = actor.kind == "staff" and head.owner_id is not None and actor.id == str(head.owner_id)
    if actor.may(Act.TRACE) or owns:
        return True
    if not actor.may(Act.READ_CASE):
        raise Forbidden(
            actor=actor.id,
            act="read the story of this case",
            why="it is told to who works on cases or audits them; ask an admin",
        )
    return False


def story(head: Head, events: Sequence[Event], details: Mapping[str, Detail], *, opened: bool) -> Story:
    """Every event in order; a row's beginning stands at its first event, its end at its last."""
    first, last = _places(events), _places(reversed(events))
    steps = tuple(
        _step(n, event, details.get(event.entity_id), first, last, opened=opened)
        for n, event in enumerate(events, 1)
    )
    return Story(case=head, opened=opened, steps=steps)


def readings(steps: Iterable[Step]) -> tuple[tuple[Step, ...], tuple[Reading, ...]]:
    """The steps of the case itself, and apart from them who has read the story; the last reader first."""
    own, read = [], dict[tuple[str, str], Reading]()
    for step in steps:
        if step.event == OPENED:
            key = (step.by.kind, step.by.id)
            before = read.pop(key).times if key in read else 0
            read[key] = Reading(step.by, before + 1, step.at)
        else:
            own.append(step)
    return tuple(own), tuple(reversed(read.values()))


def _places(events: Iterable[Event]) -> Mapping[str, int]:
    places: dict[str, int] = {}
    for event in events:
        places.setdefault(event.entity_id, event.seq)
    return places


def _step(
    n: int,
    event: Event,
    found: Detail | None,
    first: Mapping[str, int],
    last: Mapping[str, int],
    *,
    opened: bool,
) -> Step:
    detail = {k: v for k, v in event.data.items() if v is not None}
    if found and first[event.entity_id] == event.seq:
        detail |= found.begun | (found.sealed if opened else {})
    if found and last[event.entity_id] == event.seq:
        detail |= found.ended
    return Step(
        n=n,
        at=event.at,
        stage=_stage(event),
        event=event.event,
        by=By(event.actor_kind, event.actor_id, event.actor_name or ""),
        entity=event.entity,
        entity_id=event.entity_id,
        state=event.state,
        detail={k: v for k, v in detail.items() if v not in (None, "", [], {}, ())},
    )


def _stage(event: Event) -> str:
    if event.event in {"case.escalated", "case.raised", "case.merged", "case.absorbed"}:
        return "escalation"
    return STAGES.get(event.entity, event.entity)
