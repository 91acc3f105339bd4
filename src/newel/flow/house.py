"""What each step is handed: the store, the keys, the running policies, the doors to outside."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from newel.domain.attachment import BYTES_AT_MOST
from newel.domain.policy.bundle import Bundle
from newel.domain.ports import Advises, Channel, Library, Listens, Matcher, Scans, Systems
from newel.domain.tier import Signals
from newel.flow.aside import LISTENING, SCANNING, WAITING, Aside
from newel.store.case import Case
from newel.store.customer import Customer, Profile
from newel.store.db import Db, Tx
from newel.store.envelope import Envelope


@dataclass(frozen=True)
class Running:
    """One policy version in force, compiled: its rules and the models made from it."""

    id: UUID
    number: int
    bundle: Bundle
    scanner: Scans
    matcher: Matcher
    library: Library
    systems: Systems
    advises: Advises | None = None
    """Who is asked for a second opinion, where the policy wants one and somebody can be asked."""

    @property
    def version(self) -> str:
        """How decisions name it: ``customer-support/3``."""
        return f"{self.bundle.workflow}/{self.number}"


@dataclass(frozen=True)
class House:
    """The parts of the house, wired once by ``bootstrap``."""

    db: Db
    envelope: Envelope
    channels: Mapping[str, Channel]
    running: Callable[[Tx, str], Awaitable[Running]]
    """The running policy of a workflow, as of this transaction (cached by version id)."""
    listens: Listens | None = None
    """The models whose signals the scan weighs; without them the rules decide alone, and say so."""
    matcher_of: Callable[[Bundle], Matcher] | None = None
    """Makes what recognises the contact reasons of a policy that does not run yet; else that is not tried."""
    worker: int | None = None
    """The number of this worker process; None in all others."""
    attachment_bytes: int = BYTES_AT_MOST
    """How large an attachment is at most."""
    in_force: Callable[[], Mapping[str, Running]] = dict
    """All running policies by workflow, as this process knows them; none where none run."""
    listening: Aside = field(default_factory=lambda: Aside(LISTENING))
    """Where the models are asked; what takes too long is not heard."""
    scanning: Aside = field(default_factory=lambda: Aside(SCANNING, WAITING))
    """Where messages are scanned; what takes too long is a person's."""
    reading: Aside = field(default_factory=lambda: Aside(SCANNING))
    """Where what the help page is asked is scanned and heard: no message waits behind its readers."""


@dataclass(frozen=True)
class Turn:
    """All that the AI is told, of a live case as of a replayed ticket.

    ``text`` is the turn as one; ``messages`` are its messages and ``before`` the answered ones of
    the episode, newest first; ``asked`` is the contact reason whose question is open; ``attached``:
    something came with them; ``given`` is what a person says of slots by hand; ``judged``: a person has
    looked at all of them and lowered the case; ``stopped``: nothing that the AI writes may leave now.
    """

    running: Running
    profile: Profile
    text: str
    fields: Mapping[str, Any]
    extraction_confidence: float | None
    now: datetime
    messages: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    asked: str = ""
    attached: bool = False
    given: Mapping[str, str] = field(default_factory=dict)
    judged: bool = False
    stopped: bool = False


@dataclass(frozen=True)
class Brief:
    """One turn of a case, with what its decision weighs besides the answer."""

    case: Case
    customer: Customer
    signals: Signals
    turn: Turn

    @property
    def running(self) -> Running:
        """The policy under which the turn is answered."""
        return self.turn.running
