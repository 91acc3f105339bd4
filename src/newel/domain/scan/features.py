"""What the scanner reads: one message with the facts known at its time, as a value."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec

from newel.domain.errors import Invalid, TooLarge

MAX_TEXT = 200_000
MAX_SUBJECT = 2_000
MAX_HISTORY = 500
MAX_ATTACHMENTS = 100
MAX_PREVIOUS = 50

# The signals that a scan asks for, and the phrase families of which each has a score.
HEARD: Mapping[str, tuple[str, ...]] = {
    "request_model": ("request",),
    "legal_model": ("legal",),
    "reputation_model": ("reputation",),
    "emotion_model": ("anger", "distress", "grief", "frustration"),
    "topic_model": (
        "safety",
        "fraud",
        "account_security",
        "financial_advice",
        "medical",
        "bereavement",
        "hardship",
        "discrimination",
        "employment",
        "minors",
        "legal_advice",
    ),
    "repeat_model": ("repeat",),
    "injection_model": ("injection",),
    "complexity_model": ("several_orders", "several_products", "customs", "partial_usage", "off_policy"),
    "data_model": ("data_words",),
    "risk_model": ("refund_words", "cancellation_words", "account_words"),
}

# The signal that says that sentences were read by what they mean, and not by their words alone.
ENCODER = "encoder"

# The signal of a model that was fitted on the operator's own labels, what it has a score for, and how
# much of the other cues counts beside it.
FITTED, OWN, CUES = "emotion_fitted", "emotion", "cues"


class CustomerFacts(msgspec.Struct, frozen=True):
    """What is known of the customer; ``lifetime_value`` in minor units, unknown = 0."""

    lifetime_value: int = 0
    vip: bool = False
    vulnerable: bool = False
    prefers_human: bool = False
    segment: str = ""


class PastContact(msgspec.Struct, frozen=True):
    """An earlier contact of the same customer; ``case_id`` says where it is kept, if it is."""

    at: datetime
    contact_reason: str | None = None
    text: str = ""
    case_id: UUID | None = None


class Signal(msgspec.Struct, frozen=True):
    """What a model says of a message, computed before the transaction; its version says which model.

    ``scores`` are by phrase family, from 0 to 1; ``places`` say where in the text. A model that
    knows some languages alone names them: of a message in another it has no say.
    """

    name: str
    version: str
    scores: Mapping[str, float]
    languages: tuple[str, ...] = ()
    places: Mapping[str, tuple[int, int]] = {}

    def knows(self, code: str) -> bool:
        """Whether it has a say of a message in a language."""
        return not self.languages or code in self.languages


class ScanInput(msgspec.Struct, frozen=True):
    """One message or item; ``at`` is the time that history is seen from.

    ``previous`` holds the last texts that the conversation had from the same sender, oldest
    first: a phrase may begin there. ``signals`` are what models found; rules need none.
    """

    text: str
    id: str | int | float | None = None
    channel: str = ""
    workflow: str = ""
    language: str | None = None
    fields: Mapping[str, Any] | None = None
    subject: str = ""
    customer: CustomerFacts = CustomerFacts()
    history: tuple[PastContact, ...] = ()
    at: datetime | None = None
    contact_reason: str | None = None
    attachments: tuple[str, ...] = ()
    previous: tuple[str, ...] = ()
    signals: tuple[Signal, ...] = ()


# It has of everything that a text may need: slips, signs for letters, words without their gaps. Whatever
# the scanner and the models make at the first use is made by it.
FIRST = ScanInput(text="Is anybody there to be aksed? Its urgnt, 1 am y0ur customer. l o s t  m y  o r d e r")


def check_bounds(message: ScanInput) -> None:
    """Refuse what is larger than the scanner promises to handle in bounded time."""
    if len(message.text) > MAX_TEXT:
        raise TooLarge(what="text", size=len(message.text), limit=MAX_TEXT)
    if len(message.subject) > MAX_SUBJECT:
        raise TooLarge(what="subject", size=len(message.subject), limit=MAX_SUBJECT)
    for what, most in (
        ("history", MAX_HISTORY),
        ("attachments", MAX_ATTACHMENTS),
        ("previous", MAX_PREVIOUS),
    ):
        count = len(getattr(message, what))
        if count > most:
            raise Invalid(what=what, why=f"it has {count} entries; the most is {most}")
    for what in ("attachments", "previous"):
        size = sum(map(len, getattr(message, what)))
        if size > MAX_TEXT:
            raise TooLarge(what=what, size=size, limit=MAX_TEXT)


def as_utc(moment: datetime) -> datetime:
    """A moment that can be compared: one without a zone counts as UTC."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def seen_from(message: ScanInput) -> datetime | None:
    """The time of the message: its own, or that of the newest history entry."""
    if message.at is not None:
        return as_utc(message.at)
    return max((as_utc(past.at) for past in message.history), default=None)
