"""What a message is in the store: its sealed text, and what it became."""

from datetime import datetime
from uuid import UUID

import msgspec

from newel.domain.attachment import Attached
from newel.domain.knowledge import Pointer
from newel.domain.scan.receipt import Receipt


class Body(msgspec.Struct, frozen=True):
    """The sealed text of a message, with what it carries; of an answer also what it stands on or offers."""

    text: str
    subject: str = ""
    sources: tuple[str, ...] = ()
    attachments: tuple[Attached, ...] = ()
    contact: str = ""
    articles: tuple[Pointer, ...] = ()


class Taken(msgspec.Struct, frozen=True):
    """What a message became: the same answer for the same message twice."""

    message_id: UUID
    case_id: UUID
    conversation_id: UUID | None
    state: str
    duplicate: bool = False


class Said(msgspec.Struct, frozen=True):
    """One inbound message with the receipt of its scan."""

    id: UUID
    seq: int
    received_at: datetime
    body: Body
    receipt: Receipt


def body_place(message: UUID) -> str:
    """Where the text of a message is sealed to."""
    return f"message.body:{message}"
