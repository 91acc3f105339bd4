"""Work of our own beside the event loop: in a thread of its own, and given up when it takes too long.

Python stops no thread. What is given up goes on unheard, and no exit waits for it; while several of those
are left the fault is in the work itself, and nothing new is begun.
"""

import asyncio
import os
import sys
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from contextvars import copy_context
from threading import Thread
from threading import enumerate as threads
from typing import Final, TypeVar

SCANNING: Final = 5.0
"""Seconds: a transaction waits meanwhile, with its connection."""
WAITING: Final = 7.0
"""Seconds with the wait for a turn: a transaction may do it twice, and stand still for fifteen."""
LISTENING: Final = 10.0
"""Seconds: nothing waits meanwhile but the message itself."""
AT_ONCE: Final = 2
LEFT_AT_MOST: Final = 4
_NAME: Final = "aside"
Found = TypeVar("Found")


class Occupied(TimeoutError):
    """What was given up before is not over."""


class Aside:
    """So much of it at once, for so long each; the wait for a turn does not count, but towards ``most``."""

    def __init__(self, seconds: float, most: float | None = None) -> None:
        self._seconds, self._most = seconds, most
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._left = _Left()

    async def do(self, work: Callable[[], Found]) -> Found:
        """What the work gives, or raises; ``TimeoutError`` where that takes too long."""
        async with asyncio.timeout(self._most), self._turns:
            self._left.look()
            thread, found = _begun(work)
            try:
                async with asyncio.timeout(self._seconds):
                    return await asyncio.wrap_future(found)
            except (TimeoutError, asyncio.CancelledError):
                self._left.add(thread)
                raise


class _Left:
    """What was given up and may not be over."""

    def __init__(self) -> None:
        self._threads: list[Thread] = []

    def look(self) -> None:
        """Raises ``Occupied`` while too much of it is left."""
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        if len(self._threads) >= LEFT_AT_MOST:
            raise Occupied

    def add(self, thread: Thread) -> None:
        """It is given up."""
        self._threads.append(thread)


_left = _Left()


def within(seconds: float, work: Callable[[], Found]) -> Found:
    """The same in the thread at hand, which waits for it."""
    _left.look()
    thread, found = _begun(work)
    try:
        return found.result(seconds)
    except TimeoutError:
        _left.add(thread)
        raise


def _begun(work: Callable[[], Found]) -> tuple[Thread, Future[Found]]:
    found: Future[Found] = Future()
    thread = Thread(target=copy_context().run, args=(_do, work, found), name=_NAME, daemon=True)
    thread.start()
    return thread, found


def _do(work: Callable[[], Found], found: Future[Found]) -> None:
    """Whoever asked may have gone. What is no ``Exception`` is told as one, without words that may quote."""
    with suppress(InvalidStateError):
        try:
            found.set_result(work())
        except Exception as error:
            found.set_exception(error)
        except BaseException as error:
            found.set_exception(RuntimeError(type(error).__name__))


def left() -> bool:
    """Whether something goes on that was given up."""
    return any(thread.name == _NAME for thread in threads())


def leave(code: int) -> None:
    """End the process here and now if something is left.

    A thread that the interpreter's end meets inside of a library in C++ would take the whole process down
    with SIGABRT, whatever its exit code was to be.
    """
    if left():
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError):  # its reader has gone
                stream.flush()
        os._exit(code)
