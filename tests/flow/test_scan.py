"""A scan that takes too long, and models that do: INV-2 by time."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from threading import Event
from typing import Any

import pytest
from structlog.testing import capture_logs
from tests.flow.desk import STATUS, Desk

from newel.domain.knowledge import Pointer
from newel.domain.ports import Passage
from newel.domain.scan.features import ScanInput, Signal
from newel.domain.scan.scanner import Scanner
from newel.domain.words import Tier
from newel.flow import help, trace
from newel.flow.aside import Aside, within
from newel.flow.scan import listened, read

SOON = 0.05
LONG = 6.0
"""Longer than a scan may take here, and not so long that the transaction ends by itself."""


@contextmanager
def slow(monkeypatch: pytest.MonkeyPatch, what: str) -> Iterator[None]:
    """A part of the scanner stands still, until the end of this."""
    over, does = Event(), getattr(Scanner, what)

    def at_last(scanner: Scanner, message: ScanInput) -> Any:
        over.wait(LONG)
        return does(scanner, message)

    try:
        with monkeypatch.context() as patched:
            patched.setattr(Scanner, what, at_last)
            yield
    finally:
        over.set()


class Slow:
    """Models that think for ever."""

    def __init__(self) -> None:
        self.over = Event()

    def signals(self, message: ScanInput) -> tuple[Signal, ...]:
        self.over.wait(LONG)
        return ()


class Once:
    """Models that hear a request in a message, and fail when they are asked with what came before it."""

    def signals(self, message: ScanInput) -> tuple[Signal, ...]:
        if message.previous:
            raise RuntimeError("the model is broken")
        return (Signal("request_model", "v1", {"request": 0.99}),)


class Shelf:
    """A library that counts how often it is asked for an answer."""

    asked = 0

    def answers(self, _text: str, _limit: int) -> Sequence[Passage]:
        self.asked += 1
        return ()

    def search(self, _text: str, _limit: int) -> Sequence[Passage]:
        return ()

    def offered(self, _articles: Sequence[str]) -> Sequence[Pointer]:
        return ()


@pytest.fixture
def hurried(desk: Desk) -> Desk:
    """A desk whose scans have little time."""
    desk.house = replace(desk.house, scanning=Aside(SOON))
    return desk


async def test_INV_2_a_scan_that_takes_too_long_sends_the_case_to_a_person(
    hurried: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with slow(monkeypatch, "scan"), capture_logs() as said:
        case_id = await hurried.say(STATUS, ref="C0012")
    assert ("scan.failed", "TimeoutError") in [(one["event"], one.get("error")) for one in said]
    await hurried.drain()
    case = await hurried.case(case_id)
    assert (case.tier, case.locked) == (3, True)
    assert hurried.inbox.texts("ai") == []
    told = await trace.trace(hurried.house, hurried.staff["ivan"], case_id)
    (failed,) = [step for step in told.steps if step.event == "scan.failed"]
    assert failed.detail["error"] == "TimeoutError"


async def test_INV_2_models_that_take_too_long_leave_it_to_the_rules(desk: Desk) -> None:
    models = Slow()
    desk.house = replace(desk.house, listens=models, listening=Aside(SOON))
    with capture_logs() as said:
        case_id = await desk.say("I want to speak to a human.", ref="C0012")
    models.over.set()
    assert ("scan.models_failed", "TimeoutError") in [(one["event"], one.get("error")) for one in said]
    assert (await desk.case(case_id)).tier == 3
    (row,) = await desk.rows("SELECT outcome, not_evaluated FROM newel.scan_receipt")
    assert row["outcome"] == "scanned"
    assert {"encoder", "request_model"} <= set(row["not_evaluated"])


async def test_INV_2_a_look_for_what_it_follows_that_takes_too_long_is_a_scan_that_did(
    hurried: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    hurried.house = replace(hurried.house, scanning=Aside(LONG))
    await hurried.say(STATUS, ref="C0012", thread="first")
    await hurried.drain()
    hurried.house = replace(hurried.house, scanning=Aside(SOON))
    with slow(monkeypatch, "again"):
        second = await hurried.say("And my other parcel?", ref="C0012", thread="second")
    assert (await hurried.case(second)).tier == 3
    rows = await hurried.rows("SELECT outcome FROM newel.scan_receipt WHERE case_id = $1", second)
    assert [row["outcome"] for row in rows] == ["failed"]


async def test_what_the_first_hearing_found_is_not_lost_with_the_second(desk: Desk) -> None:
    desk.house = replace(desk.house, listens=Once())
    await desk.take("Where is my order", ref="C0012")
    await desk.take("and the mug", ref="C0012")
    found = await desk.rows("SELECT tier_floor FROM newel.scan_receipt ORDER BY tier_floor")
    assert [row["tier_floor"] for row in found] == [3, 3]


async def test_TIR_12_a_scan_that_takes_too_long_offers_no_article(
    hurried: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    hurried.house = replace(hurried.house, reading=Aside(SOON))
    running = hurried._running["customer-support"]
    hurried._running["customer-support"] = replace(running, library=(shelf := Shelf()))
    with slow(monkeypatch, "scan"):
        assert await help.suggest(hurried.house, STATUS) == []
    assert shelf.asked == 0
    hurried.house = replace(hurried.house, reading=Aside(LONG), scanning=Aside(0))
    await help.suggest(hurried.house, STATUS)
    assert shelf.asked == 1


def test_QUA_7_a_trial_that_takes_too_long_has_failed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    scanner, models = desk._running["customer-support"].scanner, Slow()
    monkeypatch.setattr("newel.flow.scan.within", lambda _, work: within(SOON, work))
    with slow(monkeypatch, "scan"), capture_logs() as said:
        receipt = read(scanner, listened(models, ScanInput(text=STATUS)), "")
    models.over.set()
    assert [one["event"] for one in said] == ["scan.models_failed", "scan.failed"]
    assert (receipt.error, receipt.tier_floor) == ("TimeoutError", Tier.HUMAN)
