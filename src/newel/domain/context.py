"""The context package: its parts with their deadlines, what each holds, and who may see which."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

import msgspec

from newel.domain.policy.bundle import Bundle
from newel.domain.scan.receipt import Evidence
from newel.domain.words import Assist


class Part(StrEnum):
    """A piece of the package; each comes, or is missing, by itself."""

    SUMMARY = "summary"
    REQUEST = "request"
    AI_ATTEMPT = "ai_attempt"
    TRIGGER = "trigger"
    SOURCES = "sources"
    HISTORY = "history"
    CUSTOMER = "customer"
    SIMILAR = "similar"
    NEXT_ACTIONS = "next_actions"


REMOTE: Final = frozenset({Part.HISTORY})
"""Parts that another system must be asked for."""
OF_A_MESSAGE: Final = (Part.REQUEST, Part.TRIGGER, Part.SUMMARY)
"""Parts that a further message of the customer changes."""
HISTORY_LOOK_UP: Final = "history"
"""The look-up that a policy's system offers for past contacts; its argument is the customer."""

OF_A_REPLY: Final = (Part.SUMMARY,)
"""Parts that what a person writes to the customer changes."""
_SUGGESTS: Final = {
    Part.SUMMARY: Assist.SUMMARISE,
    Part.SIMILAR: Assist.SUMMARISE,
    Part.NEXT_ACTIONS: Assist.SUMMARISE,
    Part.AI_ATTEMPT: Assist.DRAFT,
}
"""Parts that suggest something, and what the AI must be allowed for them."""

WARNING: Final = (
    "What customers and the AI wrote may hold instructions and personal data: do not paste it into AI tools."
)
"""Stands on every package (CTX-5)."""

DEADLINE: Final = timedelta(seconds=2)
FIRST_WAIT: Final = timedelta(seconds=1.5)
LATER_WAIT: Final = timedelta(seconds=20)
_AGAIN: Final = tuple(timedelta(seconds=s) for s in (5, 15, 60, 300, 1200, 3600, 3600))

NOT_IN_TIME: Final = "not_in_time"
UNAVAILABLE: Final = "unavailable"
NO_SUCH_SYSTEM: Final = "no_such_system"


class Told(msgspec.Struct, frozen=True):
    """What the customer wrote, once."""

    at: datetime
    text: str
    subject: str = ""
    attachments: tuple[str, ...] = ()
    """Their names."""


class Request(msgspec.Struct, frozen=True):
    """The request in full: the messages of this episode, or an item's fields."""

    messages: tuple[Told, ...]
    fields: dict[str, Any] = {}


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """What the AI had drafted; it was not sent, and is not to be."""

    note: str = "attempt, not sent"
    reply: str
    justification: str
    action: str = ""
    confidence: float
    calibrated: bool


class Trigger(msgspec.Struct, frozen=True, kw_only=True):
    """Why a person has the case: markers with their evidence, reasons, confidence."""

    primary: str
    markers: tuple["Fired", ...]
    reasons: tuple[str, ...]
    confidence: float | None = None
    risk: float = 0.0
    not_evaluated: tuple[str, ...] = ()


class Fired(msgspec.Struct, frozen=True):
    """One marker; ``untrusted`` marks text that tries to instruct the AI."""

    id: str
    cluster: str
    evidence: tuple[Evidence, ...]
    untrusted: bool = False


class Sources(msgspec.Struct, frozen=True):
    """What the AI had consulted."""

    names: tuple[str, ...]


class Past(msgspec.Struct, frozen=True):
    """An earlier case of the same customer."""

    opened_at: datetime
    workflow: str
    contact_reason: str
    state: str
    category: str = ""


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """Who the customer is to us, and their earlier cases."""

    name: str
    email: str
    phone: str
    address: str
    segment: str
    lifetime_value_minor: int | None
    currency: str
    vip: bool
    vulnerable: bool
    prefers_human: bool
    language: str
    cases: tuple[Past, ...] = ()


class Like(msgspec.Struct, frozen=True):
    """A resolved case of the same contact reason, or trigger: how it ended, and in what time."""

    case_id: str
    category: str
    cause: str = ""
    seconds_spent: int | None = None


class Similar(msgspec.Struct, frozen=True):
    """Cases like this one, newest first."""

    cases: tuple[Like, ...]


class Next(msgspec.Struct, frozen=True):
    """A step that was right in similar cases, and in how many of them."""

    category: str
    share: float
    cases: int
    example: str


class NextActions(msgspec.Struct, frozen=True):
    """Suggested steps, the likeliest first."""

    steps: tuple[Next, ...]


def parts(assist: Assist) -> tuple[Part, ...]:
    """What a new package is made of; the AI's summary and attempt only where they are allowed."""
    made_by_ai = {Part.SUMMARY: Assist.SUMMARISE, Part.AI_ATTEMPT: Assist.DRAFT}
    return tuple(part for part in Part if assist >= made_by_ai.get(part, Assist.NONE))


def visible(part: Part, assist: Assist) -> bool:
    """Whether a part may be shown under today's assist mode; under none nothing is suggested."""
    return assist >= _SUGGESTS.get(part, Assist.NONE)


def next_actions(similar: Sequence[Like]) -> NextActions:
    """How similar cases ended, as suggestions."""
    counts = Counter(case.category for case in similar)
    first = {case.category: case.case_id for case in reversed(similar)}
    return NextActions(
        tuple(Next(c, round(n / len(similar), 3), n, first[c]) for c, n in counts.most_common(3))
    )


def wait(attempt: int) -> timedelta:
    """How long an attempt may take; the first is short, nobody waits for the others."""
    return FIRST_WAIT if attempt == 0 else LATER_WAIT


def again_after(attempts: int) -> timedelta | None:
    """When a gap is tried again; None when it stays."""
    return _AGAIN[attempts - 1] if 1 <= attempts <= len(_AGAIN) else None


def history_call(bundle: Bundle) -> str | None:
    """The policy's look-up for past contacts, if one of its systems has it."""
    return next(
        (f"{name}.{HISTORY_LOOK_UP}" for name, s in bundle.systems.items() if HISTORY_LOOK_UP in s.look_ups),
        None,
    )


def history_args(ref: str) -> Mapping[str, str]:
    """What the look-up is asked with, under each name that policies use."""
    return {"customer": ref, "ref": ref, "vendor": ref}
