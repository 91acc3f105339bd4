"""What a step writes with its last statement: its audit events, and the jobs that go and come.

One round trip for all of them, whatever their number. Each is written by the transaction that
asked for it or by none, and the guards look at commit, so that nothing of this is late.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import msgspec

from newel import span
from newel.domain.access import Actor


class Writer(Protocol):
    """The transaction that writes: its one time and its actor."""

    @property
    def now(self) -> datetime:
        """Its reading of the clock."""

    @property
    def actor(self) -> Actor:
        """Who acts."""


class Event(msgspec.Struct, frozen=True):
    """One audit event."""

    id: UUID
    event: str
    entity: str
    entity_id: str
    state: str | None
    case_id: UUID | None
    data: str


class NewJob(msgspec.Struct, frozen=True):
    """One job to enqueue."""

    kind: str
    case_id: UUID | None
    subject_id: UUID | None
    key: str | None
    priority: int
    run_at: datetime


class Ending:
    """Collects; order is kept where it can be seen."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.jobs: list[NewJob] = []
        self.gone: list[tuple[UUID, str]] = []
        self.done: list[tuple[int, int]] = []

    def __bool__(self) -> bool:
        return bool(self.events or self.jobs or self.gone or self.done)

    def enqueue(self, job: NewJob) -> None:
        """A job that comes; of two with one key the last stands."""
        if job.key is not None:
            self.jobs = [other for other in self.jobs if other.key != job.key]
        self.jobs.append(job)

    def drop(self, case_id: UUID, kinds: Sequence[str]) -> None:
        """The case's jobs of these kinds go, those that were to come as well."""
        self.jobs = [job for job in self.jobs if job.case_id != case_id or job.kind not in kinds]
        self.gone += [(case_id, kind) for kind in kinds if (case_id, kind) not in self.gone]

    def drop_of(self, subject_id: UUID, kind: str) -> None:
        """What was to come for one subject comes no more."""
        self.jobs = [job for job in self.jobs if (job.subject_id, job.kind) != (subject_id, kind)]

    def columns(self, tx: Writer) -> tuple[Any, ...]:
        """The arguments of the last statement, column by column; nothing is left here afterwards."""
        events, jobs = self.events, self.jobs
        found = (
            tx.now,
            tx.actor.kind,
            tx.actor.id,
            [e.id for e in events],
            [e.event for e in events],
            [e.entity for e in events],
            [e.entity_id for e in events],
            [e.state for e in events],
            [e.case_id for e in events],
            [e.data for e in events],
            [case_id for case_id, _ in self.gone],
            [kind for _, kind in self.gone],
            [job_id for job_id, _ in self.done],
            [token for _, token in self.done],
            [j.kind for j in jobs],
            [j.case_id for j in jobs],
            [j.subject_id for j in jobs],
            [j.key for j in jobs],
            [j.priority for j in jobs],
            [j.run_at for j in jobs],
            span.traceparent(),
        )
        self.events, self.jobs, self.gone, self.done = [], [], [], []
        return found
