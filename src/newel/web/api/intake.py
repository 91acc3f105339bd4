"""What comes in: customers' messages and back-office items, each once."""

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Response
from litestar.params import JSONBody

from newel.domain.access import Act
from newel.domain.intake import Inbound, Sender
from newel.flow import intake
from newel.web.request import Ask
from newel.web.route import post
from newel.web.shapes import BIG, Attachments, Key, Language, Share, Short, Text

Whole = Annotated[int, msgspec.Meta(ge=-BIG, le=BIG)]
FieldText = Annotated[str, msgspec.Meta(max_length=10_000, pattern=r"^[^\x00]*\Z")]
FieldName = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=r"^[A-Za-z][\w.-]*\Z")]
Fields = Annotated[dict[FieldName, FieldText | Whole | float | bool | None], msgspec.Meta(max_length=200)]


class From(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who writes: the operator's own reference, or an address on the channel; one is needed."""

    ref: Short = ""
    address: Short = ""
    name: Short = ""
    verified: bool = False


class SendMessage(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A customer's message, in words, with attachments or both; the same (channel, external_id) is one."""

    external_id: Key
    customer: From
    text: Text = ""
    attachments: Attachments = ()
    channel: Key = "api"
    workflow: Key = "customer-support"
    conversation: Short = ""
    case_id: UUID | None = None
    subject: Short = ""
    language: Language = ""


class SendItem(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A back-office item with its fields, and how sure the extraction is of them; unsaid, a person looks."""

    external_id: Key
    workflow: Key
    fields: Fields
    customer: From
    channel: Key = "api"
    case_id: UUID | None = None
    text: Text = ""
    attachments: Attachments = ()
    language: Language = ""
    confidence: Share | None = None


class Accepted(msgspec.Struct, frozen=True):
    """It is stored and will not be lost; the same answer comes for the same message again."""

    message_id: UUID
    case_id: UUID
    conversation_id: UUID | None
    duplicate: bool


@post(
    "/api/v1/messages",
    Act.INTAKE,
    example={
        "external_id": "web-1",
        "conversation": "chat-1",
        "customer": {"ref": "C0012"},
        "text": "Where is order 10023?",
    },
    errors=(404,),
)
async def send_message(request: Ask, data: JSONBody[SendMessage]) -> Response[Accepted]:
    """Take a customer's message in; 200 instead of 201 when it is here already."""
    inbound = Inbound(
        channel=data.channel,
        external_id=data.external_id,
        workflow=data.workflow,
        conversation=data.conversation,
        case_id=data.case_id,
        customer=_sender(data.customer),
        subject=data.subject,
        text=data.text,
        attachments=data.attachments,
        language=data.language,
    )
    return await _receive(request, inbound)


@post(
    "/api/v1/items",
    Act.INTAKE,
    example={
        "external_id": "inv-1",
        "workflow": "invoice-exceptions",
        "customer": {"ref": "V001"},
        "fields": {"invoice_number": "INV-1", "amount_minor": 12000},
        "confidence": 0.93,
    },
    errors=(404,),
)
async def send_item(request: Ask, data: JSONBody[SendItem]) -> Response[Accepted]:
    """Take a back-office item in; 200 instead of 201 when it is here already."""
    inbound = Inbound(
        channel=data.channel,
        external_id=data.external_id,
        workflow=data.workflow,
        case_id=data.case_id,
        customer=_sender(data.customer),
        text=data.text,
        attachments=data.attachments,
        language=data.language,
        fields=data.fields,
        extraction_confidence=data.confidence,
    )
    return await _receive(request, inbound)


async def _receive(request: Ask, inbound: Inbound) -> Response[Accepted]:
    taken = await intake.receive(request.house, request.actor, inbound)
    accepted = Accepted(taken.message_id, taken.case_id, taken.conversation_id, taken.duplicate)
    return Response(accepted, status_code=200 if taken.duplicate else 201)


def _sender(given: From) -> Sender:
    return Sender(ref=given.ref, address=given.address, name=given.name, verified=given.verified)


ROUTES = [send_message, send_item]
