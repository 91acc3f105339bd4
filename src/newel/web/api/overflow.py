"""The overflow pool of each workflow: how deep its queue is, who is in it, opening and closing."""

from datetime import datetime

import msgspec
from litestar.params import FromPath, JSONBody

from newel.domain.access import Act
from newel.flow import overflow
from newel.web.request import Ask
from newel.web.route import delete, get, post
from newel.web.shapes import Reason


class OpenPool(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why the pool is needed, for those who come after."""

    reason: Reason


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who steps in: how they stand, how full they are, and what they have through the pool."""

    login: str
    standing: str
    load: int
    capacity: int
    held: int


class Pool(msgspec.Struct, frozen=True, kw_only=True):
    """One workflow's queue and pool; ``reason``, ``opened_by`` and ``opened_at`` while it is open."""

    workflow: str
    depth: int
    normal_depth: int
    percent: int
    alert_percent: int
    alerted_at: datetime | None
    open: bool
    reason: str
    opened_by: str
    opened_at: datetime | None
    most_each: int
    members: tuple[Member, ...]


class Pools(msgspec.Struct, frozen=True):
    """Every workflow that has a pool."""

    pools: tuple[Pool, ...]


@get("/api/v1/overflow-pools", Act.ASSIGN)
async def overflow_pools(request: Ask) -> Pools:
    """How each queue and its overflow pool stand."""
    return Pools(tuple(_pool(one) for one in await overflow.pools(request.house, request.actor)))


@post(
    "/api/v1/overflow-pools/{workflow:str}/opening",
    Act.ASSIGN,
    status=204,
    example={"reason": "half the town has no power"},
)
async def open_overflow_pool(request: Ask, workflow: FromPath[str], data: JSONBody[OpenPool]) -> None:
    """Let the members of a workflow's pool step in."""
    await overflow.open_pool(request.house, request.actor, workflow, data.reason)


@delete("/api/v1/overflow-pools/{workflow:str}/opening", Act.ASSIGN)
async def close_overflow_pool(request: Ask, workflow: FromPath[str]) -> None:
    """Give nobody more through the pool; what its members have stays theirs."""
    await overflow.close_pool(request.house, request.actor, workflow)


def _pool(one: overflow.Seen) -> Pool:
    opening = one.opening
    return Pool(
        workflow=one.workflow,
        depth=one.depth,
        normal_depth=one.at.normal,
        percent=one.at.percent(one.depth),
        alert_percent=one.alert_percent,
        alerted_at=one.alerted_at,
        open=opening is not None,
        reason=opening.reason if opening else "",
        opened_by=opening.opened_by if opening else "",
        opened_at=opening.opened_at if opening else None,
        most_each=one.rule.most_each,
        members=tuple(
            Member(
                login=member.person.login,
                standing=member.standing,
                load=member.person.load,
                capacity=member.person.capacity,
                held=member.held,
            )
            for member in one.members
        ),
    )


ROUTES = [overflow_pools, open_overflow_pool, close_overflow_pool]
