"""Merging: a person ends a duplicate in another case of its customer, in one transaction and for good.

Both cases are locked in the order of their ids. The survivor is a person's from here on: the AI never
answers a matter of which it sees a part only (docs/decisions/0016-merge.md).
"""

from typing import Final
from uuid import UUID

import msgspec

from newel.domain import escalation as ranks
from newel.domain import merge as rule
from newel.domain.access import Act, Actor
from newel.domain.errors import Conflict, Forbidden, Invalid, StaleToken
from newel.domain.merge import Carried, Foreseen
from newel.domain.words import Priority, Tier
from newel.flow import delivery, escalation, resolution, routing, sla
from newel.flow.house import House, Running
from newel.store import case as cases
from newel.store import draft as drafts
from newel.store import job as jobs
from newel.store import merge as rows
from newel.store import routing as work
from newel.store.case import Case
from newel.store.db import Tx
from newel.store.draft import Draft, Text
from newel.store.merge import Other, Waits
from newel.store.routing import WorkItem

BECAUSE: Final = "merged into another case"
_JOBS: Final = (*escalation.AI_JOBS, "action", "routing", "rebalance", "release")


class Preview(msgspec.Struct, frozen=True):
    """What a merge would do, before anybody does it."""

    other: Other
    now: Foreseen
    after: Foreseen
    waits: Waits
    to_owner: str
    """Who would have the survivor, when nobody has it now."""


async def merge(house: House, actor: Actor, case_id: UUID, into_id: UUID, token: int | None = None) -> Case:
    """End the one case in the other; the survivor, as it then stands. Said twice, it is done once.

    For its owner, under their token, or a supervisor. A survivor that was merged itself stands for the
    case in which it goes on. Raises ``Conflict`` when the two do not fit.
    """
    actor.must(Act.WORK)
    async with house.db.tx(actor) as tx:
        into_id = await rows.into(tx, into_id) or into_id
        pair = await _locked(tx, case_id, into_id)
        if pair is None:
            return await cases.read(tx, into_id)
        one, into = pair
        item = await work.open_of(tx, one.id)
        me = _permitted(actor, one, item, token)
        await _must_fit(tx, one, into)
        running = await house.running(tx, one.workflow)
        into = await _risen(tx, house, running, one, into, item)
        owner = item.owner_id if item else None
        kept = await drafts.read(tx, house.envelope, one, owner) if owner else None
        await _ended(tx, house, running, one, into, item)
        await rows.add(tx, one, into, me)
        heard = await rows.heard(tx, one, into)
        into = await cases.move(tx, into, "absorbed", reply_to=heard, data={"merged": str(one.id)})
        return await _handed(tx, house, into, owner, kept) if owner else into


async def choices(house: House, actor: Actor, case_id: UUID) -> list[Other]:
    """What the case may be merged into: the other open conversations of its customer, without their texts."""
    actor.must(Act.WORK)
    async with house.db.tx(actor, read_only=True) as tx:
        _person(actor, await work.open_of(tx, case_id))
        return await rows.others(tx, case_id)


async def preview(house: House, actor: Actor, case_id: UUID, into_id: UUID) -> Preview:
    """What a merge would do; ``NotFound`` for what is no open case of the same customer."""
    actor.must(Act.WORK)
    async with house.db.tx(actor, read_only=True) as tx:
        one, item = await cases.read(tx, case_id), await work.open_of(tx, case_id)
        _person(actor, item)
        other = await rows.other(tx, case_id, into_id)
        owner = item.owner_id if item else None
        return Preview(
            other,
            other.stands,
            rule.foreseen(_stands(one, item), other.stands),
            await rows.waits(tx, case_id, UUID(actor.id)),
            (await work.person(tx, owner)).login if owner and not other.owner else "",
        )


def _stands(case: Case, item: WorkItem | None) -> Foreseen:
    return Foreseen(
        priority=case.priority,
        locked=case.locked,
        due_at=item.due_at if item else None,
        due_from=item.queued_at if item else None,
    )


async def _locked(tx: Tx, case_id: UUID, into_id: UUID) -> tuple[Case, Case] | None:
    """Both cases, locked in the order of their ids; None when it is done already.

    Looked at again under the first lock: an intake that follows this very merge holds the merged case and
    waits for the survivor, and nobody may wait for it the other way round.
    """
    if case_id == into_id:
        raise Invalid(what="the other case", why="it is the same case")
    if await rows.into(tx, case_id) == into_id:
        return None
    first = await cases.lock(tx, min(case_id, into_id))
    if await rows.into(tx, case_id) == into_id:
        return None
    second = await cases.lock(tx, max(case_id, into_id))
    return (first, second) if first.id == case_id else (second, first)


def _person(actor: Actor, item: WorkItem | None) -> UUID:
    """Who merges: the owner of what is merged, or a supervisor."""
    if actor.kind != "staff":
        raise Forbidden(actor=actor.id, act="merge cases", why="only a person does")
    if not (_owns(actor, item) or actor.may(Act.ASSIGN)):
        raise Forbidden(
            actor=actor.id,
            act="merge this case",
            why="it is another's; ask them or a supervisor to pass it on",
        )
    return UUID(actor.id)


def _owns(actor: Actor, item: WorkItem | None) -> bool:
    return item is not None and str(item.owner_id) == actor.id


def _permitted(actor: Actor, one: Case, item: WorkItem | None, token: int | None) -> UUID:
    """The same; an owner proves by their token that it is still theirs (INV-6)."""
    if item is not None and _owns(actor, item) and token != item.token:
        raise StaleToken(what=f"case {one.id}")
    return _person(actor, item)


async def _must_fit(tx: Tx, one: Case, into: Case) -> None:
    why = rule.why_not(await rows.side(tx, one), await rows.side(tx, into))
    if why:
        raise Conflict(what="the merge", state="refused", why=why)


async def _risen(
    tx: Tx, house: House, running: Running, one: Case, into: Case, item: WorkItem | None
) -> Case:
    """The survivor a person's, at least as urgent and as restricted as either, from the earlier start."""
    if into.tier is not Tier.HUMAN:
        await delivery.take_back(tx, into, because="another case was merged into it")
    order = rule.order(_carried(one, item))
    into = await escalation.escalate(tx, house, running, into, order)
    await sla.inherit(tx, running, into, one)
    theirs, due = await work.open_of(tx, into.id), await sla.resolution_due_of(tx, into)
    if theirs and due and due != theirs.due_at:
        await work.change(
            tx, theirs, "raised", due_at=due, data={"priority": int(theirs.priority), "why": rule.REASON}
        )
    return into


def _carried(one: Case, item: WorkItem | None) -> Carried:
    carried = Carried(priority=one.priority, assist=one.assist, locked=one.locked)
    if item is None:
        return carried
    return msgspec.structs.replace(
        carried,
        priority=Priority(min(one.priority, item.priority)),
        skills=item.skills,
        regulated=item.regulated,
        reason=item.reason,
    )


async def _ended(
    tx: Tx, house: House, running: Running, one: Case, into: Case, item: WorkItem | None
) -> Case:
    """What waits of the merged case is taken back; at tier 3 nothing of the AI leaves it (INV-1)."""
    await resolution.let_go(tx, house, one)
    await delivery.take_back(tx, one, because=BECAUSE)
    await delivery.restate(tx, house, one, running)
    await jobs.drop(tx, one.id, *_JOBS)
    if item is not None:
        await work.change(tx, item, "merged", state="cancelled")
        if item.owner_id:
            await drafts.clear(tx, one.id, item.owner_id)
            await routing.release(tx, item.owner_id)
    await sla.cancel(tx, one)
    return await cases.move(
        tx,
        one,
        "merged",
        state="resolved",
        tier=Tier.HUMAN,
        resolved_at=tx.now,
        due_at=None,
        data={"into": str(into.id)},
    )


async def _handed(tx: Tx, house: House, into: Case, owner: UUID, kept: Draft | None) -> Case:
    """Where nobody has the survivor, who had the merged case has it, with what they were writing."""
    item = await work.open_of(tx, into.id)
    assert item is not None, "the survivor is a person's work"  # noqa: S101
    if item.owner_id is None and await _fits(tx, item, owner):
        item = await routing.hand(tx, into, item, owner, "assigned")
        into = await cases.read(tx, into.id)
    if kept and item.owner_id == owner and not await drafts.read(tx, house.envelope, into, owner):
        await drafts.save(tx, house.envelope, into, owner, Text(kept.text))
    return into


async def _fits(tx: Tx, item: WorkItem, staff_id: UUID) -> bool:
    person = next((one for one in await work.people(tx) if one.id == staff_id), None)
    if person is None or not person.fits(item.channel):
        return False
    return ranks.cleared(person.clearance, item.priority, item.regulated)
