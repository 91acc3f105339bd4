"""The overflow pool on the wallboard: opened with a reason, after what it means in words, and closed."""

from litestar import Response
from litestar.params import FromPath
from msgspec import Struct

from newel.domain.access import Act
from newel.domain.errors import NotFound
from newel.flow import overflow
from newel.store import routing
from newel.web.page import done, part
from newel.web.request import Ask
from newel.web.route import form
from newel.web.route import page as page_at
from newel.web.shapes import Reason


class Why(Struct, frozen=True):
    """Why the pool is needed."""

    reason: Reason


@page_at("/wallboard/overflow/{workflow:str}/opening", Act.ASSIGN)
async def ask(request: Ask, workflow: FromPath[str]) -> Response[str]:
    """What opening a pool means, and the question why."""
    async with request.house.db.tx(request.actor, read_only=True) as tx:
        found = await overflow.seen(request.house, tx, await routing.people(tx))
    pool = next((one for one in found if one.workflow == workflow), None)
    if pool is None:
        raise NotFound(what="overflow pool of", id=workflow)
    return part(request, "wallboard/opening.html", pool=pool)


@form("/wallboard/overflow/{workflow:str}/opening", Act.ASSIGN)
async def open_pool(request: Ask, workflow: FromPath[str]) -> Response[str]:
    """Open."""
    asked = await request.filled(Why)
    await overflow.open_pool(request.house, request.actor, workflow, asked.reason)
    return done(request.gettext("The overflow pool is open now."))


@form("/wallboard/overflow/{workflow:str}/closing", Act.ASSIGN)
async def close_pool(request: Ask, workflow: FromPath[str]) -> Response[str]:
    """Close."""
    await overflow.close_pool(request.house, request.actor, workflow)
    return done(request.gettext("The overflow pool is closed now. What its people have stays theirs."))


ROUTES = [ask, open_pool, close_pool]
