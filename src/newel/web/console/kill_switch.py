"""The kill switch: what is stopped, stopping in two steps with what it means in words, and letting go."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response
from litestar.params import FromPath

from newel.domain.access import Act
from newel.domain.errors import Invalid
from newel.domain.sentence import Sentence
from newel.flow import kill_switch
from newel.store import kill_switch as rows
from newel.store import wallboard
from newel.web.page import lead, page, part
from newel.web.request import Ask
from newel.web.route import form
from newel.web.route import page as page_at
from newel.web.shapes import Key, Reason


class Aim(msgspec.Struct, frozen=True):
    """What somebody came to stop."""

    workflow: str = ""
    contact_reason: str = ""


class Stop(msgspec.Struct, frozen=True, kw_only=True):
    """What to stop, and why: ``what`` is ``all``, a workflow, or ``workflow/contact_reason``."""

    what: Key
    reason: Reason


@page_at("/kill-switch", Act.KILL_SWITCH)
async def switches(request: Ask) -> Response[str]:
    """What is stopped now, and what could be."""
    aim = request.asked(Aim)
    async with request.house.db.tx(request.actor, read_only=True) as tx:
        engaged = await rows.engaged(tx)
        people = {str(one): name for one, name in (await wallboard.names(tx)).items()}
    chosen = "/".join(filter(None, (aim.workflow, aim.contact_reason)))
    shown: dict[str, Any] = {
        "engaged": engaged,
        "choices": _choices(request),
        "people": people,
        "chosen": chosen,
        "reason": "",
    }
    return page(request, "kill_switch.html", **shown)


def _choices(request: Ask) -> dict[str, tuple[str, ...]]:
    """The workflows in force with their contact reasons."""
    running = request.house.in_force()
    return {workflow: tuple(sorted(one.bundle.playbooks)) for workflow, one in running.items()}


@form("/kill-switch/check", Act.KILL_SWITCH)
async def check(request: Ask) -> Response[str]:
    """The first step: what would stop and what would not, in words."""
    asked = await request.filled(Stop)
    kill_switch.said_why(asked.reason)
    workflow, contact_reason = _aimed(asked.what)
    if workflow and contact_reason not in {None, *_choices(request).get(workflow, ())}:
        raise Invalid(what="what to stop", why=Sentence("%(what)s is not in force").of(what=asked.what))
    async with request.house.db.tx(request.actor, read_only=True) as tx:
        talks = await wallboard.concerned(tx, workflow, contact_reason)
    shown: dict[str, Any] = {
        "asked": asked,
        "workflow": workflow,
        "contact_reason": contact_reason,
        "talks": talks,
    }
    return part(request, "kill_switch/check.html", **shown)


@form("/kill-switch", Act.KILL_SWITCH)
async def engage(request: Ask) -> Response[str]:
    """The second step: stop."""
    asked = await request.filled(Stop)
    workflow, contact_reason = _aimed(asked.what)
    await kill_switch.engage(
        request.house,
        request.actor,
        workflow=workflow,
        contact_reason=contact_reason,
        reason=asked.reason,
    )
    return lead("/kill-switch", request.gettext("Stopped. No message of the AI leaves there any more."))


@form("/kill-switch/{switch_id:uuid}/release", Act.KILL_SWITCH)
async def release(request: Ask, switch_id: FromPath[UUID]) -> Response[str]:
    """Let the AI send again."""
    await kill_switch.release(request.house, request.actor, switch_id)
    return lead("/kill-switch", request.gettext("Released. The AI answers again."))


def _aimed(what: str) -> tuple[str | None, str | None]:
    if what == "all":
        return None, None
    workflow, _, contact_reason = what.partition("/")
    return workflow, contact_reason or None


ROUTES = [switches, check, engage, release]
