"""What a customer's channel reads: only messages, never how they came about (SEC-7)."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar.params import FromPath

from newel.domain.access import Act
from newel.domain.attachment import Listed
from newel.domain.knowledge import Pointer
from newel.store import views
from newel.web.request import Ask
from newel.web.route import get
from newel.web.shapes import BIG


class After(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Only what has left after this number."""

    after: Annotated[int, msgspec.Meta(ge=0, le=BIG)] = 0


class Message(msgspec.Struct, frozen=True):
    """A message to the customer; ``author`` says who speaks: person, ai or system.

    ``sources`` name what an answer of the AI stands on; ``articles`` are offered to be read, at
    ``/help/articles/{id}``.
    """

    seq: int
    id: UUID
    author: str
    text: str
    at: datetime
    sources: tuple[str, ...]
    attachments: tuple[Listed, ...]
    articles: tuple[Pointer, ...]


class Messages(msgspec.Struct, frozen=True):
    """Messages in order; ask again with ``after`` as ``next``."""

    messages: tuple[Message, ...]
    next: int


@get("/api/v1/conversations/{conversation_id:uuid}/messages", Act.READ_CONVERSATION, query=After)
async def conversation_messages(request: Ask, conversation_id: FromPath[UUID]) -> Messages:
    """The messages that have left for the customer of a conversation."""
    after = request.asked(After).after
    async with request.house.db.tx(request.actor, read_only=True) as tx:
        found = await views.conversation(tx, request.house.envelope, conversation_id, after)
    messages = tuple(_message(one) for one in found)
    return Messages(messages, messages[-1].seq if messages else after)


def _message(one: views.Visible) -> Message:
    return Message(one.seq, one.id, one.author, one.text, one.at, one.sources, one.attachments, one.articles)


ROUTES = [conversation_messages]
