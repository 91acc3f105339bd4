"""Intake: what a message is, which case it joins, and how long a burst is waited for."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

import msgspec

from newel.domain.attachment import few
from newel.domain.errors import Invalid
from newel.domain.words import EPISODE_REOPENS_WITHIN

TEXT_LIMIT = 200_000
Short = Annotated[str, msgspec.Meta(max_length=300)]
Key = Annotated[str, msgspec.Meta(min_length=1, max_length=300)]
Text = Annotated[str, msgspec.Meta(max_length=TEXT_LIMIT)]

QUIET = {"email": timedelta(seconds=20)}
QUIET_DEFAULT = timedelta(seconds=0.7)
BURST = {"email": timedelta(seconds=60)}
BURST_DEFAULT = timedelta(seconds=5)


class Sender(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who writes: the operator's own reference, or an address on the channel."""

    ref: Short = ""
    address: Short = ""
    name: Short = ""
    verified: bool = False


class Inbound(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One message or item as a channel hands it in; (channel, external_id) is its identity."""

    channel: Key
    external_id: Key
    workflow: Key = "customer-support"
    conversation: Short = ""
    case_id: UUID | None = None
    customer: Sender
    subject: Short = ""
    text: Text = ""
    language: Annotated[str, msgspec.Meta(max_length=20)] = ""
    fields: Mapping[str, Any] | None = None
    attachments: tuple[UUID, ...] = ()
    contact: Short = ""
    """An address that was left with the message, for the person who answers; no AI reads it."""
    extraction_confidence: Annotated[float, msgspec.Meta(ge=0, le=1)] | None = None


class Open(msgspec.Struct, frozen=True):
    """A case that a message might join; a merged one stands for its survivor ``into``, open as that is."""

    id: UUID
    conversation_id: UUID | None
    opened_at: datetime
    resolved_at: datetime | None
    into: UUID | None = None


class Join(msgspec.Struct, frozen=True):
    """The message belongs to this case; ``reopen`` starts a new episode of it.

    ``heard`` is the conversation by which it came, when that is a merged case's.
    """

    case_id: UUID
    reopen: bool
    heard: UUID | None = None


def check(inbound: Inbound) -> Inbound:
    """The message with its bounds held; ``Invalid`` says what is missing."""
    if not (inbound.customer.ref or inbound.customer.address):
        raise Invalid(what="customer", why="give `ref` or `address`")
    if not (says_something(inbound) or inbound.attachments):
        raise Invalid(what="text", why="it is empty")
    few(inbound.attachments)
    for name in ("channel", "external_id", "conversation", "subject", "text", "contact"):
        _clean(name, getattr(inbound, name))
    return inbound


def says_something(inbound: Inbound) -> bool:
    """Whether there is anything besides attachments."""
    return bool(inbound.text.strip() or inbound.subject.strip() or inbound.fields)


def _clean(name: str, text: str) -> None:
    if "\x00" in text:
        raise Invalid(what=name, why="it holds a NUL character")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise Invalid(what=name, why="it holds half of a surrogate pair") from None


def thread(candidates: Sequence[Open], named: UUID | None, now: datetime) -> Join | None:
    """The case that a message joins, or None for a new one.

    First the case that the message names, then the newest open one of its conversation, then
    one resolved less than 72 hours ago, as a new episode. Whatever would join a merged case joins
    its survivor.
    """
    for case in candidates:
        if case.id == named and _joinable(case, now):
            return _join(case)
    for resolved in (False, True):
        fit = [c for c in candidates if (c.resolved_at is not None) is resolved and _joinable(c, now)]
        if fit:
            return _join(max(fit, key=lambda c: (c.opened_at, c.id.int)))
    return None


def _join(case: Open) -> Join:
    heard = case.conversation_id if case.into else None
    return Join(case.into or case.id, case.resolved_at is not None, heard)


def _joinable(case: Open, now: datetime) -> bool:
    return case.resolved_at is None or now - case.resolved_at < EPISODE_REOPENS_WITHIN


def answer_at(channel: str, first: datetime, now: datetime) -> datetime:
    """When a burst that began at ``first`` is answered: after quiet, at most the burst's span."""
    return max(now, owed_at(channel, first, now))


def owed_at(channel: str, first: datetime, now: datetime) -> datetime:
    """The same for one that still waits: writing again does not make an overdue answer a new one."""
    quiet = now + QUIET.get(channel, QUIET_DEFAULT)
    return min(quiet, first + BURST.get(channel, BURST_DEFAULT))
