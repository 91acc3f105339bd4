"""Work of our own beside the event loop: in a thread of its own, and given up when it takes too long.

Python stops no thread. What is given up goes on unheard, in one that no exit waits for; while several of
those are left the fault is in the work itself, and nothing new is begun.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from contextvars import copy_context
from threading import Thread
from typing import Final, TypeVar

SCANNING: Final = 5.0
"""Seconds: a transaction waits meanwhile, and may stand still for fifteen."""
LISTENING: Final = 10.0
"""Seconds: nothing waits meanwhile but the message itself."""
AT_ONCE: Final = 4
LEFT_AT_MOST: Final = 8
Found = TypeVar("Found")


class Aside:
    """So much of it at once, for so long each; the time that it waits for its turn does not count."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._left: list[Thread] = []

    async def do(self, work: Callable[[], Found]) -> Found:
        """What the work gives, or raises; ``TimeoutError`` where that takes too long."""
        async with self._turns:
            self._left = [thread for thread in self._left if thread.is_alive()]
            if len(self._left) >= LEFT_AT_MOST:
                raise TimeoutError("what was given up is not over")
            thread, found = _begun(work)
            try:
                return await asyncio.wait_for(asyncio.wrap_future(found), self._seconds)
            except (TimeoutError, asyncio.CancelledError):
                self._left.append(thread)
                raise


def within(seconds: float, work: Callable[[], Found]) -> Found:
    """The same for whoever may wait here and now."""
    return _begun(work)[1].result(seconds)


def _begun(work: Callable[[], Found]) -> tuple[Thread, Future[Found]]:
    found: Future[Found] = Future()
    thread = Thread(target=copy_context().run, args=(_do, work, found), name="aside", daemon=True)
    thread.start()
    return thread, found


def _do(work: Callable[[], Found], found: Future[Found]) -> None:
    """Whoever asked may have gone."""
    with suppress(InvalidStateError):
        try:
            found.set_result(work())
        except Exception as error:
            found.set_exception(error)
