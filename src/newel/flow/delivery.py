"""Delivery: what is written to the customer, the sending of it, and what is taken back."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID, uuid4

from newel import span
from newel.domain import delivery as rule
from newel.domain.access import Act, Actor, system
from newel.domain.errors import Conflict, Forbidden
from newel.domain.knowledge import Pointer
from newel.domain.ports import Delivery, Outbound
from newel.domain.words import FOLLOW_UP_WITHIN, Tier
from newel.flow.house import House, Running
from newel.store import case as cases
from newel.store import delivery as rows
from newel.store import job as jobs
from newel.store import notice
from newel.store.attachment import Held
from newel.store.case import Case
from newel.store.db import Guarded, Tx
from newel.store.delivery import Altered, Dead, Provenance
from newel.store.intake import Body
from newel.store.job import Job
from newel.store.notice import SUPERVISORS, Notice

take_back = rows.take_back
SENDER = system("delivery")
SEND_TIMEOUT = timedelta(seconds=20)
# Together a little longer than one that hangs holds others up.
_PAUSES = (0.025, 0.025, 0.05, 0.1, 0.2, 0.4, 0.3, 0.0)
_AGAIN = timedelta(seconds=1)


async def post_system(tx: Tx, house: House, case: Case, running: Running, key: str) -> None:
    """Write a fixed text of the policy in the customer's language; nothing for items without a channel."""
    if case.conversation_id is None:
        return
    provenance = Provenance(drafted_by="template", template=key, policy_id=running.id)
    await _post(tx, house, case, rule.fixed_text(running.bundle, key, case.language), provenance)


async def post_system_once(tx: Tx, house: House, case: Case, running: Running, key: str) -> None:
    """The same, once an episode and again after a lowering; a hand-over while nobody is there says so."""
    if case.conversation_id is None or await rows.template_sent(tx, case, key):
        return
    here = key != rule.HANDOVER or await rows.somebody_here(tx)
    told = rule.text_now(key, case.priority, running.bundle, tx.now, here=here)
    if told == key or not await rows.template_sent(tx, case, told):
        await post_system(tx, house, case, running, told)


async def talks_again(tx: Tx, case: Case) -> None:
    """The AI has the case back from a person: it says again that it is one, before its next word (RES-3)."""
    if case.talk is not None:
        await rows.undisclose(tx, case.talk)


async def restate(tx: Tx, house: House, case: Case, running: Running) -> None:
    """A person has the case now: the fixed text says what happened, in place of the AI's (INV-19)."""
    if await rows.withdraw_stating(tx, case, "a person has the case"):
        await post_system(tx, house, case, running, "action_confirmed")


async def write_person(
    tx: Tx,
    house: House,
    case: Case,
    actor: Actor,
    text: str,
    held: Sequence[Held] = (),
    box: UUID | None = None,
) -> UUID:
    """Write what the owner of the case says and attaches; it stays in the outbox until it is sent."""
    if actor.kind != "staff":
        raise Forbidden(actor=actor.id, act="reply", why="only a person writes as a person")
    provenance = Provenance(drafted_by="person", released_by=UUID(actor.id), held=held)
    return await rows.add(tx, house.envelope, case, text, provenance, box=box)


async def written(tx: Tx, house: House, case: Case, box: UUID) -> Body | None:
    """What stands in that place of the outbox of a case, whatever has become of it; None: nothing does."""
    return await rows.written(tx, house.envelope, case, box)


async def send(tx: Tx, case: Case, box: UUID) -> None:
    """A written message is on its way."""
    await jobs.add(tx, "delivery", case_id=case.id, subject_id=box, priority=2)


async def withdraw(tx: Tx, case: Case, box: UUID, because: str) -> None:
    """Take back a message that is not on its way yet; ``Conflict`` when it has been claimed."""
    if not await rows.end(tx, box, case.id, "withdrawn", reason=because):
        raise Conflict(what="the message", state="gone", why="it has left")


async def post_ai(
    tx: Tx,
    house: House,
    case: Case,
    running: Running,
    text: str,
    proposal: UUID,
    action: UUID | None = None,
    sources: tuple[str, ...] = (),
    articles: tuple[Pointer, ...] = (),
) -> None:
    """Write what the AI says; its first word, and the first after a person's, follow that it is an AI."""
    if case.talk is None:
        return
    box = uuid4()
    if await rows.disclose(tx, case.talk):
        first = Provenance(drafted_by="template", template="ai_disclosure", policy_id=running.id)
        words = rule.fixed_text(running.bundle, "ai_disclosure", case.language)
        await rows.add(tx, house.envelope, case, words, first, before=box)
    provenance = Provenance(drafted_by="ai", proposal_id=proposal, sources=sources, articles=articles)
    await send(tx, case, await rows.add(tx, house.envelope, case, text, provenance, action, box=box))


async def post_approved(
    tx: Tx, house: House, case: Case, text: str, provenance: Provenance, action: UUID | None
) -> None:
    """Write what a person approved: theirs as author, whoever drafted it."""
    if case.conversation_id is not None:
        await _post(tx, house, case, text, provenance, action)


async def _post(
    tx: Tx, house: House, case: Case, text: str, provenance: Provenance, action: UUID | None = None
) -> None:
    await send(tx, case, await rows.add(tx, house.envelope, case, text, provenance, action))


async def answered(tx: Tx, case: Case, tier: Tier) -> Case:
    """The AI has answered: wait for the customer a day, then resolve; an item has nobody to wait for."""
    due = tx.now + (FOLLOW_UP_WITHIN if case.conversation_id else timedelta())
    await jobs.drop(tx, case.id, "settle")
    await jobs.add(tx, "settle", at=due, case_id=case.id)
    return await cases.move(tx, case, "answered", state="waiting", tier=tier, due_at=due, answered_at=tx.now)


async def deliver(house: House, job: Job) -> None:
    """Claim, send, record. A message that may not leave is withdrawn, and a person gets the case."""
    box = _subject(job)
    try:
        begun = await _begin(house, job, box)
    except Guarded as refused:
        await _refused(house, job, box, refused)
        return
    except Altered:
        await _altered(house, job, box)
        return
    if begun:
        await _send_all(house, job, begun)


async def _begin(house: House, job: Job, box: UUID) -> list[rows.Claimed]:
    """Claim it in its turn; empty when there is nothing to send, or not yet.

    The one before is as a rule being sent at this very moment: it is worth a short wait.
    """
    for pause in _PAUSES:
        claimed = await rows.claim(house.db, SENDER, house.envelope, job, box)
        if claimed != "behind":
            return [] if isinstance(claimed, str) else claimed
        await asyncio.sleep(pause)
    async with house.db.tx(SENDER) as tx:
        await jobs.retry(tx, job, at=tx.now + _AGAIN, error="an earlier message has not left")
    return []


async def _send_all(house: House, job: Job, begun: Sequence[rows.Claimed]) -> None:
    """One after the other; where one must be tried again, or is given up, so are those after it."""
    told: dict[UUID, str] = {}
    for number, claimed in enumerate(begun):
        match rule.after(await _send(house, claimed.message), claimed.attempts):
            case rule.Delivered(provider_id):
                told[claimed.id] = provider_id
            case rule.Again(wait, reason):
                if told:
                    await rows.delivered(house.db, SENDER, job, claimed.case_id, told, last=False)
                async with house.db.tx(SENDER) as tx:
                    await jobs.retry(tx, job, at=tx.now + wait, error=reason)
                return
            case rule.GiveUp(reason):
                await _give_up(house, begun[number:], reason)
                break
    await rows.delivered(house.db, SENDER, job, begun[0].case_id, told, last=True)


async def _give_up(house: House, left: Sequence[rows.Claimed], reason: str) -> None:
    """Dead letters; no reply of the AI leaves without the introduction that was to go before it (RES-3)."""
    async with cases.locked(house.db, SENDER, left[0].case_id) as (tx, _):
        for claimed in left:
            await rows.end(tx, claimed.id, claimed.case_id, "dead", reason=reason)
        if len(left) > 1:
            await rows.undisclose(tx, UUID(left[0].message.conversation_id))


async def _send(house: House, message: Outbound) -> Delivery:
    channel = house.channels.get(message.channel) or house.channels["api"]
    told: span.Told = {
        "messaging.system": "newel",
        "messaging.operation.name": "send",
        "messaging.operation.type": "send",
        "messaging.destination.name": channel.name,
        "messaging.message.id": message.message_id,
    }
    with span.part(f"send {channel.name}", told, span.Kind.PRODUCER) as here:
        try:
            said = await channel.deliver(message)
        except Exception as error:
            said = Delivery(accepted=False, reason=type(error).__name__)
        if not said.accepted:
            here.fail("refused" if said.permanent else "not_accepted")
        return said


async def _refused(house: House, job: Job, box: UUID, refused: Guarded) -> None:
    """The last gate said no (a lock, the kill switch, a newer message): the text never leaves.

    What an earlier try had claimed may have left: it was in flight, and is not tried again.
    """
    async with cases.locked(house.db, SENDER, _case(job)) as (tx, case):
        why = str(refused.data.get("sqlstate", ""))
        if not await rows.end(tx, box, case.id, "withdrawn", reason=why):
            await rows.end(tx, box, case.id, "dead", reason=f"in flight when {why} stopped it")
        await rows.take_introduction_back(tx, case, why)
        await _to_a_person(tx, job)


async def _to_a_person(tx: Tx, job: Job) -> None:
    await jobs.add(tx, "refused", case_id=job.case_id, key=f"refused:{job.case_id}")
    await jobs.done(tx, job)


async def _altered(house: House, job: Job, box: UUID) -> None:
    """What was to leave is not what was released: a dead letter, and the supervisors know."""
    async with cases.locked(house.db, SENDER, _case(job)) as (tx, case):
        await rows.end(tx, box, case.id, "dead", reason=Altered.code)
        await rows.take_introduction_back(tx, case, Altered.code)
        await notice.add(tx, Notice(kind=Altered.code, case_id=case.id, address=SUPERVISORS))
        await _to_a_person(tx, job)


async def dead(house: House, actor: Actor, limit: int = 1000) -> list[Dead]:
    """The messages that were given up: ids, channels and reasons."""
    actor.must(Act.OPERATE)
    async with house.db.tx(actor, read_only=True) as tx:
        return await rows.dead(tx, limit)


async def redeliver(house: House, actor: Actor, boxes: Sequence[UUID] | None = None) -> int:
    """Put dead letters back on their way, these or all; how many."""
    actor.must(Act.OPERATE)
    async with house.db.tx(actor) as tx:
        revived = await rows.redeliver(tx, boxes)
        for box, (case_id, before) in revived.items():
            if before not in revived:
                await jobs.add(tx, "delivery", case_id=case_id, subject_id=box, priority=2)
    return len(revived)


def _subject(job: Job) -> UUID:
    assert job.subject_id is not None, "a delivery job names its outbox row"  # noqa: S101
    return job.subject_id


def _case(job: Job) -> UUID:
    assert job.case_id is not None, "a delivery job names its case"  # noqa: S101
    return job.case_id
