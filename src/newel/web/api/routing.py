"""Work: mine and what waits, claiming the next, presence, and a supervisor's hand."""

from typing import Literal
from uuid import UUID

import msgspec
from litestar.params import FromPath, JSONBody

from newel.domain.access import Act
from newel.flow import routing
from newel.store import views
from newel.store.views import WorkView
from newel.web.request import Ask
from newel.web.route import get, post, put
from newel.web.shapes import Key

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


@post("/api/v1/cases/{case_id:uuid}/assignment", Act.ASSIGN, example={"login": "ivan"})
async def assign_case(request: Ask, case_id: FromPath[UUID], data: JSONBody[Assign]) -> WorkView:
    """Give open work to a person, whoever has it now."""
    async with request.house.db.tx(request.actor, read_only=True) as tx:
        staff_id = await views.staff_id(tx, data.login)
    item = await routing.assign(request.house, request.actor, case_id, staff_id)
    return await _view(request, item.id)


@put("/api/v1/me/presence", Act.WORK, example={"presence": "available"})
async def put_presence(request: Ask, data: JSONBody[Presence]) -> Presence:
    """Come or go; the queue is looked at again."""
    me = request.person
    await routing.presence(request.house, me, UUID(me.id), available=data.presence == "available")
    return data


async def _view(request: Ask, item_id: UUID) -> WorkView:
    async with request.house.db.tx(request.actor, read_only=True) as tx:
        return await views.work_item(tx, item_id)


ROUTES = [work, claim_work, assign_case, put_presence]
