"""Marking that a case should have been T3, and the list for the weekly review."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

import msgspec
from litestar.params import FromPath, JSONBody

from newel.domain.access import Act
from newel.domain.words import Cluster
from newel.flow import miss
from newel.store import views
from newel.store.views import Miss
from newel.web.request import Ask
from newel.web.route import get, post

SHOWN = 1000


class Flag(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The cluster of the trigger that was missed."""

    cluster: Cluster


class Marked(msgspec.Struct, frozen=True):
    """The mark."""

    id: UUID


class MissDays(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many days back to look."""

    days: Annotated[int, msgspec.Meta(ge=1, le=366)] = 7


class Misses(msgspec.Struct, frozen=True):
    """The marks of that time, the oldest first."""

    misses: tuple[Miss, ...]


@post("/api/v1/cases/{case_id:uuid}/miss", Act.MARK_MISS, example={"cluster": "emotion"})
async def mark_miss(request: Ask, case_id: FromPath[UUID], data: JSONBody[Flag]) -> Marked:
    """Say that a case which I handle or handled should have been T3; once each."""
    return Marked(await miss.mark(request.house, request.person, case_id, data.cluster))


@get("/api/v1/misses", Act.REVIEW, query=MissDays)
async def misses(request: Ask) -> Misses:
    """What people marked as missed lately: the list of the weekly review."""
    span = timedelta(days=request.asked(MissDays).days)
    async with request.house.db.tx(request.actor, read_only=True) as tx:
        return Misses(tuple(await views.misses(tx, tx.now - span, tx.now, SHOWN)))


ROUTES = [mark_miss, misses]
