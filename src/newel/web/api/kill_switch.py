"""The kill switch: stop all AI sending, or that of one workflow or contact reason."""

from datetime import datetime
from uuid import UUID

import msgspec
from litestar.params import FromPath, JSONBody

from newel.domain.access import Act
from newel.flow import kill_switch
from newel.web.request import Ask
from newel.web.route import Open, delete, get, post
from newel.web.shapes import Key, Reason


class Stop(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What to stop, and why; without a workflow everything."""

    reason: Reason
    workflow: Key | None = None
    contact_reason: Key | None = None


class Stopped(msgspec.Struct, frozen=True):
    """An engaged switch."""

    id: UUID


class Switch(msgspec.Struct, frozen=True, kw_only=True):
    """One stop that holds now."""

    id: UUID
    workflow: str | None
    contact_reason: str | None
    reason: str
    engaged_by: str
    engaged_at: datetime


class Switches(msgspec.Struct, frozen=True):
    """All stops that hold now."""

    switches: tuple[Switch, ...]


@get("/api/v1/kill-switches", Open.SIGNED_IN)
async def kill_switches(request: Ask) -> Switches:
    """What is stopped now; for those who read cases or may stop it."""
    found = await kill_switch.engaged(request.house, request.actor)
    return Switches(tuple(msgspec.convert(s, Switch, from_attributes=True) for s in found))


@post(
    "/api/v1/kill-switches",
    Act.KILL_SWITCH,
    example={"reason": "wrong refunds", "workflow": "customer-support"},
)
async def engage_kill_switch(request: Ask, data: JSONBody[Stop]) -> Stopped:
    """Stop AI sending at once."""
    found = await kill_switch.engage(
        request.house,
        request.actor,
        workflow=data.workflow,
        contact_reason=data.contact_reason,
        reason=data.reason,
    )
    return Stopped(found)


@delete("/api/v1/kill-switches/{switch_id:uuid}", Act.KILL_SWITCH)
async def release_kill_switch(request: Ask, switch_id: FromPath[UUID]) -> None:
    """Let the AI send again."""
    await kill_switch.release(request.house, request.actor, switch_id)


ROUTES = [kill_switches, engage_kill_switch, release_kill_switch]
