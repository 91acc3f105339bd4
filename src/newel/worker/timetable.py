"""All periodic work as one table."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog

from newel.domain.access import system
from newel.flow import attachment, away, overflow, routing, search, sla, suite, weekly
from newel.flow.house import House
from newel.store import job as jobs

log = structlog.get_logger("timetable")


@dataclass(frozen=True)
class Entry:
    """What is done again and again, how often, and its name; how long after the start for the first time."""

    name: str
    every_seconds: float
    act: Callable[[House], Awaitable[object]]
    first_seconds: float = 0.0


async def _expire_leases(house: House) -> None:
    async with house.db.tx(system("worker"), soft=True) as tx:
        if house.worker is not None:
            await jobs.seen(tx, house.worker)
        await jobs.expire(tx)


TIMETABLE = (
    Entry("sla", 0.25, sla.fire),
    Entry("leases", 0.5, _expire_leases),
    Entry("rebalance", 5.0, routing.sweep),
    Entry("overflow", 1.0, overflow.watch),
    Entry("away", 5.0, away.watch),
    Entry("search", 1.0, search.index),
    Entry("weekly", 30.0, weekly.watch),
    Entry("suite", 60.0, suite.watch, first_seconds=60.0),  # it loads models: whoever starts answers first
    Entry("attachments", 60.0, attachment.sweep),
)


class Timetable:
    """Runs each entry in its own rhythm; a failure waits for the next turn."""

    def __init__(self, house: House) -> None:
        self._house = house

    async def run(self) -> None:
        """Until cancelled."""
        await asyncio.gather(*(self._repeat(entry) for entry in TIMETABLE))

    async def _repeat(self, entry: Entry) -> None:
        await asyncio.sleep(entry.first_seconds)
        while True:
            try:
                await entry.act(self._house)
            except Exception as error:
                log.warning("timetable.failed", part=entry.name, code=type(error).__name__)
            await asyncio.sleep(entry.every_seconds)
