"""What an overflow pool changes: a decision about one item, and how far its members reach."""

from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from newel.domain import overflow as rule
from newel.domain.overflow import Pool
from newel.domain.routing import Ask, Assign, Item, Person, Rules
from newel.domain.words import Priority
from newel.flow.house import House, Running
from newel.store import overflow as pools
from newel.store import routing as rows
from newel.store.db import Tx
from newel.store.routing import Serving, Way, WorkItem


def rules_of(running: Running) -> Rules:
    """The policy's numbers for routing."""
    return Rules(widens_after_seconds=running.bundle.routing.generalist_after_seconds)


def asked(tx: Tx, item: WorkItem) -> Item:
    """Queued work as the rule sees it."""
    waited = (tx.now - item.queued_at).total_seconds()
    return Item(ask=item.ask, priority=item.priority, queued_seconds=waited, passed_by=item.passed_by)


async def pools_of(tx: Tx, *of: Running) -> dict[str, Pool]:
    """The pools of these policies, as they stand now; those without one are left out."""
    rules = {one.bundle.workflow: one.bundle.overflow for one in of if one.bundle.overflow}
    held: Mapping[str, Mapping[UUID, int]] = await pools.held(tx, list(rules)) if rules else {}
    return {
        workflow: Pool(rule=found, open=workflow in held, held=held.get(workflow, {}))
        for workflow, found in rules.items()
    }


async def reach(house: House, tx: Tx, serving: Serving) -> Serving:
    """The person with what pools change for them: what is closed to them, and where they step in."""
    joined = {
        workflow: running
        for workflow, running in house.in_force().items()
        if running.bundle.overflow and rule.member(serving.person, running.bundle.overflow)
    }
    if not joined:
        return serving
    held = await pools.held_by(tx, serving.person.id, list(joined))
    if not held and not any(_kept(serving.person, running) for running in joined.values()):
        return serving
    asks = await rows.buckets(tx) if held else {}
    return replace(serving, apart=(*_own(house, serving), *_lent(serving.person, asks, joined, held)))


def _kept(person: Person, running: Running) -> bool:
    return rule.reserved(person, running.bundle.overflow)


def _own(house: House, serving: Serving) -> Iterator[Way]:
    """What is theirs whatever pool is open: all but the workflows for whose pools they are kept."""
    for workflow, running in house.in_force().items():
        if not _kept(serving.person, running):
            yield from (Way(workflow, bucket, Priority.P1) for bucket in serving.eligible)
            yield from (Way(workflow, bucket, Priority.P1, wide=True) for bucket in serving.general)


def _lent(
    person: Person, asks: Mapping[int, Ask], joined: Mapping[str, Running], held: Mapping[str, int]
) -> Iterator[Way]:
    """What comes to them through the open pools where they have room."""
    for workflow, running in joined.items():
        pool, found = running.bundle.overflow, held.get(workflow)
        highest = rule.highest(person, pool) if pool else None
        if pool is None or found is None or highest is None or found >= pool.most_each:
            continue
        for bucket in rule.reach(person, asks, pool):
            yield Way(workflow, bucket, highest, lent=True)


def within(serving: Serving, item: WorkItem) -> bool:
    """Whether an item is still within the reach of somebody in a pool, as that was looked up."""
    return any(_leads(way, item) for way in serving.apart or ())


def _leads(way: Way, item: WorkItem) -> bool:
    same = (way.workflow, way.bucket) == (item.workflow, item.bucket)
    return same and item.priority >= way.highest and (item.general or not way.wide)


def own_alone(serving: Serving) -> Serving:
    """The person without what pools lend them."""
    return replace(serving, apart=tuple(way for way in serving.apart or () if not way.lent))


class Crowd(Struct, frozen=True):
    """Everybody who may be given work, and every pool: who comes before whom is asked of them."""

    people: Sequence[Person]
    pools: Mapping[str, Pool]


async def crowd(house: House, tx: Tx, serving: Serving) -> Crowd:
    """As they stand now; nobody, where no pool lends the person anything."""
    if not any(way.lent for way in serving.apart or ()):
        return Crowd((), {})
    return Crowd(await rows.people(tx), await pools_of(tx, *house.in_force().values()))


async def through(house: House, tx: Tx, serving: Serving, item: WorkItem, among: Crowd) -> bool | None:
    """Whether the person would have the item through the pool; None when somebody comes before them."""
    if serving.apart is None or any(_leads(way, item) for way in serving.apart if not way.lent):
        return False
    rules, pool = rules_of(await house.running(tx, item.workflow)), among.pools.get(item.workflow)
    verdict = rule.decide(asked(tx, item), among.people, tx.now, rules, pool)
    return True if isinstance(verdict, Assign) and verdict.overflow else None
