"""Work: mine and what waits, claiming the next, presence, and a supervisor's hand."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from litestar.params import FromPath, JSONBody

from newel.domain.access import Act
from newel.flow import routing
from newel.store import views
from newel.store.views import WorkView
from newel.web.api.resolution import Standing, standing
from newel.web.request import Ask
from newel.web.route import delete, get, post, put
from newel.web.shapes import Key, Language, Reason, Skills, Token

SHOWN = 200


class Work(msgspec.Struct, frozen=True):
    """What is mine, and what waits for anybody."""

    mine: tuple[WorkView, ...]
    queue: tuple[WorkView, ...]


class Claimed(msgspec.Struct, frozen=True):
    """The item that is mine now; null when nothing waits for me."""

    item: WorkView | None


class Presence(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether I take work."""

    presence: Literal["available", "away"]


class Assign(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """To whom, by login."""

    login: Key


class Batch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many at most."""

    most: Annotated[int, msgspec.Meta(ge=1, le=20)]


class Batched(msgspec.Struct, frozen=True):
    """The items that are mine now."""

    items: tuple[WorkView, ...]


class Place(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The position, the smallest first (0 is nobody's hand); null puts it before all the others."""

    position: Annotated[int, msgspec.Meta(ge=-1000, le=1000)] | None = None


class Transfer(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """To a person by login; without one back to the queue, which may ask for other skills or language."""

    token: Token
    reason: Reason
    login: Key | None = None
    skills: Skills | None = None
    language: Language = ""


class Snooze(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Until when the case is put aside."""

    token: Token
    until: Annotated[datetime, msgspec.Meta(tz=True)]


class Held(msgspec.Struct, frozen=True):
    """The token of my work item."""

    token: Token


@get("/api/v1/work", Act.WORK)
async def work(request: Ask) -> Work:
    """My work and the queue, each in order."""
    me = UUID(request.person.id)
    async with request.house.db.tx(request.actor, read_only=True) as tx:
        return Work(tuple(await views.owned(tx, me)), tuple(await views.queue(tx, SHOWN)))


@post("/api/v1/work/claims", Act.WORK)
async def claim_work(request: Ask) -> Claimed:
    """Take the most urgent item that I may take."""
    item = await routing.claim_next(request.house, request.person)
    return Claimed(await _view(request, item.id) if item else None)


@post("/api/v1/work/batches", Act.WORK, example={"most": 5})
async def claim_batch(request: Ask, data: JSONBody[Batch]) -> Batched:
    """Take several P3 items at once, as many as my capacity allows."""
    items = await routing.claim_batch(request.house, request.person, data.most)
    return Batched(tuple([await _view(request, item.id) for item in items]))


@post("/api/v1/cases/{case_id:uuid}/place", Act.ASSIGN, example={})
async def place_case(request: Ask, case_id: FromPath[UUID], data: JSONBody[Place]) -> WorkView:
    """Move waiting work within its priority: to the very front, or to a position."""
    item = await routing.reorder(request.house, request.person, case_id, data.position)
    return await _view(request, item.id)


@post("/api/v1/cases/{case_id:uuid}/assignment", Act.ASSIGN, example={"login": "ivan"})
async def assign_case(request: Ask, case_id: FromPath[UUID], data: JSONBody[Assign]) -> WorkView:
    """Give open work to a person, whoever has it now."""
    async with request.house.db.tx(request.actor, read_only=True) as tx:
        staff_id = await views.staff_id(tx, data.login)
    item = await routing.assign(request.house, request.actor, case_id, staff_id)
    return await _view(request, item.id)


@post(
    "/api/v1/cases/{case_id:uuid}/transfer",
    Act.WORK,
    example={"token": 1, "reason": "she writes in French", "language": "fr"},
)
async def transfer_case(request: Ask, case_id: FromPath[UUID], data: JSONBody[Transfer]) -> WorkView:
    """Pass my case to a person, or back to the queue, with a reason; draft and notes go with it."""
    if data.login is None:
        item = await routing.hand_back(
            request.house,
            request.person,
            case_id,
            data.token,
            data.reason,
            skills=data.skills,
            language=data.language,
        )
    else:
        async with request.house.db.tx(request.actor, read_only=True) as tx:
            staff_id = await views.staff_id(tx, data.login)
        item = await routing.transfer(
            request.house, request.person, case_id, data.token, staff_id, data.reason
        )
    return await _view(request, item.id)


@post(
    "/api/v1/cases/{case_id:uuid}/snooze",
    Act.WORK,
    example={"token": 1, "until": "2026-12-01T09:00:00Z"},
)
async def snooze_case(request: Ask, case_id: FromPath[UUID], data: JSONBody[Snooze]) -> Standing:
    """Put my case aside until a time; it comes back to my desk by itself."""
    case = await routing.snooze(request.house, request.person, case_id, data.token, data.until)
    return standing(case)


@delete("/api/v1/cases/{case_id:uuid}/snooze", Act.WORK, query=Held)
async def unsnooze_case(request: Ask, case_id: FromPath[UUID]) -> None:
    """Take a snoozed case up again before its time."""
    await routing.unsnooze(request.house, request.person, case_id, request.asked(Held).token)


@put("/api/v1/me/presence", Act.WORK, example={"presence": "available"})
async def put_presence(request: Ask, data: JSONBody[Presence]) -> Presence:
    """Come or go; the queue is looked at again."""
    me = request.person
    await routing.presence(request.house, me, UUID(me.id), available=data.presence == "available")
    return data


async def _view(request: Ask, item_id: UUID) -> WorkView:
    async with request.house.db.tx(request.actor, read_only=True) as tx:
        return await views.work_item(tx, item_id)


ROUTES = [
    work,
    claim_work,
    claim_batch,
    place_case,
    assign_case,
    transfer_case,
    snooze_case,
    unsnooze_case,
    put_presence,
]
