"""What the flow asks of channels, connectors and models; each has more than one implementation."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

import msgspec

from newel.domain.attachment import Listed
from newel.domain.knowledge import Pointer
from newel.domain.scan.features import ScanInput, Signal
from newel.domain.scan.receipt import Receipt


class NotSent(Exception):
    """A call never left: it has certainly done nothing. Its text names what kept it."""


class Unanswered(Exception):
    """A call may have left, and no answer came. Its text names what happened."""


class Answered(msgspec.Struct, frozen=True):
    """What came back over HTTP."""

    status: int
    content: bytes = b""

    @property
    def accepted(self) -> bool:
        """2xx."""
        return 200 <= self.status < 300


class Calls(Protocol):
    """HTTP to what is outside of the house."""

    async def call(
        self, method: str, url: str, *, seconds: float, headers: Mapping[str, str], body: bytes = b""
    ) -> Answered:
        """One request within ``seconds`` in all; raises ``NotSent`` or ``Unanswered``."""


class Facts(msgspec.Struct, frozen=True):
    """What a system of record answered: values, where they come from, and when."""

    values: Mapping[str, Any]
    source: str
    read_at: datetime


class OutcomeKind(StrEnum):
    """How an action call ended; only ``unknown`` leaves doubt about the effect."""

    CONFIRMED = "confirmed"
    REFUSED = "refused"
    NOT_EXECUTED = "not_executed"
    UNKNOWN = "unknown"


class Outcome(msgspec.Struct, frozen=True):
    """The end of an action call: the other side's reference, or the reason that it gave."""

    kind: OutcomeKind
    reference: str = ""
    reason: str = ""


class ActionRequest(msgspec.Struct, frozen=True):
    """Exactly one payload to execute; ``key`` is the same for every attempt."""

    action: str
    args: Mapping[str, Any]
    key: str


class Systems(Protocol):
    """The systems of record of one policy version."""

    async def look_up(self, call: str, args: Mapping[str, str]) -> Facts | None:
        """Read ``system.look_up``; None when there is no such record.

        Raises ``Unavailable`` when the system fails or is too slow.
        """

    async def execute(self, request: ActionRequest) -> Outcome:
        """Call the action once; never raises for what the other side did."""

    async def reconcile(self, request: ActionRequest) -> Outcome:
        """Ask the other side what became of the call: confirmed, not_executed or unknown."""


class Advises(Protocol):
    """Who is asked for a second opinion, under one policy version."""

    async def advise(self, before: Sequence[str], said: Sequence[str]) -> str:
        """The trigger of what was said, oldest first, or a word of ``domain.tier.opinion``; never raises."""


class Outbound(msgspec.Struct, frozen=True):
    """A message on its way to the customer's channel.

    ``sources`` say what an answer stands on; ``seq`` is its place in the conversation; ``articles`` are
    those that the message offers.
    """

    message_id: str
    conversation_id: str
    channel: str
    address: str
    author: str
    text: str
    at: datetime
    sources: tuple[str, ...] = ()
    seq: int = 0
    attachments: tuple[Listed, ...] = ()
    articles: tuple[Pointer, ...] = ()


class Delivery(msgspec.Struct, frozen=True):
    """What the provider said: accepted, worth another try, or never."""

    accepted: bool
    permanent: bool = False
    provider_id: str = ""
    reason: str = ""


class Channel(Protocol):
    """One way to the customer."""

    name: str

    async def deliver(self, message: Outbound) -> Delivery:
        """Hand the message to the provider; the same ``message_id`` is one message."""


class Match(msgspec.Struct, frozen=True):
    """Which contact reason a text asks for; ``confidence`` is P(correct) when ``calibrated``."""

    reason: str | None
    confidence: float
    calibrated: bool
    why: tuple[str, ...] = ()


class Matcher(Protocol):
    """Recognises contact reasons."""

    @property
    def version(self) -> str:
        """A hash of what it was made from."""

    def match(self, text: str) -> Match:
        """The best reason for a text, or None with the confidence that it is none."""


class Scans(Protocol):
    """Finds every trigger of a message."""

    def scan(self, message: ScanInput) -> Receipt:
        """Every trigger with its evidence, and what follows."""

    def again(self, message: ScanInput) -> tuple[UUID, ...]:
        """The cases in its history whose matter it comes back to, in the order of their ids."""


class Listens(Protocol):
    """Hears what a message means and how its sender feels, before any transaction."""

    def signals(self, message: ScanInput) -> tuple[Signal, ...]:
        """The scores of every model that there is; none where it is missing."""


class Passage(msgspec.Struct, frozen=True):
    """A piece of an article that may be quoted, with its calibrated fitness (0 to 1)."""

    article: str
    version: int
    title: str
    text: str
    confidence: float


class Library(Protocol):
    """Finds knowledge."""

    def search(self, text: str, limit: int) -> Sequence[Passage]:
        """The passages that come nearest to a text, best first."""

    def answers(self, text: str, limit: int) -> Sequence[Passage]:
        """Those of them that may be an answer; none where the text is not for articles."""

    def offered(self, articles: Sequence[str]) -> Sequence[Pointer]:
        """Articles by id with their titles, unknown ones left out."""
