"""What the owner of a case writes and how they end it; the fencing token proves that it is theirs."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

import msgspec
from litestar.params import FromPath, JSONBody

from newel.domain.access import Act
from newel.domain.attachment import Listed, listed
from newel.domain.resolution import AiQuality, Category, Cause, Resolution
from newel.flow import resolution
from newel.store.case import Case
from newel.web.request import Ask
from newel.web.route import post
from newel.web.shapes import Attachments, Short, Token

Seconds = Annotated[int, msgspec.Meta(ge=0, le=31 * 24 * 3600)]
Hold = Annotated[int, msgspec.Meta(ge=0, le=60)]
Hours = Annotated[int, msgspec.Meta(ge=1, le=720)]
Note = Annotated[str, msgspec.Meta(max_length=20_000, pattern=r"^[^\x00]*\Z")]
ContactReason = Annotated[str, msgspec.Meta(max_length=100, pattern=r"^[\w.-]*\Z")]


class Reply(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A reply to the customer, in words, with attachments or both; with ``wait_hours`` the case then waits.

    For ``hold_seconds`` it may be taken back. While an act of the case is not confirmed it is refused, but
    ``unconfirmed``: it does not state that act. ``key`` is the caller's: sent again under it, it is one
    message.
    """

    token: Token
    text: Note = ""
    attachments: Attachments = ()
    wait_hours: Hours | None = None
    hold_seconds: Hold = 0
    unconfirmed: bool = False
    key: Short = ""


class Resolve(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How the case ended; ``reply`` and ``attachments`` go to the customer, ``note`` stays.

    ``pattern_flag`` flags a pattern, with the note for its words, unless the caller has flagged one before.
    With ``hold_seconds`` the reply may be taken back for that time, and the case ends after it. While an
    act of the case is not confirmed it does not end, but ``unconfirmed``. ``key`` is the caller's: a reply
    that is sent again under it is one message.
    """

    token: Token
    category: Category
    cause: Cause | None = None
    ai_quality: AiQuality | None = None
    seconds_spent: Seconds | None = None
    pattern_flag: bool = False
    contact_reason: ContactReason = ""
    note: Note = ""
    reply: Note = ""
    attachments: Attachments = ()
    hold_seconds: Hold = 0
    unconfirmed: bool = False
    key: Short = ""


class Mine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The token of my work item."""

    token: Token


class Back(msgspec.Struct, frozen=True):
    """What did not leave."""

    text: str
    attachments: tuple[Listed, ...]


class Standing(msgspec.Struct, frozen=True):
    """The case afterwards."""

    case_id: UUID
    state: str
    episode: int


@post(
    "/api/v1/cases/{case_id:uuid}/messages",
    Act.WORK,
    example={
        "token": 1,
        "text": "I have looked into it: your lamp leaves today.",
        "wait_hours": 48,
        "key": "9d1e",
    },
)
async def reply_to_customer(request: Ask, case_id: FromPath[UUID], data: JSONBody[Reply]) -> Standing:
    """Write to the customer as the owner; 409 when the case has passed to another."""
    wait = timedelta(hours=data.wait_hours) if data.wait_hours else None
    case = await resolution.reply(
        request.house,
        request.person,
        case_id,
        data.token,
        data.text,
        wait,
        hold=_held(data),
        attachments=data.attachments,
        unconfirmed=data.unconfirmed,
        key=data.key,
    )
    return standing(case)


@post(
    "/api/v1/cases/{case_id:uuid}/resolution",
    Act.WORK,
    example={"token": 1, "category": "resolved", "cause": "unclear_request", "seconds_spent": 240},
)
async def resolve_case(request: Ask, case_id: FromPath[UUID], data: JSONBody[Resolve]) -> Standing:
    """End the case with a structured resolution; 409 when it has passed to another."""
    values = {name: getattr(data, name) for name in Resolution.__struct_fields__}
    said = Resolution(**values)
    case = await resolution.resolve(
        request.house,
        request.person,
        case_id,
        data.token,
        said,
        hold=_held(data),
        attachments=data.attachments,
        unconfirmed=data.unconfirmed,
        key=data.key,
    )
    return standing(case)


@post("/api/v1/cases/{case_id:uuid}/withdrawal", Act.WORK, example={"token": 1})
async def take_message_back(request: Ask, case_id: FromPath[UUID], data: JSONBody[Mine]) -> Back:
    """Take back my message that is still held; 409 once it has left. Its text is my draft again."""
    draft = await resolution.undo(request.house, request.person, case_id, data.token)
    return Back(draft.text, listed(draft.attachments))


def _held(data: Reply | Resolve) -> timedelta:
    return timedelta(seconds=data.hold_seconds)


def standing(case: Case) -> Standing:
    """What the API says of a case that was written."""
    return Standing(case.id, case.state, case.episode)


ROUTES = [reply_to_customer, resolve_case, take_message_back]
