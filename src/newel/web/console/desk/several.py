"""Several cases of the list at once: taken, passed on, put aside; what became of each is said."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Response

from newel.domain.access import Act
from newel.flow.routing import several as flow
from newel.flow.routing.several import Chosen, Outcome
from newel.store import views
from newel.web.page import part
from newel.web.request import Ask
from newel.web.route import form
from newel.web.shapes import Key, Reason

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


def _done(outcomes: Sequence[Outcome]) -> int:
    return sum(not one.why for one in outcomes)


def _told(request: Ask, outcomes: Sequence[Outcome], said: str) -> Response[str]:
    """How many were done; and of each that was not, why."""
    left = len(outcomes) - _done(outcomes)
    if left:
        said += " " + request.gettext("Not done: %(n)s.", n=request.tongue.number(left))
    return part(request, "desk/several.html", say=said, said=said, outcomes=outcomes, left=left)


ROUTES = [take, transfer, snooze]
