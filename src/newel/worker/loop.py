"""The claim loop: lease jobs, run their steps side by side, give back what fails."""

import asyncio
import contextlib
import random
from collections.abc import Sequence
from datetime import timedelta

import structlog

from newel import span
from newel.domain.access import system
from newel.domain.errors import NewelError, StaleToken, Unavailable
from newel.flow.house import House
from newel.flow.way import WAY
from newel.store import job as jobs
from newel.store.job import Job

ACTOR = system("worker")
POLL_SECONDS = 0.5
_LEAST_SECONDS = 0.005
_BREATH_SECONDS = 0.02
"""Between two claims: what ends in that time is replaced by one claim."""
_AWAY_SECONDS = 0.2
_LONGEST_WAIT = 60.0
_ONE_TRACE_SECONDS = 600.0
"""Collectors take a trace for ended long before a case waits for its customer for a day."""
log = structlog.get_logger("worker")


def _span(job: Job) -> span.Span | span.Nothing:
    """A part of the trace that asked for it; after a long time a trace of its own, that names the other."""
    soon = job.waited < _ONE_TRACE_SECONDS
    made = span.root(
        f"process {job.kind}",
        span.Kind.CONSUMER,
        parent=job.traceparent if soon else None,
        link=None if soon else job.traceparent,
    )
    made.tell(
        {
            "messaging.system": "newel",
            "messaging.operation.name": "process",
            "messaging.operation.type": "process",
            "messaging.destination.name": job.kind,
            "messaging.message.id": str(job.id),
            "newel.case.id": str(job.case_id) if job.case_id else None,
            "newel.attempt": job.attempts,
            "newel.waited_seconds": round(job.waited, 3),
        }
    )
    return made


class Loop:
    """Takes jobs while it has room; stops without leaving one half done."""

    def __init__(self, house: House, *, without: Sequence[str] = (), room: int = 16) -> None:
        self._house = house
        self._without = tuple(without)
        self._room = room
        self._running: set[asyncio.Task[None]] = set()
        self._stop = asyncio.Event()
        self._wake = asyncio.Event()
        house.db.waker.also(self._wake.set)

    def wake(self) -> None:
        """There may be work: look at once."""
        self._wake.set()

    def stop(self) -> None:
        """Take no more jobs; the running ones end."""
        self._stop.set()
        self._wake.set()

    async def run(self) -> None:
        """Until stopped."""
        while not self._stop.is_set():
            self._wake.clear()
            try:
                taken, wait = await self._take()
                if taken:
                    await asyncio.sleep(_BREATH_SECONDS)
                else:
                    await self._rest(wait)
            except Unavailable:
                log.warning("worker.database_away")
                await asyncio.sleep(_AWAY_SECONDS)
        if self._running:
            await asyncio.wait(self._running, timeout=20)

    async def drain(self) -> int:
        """Run all jobs that are due now, and what follows from them; how many steps ran."""
        total = 0
        while taken := (await self._take())[0]:
            await asyncio.wait(self._running)
            total += taken
        return total

    async def _take(self) -> tuple[int, float]:
        """Lease what there is room for; how many, and the seconds until another one is due."""
        free = self._room - len(self._running)
        if free <= 0:
            await asyncio.wait(self._running, return_when=asyncio.FIRST_COMPLETED)
            return 1, 0.0
        taken = await jobs.claim(
            self._house.db, limit=free, without=self._without, lease_seconds=60, worker=self._house.worker
        )
        wait = 0.0 if taken else await self._until_next()
        for job in taken:
            task = asyncio.create_task(self._step(job))
            self._running.add(task)
            task.add_done_callback(self._ended)
        return len(taken), wait

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._running.discard(task)
        self._wake.set()

    async def _until_next(self) -> float:
        """Seconds to rest: to the next due job, at most a poll's."""
        due = await jobs.next_in(self._house.db, without=self._without)
        wait = POLL_SECONDS if due is None else due
        return min(max(wait, _LEAST_SECONDS), POLL_SECONDS)

    async def _rest(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), seconds)

    async def _step(self, job: Job) -> None:
        with _span(job) as here:
            try:
                await WAY[job.kind].step(self._house, job)
            except StaleToken:
                log.info("job.lost_lease", job=job.id, kind=job.kind)
            except Exception as error:
                here.failed(error)
                await self._failed(job, error)

    async def _failed(self, job: Job, error: Exception) -> None:
        """Back-off with jitter; what can never succeed is buried, where the case allows it."""
        code = error.code if isinstance(error, NewelError) else type(error).__name__
        log.warning(
            "job.failed", job=job.id, kind=job.kind, case=job.case_id, code=code, attempt=job.attempts
        )
        wait = min(_LONGEST_WAIT, 0.2 * 2 ** min(job.attempts, 10)) * (0.5 + random.random())  # noqa: S311
        if isinstance(error, Unavailable):
            wait = min(wait, _AWAY_SECONDS)
        while not await self._given_back(job, wait, code):
            if self._stop.is_set():
                return
            await asyncio.sleep(_AWAY_SECONDS)

    async def _given_back(self, job: Job, wait: float, code: str) -> bool:
        """Write it down for later; False while the database is away. Else only the lease would end it."""
        try:
            async with self._house.db.tx(ACTOR, soft=True) as tx:
                await jobs.retry(tx, job, at=tx.now + timedelta(seconds=wait), error=code)
        except Unavailable:
            return False
        except NewelError as other:
            log.warning("job.not_given_back", job=job.id, kind=job.kind, code=other.code)
        return True
