"""The words of the house as closed types: ids, tiers, priorities, money.

DESIGN: a word means one thing everywhere. What stands here is used on every floor.
"""

from datetime import timedelta
from enum import IntEnum, StrEnum
from typing import NewType
from uuid import UUID

import msgspec

CaseId = NewType("CaseId", UUID)
CustomerId = NewType("CustomerId", UUID)
ConversationId = NewType("ConversationId", UUID)
MessageId = NewType("MessageId", UUID)
ProposalId = NewType("ProposalId", UUID)
ApprovalId = NewType("ApprovalId", UUID)
ActionId = NewType("ActionId", UUID)
WorkItemId = NewType("WorkItemId", UUID)
StaffId = NewType("StaffId", UUID)
PolicyId = NewType("PolicyId", UUID)
JobId = NewType("JobId", int)


class Tier(IntEnum):
    """How a case is handled; a tier rises by rule, and only a person lowers it."""

    AUTONOMOUS = 1
    SUPERVISED = 2
    HUMAN = 3


class Priority(IntEnum):
    """1 is the most urgent; a breach is a flag and not a priority."""

    P1 = 1
    P2 = 2
    P3 = 3


class Assist(IntEnum):
    """What the AI may do for the person on a T3 case; the smallest is the most restrictive."""

    NONE = 0
    SUMMARISE = 1
    DRAFT = 2


class Author(StrEnum):
    """Who wrote a message; derived from provenance, never taken from a caller."""

    CUSTOMER = "customer"
    PERSON = "person"
    AI = "ai"
    SYSTEM = "system"


class Cluster(StrEnum):
    """The families of triggers, as ``newel scan`` prints them."""

    REQUEST = "request"
    LEGAL = "legal"
    REPUTATION = "reputation"
    REPEAT = "repeat"
    EMOTION = "emotion"
    COMPLEXITY = "complexity"
    VALUE = "value"
    TOPIC = "topic"
    INJECTION = "injection"
    DATA = "data"
    RISK_WORDS = "risk_words"


class Survey(StrEnum):
    """What a customer is asked at the end: how it was, whether they would recommend us, how easy it was."""

    CSAT = "csat"
    NPS = "nps"
    EFFORT = "effort"


class Industry(StrEnum):
    """Whose usual times a policy may take over for its escalations."""

    FINANCIAL_SERVICES = "financial_services"
    INSURANCE = "insurance"
    HEALTHCARE = "healthcare"
    LEGAL_SERVICES = "legal_services"
    GOVERNMENT = "government"
    RETAIL_BANKING = "retail_banking"


class RiskClass(StrEnum):
    """What happens when the output is wrong: a nuisance, rework, or harm to money or trust."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Pattern(StrEnum):
    """How people stand in the loop of a risk class (TIR-9)."""

    SAMPLING = "sampling"
    GATING = "gating"
    APPROVAL_FIRST = "approval_first"


class Money(msgspec.Struct, frozen=True, order=True):
    """An amount in minor units (pence, cents) with its ISO 4217 currency."""

    amount_minor: int
    currency: str

    def __str__(self) -> str:
        """The amount with two decimals, as ``18.00 GBP``."""
        sign = "-" if self.amount_minor < 0 else ""
        major, minor = divmod(abs(self.amount_minor), 100)
        return f"{sign}{major}.{minor:02d} {self.currency}"


class Span(msgspec.Struct, frozen=True, order=True):
    """A half-open range of code points in the raw text."""

    start: int
    end: int


DAY = timedelta(days=1)
EPISODE_REOPENS_WITHIN = timedelta(hours=72)
FOLLOW_UP_WITHIN = timedelta(hours=24)
