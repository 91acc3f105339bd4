"""Resolution: the owner answers, waits for the customer, or ends the case; silence ends it too.

What the owner sends may be held for a few seconds, and be taken back until it is released.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import UUID, uuid5

from msgspec import Struct

from newel.domain import resolution as rule
from newel.domain.access import Act, Actor, system
from newel.domain.attachment import few
from newel.domain.context import OF_A_REPLY
from newel.domain.deed import Unconfirmed
from newel.domain.errors import Conflict, Invalid
from newel.domain.feedback import Body, What
from newel.domain.resolution import Resolution
from newel.domain.sla import Kind
from newel.domain.words import Tier
from newel.flow import attachment, context, delivery, escalation, feedback, quality, routing, sla, survey
from newel.flow.house import House
from newel.store import case as cases
from newel.store import deed as deeds
from newel.store import draft as drafts
from newel.store import hold as holds
from newel.store import job as jobs
from newel.store import resolution as rows
from newel.store import routing as work
from newel.store.case import Case
from newel.store.db import Tx
from newel.store.draft import Text
from newel.store.hold import Held
from newel.store.job import Job
from newel.store.routing import WorkItem

SETTLER: Final = system("settle")
SHORTEST_WAIT: Final = timedelta(hours=1)
LONGEST_WAIT: Final = timedelta(days=30)
NO_HOLD: Final = timedelta()


async def resolve(
    house: House,
    actor: Actor,
    case_id: UUID,
    token: int,
    said: Resolution,
    *,
    hold: timedelta = NO_HOLD,
    attachments: Sequence[UUID] = (),
    unconfirmed: bool = False,
    key: str = "",
) -> Case:
    """The owner ends the case, with a last reply or without; the token proves that it is theirs.

    A reply is words, attachments or both. While an act of a person is not confirmed the case is not
    ended, but ``unconfirmed`` (INV-19).

    With a ``hold`` the reply may be taken back for that time (``undo``), and the case ends with its
    release. Sent again under its ``key`` it is one message.
    """
    rule.fit_hold(hold)
    says = _Says(said.reply, attachments, _box(case_id, actor, "resolution", key))
    async with house.db.tx(actor) as tx:
        if again := await _again(tx, house, actor, case_id, says):
            return again
        case, item = await routing.mine(tx, case_id, actor, token)
        await _settled(tx, case, unconfirmed=unconfirmed)
        running = await house.running(tx, case.workflow)
        rule.fit_reason(said.contact_reason, case.contact_reason, running.bundle.playbooks)
        await let_go(tx, house, case)
        writes = bool(said.reply or attachments)
        if writes and hold:
            await _hold(tx, house, case, item, actor, says, hold, said)
            return case
        if writes:
            await _post(tx, house, case, actor, says)
        return await _end(tx, house, case, item, said, UUID(actor.id))


async def _end(tx: Tx, house: House, case: Case, item: WorkItem, said: Resolution, by: UUID) -> Case:
    """With what was done in the episode, whoever did it: it ends by words, by acts, or both (RES-1)."""
    acts = await rows.acts(tx, case)
    resolution = await rows.add(tx, house.envelope, case, said, "staff", by, acts)
    await feedback.add(tx, house, case, What.RESOLUTION, _body(said, by_person=True), resolution)
    return await _close(tx, house, case, item, said, acts=list(acts))


def _body(said: Resolution, *, by_person: bool) -> Body:
    return Body(
        category=said.category,
        cause=said.cause,
        ai_quality=said.ai_quality,
        contact_reason=said.contact_reason,
        pattern=said.pattern_flag,
        by_person=by_person,
    )


class _Says(Struct, frozen=True):
    """What the owner writes, and its place in the outbox: the same one each time that it is sent again."""

    text: str
    attachments: Sequence[UUID]
    box: UUID | None


def _box(case_id: UUID, actor: Actor, door: str, key: str) -> UUID | None:
    return uuid5(case_id, f"{actor.id}/{door}/{key}") if key else None


async def _again(tx: Tx, house: House, actor: Actor, case_id: UUID, says: _Says) -> Case | None:
    """The case as it is, when this very message was written before: pressed twice, or without an answer."""
    if says.box is None:
        return None
    actor.must(Act.WORK)
    case = await cases.lock(tx, case_id)
    before = await delivery.written(tx, house, case, says.box)
    if before is None:
        return None
    same = (before.text, [one.id for one in before.attachments]) == (says.text, list(says.attachments))
    if not same:
        raise Conflict(what="the key", state="used", why="another message was sent under it")
    return case


async def _post(tx: Tx, house: House, case: Case, actor: Actor, says: _Says) -> None:
    box = await _write(tx, house, case, actor, says)
    await delivery.send(tx, case, box)
    await _answered(tx, case)


async def _answered(tx: Tx, case: Case) -> None:
    """Response targets are met, and what the case's summary says is made anew."""
    await sla.answered(tx, case)
    item = await work.open_of(tx, case.id)
    if item:
        await context.renew(tx, item, OF_A_REPLY)


async def _write(tx: Tx, house: House, case: Case, actor: Actor, says: _Says) -> UUID:
    """The owner's words in the outbox, with what goes with them; they are a draft no more."""
    if case.conversation_id is None:
        raise Invalid(what="the reply", why="a back-office item has no customer to write to")
    held = await attachment.of_person(tx, house, case, few(says.attachments))
    box = await delivery.write_person(tx, house, case, actor, says.text, held, says.box)
    await drafts.clear(tx, case.id, UUID(actor.id))
    return box


async def _close(
    tx: Tx, house: House, case: Case, item: WorkItem | None, said: Resolution, **told: Any
) -> Case:
    """The episode ends: work done, clocks met, capacity free, the customer asked how it was."""
    await jobs.drop(tx, case.id, "wake", "settle", "deflection")
    await escalation.unask(tx, case)
    if item:
        owner = item.owner_id
        await work.change(tx, item, "done", state="done")
        if owner:
            await routing.release(tx, owner)
    await sla.meet(tx, case, Kind.RESOLUTION)
    await sla.cancel(tx, case)
    await survey.ask(tx, house, case, said.category)
    await quality.ended(tx, house, case)
    return await cases.move(
        tx,
        case,
        "resolved",
        state="resolved",
        resolved_at=tx.now,
        due_at=None,
        contact_reason=said.contact_reason or case.contact_reason,
        data={"category": said.category.value, **told},
    )


async def reply(
    house: House,
    actor: Actor,
    case_id: UUID,
    token: int,
    text: str,
    wait: timedelta | None = None,
    *,
    hold: timedelta = NO_HOLD,
    attachments: Sequence[UUID] = (),
    unconfirmed: bool = False,
    key: str = "",
) -> Case:
    """The owner writes to the customer, and may wait for an answer; the clock then stands still.

    While an act of a person is not confirmed nothing is written that may state it; with ``unconfirmed``
    its writer says that this does not (INV-19).

    With a ``hold`` the message may be taken back for that time (``undo``); response targets are met,
    and the wait begins, when it is released. Writing on releases what was held before. Sent again under
    its ``key`` it is one message, whatever became of the case meanwhile.
    """
    if not (text.strip() or attachments):
        raise Invalid(what="the reply", why="it is empty")
    if wait is not None and not SHORTEST_WAIT <= wait <= LONGEST_WAIT:
        raise Invalid(what="the wait", why="it lasts an hour at least, and thirty days at most")
    rule.fit_hold(hold)
    says = _Says(text, attachments, _box(case_id, actor, "reply", key))
    async with house.db.tx(actor) as tx:
        if again := await _again(tx, house, actor, case_id, says):
            return again
        case, item = await routing.mine(tx, case_id, actor, token)
        if case.state != "owned":
            raise Conflict(what=f"case {case_id}", state=case.state, why="it is not on your desk now")
        await _settled(tx, case, unconfirmed=unconfirmed)
        await let_go(tx, house, case)
        if hold:
            await _hold(tx, house, case, item, actor, says, hold, wait)
            return case
        await _post(tx, house, case, actor, says)
        return await _wait(tx, case, wait) if wait is not None else case


async def _settled(tx: Tx, case: Case, *, unconfirmed: bool) -> None:
    if not unconfirmed and await deeds.unsettled(tx, case.id):
        raise Unconfirmed()


async def _hold(
    tx: Tx,
    house: House,
    case: Case,
    item: WorkItem,
    actor: Actor,
    says: _Says,
    hold: timedelta,
    follows: timedelta | Resolution | None,
) -> None:
    """Written, and released by a job of its own unless it is taken back before."""
    box = await _write(tx, house, case, actor, says)
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
    await _answered(tx, case)


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
        await _wait(tx, case, held.wait)
    elif held.resolution:
        await _end(tx, house, case, item, held.resolution, held.staff_id)


async def _wait(tx: Tx, case: Case, wait: timedelta) -> Case:
    due = tx.now + wait
    await sla.pause(tx, case)
    await jobs.drop(tx, case.id, "settle")
    await jobs.add(tx, "settle", at=due, case_id=case.id)
    return await cases.move(tx, case, "waiting", state="waiting", due_at=due, answered_at=tx.now)


async def contain(tx: Tx, house: House, case_id: UUID) -> Case:
    """The articles offered in place of a person helped, says the customer: the case is contained (TIR-12)."""
    case = await cases.lock(tx, case_id)
    if case.state != "deflecting":
        raise Conflict(what="the offer", state="over", why="the articles are no longer what is waited for")
    said = rule.CONTAINED
    resolution = await rows.add(tx, house.envelope, case, said, "customer", None)
    await feedback.add(tx, house, case, What.RESOLUTION, _body(said, by_person=False), resolution)
    return await _close(tx, house, case, None, said, contained=True)


async def settle(house: House, job: Job) -> None:
    """A case that waited long enough for its customer is resolved by itself."""
    assert job.case_id is not None, "the job names its case"  # noqa: S101
    async with house.db.tx(SETTLER) as tx:
        case = await cases.lock(tx, job.case_id)
        await jobs.done(tx, job)
        if case.state == "waiting" and case.due_at and case.due_at <= tx.now:
            await _settle(tx, house, case)


async def _settle(tx: Tx, house: House, case: Case) -> None:
    said = rule.of_silence(case.tier, await rows.acted(tx, case))
    by = "system" if case.tier is Tier.HUMAN else "ai"
    resolution = await rows.add(tx, house.envelope, case, said, by, None)
    what = What.FOLLOW_UP if case.follow_up else What.RESOLUTION
    await feedback.add(tx, house, case, what, _body(said, by_person=False), resolution)
    await _close(tx, house, case, await work.open_of(tx, case.id), said)
