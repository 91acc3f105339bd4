"""What is sent and what comes back. Fields that a newer server adds are passed over."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec


class Customer(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Who writes: your own reference, or an address on the channel; one is needed."""

    ref: str = ""
    address: str = ""
    name: str = ""


class Accepted(msgspec.Struct, frozen=True):
    """It is stored and will not be lost; ``duplicate``: it was here already."""

    message_id: UUID
    case_id: UUID
    conversation_id: UUID | None
    duplicate: bool


class Message(msgspec.Struct, frozen=True):
    """A message that left for a customer; ``author`` is person, ai or system."""

    seq: int
    id: UUID
    author: str
    text: str
    at: datetime
    sources: tuple[str, ...] = ()


class Messages(msgspec.Struct, frozen=True):
    """Messages in the order in which they left; ask again with ``after`` as ``next``."""

    messages: tuple[Message, ...]
    next: int


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """A case at a glance."""

    id: UUID
    workflow: str
    kind: str
    conversation_id: UUID | None
    contact_reason: str
    language: str
    state: str
    tier: int | None
    locked: bool
    priority: int
    episode: int
    follow_up: bool
    opened_at: datetime
    resolved_at: datetime | None
    owner: str | None
    approval_id: UUID | None
    tags: tuple[str, ...] = ()


class Approval(msgspec.Struct, frozen=True, kw_only=True):
    """An approval that waits."""

    id: UUID
    case_id: UUID
    workflow: str
    contact_reason: str
    priority: int
    amount_minor: int | None
    due_at: datetime
    expires_at: datetime


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What an approver decides on: the message, the reply, the action and why."""

    id: UUID
    case_id: UUID
    contact_reason: str
    state: str
    amount_minor: int | None
    confidence: float
    message: str
    reply: str
    justification: str
    action: Mapping[str, Any] | None


class By(msgspec.Struct, frozen=True, kw_only=True):
    """Who did a step."""

    kind: str
    id: str
    name: str = ""


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One step of a case's story."""

    n: int
    at: datetime
    stage: str
    event: str
    by: By
    state: str | None
    detail: dict[str, Any]


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """The case that a story is of."""

    id: UUID
    workflow: str
    state: str


class Story(msgspec.Struct, frozen=True, kw_only=True):
    """The whole story; ``opened`` says whether texts and evidence are shown."""

    case: Head
    opened: bool
    steps: tuple[Step, ...]
