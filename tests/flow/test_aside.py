"""Work in a thread of its own: it holds nobody up, and is given up when it takes too long."""

import asyncio
import time
from collections.abc import Iterator
from contextvars import ContextVar
from functools import partial
from threading import Event

import pytest

from newel.flow.aside import AT_ONCE, LEFT_AT_MOST, Aside, Occupied, _left, within

SOON, LATER, LONG = 0.05, 0.5, 60.0
asked: ContextVar[str] = ContextVar("asked", default="nobody")


@pytest.fixture
def over() -> Iterator[Event]:
    """Set at the end, so that no thread goes on."""
    found = Event()
    yield found
    found.set()


class Panic(BaseException):
    """As a library throws that is written in another language."""


def broken() -> None:
    raise ZeroDivisionError


async def stuck(aside: Aside, over: Event) -> None:
    with pytest.raises(TimeoutError):
        await aside.do(partial(over.wait, LONG))


async def test_it_gives_what_the_work_gives_and_raises_what_it_raises() -> None:
    assert await Aside(LONG).do(lambda: 5) == 5
    with pytest.raises(ZeroDivisionError):
        await Aside(LONG).do(broken)


async def test_it_knows_for_whom_it_works() -> None:
    asked.set("somebody")
    assert await Aside(LONG).do(asked.get) == "somebody"


async def test_others_go_on_meanwhile(over: Event) -> None:
    waiting = asyncio.create_task(Aside(LONG).do(partial(over.wait, LONG)))
    assert await Aside(LONG).do(lambda: 5) == 5
    over.set()
    assert await waiting


async def test_what_takes_too_long_is_given_up(over: Event) -> None:
    await stuck(Aside(SOON), over)


async def test_only_so_much_is_done_at_once(over: Event) -> None:
    aside, begun = Aside(LONG), list[int]()

    def work() -> None:
        begun.append(1)
        over.wait(LONG)

    several = [asyncio.create_task(aside.do(work)) for _ in range(3 * AT_ONCE)]
    while len(begun) < AT_ONCE:
        await asyncio.sleep(SOON)
    await asyncio.sleep(SOON)
    assert len(begun) == AT_ONCE
    over.set()
    await asyncio.gather(*several)
    assert len(begun) == 3 * AT_ONCE


async def test_the_wait_for_a_turn_does_not_count(over: Event) -> None:
    aside = Aside(LATER)
    several = [asyncio.create_task(stuck(aside, over)) for _ in range(AT_ONCE)]
    await asyncio.sleep(0)
    assert await aside.do(lambda: 5) == 5
    await asyncio.gather(*several)


async def test_who_cannot_wait_for_a_turn_is_told() -> None:
    aside, begun = Aside(LONG, SOON), list[int]()
    for _ in range(AT_ONCE):
        await aside._turns.acquire()
    with pytest.raises(TimeoutError):
        await aside.do(lambda: begun.append(1))
    assert begun == []


async def test_while_too_much_of_it_is_left_nothing_new_is_begun(over: Event) -> None:
    aside = Aside(LATER)
    await asyncio.gather(*(stuck(aside, over) for _ in range(LEFT_AT_MOST)))
    with pytest.raises(Occupied):
        await aside.do(lambda: 5)
    over.set()
    while any(thread.is_alive() for thread in aside._left._threads):
        await asyncio.sleep(SOON)
    assert await aside.do(lambda: 5) == 5


async def test_what_an_asker_has_left_counts_too(over: Event) -> None:
    aside = Aside(LONG)
    for _ in range(LEFT_AT_MOST):
        gone = asyncio.create_task(aside.do(partial(over.wait, LONG)))
        await asyncio.sleep(SOON)
        gone.cancel()
        with pytest.raises(asyncio.CancelledError):
            await gone
    with pytest.raises(Occupied):
        await aside.do(lambda: 5)


def test_whoever_waits_for_it_waits_no_longer(over: Event) -> None:
    assert within(LONG, lambda: 5) == 5
    with pytest.raises(ZeroDivisionError):
        within(LONG, broken)
    for _ in range(LEFT_AT_MOST):
        with pytest.raises(TimeoutError):
            within(SOON, partial(over.wait, LONG))
    with pytest.raises(Occupied):
        within(LONG, lambda: 5)
    over.set()
    while any(thread.is_alive() for thread in _left._threads):
        time.sleep(SOON)
    assert within(LONG, lambda: 5) == 5


async def test_what_is_no_exception_is_told_by_its_name_alone() -> None:
    def panics() -> None:
        raise Panic("a customer's words")

    with pytest.raises(RuntimeError, match=r"\APanic\Z"):
        await Aside(LONG).do(panics)
