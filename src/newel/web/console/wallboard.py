"""The wallboard: the whole floor on one screen, and a supervisor's hand on it.

Everything is read from the database and done by flow steps that need no worker: it works while
routing is down, and says that it is.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from litestar import Response
from litestar.params import FromPath

from newel.domain.access import Act
from newel.domain.errors import Conflict
from newel.domain.overflow import fits
from newel.domain.routing import Fit, Item
from newel.domain.survey import LEAST
from newel.flow import escalation, overflow, routing
from newel.flow.routing import pools_of
from newel.store import routing as work
from newel.store import survey as surveys
from newel.store import views, wallboard
from newel.store.db import Tx
from newel.web.page import done, lead, page, part
from newel.web.request import Ask
from newel.web.route import form
from newel.web.route import page as page_at

QUEUE_SHOWN = 30
PEOPLE_SHOWN = 30
EVERYBODY = 2000
FITS_SHOWN = 40
TALKS_SHOWN = 20
ANSWERED_SHOWN = 8
APPROVALS_SHOWN = 8
REVIEWS_SHOWN = 4
HEARD_DAYS = 7


class Look(msgspec.Struct, frozen=True):
    """How the board is looked at: on a screen, with all people of a large floor, how far into the queue."""

    screen: bool = False
    everybody: bool = False
    priority: Annotated[int, msgspec.Meta(ge=0, le=3)] = 0
    """The one priority of the queue that is shown; 0: all."""
    sheet: Annotated[int, msgspec.Meta(ge=1, le=100_000)] = 1
    """Which thirty of it."""

    def but(self, **changes: Any) -> str:
        """The address of the same board looked at otherwise."""
        asked = msgspec.structs.asdict(msgspec.structs.replace(self, **changes))
        said = {name: "true" if value is True else value for name, value in asked.items() if value}
        query = urlencode({name: value for name, value in said.items() if (name, value) != ("sheet", 1)})
        return f"/wallboard?{query}" if query else "/wallboard"


class Sheet(msgspec.Struct, frozen=True):
    """Thirty of the queue: which they are, of how many."""

    number: int
    whole: int

    @classmethod
    def of(cls, asked: int, whole: int) -> "Sheet":
        """The sheet that was asked for; the last one where the queue has become shorter meanwhile."""
        return cls(min(asked, max(1, -(-whole // QUEUE_SHOWN))), whole)

    @property
    def first(self) -> int:
        """How many stand before it."""
        return (self.number - 1) * QUEUE_SHOWN

    @property
    def last(self) -> int:
        """The place of the last one on it."""
        return min(self.first + QUEUE_SHOWN, self.whole)


class Choice(msgspec.Struct, frozen=True):
    """To whom work is given."""

    staff_id: UUID


class Place(msgspec.Struct, frozen=True):
    """Whether waiting work goes to the front of its priority, or back to its place."""

    front: bool


@page_at("/wallboard", Act.ASSIGN)
async def board(request: Ask) -> Response[str]:
    """The board; a script asks for it again whenever something on it has changed."""
    look = request.asked(Look)
    people = EVERYBODY if look.everybody else PEOPLE_SHOWN
    work_now, beside = await asyncio.gather(_work(request, look), _people_and_ai(request, people))
    answer = part if request.partial else page
    template = "wallboard/board.html" if request.partial else "wallboard.html"
    shown = {**work_now, **beside, "targets": _targets(request)}
    return answer(request, template, look=look, people_shown=people, **shown)


async def _work(request: Ask, look: Look) -> dict[str, Any]:
    """The work of people and its clocks; counted whole, whatever part of the queue is shown."""
    async with request.house.db.tx(request.actor, read_only=True) as tx:
        late, coming = await wallboard.clocks(tx)
        lanes = await wallboard.lanes(tx, coming, request.me.id)
        whole = sum(lane.waiting for lane in lanes if look.priority in (0, lane.priority))
        sheet = Sheet.of(look.sheet, whole)
        return {
            "lanes": lanes,
            "late": late,
            "coming": coming,
            "sheet": sheet,
            "queue": await wallboard.queue(tx, QUEUE_SHOWN, sheet.first, look.priority),
            "stalled": await wallboard.stalled(tx),
            "late_reviews": await wallboard.late_reviews(tx) if request.actor.may(Act.REVIEW) else (),
            "reviews_shown": REVIEWS_SHOWN,
        }


async def _people_and_ai(request: Ask, people: int) -> dict[str, Any]:
    """Who is there with what, and what the AI has; read at the same time as the work."""
    async with request.house.db.tx(request.actor, read_only=True) as tx:
        desks = await wallboard.desks(tx, people)
        pools = await overflow.seen(request.house, tx, [desk.person for desk in desks])
        return {
            "desks": desks,
            "pools": pools,
            "names": await _names(tx, desks, pools),
            "standing": Counter(desk.standing for desk in desks),
            "room": sum(desk.person.room for desk in desks if desk.standing == "available"),
            "ai": await wallboard.ai_states(tx),
            "talks": await wallboard.talks(tx, TALKS_SHOWN),
            "answered": await wallboard.answered(tx, ANSWERED_SHOWN),
            "asked": await wallboard.asked(tx),
            "approvals": await views.approvals(tx, APPROVALS_SHOWN),
            "heard": await surveys.since(tx, tx.now - timedelta(days=HEARD_DAYS)),
            "least": LEAST,
        }


async def _names(tx: Tx, desks: Sequence[wallboard.Desk], pools: Sequence[overflow.Seen]) -> dict[str, str]:
    """What people are called by their id; everybody, where somebody without a desk opened a pool."""
    named = {str(desk.person.id): desk.name for desk in desks}
    if any(pool.opening and pool.opening.opened_by not in named for pool in pools):
        named = {str(one): name for one, name in (await wallboard.names(tx)).items()}
    return named


def _targets(request: Ask) -> dict[int, tuple[int, ...]]:
    """The minutes to resolve by priority, each that a workflow in force sets."""
    found: dict[int, set[int]] = {1: set(), 2: set(), 3: set()}
    for running in request.house.in_force().values():
        for name, targets in running.bundle.sla.targets.items():
            found[int(name[1:])].add(targets.resolution_minutes)
    return {priority: tuple(sorted(minutes)) for priority, minutes in found.items()}


@page_at("/wallboard/cases/{case_id:uuid}/people", Act.ASSIGN)
async def people(request: Ask, case_id: FromPath[UUID]) -> Response[str]:
    """Who could have a case: the best first, and what is against each."""
    async with request.house.db.tx(request.actor, read_only=True) as tx:
        item, found = await _fits(request, tx, case_id)
        names = await wallboard.names(tx)
        case = await views.case(tx, case_id)
    shown: dict[str, Any] = {
        "item": item,
        "fits": found[:FITS_SHOWN],
        "all": len(found),
        "names": names,
        "case": case,
    }
    return part(request, "wallboard/people.html", **shown)


async def _fits(request: Ask, tx: Tx, case_id: UUID) -> tuple[work.WorkItem, list[Fit]]:
    item = await work.open_of(tx, case_id)
    if item is None:
        raise Conflict(what=f"case {case_id}", state="no person's", why="there is no open work to assign")
    running = await request.house.running(tx, item.workflow)
    asked = Item(ask=item.ask, priority=item.priority, passed_by=item.passed_by)
    others = [person for person in await work.people(tx) if person.id != item.owner_id]
    pool = (await pools_of(tx, running)).get(item.workflow)
    return item, fits(asked, others, tx.now, pool)


@form("/wallboard/cases/{case_id:uuid}/assignment", Act.ASSIGN)
async def assign(request: Ask, case_id: FromPath[UUID]) -> Response[str]:
    """Give a case to a person, whoever has it now."""
    asked = await request.filled(Choice)
    await routing.assign(request.house, request.actor, case_id, asked.staff_id)
    async with request.house.db.tx(request.actor, read_only=True) as tx:
        names = await wallboard.names(tx)
    return done(request.gettext("%(name)s has it now.", name=names.get(asked.staff_id, "–")))


@form("/wallboard/cases/{case_id:uuid}/place", Act.ASSIGN)
async def place(request: Ask, case_id: FromPath[UUID]) -> Response[str]:
    """Put waiting work at the front of its priority, or back to where it was."""
    asked = await request.filled(Place)
    await routing.reorder(request.house, request.actor, case_id, None if asked.front else 0)
    return done(
        request.gettext("It comes first in its priority now.")
        if asked.front
        else request.gettext("It is back in its place.")
    )


@form("/wallboard/cases/{case_id:uuid}/takeover", Act.ASSIGN)
async def take_over(request: Ask, case_id: FromPath[UUID]) -> Response[str]:
    """Take a case for myself, from the AI or from whoever has it."""
    await escalation.take_over(request.house, request.actor, case_id)
    return lead(f"/desk/{case_id}", request.gettext("It is yours now. The AI sends nothing more there."))


@form("/wallboard/people/{staff_id:uuid}/presence", Act.ASSIGN)
async def presence(request: Ask, staff_id: FromPath[UUID]) -> Response[str]:
    """Say for a person that they are here, or away."""
    async with request.house.db.tx(request.actor, read_only=True) as tx:
        found = await work.person(tx, staff_id)
        names = await wallboard.names(tx)
    here = not found.available
    await routing.presence(request.house, request.actor, staff_id, available=here)
    name = names.get(staff_id, found.login)
    return done(
        request.gettext("%(name)s takes new work now.", name=name)
        if here
        else request.gettext("%(name)s gets no new work now.", name=name)
    )


ROUTES = [board, people, assign, place, take_over, presence]
