"""The parts of a package that this house makes from its own rows."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any, Final
from uuid import UUID

import msgspec

from newel.domain import context as rule
from newel.domain import mask
from newel.domain import summary as summarising
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
from newel.domain.errors import NewelError
from newel.domain.mask import Known
from newel.domain.summary import Heard, Summary
from newel.domain.words import Cluster
from newel.flow.house import House
from newel.store import answer as answers
from newel.store import context as rows
from newel.store import desk as desks
from newel.store import intake as told
from newel.store import routing as work
from newel.store.answer import Made
from newel.store.case import Case
from newel.store.context import Gap
from newel.store.customer import Customer
from newel.store.db import Tx
from newel.store.intake import Said


class Own:
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


async def fill_own(own: Own, package_id: UUID, missing: Mapping[Part, int]) -> None:
    """Parts from our own rows; one that cannot be read is a gap and keeps no other back."""
    made: dict[Part, Any] = {}
    for part in missing.keys() - REMOTE:
        try:
            made[part] = await _MAKE[part](own)
        except (NewelError, msgspec.MsgspecError) as error:
            made[part] = Gap(getattr(error, "code", "unreadable"))
    await rows.put(own.tx, own.house.envelope, own.case, package_id, made)


async def _request(own: Own) -> Request:
    said = await own.said()
    fields, _ = await told.fields(own.tx, own.house.envelope, own.case)
    return Request(tuple(_told(s) for s in said), fields)


def _told(said: told.Said) -> Told:
    body = said.body
    return Told(said.received_at, body.text, body.subject, tuple(one.name for one in body.attachments))


async def _attempt(own: Own) -> Attempt | None:
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


async def _trigger(own: Own) -> Trigger:
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


async def _summary(own: Own) -> Summary:
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


async def _sources(own: Own) -> Sources:
    made = await own.made()
    return Sources(tuple(made.sources) if made else ())


async def _customer(own: Own) -> Profile:
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


async def _similar(own: Own) -> Similar:
    return Similar(await own.similar())


async def _next_actions(own: Own) -> rule.NextActions:
    return rule.next_actions(await own.similar())


_MAKE: Final[Mapping[Part, Callable[[Own], Awaitable[Any]]]] = {
    Part.SUMMARY: _summary,
    Part.REQUEST: _request,
    Part.AI_ATTEMPT: _attempt,
    Part.TRIGGER: _trigger,
    Part.SOURCES: _sources,
    Part.CUSTOMER: _customer,
    Part.SIMILAR: _similar,
    Part.NEXT_ACTIONS: _next_actions,
}
