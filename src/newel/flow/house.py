"""What each step is handed: the store, the keys, the running policies, the doors to outside."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from newel.domain.policy.bundle import Bundle
from newel.domain.ports import Channel, Library, Matcher, Systems
from newel.domain.scan.scanner import Scanner
from newel.store.db import Db, Tx
from newel.store.envelope import Envelope


@dataclass(frozen=True)
class Running:
    """One policy version in force, compiled: its rules and the models made from it."""

    id: UUID
    number: int
    bundle: Bundle
    scanner: Scanner
    matcher: Matcher
    library: Library
    systems: Systems

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
