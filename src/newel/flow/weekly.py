"""The weekly review: opened once for each week of a live workflow, told when late, signed off once."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec
import structlog

from newel.domain import mask
from newel.domain import weekly as rule
from newel.domain.access import Act, Actor, system
from newel.domain.errors import Conflict, Unavailable
from newel.domain.policy.bundle import Bundle
from newel.domain.weekly import Signed, Span, WeekFigures
from newel.flow import policy, post_mortem
from newel.flow.house import House, Running
from newel.store import notice as notices
from newel.store import policy as policies
from newel.store import post_mortem as post_mortems
from newel.store import weekly as rows
from newel.store.db import Tx
from newel.store.notice import SUPERVISORS, Notice
from newel.store.post_mortem import PostMortem
from newel.store.weekly import Opening, Weekly

WATCH: Final = system("weekly")
SHOWN: Final = 100
_NOBODY: Final = mask.Known()
log = structlog.get_logger("weekly")


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """One review with the post-mortems of its week; ``mine``: whether the person may sign it off."""

    review: Weekly
    post_mortems: tuple[PostMortem, ...]
    mine: bool


async def watch(house: House) -> None:
    """The periodic look: each week has its review, each miss its post-mortem, and what is late is told.

    What of it can be written no more is closed before it is counted or told.
    """
    await post_mortem.close_erased(house)
    for workflow, running in house.in_force().items():
        try:
            await _open(house, running)
        except Unavailable:
            raise
        except Exception as error:  # one workflow's trouble holds up no other's
            log.warning("weekly.failed", workflow=workflow, code=type(error).__name__)
    async with house.db.tx(WATCH) as tx:
        for late in await rows.overdue(tx):
            await _tell(tx, "weekly.overdue", late.id, late.workflow, late.owner_id, SUPERVISORS)
    await post_mortem.tell_late(house)
    await post_mortem.begin_missing(house)


async def _open(house: House, running: Running) -> None:
    """A week that somebody else has opened meanwhile stays theirs: the store has one of each."""
    async with house.db.tx(WATCH, read_only=True) as tx:
        if not await _due(tx, running.bundle):
            return
    async with house.db.tx(WATCH) as tx:
        policy_id, bundle = await _in_force(tx, running)
        for span in await _due(tx, bundle):
            await _open_week(tx, policy_id, bundle, span)


async def _in_force(tx: Tx, running: Running) -> tuple[UUID, Bundle]:
    """The version that runs until this transaction ends: what the process knows may be a refresh old."""
    await policies.lock_workflow(tx, running.bundle.workflow)
    version = await policies.active_of(tx, running.bundle.workflow)
    if version is None or version.id == running.id:
        return running.id, running.bundle
    return version.id, policy.bundle_of(version)


async def _due(tx: Tx, bundle: Bundle) -> tuple[Span, ...]:
    live: datetime | None = await rows.live_since(tx, bundle.workflow)
    if live is None:
        return ()
    return rule.due(bundle, tx.now, live, await rows.last(tx, bundle.workflow))


async def _open_week(tx: Tx, policy_id: UUID, bundle: Bundle, span: Span) -> None:
    asked = bundle.weekly_rule
    one = Opening(
        workflow=bundle.workflow,
        span=span,
        policy_id=policy_id,
        owner=asked.owner,
        owner_id=await rows.owner(tx, asked.owner),
        due_at=rule.due_at(bundle, tx.now),
    )
    found = await rows.open_one(tx, one, await _figures(tx, bundle, span))
    if found is not None:
        await _tell(tx, "weekly.opened", found, bundle.workflow, one.owner_id)


async def _figures(tx: Tx, bundle: Bundle, span: Span) -> WeekFigures:
    """What the policy says that it covers, as it is now."""
    covers, workflow, found = bundle.weekly_rule.covers, bundle.workflow, dict[str, Any]()
    for part, count in _COUNTED.items():
        if part in covers:
            found |= await count(tx, workflow, span)
    if "thresholds" in covers:
        found |= await rows.sampling(tx, workflow)
        found |= {"thresholds": {name: one.value for name, one in bundle.thresholds.items()}}
    return WeekFigures(**found)


_COUNTED: Final = {
    "misses": rows.misses,
    "audit": rows.audited,
    "patterns": rows.patterns,
    "overturned": rows.overturned,
    "post_mortems": rows.post_mortems,
}


async def _tell(
    tx: Tx, kind: str, which: UUID, workflow: str, owner_id: UUID | None, besides: str = ""
) -> None:
    """Who is named hears of it; where nobody is, or it is late, the supervisors do."""
    about: dict[str, Any] = {"about": str(which), "data": {"workflow": workflow}}
    if owner_id is not None:
        await notices.add(tx, Notice(kind=kind, staff_id=owner_id, **about))
    if besides or owner_id is None:
        await notices.add(tx, Notice(kind=kind, address=besides or SUPERVISORS, **about))


async def listed(house: House, actor: Actor, workflow: str | None = None) -> list[Weekly]:
    """The newest reviews, of one workflow or of all."""
    actor.must(Act.REVIEW)
    async with house.db.tx(actor, read_only=True) as tx:
        return await rows.listed(tx, workflow, SHOWN)


async def opened(house: House, actor: Actor, weekly_id: UUID) -> Sheet:
    """One review with the post-mortems of its week."""
    actor.must(Act.REVIEW)
    async with house.db.tx(actor, read_only=True) as tx:
        one = await rows.read(tx, weekly_id)
        span = (one.workflow, one.since, one.until)
        found = await post_mortems.of_week(tx, house.envelope, *span, post_mortem.SHOWN)
    mine = actor.kind == "staff" and rule.answers_for(actor, one.owner_id)
    return Sheet(review=one, post_mortems=tuple(found), mine=mine)


async def sign(house: House, actor: Actor, weekly_id: UUID, said: Signed) -> None:
    """Sign a review off with notes and decisions; it never changes after. Personal data in it is masked.

    Raises ``Invalid`` while post-mortems of its week are open and no reason for that is given.
    """
    async with house.db.tx(actor) as tx:
        one = await rows.locked(tx, weekly_id)
        rule.must_answer(actor, one.owner_id, rule.SIGN)
        if one.state != "open":
            raise Conflict(what=f"weekly review {one.id}", state="signed", why="it was signed off before")
        rule.must_say(said, one.to_write)
        await rows.sign(tx, one, _masked(said))


def _masked(said: Signed) -> Signed:
    """It belongs to no case and no customer: nothing personal stands open in it."""
    notes, decisions, unwritten = (
        mask.masked_text(one, _NOBODY) for one in (said.notes, said.decisions, said.unwritten)
    )
    return Signed(notes=notes, decisions=decisions, unwritten=unwritten)
