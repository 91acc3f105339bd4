"""Several cases of the list at once: taken, passed on, put aside, made urgent, tagged; how each fared."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from litestar import Response

from newel.domain import tag
from newel.domain.access import Act
from newel.domain.words import Priority
from newel.flow import several as flow
from newel.flow import tag as tags
from newel.flow.several import Chosen, Outcome
from newel.store import views
from newel.web.page import part
from newel.web.request import Ask
from newel.web.route import form
from newel.web.route import page as page_at
from newel.web.shapes import Key, Reason, Short

One = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f-]{36}:[0-9]{1,18}\Z")]
"""A case and the token of its work, as the list shows them."""


class Cases(msgspec.Struct, frozen=True, kw_only=True):
    """The cases that were chosen."""

    cases: Annotated[list[One], msgspec.Meta(min_length=1, max_length=flow.MOST)]

    def chosen(self) -> list[Chosen]:
        """Each once, in the order of the list."""
        pairs = (one.split(":") for one in dict.fromkeys(self.cases))
        return [msgspec.convert({"case_id": case, "token": int(token)}, Chosen) for case, token in pairs]


class Transfer(Cases, frozen=True, kw_only=True):
    """To a person, or without one back to the queue."""

    reason: Reason
    login: Key | None = None


class Snooze(Cases, frozen=True, kw_only=True):
    """Until when they are put aside."""

    until: Annotated[datetime, msgspec.Meta(tz=True)]


class Prioritise(Cases, frozen=True, kw_only=True):
    """Which priority they have from now on, and why."""

    priority: Literal[1, 2, 3]
    reason: Reason


class Tags(Cases, frozen=True, kw_only=True):
    """What is put on them and what is taken off, with commas between."""

    add: Short = ""
    remove: Short = ""


@form("/desk/several/taking", Act.WORK)
async def take(request: Ask) -> Response[str]:
    """All of these are mine, as far as I may have them."""
    asked = await request.filled(Cases, many=("cases",))
    told = await flow.take(request.house, request.person, asked.chosen())
    said = request.ngettext("%(num)s case is yours.", "%(num)s cases are yours.", _done(told))
    return _told(request, told, said)


@form("/desk/several/transfer", Act.WORK)
async def transfer(request: Ask) -> Response[str]:
    """Pass those of mine on."""
    asked = await request.filled(Transfer, many=("cases",))
    staff_id: UUID | None = None
    if asked.login:
        async with request.house.db.tx(request.actor, read_only=True) as tx:
            staff_id = await views.staff_id(tx, asked.login)
    told = await flow.transfer(request.house, request.person, asked.chosen(), staff_id, asked.reason)
    n = _done(told)
    if not asked.login:
        said = request.ngettext("%(num)s case is in the queue.", "%(num)s cases are in the queue.", n)
        return _told(request, told, said)
    with_them = request.ngettext(
        "%(num)s case is with %(login)s.", "%(num)s cases are with %(login)s.", n, login=asked.login
    )
    return _told(request, told, with_them)


@form("/desk/several/snooze", Act.WORK)
async def snooze(request: Ask) -> Response[str]:
    """Put those of mine aside."""
    asked = await request.filled(Snooze, many=("cases",))
    told = await flow.snooze(request.house, request.person, asked.chosen(), asked.until)
    said = request.ngettext("%(num)s case is snoozed.", "%(num)s cases are snoozed.", _done(told))
    return _told(request, told, said)


@form("/desk/several/priority", Act.WORK)
async def prioritise(request: Ask) -> Response[str]:
    """Give all of them one priority."""
    asked = await request.filled(Prioritise, many=("cases",))
    to = Priority(asked.priority)
    told = await flow.prioritise(request.house, request.person, asked.chosen(), to, asked.reason)
    said = request.ngettext(
        "%(num)s case is %(priority)s.", "%(num)s cases are %(priority)s.", _done(told), priority=to.name
    )
    return _told(request, told, said)


@form("/desk/several/tags", Act.WORK)
async def put_tags(request: Ask) -> Response[str]:
    """Put tags on all of them, and take others off."""
    asked = await request.filled(Tags, many=("cases",))
    add, remove = tag.fit(asked.add), tag.fit(asked.remove)
    told = await flow.tags(request.house, request.person, asked.chosen(), add, remove)
    said = request.ngettext("%(num)s case is tagged.", "%(num)s cases are tagged.", _done(told))
    return _told(request, told, said)


@page_at("/desk/tags", Act.WORK)
async def known_tags(request: Ask) -> Response[str]:
    """The tags in use, to choose from while one writes."""
    return part(request, "desk/tags.html", tags=await tags.known(request.house, request.person))


def _done(outcomes: Sequence[Outcome]) -> int:
    return sum(one.refused is None for one in outcomes)


def _told(request: Ask, outcomes: Sequence[Outcome], said: str) -> Response[str]:
    """How many were done; and of each that was not, why."""
    left = len(outcomes) - _done(outcomes)
    if left:
        said += " " + request.gettext("Not done: %(n)s.", n=request.tongue.number(left))
    return part(request, "desk/several.html", say=said, said=said, outcomes=outcomes, left=left)


ROUTES = [take, transfer, snooze, prioritise, put_tags, known_tags]
