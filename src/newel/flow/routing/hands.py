"""Routing by hand: claim the next, assign, transfer, hand back, snooze, come and go.

None of it needs the router: a person's act writes the same rows in the same order.
"""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from msgspec.structs import replace

from newel.domain.access import Act, Actor
from newel.domain.errors import Conflict, Forbidden, Invalid, StaleToken
from newel.domain.escalation import LEAST_REASON, cleared
from newel.domain.note import Kind, fit
from newel.domain.overflow import helps, reserved
from newel.domain.routing import SUPERVISOR, Ask, Person, eligible
from newel.domain.sentence import Sentence, joined, spelt, spoken, word
from newel.domain.words import Priority
from newel.flow.house import House
from newel.flow.routing.queue import ROUTER, own, release, requeue
from newel.flow.routing.reach import asked, crowd, own_alone, pools_of, reach, through
from newel.store import case as cases
from newel.store import claim
from newel.store import job as jobs
from newel.store import note as notes
from newel.store import notice as notices
from newel.store import routing as rows
from newel.store.case import Case
from newel.store.db import Tx
from newel.store.job import Job
from newel.store.notice import Notice
from newel.store.routing import Serving, WorkItem

LONGEST_SNOOZE: Final = timedelta(days=30)
LARGEST_BATCH: Final = 20
FURTHEST: Final = 1000
_LOOKS: Final = 8
_ASKS: Final = Sentence("it asks for %(language)s and %(skills)s")
_BETWEEN: Final = Sentence("it lies between -%(most)s and %(most)s")
_BATCH: Final = Sentence("it has one item at least, and %(most)s at most")
_FULL_OF: Final = Sentence("you have as much by %(channel)s as fits")
_HAS: Final = Sentence("%(login)s has it already")
_NO_REGULATED: Final = Sentence("a %(clearance)s takes no regulated %(priority)s work")
_NONE_OF_THESE: Final = Sentence("a %(clearance)s takes no %(priority)s work")
_CHOICE: Final = "what you ask of the next person"
_NOBODY: Final = Sentence(
    "nobody who may take it speaks %(language)s and has all of this: %(skills)s. Ask for less, or name a"
    " person"
)
_NONE_ASKED: Final = Sentence("no skill besides")
_POOL_CLOSED: Final = Sentence("the overflow pool is closed to them now")


async def claim_next(house: House, actor: Actor) -> WorkItem | None:
    """The most urgent item that this person may take is theirs; None when nothing waits for them."""
    actor.must(Act.WORK)
    async with house.db.tx(actor) as tx:
        serving = await _at_work(tx, actor)
        return await _claim(house, tx, serving)


async def _claim(house: House, tx: Tx, serving: Serving, *, batch: bool = False) -> WorkItem | None:
    """The next is theirs; one that a pool lends only while nobody comes before them."""
    serving = await reach(house, tx, serving)
    among = await crowd(house, tx, serving)
    least, passed = Priority.P3 if batch else Priority.P1, list[UUID]()
    for looks_left in reversed(range(_LOOKS)):
        whole = serving if looks_left else own_alone(serving)
        item = await claim.next_for(tx, whole, least=least, without=passed)
        if item is None:
            return None
        lent = await through(house, tx, serving, item, among)
        if lent is not None:
            case = await cases.lock(tx, item.case_id)
            kind = "batch" if batch else ""
            return (await own(tx, case, item, serving.person, "claimed", why=kind, through=lent))[1]
        passed.append(item.id)
    return None


async def _at_work(tx: Tx, actor: Actor) -> Serving:
    """The person, locked, if they may take work now."""
    serving = await rows.lock_person(tx, _staff(actor))
    _must_be_free(serving, tx.now)
    return serving


def _must_be_free(serving: Serving, now: datetime) -> None:
    if not serving.person.works(now):
        raise Conflict(what="your presence", state="away", why="come in, within your shift, to take work")
    if not serving.person.free:
        raise Conflict(what="your desk", state="full", why="resolve or hand back something first")


async def claim_batch(house: House, actor: Actor, most: int) -> list[WorkItem]:
    """Up to ``most`` P3 items are this person's at once, as their capacity allows (RTE-7); logged."""
    actor.must(Act.WORK)
    if not 0 < most <= LARGEST_BATCH:
        raise Invalid(what="the batch", why=_BATCH.of(most=LARGEST_BATCH))
    taken: list[WorkItem] = []
    async with house.db.tx(actor) as tx:
        serving = await _at_work(tx, actor)
        room = serving.person.capacity - serving.person.load
        while len(taken) < min(most, room):
            item = await _claim(house, tx, serving, batch=True)
            if item is None:
                break
            taken.append(item)
    return taken


async def take(house: House, actor: Actor, case_id: UUID) -> WorkItem:
    """The person takes this very case from the queue, whatever waits before it; that is logged (INV-8).

    Their clearance, skills and language must fit, as if it had come to them by itself.
    """
    actor.must(Act.WORK)
    async with house.db.tx(actor) as tx:
        case = await cases.lock(tx, case_id)
        item = await rows.open_of(tx, case_id)
        if item is None or item.state != "queued":
            raise Conflict(what=f"case {case_id}", state=case.state, why="it does not wait any more")
        serving = await rows.lock_person(tx, _staff(actor))
        person = serving.person
        _permitted(person, item)
        if person.clearance == SUPERVISOR:
            return (await own(tx, case, item, person, "picked", lane="supervisor"))[1]
        lent = await _may_take(house, tx, serving, item)
        return (await own(tx, case, item, person, "picked", through=lent))[1]


async def _may_take(house: House, tx: Tx, serving: Serving, item: WorkItem) -> bool:
    """Raise unless the person could have been given it; whether that would be through the pool."""
    _must_be_free(serving, tx.now)
    person, running = serving.person, await house.running(tx, item.workflow)
    if not person.fits(item.channel):
        raise Conflict(what="your desk", state="full", why=_FULL_OF.of(channel=word(item.channel)))
    kept = reserved(person, running.bundle.overflow)
    if not kept and (item.bucket in serving.eligible or (item.general and item.bucket in serving.general)):
        return False
    pool = (await pools_of(tx, running)).get(item.workflow)
    if pool and helps(person, asked(tx, item), pool):
        return True
    skills = joined(map(spelt, item.skills))
    why = _POOL_CLOSED if kept else _ASKS.of(language=spoken(item.language), skills=skills)
    raise Forbidden(actor=person.login, act="take this", why=why)


async def my_work(house: House, actor: Actor) -> list[WorkItem]:
    """What the person owns, most urgent first."""
    actor.must(Act.WORK)
    async with house.db.tx(actor, read_only=True) as tx:
        return await rows.owned_by(tx, _staff(actor))


async def mine(tx: Tx, case_id: UUID, actor: Actor, token: int) -> tuple[Case, WorkItem]:
    """The locked case and its item, if the actor owns it under this very token (INV-6)."""
    actor.must(Act.WORK)
    case = await cases.lock(tx, case_id)
    item = await rows.open_of(tx, case_id)
    if item is None or item.owner_id != _staff(actor) or item.token != token:
        raise StaleToken(what=f"case {case_id}")
    return case, item


async def within_reach(tx: Tx, case_id: UUID, actor: Actor, token: int) -> tuple[Case, WorkItem]:
    """The locked case and its item as the actor saw it: their own, what waits, or as a supervisor any."""
    actor.must(Act.WORK)
    case = await cases.lock(tx, case_id)
    item = await rows.open_of(tx, case_id)
    if item is None or item.token != token:
        raise StaleToken(what=f"case {case_id}")
    if item.owner_id not in {None, _staff(actor)} and not actor.may(Act.ASSIGN):
        raise Forbidden(
            actor=actor.id,
            act="change this case",
            why="it is another's; ask them or a supervisor to pass it on",
        )
    return case, item


async def assign(house: House, actor: Actor, case_id: UUID, staff_id: UUID) -> WorkItem:
    """A supervisor gives open work to a person, whoever has it now."""
    actor.must(Act.ASSIGN)
    async with house.db.tx(actor) as tx:
        case = await cases.lock(tx, case_id)
        item = await rows.open_of(tx, case_id)
        if item is None:
            raise Conflict(what=f"case {case_id}", state=case.state, why="there is no open work to assign")
        return await hand(tx, case, item, staff_id, "assigned")


async def transfer(
    house: House, actor: Actor, case_id: UUID, token: int, staff_id: UUID, reason: str
) -> WorkItem:
    """The owner hands their work to another person; the reason stays with the case as a note."""
    async with house.db.tx(actor) as tx:
        case, item = await mine(tx, case_id, actor, token)
        await explain(tx, house, case, reason)
        return await hand(tx, case, item, staff_id, "transferred")


async def explain(tx: Tx, house: House, case: Case, reason: str, kind: Kind = Kind.HANDOVER) -> None:
    """Keep why the case passes on, or why else something is done with it, sealed with it."""
    if len(reason.strip()) < LEAST_REASON:
        raise Invalid(what="the reason", why="say in a few words why")
    await notes.add(tx, house.envelope, case, fit(reason), kind=kind)


async def hand(tx: Tx, case: Case, item: WorkItem, staff_id: UUID, event: str) -> WorkItem:
    """This person is the owner, whoever was it before; their clearance must permit it."""
    person = await rows.person(tx, staff_id)
    _permitted(person, item)
    if item.owner_id == person.id:
        raise Conflict(what=f"case {case.id}", state="owned", why=_HAS.of(login=person.login))
    lane = "supervisor" if person.clearance == SUPERVISOR else "normal"
    before = item.owner_id
    _, item = await own(tx, case, item, person, event, lane=lane)
    if before:
        await release(tx, before)
    return item


def _permitted(person: Person, item: WorkItem) -> None:
    if not cleared(person.clearance, item.priority, item.regulated):
        takes_none = _NO_REGULATED if item.regulated else _NONE_OF_THESE
        who = word(str(person.clearance))
        why = takes_none.of(clearance=who, priority=item.priority.name)
        raise Forbidden(actor=person.login, act="take this", why=why)


async def hand_back(
    house: House,
    actor: Actor,
    case_id: UUID,
    token: int,
    reason: str,
    *,
    skills: tuple[str, ...] | None = None,
    language: str = "",
) -> WorkItem:
    """The owner puts their work back into the queue, with a reason; it may ask for other skills.

    ``skills`` replace those that it asked for, ``language`` its language. Its owner does not get
    it again by the router; somebody else does, or a supervisor.
    """
    async with house.db.tx(actor) as tx:
        case, item = await mine(tx, case_id, actor, token)
        if case.state == "waiting":
            raise Conflict(what=f"case {case_id}", state="waiting", why="transfer it to a person instead")
        await explain(tx, house, case, reason)
        running = await house.running(tx, case.workflow)
        wanted = tuple(sorted(set(item.skills if skills is None else skills)))
        ask = replace(item.ask, language=language or item.language, skills=wanted)
        bucket = item.bucket if ask == item.ask else await bucket_of(tx, ask)
        _, item = await requeue(
            tx, case, item, running, "handed_back", "by_owner", bucket=bucket, passed_by=item.owner_id
        )
        return await rows.read(tx, item.id)


async def bucket_of(tx: Tx, ask: Ask) -> int:
    """The bucket of an ask that a person has put together: somebody must be able to serve it."""
    if not any(eligible(one, {0: ask}) for one in await rows.people(tx)):
        asked = joined(map(spelt, ask.asked)) if ask.asked else _NONE_ASKED
        raise Invalid(what=_CHOICE, why=_NOBODY.of(language=spoken(ask.language), skills=asked))
    return await rows.bucket(tx, ask)


async def reorder(house: House, actor: Actor, case_id: UUID, position: int | None = None) -> WorkItem:
    """A supervisor moves waiting work within its priority; the smallest position comes first.

    Without a position it is pinned: before everything else of its priority.
    """
    actor.must(Act.ASSIGN)
    if position is not None and abs(position) > FURTHEST:
        raise Invalid(what="the position", why=_BETWEEN.of(most=FURTHEST))
    async with house.db.tx(actor) as tx:
        await cases.lock(tx, case_id)
        item = await rows.open_of(tx, case_id)
        if item is None or item.state != "queued":
            raise Conflict(what=f"case {case_id}", state="not waiting", why="only waiting work has a place")
        place = await rows.first_place(tx, item) if position is None else position
        data = {"position": place, "pinned": position is None}
        return await rows.change(tx, item, "reordered", position=place, data=data)


async def snooze(house: House, actor: Actor, case_id: UUID, token: int, until: datetime) -> Case:
    """The owner puts the case aside until a time, or moves that time; its clock runs on."""
    async with house.db.tx(actor) as tx:
        case, _ = await mine(tx, case_id, actor, token)
        if case.state not in {"owned", "snoozed"}:
            raise Conflict(what=f"case {case_id}", state=case.state, why="it is not on your desk now")
        if not tx.now < until <= tx.now + LONGEST_SNOOZE:
            raise Invalid(what="the time", why="it lies ahead, by thirty days at most")
        await jobs.drop(tx, case.id, "wake")
        await jobs.add(tx, "wake", at=until, case_id=case.id)
        return await cases.move(tx, case, "snoozed", state="snoozed", due_at=until)


async def unsnooze(house: House, actor: Actor, case_id: UUID, token: int) -> Case:
    """The owner takes a snoozed case up again before its time."""
    async with house.db.tx(actor) as tx:
        case, _ = await mine(tx, case_id, actor, token)
        if case.state != "snoozed":
            raise Conflict(what=f"case {case_id}", state=case.state, why="it is not snoozed")
        await jobs.drop(tx, case.id, "wake")
        return await cases.move(tx, case, "woken", state="owned", due_at=None)


async def wake(house: House, job: Job) -> None:
    """A snoozed case is back on its owner's desk."""
    assert job.case_id is not None, "the job names its case"  # noqa: S101
    async with house.db.tx(ROUTER) as tx:
        case = await cases.lock(tx, job.case_id)
        await jobs.done(tx, job)
        item = await rows.open_of(tx, case.id)
        if case.state == "snoozed" and item and case.due_at and case.due_at <= tx.now:
            await cases.move(tx, case, "woken", state="owned", due_at=None)
            await notices.add(
                tx, Notice(kind="woken", case_id=case.id, staff_id=item.owner_id, about=str(item.id))
            )


async def presence(house: House, actor: Actor, staff_id: UUID, *, available: bool) -> None:
    """A person comes or goes (a supervisor may say it for them); the queue is looked at again."""
    actor.must(Act.WORK)
    if actor.id != str(staff_id):
        actor.must(Act.ASSIGN)
    async with house.db.tx(actor) as tx:
        changed = await rows.set_presence(tx, staff_id, "available" if available else "away")
        if changed:
            await release(tx, staff_id if available else None)


def _staff(actor: Actor) -> UUID:
    if actor.kind != "staff":
        raise Forbidden(actor=actor.id, act="own work", why="only people do")
    return UUID(actor.id)
