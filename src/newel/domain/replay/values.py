"""What replay reads and what becomes of it: a ticket, its result, the operator's rates."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from newel.domain.scan.features import CustomerFacts, PastContact
from newel.domain.words import Money, Tier


class Ticket(msgspec.Struct, frozen=True, kw_only=True):
    """One past ticket as its file tells it; ``history`` is the whole of what went before.

    ``follows`` is the line of its customer's ticket before it, whose money counts towards its ceilings.
    """

    line: int
    id: str
    at: datetime | None = None
    channel: str = ""
    conversation: str = ""
    customer_ref: str = ""
    address: str = ""
    name: str = ""
    subject: str = ""
    text: str = ""
    language: str = ""
    category: str = ""
    fields: Mapping[str, Any] | None = None
    extraction_confidence: float | None = None
    customer: CustomerFacts | None = None
    history: tuple[PastContact, ...] = ()
    follows: int | None = None
    expected_tier: int | None = None
    expected_reason: str = ""


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What would have become of one ticket.

    ``asked`` says whether the AI worked on it at all; ``triggers`` are the policy's keys that
    fired; ``reply`` is what the AI would have said, whoever released it; ``customer_unknown`` that
    the customer was named and could not be looked up.
    """

    line: int
    id: str
    tier: Tier
    decision: str
    reasons: tuple[str, ...]
    triggers: tuple[str, ...] = ()
    asked: bool = False
    contact_reason: str = ""
    category: str = ""
    basis: str = ""
    sources: tuple[str, ...] = ()
    action: str = ""
    action_args: Mapping[str, str] = {}
    amount: Money | None = None
    confidence: float = 0.0
    language: str = ""
    reply: str = ""
    customer_unknown: bool = False
    expected_tier: int | None = None
    expected_reason: str = ""


class LineError(msgspec.Struct, frozen=True, order=True):
    """A line that could not be replayed: why, and what would be right."""

    line: int
    why: str
    hint: str = ""


class Rates(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The operator's own figures; ``minutes_today`` is what a ticket takes people now."""

    currency: str
    minutes_by_tier: dict[int, Decimal]
    cost_per_hour: Decimal
    cost_per_ai_answer: Decimal
    minutes_today: Decimal | None = None
