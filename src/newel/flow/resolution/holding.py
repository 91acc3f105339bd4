"""What the owner sends may be taken back until it is released; what was to follow it then does."""

from datetime import timedelta
from uuid import UUID

from newel.domain.access import Actor
from newel.domain.errors import Conflict
from newel.domain.resolution import Resolution
from newel.flow import delivery, routing
from newel.flow.house import House
from newel.flow.resolution.ending import SETTLER, end, wait_for_customer
from newel.flow.resolution.says import Says, answered, write
from newel.store import case as cases
from newel.store import draft as drafts
from newel.store import hold as holds
from newel.store import job as jobs
from newel.store import routing as work
from newel.store.case import Case
from newel.store.db import Tx
from newel.store.draft import Text
from newel.store.hold import Held
from newel.store.job import Job
from newel.store.routing import WorkItem


async def hold_back(
    tx: Tx,
    house: House,
    case: Case,
    item: WorkItem,
    actor: Actor,
    says: Says,
    hold: timedelta,
    follows: timedelta | Resolution | None,
) -> None:
    """Written, and released by a job of its own unless it is taken back before."""
    box = await write(tx, house, case, actor, says)
    await holds.add(tx, house.envelope, case, item, box, tx.now + hold, follows)
    await jobs.add(tx, "release", at=tx.now + hold, case_id=case.id, subject_id=box, priority=1)


async def let_go(tx: Tx, house: House, case: Case) -> None:
    """Whoever writes on has let the message before go; a case that is being ended waits for it."""
    held = await holds.open_of(tx, house.envelope, case)
    if held is None:
        return
    if held.resolution:
        raise Conflict(what=f"case {case.id}", state="being ended", why="take its last message back first")
    await jobs.drop(tx, case.id, "release")
    await _leave(tx, case, held)


async def _leave(tx: Tx, case: Case, held: Held) -> None:
    """From here on it is on its way, and the response targets are met."""
    await holds.end(tx, case, held, released=True)
    await delivery.send(tx, case, held.outbox_id)
    await answered(tx, case)


async def undo(house: House, actor: Actor, case_id: UUID, token: int) -> Text:
    """The owner takes back the message that is held; it is their draft again, and returned.

    What was to follow (a wait, the end of the case) does not. ``Conflict`` once it was released.
    """
    async with house.db.tx(actor) as tx:
        case, _ = await routing.mine(tx, case_id, actor, token)
        held = await holds.open_of(tx, house.envelope, case)
        if held is None:
            raise Conflict(what="the message", state="gone", why="it has left, or there is none")
        await jobs.drop(tx, case.id, "release")
        await holds.end(tx, case, held, released=False)
        await delivery.withdraw(tx, case, held.outbox_id, "taken back by its writer")
        draft = Text(held.text, held.attachments)
        await drafts.save(tx, house.envelope, case, UUID(actor.id), draft)
    return draft


async def release(house: House, job: Job) -> None:
    """The hold is over: the message leaves, and what was to follow does, in its writer's name.

    It does not follow when the case has passed to another, or the customer wrote meanwhile.
    """
    assert job.case_id is not None, "the job names its case"  # noqa: S101
    async with house.db.tx(SETTLER, read_only=True) as tx:
        case = await cases.read(tx, job.case_id)
        held = await holds.open_of(tx, house.envelope, case)
    writer = Actor(kind="staff", id=str(held.staff_id)) if held else SETTLER
    async with house.db.tx(writer) as tx:
        case = await cases.lock(tx, job.case_id)
        await jobs.done(tx, job)
        held = await holds.open_of(tx, house.envelope, case)
        if held and held.outbox_id == job.subject_id:
            await _leave(tx, case, held)
            await _follow(tx, house, case, held)


async def _follow(tx: Tx, house: House, case: Case, held: Held) -> None:
    item = await work.open_of(tx, case.id)
    theirs = item is not None and (item.owner_id, item.token) == (held.staff_id, held.token)
    if item is None or not theirs or case.state != "owned" or case.last_inbound_id != held.inbound_id:
        return
    if held.wait is not None:
        await wait_for_customer(tx, case, held.wait)
    elif held.resolution:
        await end(tx, house, case, item, held.resolution, held.staff_id)
