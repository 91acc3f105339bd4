"""Shadow mode: past tickets through the live rules; nothing is written, sent or executed (INT-6).

Each ticket is the first message of its case, with the earlier contacts that it is given: the scan
of ``intake``, the thinking of ``answer`` and the decision of ``domain.tier`` are the ones that live
messages meet.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from newel.domain import tier as rule
from newel.domain.answer import NoAnswer, Proposal
from newel.domain.errors import Unavailable
from newel.domain.escalation import of_receipt
from newel.domain.ports import Facts, Listens
from newel.domain.replay import LineError, Result, Ticket
from newel.domain.replay.given import Given, given, used_minor
from newel.domain.scan.features import CustomerFacts, ScanInput, as_utc
from newel.domain.scan.receipt import SCANNER_FAILED, Receipt
from newel.domain.tier import Decision, Standing, dice_of, signals_of
from newel.domain.words import Tier
from newel.flow import opinion
from newel.flow.answer import merged, think, words_of
from newel.flow.aside import LISTENING, SCANNING, Aside
from newel.flow.house import Running, Turn
from newel.flow.scan import heard, scanned
from newel.store.customer import Profile

CUSTOMER = "shop.customer"
"""The look-up that tells of a customer what a live system has told Newel beforehand."""
_FLAGS = ("vip", "vulnerable", "prefers_human")


@dataclass(frozen=True)
class Shadow:
    """What tickets are run against, and by which clock.

    ``fixed`` is the time of every decision; without it each ticket's own time counts, and
    ``otherwise`` for tickets without one. The scan looks at history from the ticket's own time.
    """

    running: Running
    otherwise: datetime
    fixed: datetime | None = None
    listens: Listens | None = None
    listening: Aside = field(default_factory=lambda: Aside(LISTENING))
    scanning: Aside = field(default_factory=lambda: Aside(SCANNING))

    def clock(self, ticket: Ticket) -> datetime:
        """The time at which the ticket is decided."""
        return self.fixed or ticket.at or self.otherwise


@dataclass(frozen=True)
class _Sender:
    profile: Profile
    facts: CustomerFacts
    unknown: bool = False


class _Purses:
    """What was given to a customer up to each of their tickets, wherever those stand in the file."""

    def __init__(self, width: int) -> None:
        self.room = asyncio.Semaphore(width)
        self._upto: dict[int, asyncio.Future[tuple[Given, ...]]] = {}
        self._begun: set[int] = set()
        self._closed = False

    def begin(self, ticket: Ticket) -> None:
        """Its turn has come."""
        self._begun.add(ticket.line)

    async def before(self, ticket: Ticket) -> tuple[Given, ...]:
        """What was given before it; while it waits for that, another ticket has its room."""
        if ticket.follows is None:
            return ()
        upto = self._of(ticket.follows)
        if not upto.done():
            self.room.release()
            await asyncio.wait({upto})
            await self.room.acquire()
        return upto.result()

    async def leave(self, ticket: Ticket, more: tuple[Given, ...]) -> None:
        """It is decided, and so much more is given."""
        if ticket.customer_ref and ticket.at:
            before, upto = await self.before(ticket), self._of(ticket.line)
            if not upto.done():
                upto.set_result((*before, *more))

    def close(self) -> None:
        """No ticket comes any more: what would still follow one follows nothing."""
        self._closed = True
        for line, upto in self._upto.items():
            if line not in self._begun:
                upto.set_result(())

    def _of(self, line: int) -> "asyncio.Future[tuple[Given, ...]]":
        if line not in self._upto:
            self._upto[line] = asyncio.get_running_loop().create_future()
            if self._closed and line not in self._begun:
                self._upto[line].set_result(())
        return self._upto[line]


_Tasks = asyncio.Queue[asyncio.Task[Result | LineError] | None]


async def replay(
    shadow: Shadow, tickets: Iterable[Ticket], width: int = 32
) -> AsyncIterator[Result | LineError]:
    """What would have become of each ticket, in their order; ``width`` of them at a time.

    A ticket that follows one further down the file is decided after that; the others go on meanwhile.
    """
    begun = _Tasks()
    feeding = asyncio.create_task(_feed(shadow, tickets, _Purses(width), begun))
    try:
        while (task := await begun.get()) is not None:
            yield await task
        await feeding
    finally:
        feeding.cancel()


async def _feed(shadow: Shadow, tickets: Iterable[Ticket], purses: _Purses, begun: _Tasks) -> None:
    try:
        for ticket in tickets:
            await purses.room.acquire()
            purses.begin(ticket)
            begun.put_nowait(asyncio.create_task(_guarded(shadow, ticket, purses)))
        purses.close()
    finally:
        begun.put_nowait(None)


async def _guarded(shadow: Shadow, ticket: Ticket, purses: _Purses) -> Result | LineError:
    """A defect costs its ticket and is told; it does not end the run."""
    more: tuple[Given, ...] = ()
    try:
        result, more = await handle(shadow, ticket, purses)
    except Exception as error:
        return LineError(ticket.line, f"it failed: {type(error).__name__}", "this is a defect: report it")
    else:
        return result
    finally:
        await purses.leave(ticket, more)
        purses.room.release()


async def handle(shadow: Shadow, ticket: Ticket, purses: _Purses) -> tuple[Result, tuple[Given, ...]]:
    """Scan; a marker is for a person; else think and decide. With what is given by the decision."""
    running, now = shadow.running, shadow.clock(ticket)
    sender = await _sender(running, ticket)
    message = _scan_input(running, ticket, sender.facts, now)
    message = await heard(shadow.listening, shadow.listens, message)
    receipt = await scanned(shadow.scanning, running, message)
    if receipt.tier_floor is Tier.HUMAN:
        return _marked(ticket, sender, receipt), ()
    words = words_of(ticket.subject, ticket.text)
    fields, confidence = ticket.fields or {}, ticket.extraction_confidence
    turn = Turn(running, sender.profile, words, fields, confidence, now)
    said = await think(turn)
    signals = await opinion.weighed(turn, merged([signals_of(receipt)], 1), said)
    at = as_utc(ticket.at or now)
    used = used_minor(await purses.before(ticket), said, running.bundle, at)
    standing = _standing(ticket, sender, used)
    decision = rule.decide(signals, said, running.bundle, standing)
    return _decided(ticket, sender, receipt, said, decision), given(said, decision, at)


async def _sender(running: Running, ticket: Ticket) -> _Sender:
    """Who wrote: by the ticket itself, else by the system of record."""
    profile = Profile(ref=ticket.customer_ref, name=ticket.name)
    told = ticket.customer or CustomerFacts()
    system, _, look_up = CUSTOMER.partition(".")
    known = running.bundle.systems.get(system)
    if not ticket.customer_ref or known is None or look_up not in known.look_ups:
        return _Sender(profile, told)
    try:
        said = await running.systems.look_up(CUSTOMER, {"customer": ticket.customer_ref})
    except Unavailable:
        return _Sender(profile, told, unknown=ticket.customer is None)
    if said is None:
        return _Sender(profile, told)
    return _Sender(_profile(ticket, said), ticket.customer or _facts(said.values))


def _profile(ticket: Ticket, said: Facts) -> Profile:
    name, email = (str(said.values.get(part) or "") for part in ("name", "email"))
    return Profile(ref=ticket.customer_ref, name=ticket.name or name, email=email)


def _facts(values: Mapping[str, Any]) -> CustomerFacts:
    value = values.get("lifetime_value")
    minor = value.get("amount_minor") if isinstance(value, Mapping) else value
    flags = {name: values.get(name) is True for name in _FLAGS}
    segment = str(values.get("segment") or "")
    return CustomerFacts(lifetime_value=minor if isinstance(minor, int) else 0, segment=segment, **flags)


def _scan_input(running: Running, ticket: Ticket, facts: CustomerFacts, now: datetime) -> ScanInput:
    return ScanInput(
        text=ticket.text,
        channel=ticket.channel,
        workflow=running.bundle.workflow,
        language=ticket.language or None,
        fields=ticket.fields,
        subject=ticket.subject,
        customer=facts,
        history=ticket.history,
        at=ticket.at or now,
    )


def _standing(ticket: Ticket, sender: _Sender, used: int) -> Standing:
    """As for a first message of a known customer, to whom so much was given back."""
    return Standing(
        lifetime_value_minor=sender.facts.lifetime_value,
        used_minor=used,
        identity_level=1 if sender.profile.ref else 0,
        dice=dice_of(ticket.id or str(ticket.line)),
    )


def _marked(ticket: Ticket, sender: _Sender, receipt: Receipt) -> Result:
    return _result(ticket, sender, receipt, Tier.HUMAN, "escalate", of_receipt(receipt).reasons)


def _decided(
    ticket: Ticket, sender: _Sender, receipt: Receipt, said: Proposal | NoAnswer, decision: Decision
) -> Result:
    """An offer of articles counts as a person's case: whether it would have helped, nobody knows."""
    more: dict[str, Any] = {}
    if isinstance(said, Proposal):
        more = {"basis": said.basis.value, "sources": said.sources, "reply": said.reply}
        if act := said.action:
            more |= {"action": act.action, "action_args": act.args, "amount": act.amount}
    return _result(
        ticket,
        sender,
        receipt,
        getattr(decision, "tier", Tier.HUMAN),
        type(decision).__name__.lower(),
        decision.reasons or ("no_rule_fired",),
        asked=True,
        contact_reason=said.contact_reason or "",
        confidence=said.confidence,
        **more,
    )


def _result(
    ticket: Ticket,
    sender: _Sender,
    receipt: Receipt,
    tier: Tier,
    decision: str,
    reasons: tuple[str, ...],
    **more: Any,
) -> Result:
    return Result(
        line=ticket.line,
        id=ticket.id,
        tier=tier,
        decision=decision,
        reasons=reasons,
        triggers=tuple(m.id for m in receipt.markers) or ((SCANNER_FAILED,) if receipt.error else ()),
        language=receipt.language.code if receipt.language else "",
        category=ticket.category,
        customer_unknown=sender.unknown,
        expected_tier=ticket.expected_tier,
        expected_reason=ticket.expected_reason,
        **more,
    )
