"""Overflow: a depth is watched, and told once for each crossing; it or a supervisor opens the pool."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import msgspec

from newel.domain import overflow as rule
from newel.domain.access import Act, Actor
from newel.domain.errors import Conflict, Invalid
from newel.domain.escalation import LEAST_REASON
from newel.domain.overflow import Fall, Lines, Rise
from newel.domain.policy.overflow import Overflow
from newel.domain.routing import Person
from newel.domain.sentence import Sentence
from newel.flow import routing
from newel.flow.house import House, Running
from newel.store import notice as notices
from newel.store import overflow as rows
from newel.store import routing as work
from newel.store.db import Tx
from newel.store.notice import SUPERVISORS, Notice
from newel.store.overflow import WATCH, Known, Opening

_NO_POOL: Final = Sentence("the policy of %(workflow)s has none; add `overflow`")


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody of a pool: how they stand to new work, and how much they have through it."""

    person: Person
    standing: str
    held: int


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """One workflow's queue and pool as they stand."""

    workflow: str
    rule: Overflow
    at: Lines
    alert_percent: int
    depth: int
    alerted_at: datetime | None
    opening: Opening | None
    members: tuple[Member, ...]


async def pools(house: House, actor: Actor) -> list[Seen]:
    """Every workflow that has a pool, with how it stands."""
    actor.must(Act.ASSIGN)
    async with house.db.tx(actor, read_only=True) as tx:
        return await seen(house, tx, await work.people(tx))


async def seen(house: House, tx: Tx, people: Sequence[Person]) -> list[Seen]:
    """The same within a step, that knows everybody who may be given work."""
    having = [running for running in house.in_force().values() if running.bundle.overflow]
    if not having:
        return []
    known = await rows.known(tx)
    return [one for running in having if (one := _seen(running, known, people, tx.now))]


def _seen(running: Running, known: Known, people: Sequence[Person], now: datetime) -> Seen | None:
    workflow, pool, at = running.bundle.workflow, running.bundle.overflow, rule.lines(running.bundle)
    if pool is None or at is None:
        return None
    held = known.held.get(workflow, {})
    members = (
        Member(person=person, standing=person.standing(now), held=held.get(person.id, 0))
        for person in people
        if rule.member(person, pool)
    )
    return Seen(
        workflow=workflow,
        rule=pool,
        at=at,
        alert_percent=running.bundle.routing.depth_alert_percent,
        depth=known.depths.get(workflow, 0),
        alerted_at=known.alerts.get(workflow),
        opening=known.openings.get(workflow),
        members=tuple(members),
    )


async def open_pool(house: House, actor: Actor, workflow: str, reason: str) -> None:
    """Let the members of a workflow's pool step in from now on."""
    actor.must(Act.ASSIGN)
    if len(reason.strip()) < LEAST_REASON:
        raise Invalid(what="the reason", why="say in a few words why")
    async with house.db.tx(actor) as tx:
        running = await house.running(tx, workflow)
        if running.bundle.overflow is None:
            raise Invalid(what="the overflow pool", why=_NO_POOL.of(workflow=workflow))
        if await rows.open_pool(tx, workflow, reason.strip()) is None:
            raise Conflict(what="the overflow pool", state="open", why="somebody has opened it already")
        await routing.release(tx)


async def close_pool(house: House, actor: Actor, workflow: str) -> None:
    """Nobody gets more through the pool; what its members hold stays theirs."""
    actor.must(Act.ASSIGN)
    async with house.db.tx(actor) as tx:
        await house.running(tx, workflow)
        if await rows.close_pool(tx, workflow) is None:
            raise Conflict(what="the overflow pool", state="closed", why="it is not open")


async def watch(house: House) -> None:
    """The periodic look at each queue that has a pool: what has crossed a line is told, once."""
    for running in house.in_force().values():
        await _look(house, running)


async def _look(house: House, running: Running) -> None:
    """A queue is counted up to the line that matters now, however long it is."""
    workflow, pool, at = running.bundle.workflow, running.bundle.overflow, rule.lines(running.bundle)
    async with house.db.tx(WATCH) as tx:
        standing = await rows.standing(tx, workflow)
        if pool is None or at is None:
            await _given_up(tx, workflow, is_open=standing.is_open)
            return
        depth = await rows.depth(tx, workflow, at.calm + 1 if standing.told else at.alert)
        match rule.crossing(pool, at, depth, told=standing.told, is_open=standing.is_open):
            case Rise(opens):
                await _risen(tx, workflow, at, opens=opens)
            case Fall(closes):
                await _fallen(tx, workflow, depth, closes=closes)
            case None:
                return


async def _given_up(tx: Tx, workflow: str, *, is_open: bool) -> None:
    """The policy has no pool any more: an open one ends with it."""
    if is_open:
        await rows.close_pool(tx, workflow)


async def _risen(tx: Tx, workflow: str, at: Lines, *, opens: bool) -> None:
    depth = await rows.depth(tx, workflow)
    percent = at.percent(depth)
    if not await rows.raise_alert(tx, workflow, depth, at.normal):
        return
    if opens and await rows.open_pool(tx, workflow, f"{depth} wait, {percent} % of what is usual"):
        await routing.release(tx)
    kind = "overflow.opened" if opens else "overflow.alerted"
    await _tell(tx, kind, workflow, depth=depth, percent=percent)


async def _fallen(tx: Tx, workflow: str, depth: int, *, closes: bool) -> None:
    if not await rows.end_alert(tx, workflow, depth):
        return
    if closes and await rows.close_pool(tx, workflow):
        await _tell(tx, "overflow.closed", workflow, depth=depth)


async def _tell(tx: Tx, kind: str, workflow: str, **said: Any) -> None:
    data = {"workflow": workflow, **said}
    await notices.add(tx, Notice(kind=kind, address=SUPERVISORS, about=workflow, data=data))
