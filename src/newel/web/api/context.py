"""The context package: opened by its owner, masked; each field that is revealed is audited first."""

from typing import Annotated
from uuid import UUID

import msgspec
from litestar.params import FromPath, JSONBody

from newel.domain.access import Act
from newel.domain.context import Part
from newel.flow import context
from newel.flow.context import Opened
from newel.store import views
from newel.web.request import Ask
from newel.web.route import get, post
from newel.web.shapes import Key, Reason


class Reveal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which field of which part."""

    part: Part
    field: Key


class Revealed(msgspec.Struct, frozen=True):
    """The value that was hidden."""

    value: str


class Grant(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who may open the package too, what for, and how long."""

    login: Key
    purpose: Reason
    minutes: Annotated[int, msgspec.Meta(ge=1, le=480)] = 60


class Granted(msgspec.Struct, frozen=True):
    """The grant."""

    id: UUID


@get("/api/v1/cases/{case_id:uuid}/context", Act.WORK)
async def case_context(request: Ask, case_id: FromPath[UUID]) -> Opened:
    """Open the package of my case, with its gaps named; the opening is audited."""
    return await context.open_package(request.house, request.person, case_id)


@post(
    "/api/v1/cases/{case_id:uuid}/context/reveals",
    Act.WORK,
    example={"part": "customer", "field": "email"},
)
async def reveal_context(request: Ask, case_id: FromPath[UUID], data: JSONBody[Reveal]) -> Revealed:
    """Show one hidden value, after the audit has it."""
    return Revealed(await context.reveal(request.house, request.person, case_id, data.part, data.field))


@post(
    "/api/v1/cases/{case_id:uuid}/context/grants",
    Act.ASSIGN,
    example={"login": "esme", "purpose": "second opinion", "minutes": 60},
)
async def grant_context(request: Ask, case_id: FromPath[UUID], data: JSONBody[Grant]) -> Granted:
    """Let another person open the package, for a purpose and a time."""
    async with request.house.db.tx(request.actor, read_only=True) as tx:
        staff_id = await views.staff_id(tx, data.login)
    found = await context.grant(request.house, request.person, case_id, staff_id, data.purpose, data.minutes)
    return Granted(found)


ROUTES = [case_context, reveal_context, grant_context]
