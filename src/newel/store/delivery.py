"""Rows of what leaves: outbound messages, the outbox, and the taking back of what has not left."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID, uuid4

import msgspec

from newel.domain.access import Actor
from newel.domain.attachment import listed
from newel.domain.errors import NewelError, NotFound, StaleToken
from newel.domain.knowledge import Pointer
from newel.domain.ports import Outbound
from newel.store import attachment as attachments
from newel.store import audit, quality
from newel.store import job as jobs
from newel.store import notice as notices
from newel.store.attachment import Held
from newel.store.case import Case
from newel.store.customer import Profile, profile_place
from newel.store.db import Db, Record, Tx, sql
from newel.store.envelope import Envelope, case_place
from newel.store.intake import Body
from newel.store.job import Job
from newel.store.live import of_conversation, topics
from newel.store.notice import Notice


class Provenance(msgspec.Struct, frozen=True, kw_only=True):
    """Where a text comes from; the store derives the author from it and checks each claim."""

    drafted_by: str
    released_by: UUID | None = None
    approval_id: UUID | None = None
    proposal_id: UUID | None = None
    template: str | None = None
    policy_id: UUID | None = None
    sources: tuple[str, ...] = ()
    held: Sequence[Held] = ()
    articles: tuple[Pointer, ...] = ()


class Claimed(msgspec.Struct, frozen=True):
    """An outbox row whose message may leave now."""

    id: UUID
    case_id: UUID
    attempts: int
    message: Outbound


class Altered(NewelError):
    """The text of a message is not what was released; nothing of its delivery leaves."""

    code = "text_altered"


class Dead(msgspec.Struct, frozen=True):
    """A message that was given up, without its text."""

    id: UUID
    case_id: UUID
    channel: str
    author: str
    reason: str
    attempts: int
    ended_at: datetime


async def add(
    tx: Tx,
    envelope: Envelope,
    case: Case,
    text: str,
    provenance: Provenance,
    action_id: UUID | None = None,
    *,
    box: UUID | None = None,
    before: UUID | None = None,
) -> UUID:
    """Write an outbound message and its outbox row; the outbox row's id.

    ``before``: it leaves right before that one, in its delivery.
    """
    message, box = uuid4(), box or uuid4()
    attached = tuple(one.about for one in provenance.held)
    body = Body(text, sources=provenance.sources, attachments=attached, articles=provenance.articles)
    await tx.value(
        sql("delivery").post,
        tx.now,
        message,
        box,
        case.id,
        case.episode,
        case.talk,
        provenance.drafted_by,
        provenance.released_by,
        provenance.approval_id,
        provenance.proposal_id,
        provenance.template,
        provenance.policy_id,
        envelope.mac("text", text),
        case.sealer(envelope).seal_value(f"message.body:{message}", body),
        action_id,
        before,
    )
    await attachments.carry(tx, envelope, case, message, provenance.held)
    await audit.record(
        tx, "outbox.pending", "outbox", box, state="pending", case_id=case.id, message=str(message),
        drafted_by=provenance.drafted_by, template=provenance.template,
    )  # fmt: skip
    return box


async def written(tx: Tx, envelope: Envelope, case: Case, box: UUID) -> Body | None:
    """The message of an outbox row of a case."""
    row = await tx.row(sql("delivery").written, box, case.id)
    if row is None:
        return None
    return case.sealer(envelope).open_value(f"message.body:{row['message_id']}", row["body_sealed"], Body)


async def claim(db: Db, actor: Actor, envelope: Envelope, job: Job, box: UUID) -> list[Claimed] | str:
    """Claim for sending, in its turn, in a transaction of its own; ``Guarded`` when it may not leave,
    ``Altered`` when it is not what was released.

    With it comes what goes before it, in order. ``ended``: it was withdrawn or has ended, and so has the
    job; ``behind``: an earlier one has not been claimed yet, or a moment ago. Case, conversation, outbox is
    the order of all locks.
    """
    asked = (job.case_id, box, job.id, job.token, actor.kind, actor.id)
    found = await db.rows(sql("delivery").claim, *asked)
    if not found or job.case_id is None:
        raise NotFound(what="case", id=job.case_id)
    outcome = str(found[0]["outcome"])
    if outcome != "claimed":
        if outcome == "ended" and not found[0]["finished"]:
            raise StaleToken(what="the job of this step")
        return outcome
    db.waker.changed({of_conversation(found[0]["conversation_id"]), *topics("outbox", job.case_id)})
    return [_claimed(envelope, job.case_id, row) for row in sorted(found, key=lambda row: row["visible_seq"])]


def _claimed(envelope: Envelope, case_id: UUID, row: Record) -> Claimed:
    return Claimed(row["outbox_id"], case_id, row["attempts"], _outbound(envelope, case_id, row))


def _outbound(envelope: Envelope, case_id: UUID, row: Record) -> Outbound:
    """What the channel gets."""
    message, customer = row["message_id"], row["customer_id"]
    subject = envelope.subject(customer, row["wrapped"])
    sealer = subject.unwrap(case_place(case_id), row["key_wrapped"])
    body = sealer.open_value(f"message.body:{message}", row["body_sealed"], Body)
    if row["text_mac"] != envelope.mac("text", body.text):
        raise Altered(message=message)
    profile = subject.open_value(profile_place(customer), row["profile_sealed"], Profile)
    return Outbound(
        message_id=str(message),
        conversation_id=str(row["conversation_id"]),
        channel=row["channel"],
        address=profile.addresses.get(row["channel"], ""),
        author=row["author"],
        text=body.text,
        at=row["created_at"],
        sources=body.sources,
        seq=row["visible_seq"],
        attachments=listed(body.attachments),
        articles=body.articles,
    )


async def delivered(
    db: Db, actor: Actor, job: Job, case_id: UUID, told: Mapping[UUID, str], *, last: bool
) -> None:
    """The provider has these, with its ids; with the last the job is done. A transaction of its own."""
    boxes, ids = list(told), list(told.values())
    asked = (case_id, boxes, job.id, job.token, actor.kind, actor.id, ids, last)
    if not await db.rows(sql("delivery").delivered, *asked):
        raise StaleToken(what="the job of this step")
    db.waker.changed(topics("outbox", case_id))


async def end(tx: Tx, box: UUID, case_id: UUID, state: str, *, reason: str = "") -> bool:
    """Withdrawn or dead; False when somebody else had ended it."""
    before = {"withdrawn": ["pending"], "dead": ["claimed", "pending"]}[state]
    row = await tx.row(sql("delivery").end, box, state, tx.now, reason[:200], before)
    if row is None:
        return False
    await audit.record(
        tx, f"outbox.{state}", "outbox", box, state=state, case_id=case_id, reason=reason[:200]
    )
    return True


async def take_back(tx: Tx, case: Case, because: str) -> bool:
    """Withdraw all that the AI has under way on a case; whether an approval of its was undone by it.

    What its person asked others for is undone as well, and they are told.

    What has been claimed for sending or execution has left and is not touched.
    """
    for row in await tx.rows(sql("delivery").unsent_ai, case.id):
        await end(tx, row["id"], case.id, "withdrawn", reason=because)
        await jobs.drop_of(tx, row["id"], "delivery")
    await take_introduction_back(tx, case, because)
    for row in await tx.rows(sql("delivery").live_proposals, case.id):
        await end_proposal(tx, case.id, row["id"], "superseded", because)
    await quality.void_held(tx, case.id, because)
    approvals = await tx.rows(sql("delivery").live_approvals, case.id)
    for row in approvals:
        await _invalidate(tx, case.id, row["id"], because, tx.now)
        if row["asked_by"]:
            told = Notice(
                kind="asked.invalidated", case_id=case.id, staff_id=row["asked_by"], about=str(row["id"])
            )
            await notices.add(tx, told)
    for row in await tx.rows(sql("delivery").live_actions, case.id):
        await tx.run(sql("delivery").void, row["id"], because, tx.now)
        await jobs.drop_of(tx, row["id"], "action")
        await audit.record(
            tx, "action.void", "action", row["id"], state="void", case_id=case.id, reason=because
        )
    return any(row["asked_by"] is None for row in approvals)


async def withdraw_stating(tx: Tx, case: Case, because: str) -> bool:
    """Take back the replies that state an action and have not left; whether there were any."""
    found = await tx.rows(sql("delivery").unsent_stating, case.id)
    for row in found:
        await end(tx, row["id"], case.id, "withdrawn", reason=because)
        await jobs.drop_of(tx, row["id"], "delivery")
    await take_introduction_back(tx, case, because)
    return bool(found)


async def take_introduction_back(tx: Tx, case: Case, because: str) -> None:
    """The AI's word of itself does not leave without its reply; it will introduce itself another time."""
    for row in await tx.rows(sql("delivery").introductions, case.id):
        if row["state"] == "pending":
            await end(tx, row["id"], case.id, "withdrawn", reason=because)
        else:
            await end(tx, row["id"], case.id, "dead", reason=f"in flight when {because} stopped it")
        await undisclose(tx, row["conversation_id"])


async def end_proposal(tx: Tx, case_id: UUID, proposal: UUID, state: str, because: str) -> None:
    """A proposal is released, pending, decided, discarded or superseded."""
    await tx.run(sql("delivery").end_proposal, proposal, state)
    await audit.record(
        tx, f"proposal.{state}", "proposal", proposal, state=state, case_id=case_id, reason=because
    )


async def _invalidate(tx: Tx, case_id: UUID, approval: UUID, because: str, now: datetime) -> None:
    await tx.run(sql("delivery").invalidate, approval, because, now)
    await audit.record(
        tx, "approval.invalidated", "approval", approval, state="invalidated", case_id=case_id, reason=because
    )


async def disclose(tx: Tx, conversation_id: UUID) -> bool:
    """Whether the AI must introduce itself now."""
    return await tx.row(sql("delivery").disclose, conversation_id) is not None


async def undisclose(tx: Tx, conversation_id: UUID) -> None:
    """Nobody got the AI's introduction, or a person has talked since: it introduces itself another time."""
    await tx.run(sql("delivery").undisclose, conversation_id)


async def template_sent(tx: Tx, case: Case, key: str) -> bool:
    """Whether a fixed text was sent in this episode, since a person last gave the case back to the AI."""
    found: bool = await tx.value(sql("delivery").template_sent, case.id, case.episode, key)
    return found


async def somebody_here(tx: Tx) -> bool:
    """Whether anybody who works on cases is available."""
    found: bool = await tx.value(sql("delivery").somebody_here)
    return found


async def redeliver(tx: Tx, boxes: Sequence[UUID] | None) -> dict[UUID, tuple[UUID, UUID | None]]:
    """Dead letters are pending again: of each its case, and before which one it leaves; None: all."""
    rows = await tx.rows(sql("delivery").redeliver, list(boxes) if boxes is not None else None)
    for row in rows:
        await audit.record(
            tx, "outbox.redelivered", "outbox", row["id"], state="pending", case_id=row["case_id"]
        )
    return {row["id"]: (row["case_id"], row["before_id"]) for row in rows}


async def dead(tx: Tx, limit: int) -> list[Dead]:
    """The dead letters, oldest first."""
    return [Dead(**dict(row)) for row in await tx.rows(sql("delivery").dead, limit)]
