"""The context package: begun with the escalation, filled by a job, opened by its owner.

It is never waited for: it opens at once, names what is missing, and fills when that comes. What
another system must be asked is asked outside of any transaction.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import msgspec

from newel.domain import context as rule
from newel.domain import mask
from newel.domain import summary as summarising
from newel.domain.access import Act, Actor, system
from newel.domain.context import (
    REMOTE,
    Attempt,
    Fired,
    Like,
    Part,
    Profile,
    Request,
    Similar,
    Sources,
    Told,
    Trigger,
)
from newel.domain.desk import marks
from newel.domain.errors import Forbidden, Invalid, NewelError, NotFound, Unavailable
from newel.domain.mask import Field, Known
from newel.domain.summary import Heard, Summary
from newel.domain.words import Cluster
from newel.flow.house import House, Running
from newel.store import answer as answers
from newel.store import audit
from newel.store import case as cases
from newel.store import context as rows
from newel.store import customer as customers
from newel.store import desk as desks
from newel.store import intake as told
from newel.store import job as jobs
from newel.store import routing as work
from newel.store.answer import Made
from newel.store.case import Case
from newel.store.context import Gap, Package, Piece
from newel.store.customer import Customer
from newel.store.db import Tx
from newel.store.intake import Said
from newel.store.job import Job
from newel.store.routing import WorkItem

ASSEMBLER: Final = system("context")
LONGEST_GRANT: Final = timedelta(hours=8)


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """One part as a person sees it: masked, with the fields that an audited act reveals."""

    part: Part
    state: str
    value: Any = None
    fields: tuple[Field, ...] = ()
    gap: str = ""
    deadline: datetime
    filled_at: datetime | None = None


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """A package that somebody has opened."""

    id: UUID
    case_id: UUID
    opened_at: datetime
    complete_at: datetime | None
    parts: tuple[Shown, ...]
    warning: str = rule.WARNING


async def begin(tx: Tx, case: Case, item: WorkItem) -> None:
    """The package of a new work item, and the job that fills it."""
    parts = rule.parts(case.assist)
    package = await rows.begin(tx, case, item.id, parts, tx.now + rule.DEADLINE)
    await jobs.add(tx, "context", case_id=case.id, subject_id=package, priority=int(item.priority))


async def renew(tx: Tx, item: WorkItem, parts: Sequence[Part] = rule.OF_A_MESSAGE) -> None:
    """The customer has written again, or was answered: what that changes is made anew."""
    package = await rows.renew(tx, item.id, parts)
    if package:
        await jobs.add(tx, "context", case_id=item.case_id, subject_id=package, priority=int(item.priority))


async def fill(house: House, job: Job) -> None:
    """Fill what this house knows at once; then ask the others, and name what does not come."""
    package_id = job.subject_id
    assert package_id is not None, "the job names its package"  # noqa: S101
    async with house.db.tx(ASSEMBLER) as tx:
        case = await cases.read(tx, (await rows.package(tx, package_id)).case_id)
        running = await house.running(tx, case.workflow)
        customer = await customers.read(tx, house.envelope, case.customer_id)
        missing = await rows.missing(tx, package_id)
        await _fill_own(_Own(tx, house, case, customer), package_id, missing)
    asked = {part: tries for part, tries in missing.items() if part in REMOTE}
    said = {part: await _ask(running, customer, tries) for part, tries in asked.items()}
    async with house.db.tx(ASSEMBLER) as tx:
        await rows.put(tx, house.envelope, case, package_id, said)
        await _try_again(tx, case, package_id)
        await jobs.done(tx, job)


class _Own:
    """What this house knows of a case; what several parts are made from is read once."""

    def __init__(self, tx: Tx, house: House, case: Case, customer: Customer) -> None:
        self.tx, self.house, self.case, self.customer = tx, house, case, customer
        self._said: list[Said] | None = None
        self._made: tuple[Made | None] | None = None
        self._similar: tuple[Like, ...] | None = None

    @property
    def known(self) -> Known:
        """What is hidden of the customer by default."""
        who = self.customer.profile
        return mask.known_of(who.name, who.address, who.phone)

    async def said(self) -> list[Said]:
        """The customer's messages."""
        if self._said is None:
            self._said = await told.inbound(self.tx, self.house.envelope, self.case)
        return self._said

    async def made(self) -> Made | None:
        """The AI's last proposal."""
        if self._made is None:
            proposal = await rows.newest_proposal(self.tx, self.case)
            reading = (
                answers.proposal(self.tx, self.house.envelope, self.case, proposal) if proposal else None
            )
            self._made = (await reading if reading else None,)
        return self._made[0]

    async def similar(self) -> tuple[Like, ...]:
        """Resolved cases like this one."""
        if self._similar is None:
            self._similar = await rows.similar(self.tx, self.case)
        return self._similar


async def _fill_own(own: _Own, package_id: UUID, missing: Mapping[Part, int]) -> None:
    """Parts from our own rows; one that cannot be read is a gap and keeps no other back."""
    made: dict[Part, Any] = {}
    for part in missing.keys() - REMOTE:
        try:
            made[part] = await _MAKE[part](own)
        except (NewelError, msgspec.MsgspecError) as error:
            made[part] = Gap(getattr(error, "code", "unreadable"))
    await rows.put(own.tx, own.house.envelope, own.case, package_id, made)


async def _request(own: _Own) -> Request:
    said = await own.said()
    fields, _ = await told.fields(own.tx, own.house.envelope, own.case)
    return Request(tuple(_told(s) for s in said), fields)


def _told(said: told.Said) -> Told:
    body = said.body
    return Told(said.received_at, body.text, body.subject, tuple(one.name for one in body.attachments))


async def _attempt(own: _Own) -> Attempt | None:
    made = await own.made()
    if made is None:
        return None
    return Attempt(
        reply=made.draft.reply,
        justification=made.draft.justification,
        action=made.draft.action.action if made.draft.action else "",
        confidence=made.confidence,
        calibrated=made.calibrated,
    )


async def _trigger(own: _Own) -> Trigger:
    said, made = await own.said(), await own.made()
    item = await work.open_of(own.tx, own.case.id)
    markers = {marker.id: marker for one in said for marker in one.receipt.markers}
    return Trigger(
        primary=item.reason if item else "",
        markers=tuple(
            Fired(m.id, m.cluster, m.evidence, m.cluster is Cluster.INJECTION) for m in markers.values()
        ),
        reasons=await rows.acts(own.tx, own.case) + await rows.reasons(own.tx, own.case),
        confidence=made.confidence if made else None,
        risk=max((one.receipt.risk.score for one in said), default=0.0),
        not_evaluated=said[-1].receipt.not_evaluated if said else (),
    )


async def _summary(own: _Own) -> Summary:
    """Chosen from what was said and found; no model writes a word of it."""
    opened = await desks.messages(own.tx, own.house.envelope, own.case)
    known, made = own.known, await own.made()
    tried = [*await rows.acts(own.tx, own.case), *await rows.reasons(own.tx, own.case)]
    return summarising.summary(
        [*_heard(opened, own.case.episode, known)],
        [one for one in tried if one.startswith("action.") or one in summarising.UNDONE],
        msgspec.to_builtins(made.draft.facts) if made else None,
        made.sources if made else (),
    )


def _heard(opened: desks.Opened, episode: int, known: Known) -> Iterator[Heard]:
    """What was said in this episode and has not been taken back; the system's fixed texts say nothing."""
    for row, body, receipt in zip(opened.rows, opened.bodies, opened.receipts, strict=True):
        if row["episode"] != episode or row["author"] == "system" or row["delivery"] in {"withdrawn", "dead"}:
            continue
        text = body.text if body.text.strip() else body.subject
        yield Heard(
            who="customer" if row["direction"] == "inbound" else row["author"],
            seq=row["seq"],
            text=text,
            seen=tuple((m.start, m.end) for m in marks(receipt.markers if receipt else ())),
            whole=tuple((s.start, s.end) for s in mask.secrets(text[: summarising.READ], known)),
        )


async def _sources(own: _Own) -> Sources:
    made = await own.made()
    return Sources(tuple(made.sources) if made else ())


async def _customer(own: _Own) -> Profile:
    customer, who = own.customer, own.customer.profile
    return Profile(
        name=who.name,
        email=who.email,
        phone=who.phone,
        address=who.address,
        segment=customer.segment,
        lifetime_value_minor=customer.lifetime_value_minor,
        currency=customer.currency,
        vip=customer.vip,
        vulnerable=customer.vulnerable,
        prefers_human=customer.prefers_human,
        language=customer.language,
        cases=await rows.past(own.tx, own.case),
    )


async def _similar(own: _Own) -> Similar:
    return Similar(await own.similar())


async def _next_actions(own: _Own) -> rule.NextActions:
    return rule.next_actions(await own.similar())


_MAKE: Final[Mapping[Part, Callable[[_Own], Awaitable[Any]]]] = {
    Part.SUMMARY: _summary,
    Part.REQUEST: _request,
    Part.AI_ATTEMPT: _attempt,
    Part.TRIGGER: _trigger,
    Part.SOURCES: _sources,
    Part.CUSTOMER: _customer,
    Part.SIMILAR: _similar,
    Part.NEXT_ACTIONS: _next_actions,
}


async def _ask(running: Running, customer: Customer, attempts: int) -> Any:
    """The customer's history from the operator's system, or the gap's name."""
    call = rule.history_call(running.bundle)
    if call is None or not customer.profile.ref:
        return {"contacts": [], "note": rule.NO_SUCH_SYSTEM}
    try:
        async with asyncio.timeout(rule.wait(attempts).total_seconds()):
            found = await running.systems.look_up(call, rule.history_args(customer.profile.ref))
    except TimeoutError:
        return Gap(rule.NOT_IN_TIME)
    except Unavailable:
        return Gap(rule.UNAVAILABLE)
    if found is None:
        return {"contacts": []}
    return {**found.values, "source": found.source, "read_at": found.read_at}


async def _try_again(tx: Tx, case: Case, package_id: UUID) -> None:
    """Gaps are filled in when what is missing comes."""
    missing = await rows.missing(tx, package_id)
    later = rule.again_after(max(missing.values(), default=0))
    if later:
        await jobs.add(tx, "context", at=tx.now + later, case_id=case.id, subject_id=package_id)


async def open_package(house: House, actor: Actor, case_id: UUID) -> Opened:
    """The package, masked, for the owner of the case or by a live grant; each opening is audited."""
    async with house.db.tx(actor) as tx:
        case, package, known = await _permitted(tx, house, actor, case_id)
        await audit.record(tx, "context.opened", "package", package.id, case_id=case.id)
        return await shown(tx, house, case, package, known)


async def shown(
    tx: Tx, house: House, case: Case, package: Package, known: Known, *, but: frozenset[Part] = frozenset()
) -> Opened:
    """What a package holds, masked, but for some parts; that it was opened is the caller's to record."""
    pieces = await rows.pieces(tx, house.envelope, case, package.id)
    seen = (p for p in pieces if p.part not in but and rule.visible(p.part, case.assist))
    parts = tuple(_shown(p, known) for p in seen)
    return Opened(
        id=package.id,
        case_id=case.id,
        opened_at=package.opened_at,
        complete_at=package.complete_at,
        parts=parts,
    )


def _shown(piece: Piece, known: Known) -> Shown:
    masked = mask.mask(piece.value, known)
    return Shown(
        part=piece.part,
        state=piece.state,
        value=masked.value,
        fields=masked.fields,
        gap=piece.gap,
        deadline=piece.deadline,
        filled_at=piece.filled_at,
    )


async def reveal(house: House, actor: Actor, case_id: UUID, part: Part, field: str) -> str:
    """One hidden value; that it was shown is written before it is (INV-16)."""
    async with house.db.tx(actor) as tx:
        case, package, known = await _permitted(tx, house, actor, case_id)
        pieces = await rows.pieces(tx, house.envelope, case, package.id)
        piece = next((p for p in pieces if p.part is part and rule.visible(part, case.assist)), None)
        value = mask.reveal(piece.value, known, field) if piece else None
        if value is None:
            raise NotFound(what=f"field of {part}", id=field)
        await audit.record(
            tx, "context.revealed", "package", package.id, case_id=case.id, part=part.value, field=field
        )
    return value


async def _permitted(tx: Tx, house: House, actor: Actor, case_id: UUID) -> tuple[Case, Package, Known]:
    """The assignee, or somebody with a live grant; nobody else, whatever their role."""
    if actor.kind != "staff":
        raise Forbidden(actor=actor.id, act="open a package", why="only people do")
    case = await cases.read(tx, case_id)
    package = await rows.package_of(tx, case_id)
    item = await work.open_of(tx, case_id)
    owns = item is not None and item.id == package.work_item_id and str(item.owner_id) == actor.id
    if not owns and await rows.live_grant(tx, package.id, UUID(actor.id)) is None:
        raise Forbidden(actor=actor.id, act="open this package", why="it is another's; ask for a grant")
    customer = await customers.read(tx, house.envelope, case.customer_id)
    profile = customer.profile
    known = mask.known_of(profile.name, profile.address, profile.phone)
    return case, package, known


async def grant(
    house: House, actor: Actor, case_id: UUID, staff_id: UUID, purpose: str, minutes: int
) -> UUID:
    """A supervisor lets another person open a package, for a purpose and a time."""
    actor.must(Act.ASSIGN)
    if not timedelta() < timedelta(minutes=minutes) <= LONGEST_GRANT or len(purpose.strip()) < 3:
        raise Invalid(what="the grant", why="it needs a purpose, and lasts at most eight hours")
    async with house.db.tx(actor) as tx:
        package = await rows.package_of(tx, case_id)
        sealer = (await cases.read(tx, case_id)).sealer(house.envelope)
        until = tx.now + timedelta(minutes=minutes)
        return await rows.add_grant(tx, sealer, package, staff_id, UUID(actor.id), purpose.strip(), until)
