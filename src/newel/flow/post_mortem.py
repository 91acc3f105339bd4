"""Post-mortems: each miss has one, written by who is named or a supervisor; a new marker becomes a draft."""

from typing import Any, Final
from uuid import UUID

import structlog

from newel.domain import mask
from newel.domain import post_mortem as rule
from newel.domain import weekly as review
from newel.domain.access import Act, Actor, system
from newel.domain.errors import NotFound, Unavailable
from newel.domain.post_mortem import Measure, Told
from newel.domain.words import Cluster
from newel.flow import policy
from newel.flow.house import House
from newel.store import case as cases
from newel.store import customer as customers
from newel.store import notice as notices
from newel.store import policy as policies
from newel.store import post_mortem as rows
from newel.store import weekly
from newel.store.case import Case
from newel.store.db import Tx
from newel.store.notice import SUPERVISORS, Notice
from newel.store.post_mortem import Bare, Call, PostMortem

WATCH: Final = system("weekly")
SHOWN: Final = 200
_BATCH: Final = 100
log = structlog.get_logger("post_mortem")


async def begin(tx: Tx, house: House, case: Case, miss: Bare) -> None:
    """A miss has its post-mortem from here on; its owner hears of it. The second miss of a cluster joins.

    Of an erased customer nobody hears: nothing could be written.
    """
    running = await house.running(tx, case.workflow)
    owner = running.bundle.owners.improvement
    owner_id = await weekly.owner(tx, owner)
    due = review.post_mortem_due(running.bundle, tx.now)
    found = await rows.add(tx, case, miss, owner, owner_id, due)
    if found is not None and not case.erased:
        await _tell(tx, "post_mortem.opened", Call(id=found, case_id=case.id, owner_id=owner_id))


async def begin_missing(house: House) -> None:
    """Misses from before there were post-mortems have theirs as well; those of a workflow that rests wait."""
    async with house.db.tx(WATCH, read_only=True) as tx:
        found = await rows.missing(tx, list(house.in_force()), _BATCH)
    for miss in found:
        try:
            async with house.db.tx(WATCH) as tx:
                await begin(tx, house, await cases.lock(tx, miss.case_id), miss)
        except Unavailable:
            raise
        except Exception as error:  # one miss's trouble holds up no other
            log.warning("post_mortem.failed", case_id=str(miss.case_id), code=type(error).__name__)


async def close_erased(house: House) -> None:
    """What nobody can write any more waits for nobody: its customer was erased, by whatever way."""
    async with house.db.tx(WATCH) as tx:
        await rows.close_erased(tx)


async def tell_late(house: House) -> None:
    """What was not written in time is told, once: to who is named, and to the supervisors."""
    async with house.db.tx(WATCH) as tx:
        for one in await rows.overdue(tx):
            await _tell(tx, "post_mortem.overdue", one, SUPERVISORS)


async def _tell(tx: Tx, kind: str, one: Call, besides: str = "") -> None:
    about: dict[str, Any] = {"case_id": one.case_id, "about": str(one.id)}
    if one.owner_id is not None:
        await notices.add(tx, Notice(kind=kind, staff_id=one.owner_id, **about))
    if besides or one.owner_id is None:
        await notices.add(tx, Notice(kind=kind, address=besides or SUPERVISORS, **about))


async def listed(house: House, actor: Actor, state: str | None = None) -> list[PostMortem]:
    """Post-mortems in a state, or all: what is open first."""
    actor.must(Act.REVIEW)
    async with house.db.tx(actor, read_only=True) as tx:
        return await rows.listed(tx, house.envelope, state, SHOWN)


async def opened(house: House, actor: Actor, post_mortem_id: UUID) -> PostMortem:
    """One post-mortem."""
    actor.must(Act.REVIEW)
    async with house.db.tx(actor, read_only=True) as tx:
        return await rows.read(tx, house.envelope, post_mortem_id)


async def write(house: House, actor: Actor, post_mortem_id: UUID, told: Told) -> PostMortem:
    """Say why it was missed and what is done; a marker's phrases become a draft of the workflow's policy.

    What names the customer is masked before it is kept, and refused in a phrase; of an erased customer
    nothing is written. The draft is signed and put in force like any other: nothing of the policy that
    runs changes here.
    """
    rule.must_say(told)
    async with house.db.tx(actor) as tx:
        found = await rows.read(tx, house.envelope, post_mortem_id)
        review.must_answer(actor, found.owner_id, review.WRITE)
        case = await cases.lock(tx, found.case_id)
        found = await rows.read(tx, house.envelope, post_mortem_id)
        rule.must_be_writable(found.id, found.state, case.erased)
        told = await _masked(tx, house, case, told)
        draft = await _draft(tx, house, found, told) if told.measure is Measure.MARKER else None
        await rows.write(tx, house.envelope, case, found, told, draft)
        return await rows.read(tx, house.envelope, post_mortem_id)


async def _masked(tx: Tx, house: House, case: Case, told: Told) -> Told:
    who = (await customers.read(tx, house.envelope, case.customer_id)).profile
    return rule.masked(told, mask.known_of(who.name, who.address, who.phone))


async def _draft(tx: Tx, house: House, found: PostMortem, told: Told) -> UUID:
    """The version in force, and the markers that wait already, with one more; submitted by who writes."""
    tx.actor.must(Act.SUBMIT_POLICY)
    await policies.lock_workflow(tx, found.workflow)
    running = await policies.active_of(tx, found.workflow)
    if running is None:
        raise NotFound(what="policy in force of", id=found.workflow)
    waits = await rows.drafted(tx, found.workflow, running.id)
    base = (await policies.by_id(tx, waits) if waits else None) or running
    named = rule.name_of(found.id)
    source = rule.with_marker(
        base.source, policy.bundle_of(running), named, found.cluster, told, tx.now.date()
    )
    return (await policy.propose(tx, house, source, via="post_mortem")).id


async def of_miss(tx: Tx, house: House, case: Case, miss_id: UUID, cluster: Cluster) -> None:
    """The miss that was just marked or found in a case's episode."""
    await begin(tx, house, case, Bare(miss_id, case.id, case.episode, cluster))
