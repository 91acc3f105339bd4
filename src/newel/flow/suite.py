"""The suite of a policy at work: tried before a version goes live, and each day on what runs (QUA-7)."""

import asyncio
import contextlib
from collections.abc import Iterable
from typing import Final

import structlog

from newel.domain.access import system
from newel.domain.errors import Unavailable
from newel.domain.policy.bundle import Bundle
from newel.domain.policy.parse import Document
from newel.domain.policy.problem import Problem
from newel.domain.policy.suite import Trial
from newel.domain.ports import Listens, Match, Matcher, Scans
from newel.domain.scan.features import FIRST, ScanInput
from newel.domain.scan.lexicon import shipped_lexicon
from newel.domain.scan.receipt import Receipt
from newel.domain.scan.scanner import compile_scanner
from newel.domain.suite import Failure, SuiteFailed, failure, told, told_of
from newel.flow.house import House, Running
from newel.flow.scan import listened, read
from newel.store import notice as notices
from newel.store import suite as rows
from newel.store.notice import POLICY_OWNERS, SUPERVISORS, Notice
from newel.store.suite import Run

WATCH: Final = system("suite")
log = structlog.get_logger("suite")


async def must_pass(house: House, bundle: Bundle, what: str) -> None:
    """Raises ``SuiteFailed`` with what fails; ``bundle`` need not run yet."""
    failures = await of_draft(house, bundle)
    if failures:
        raise SuiteFailed(what=what, failed=told(failures))


def problems(document: Document, failures: Iterable[Failure]) -> tuple[Problem, ...]:
    """What fails, each at its place in the document."""
    return tuple(
        Problem(*document.places.of(("suite", one.name)), f"suite.{one.name}", *told_of(one))
        for one in failures
    )


async def of_draft(house: House, bundle: Bundle) -> tuple[Failure, ...]:
    """What fails in a policy that is compiled for this alone, away from the event loop."""
    matcher = house.matcher_of(bundle) if house.matcher_of else None
    return await asyncio.to_thread(compiled, bundle, matcher, house.listens) if bundle.suite else ()


def compiled(bundle: Bundle, matcher: Matcher | None, listens: Listens | None) -> tuple[Failure, ...]:
    """What fails in a policy whose scanner is made for this."""
    return tried(bundle, compile_scanner(bundle, shipped_lexicon()), matcher, listens)


def tried(
    bundle: Bundle, scanner: Scans, matcher: Matcher | None, listens: Listens | None
) -> tuple[Failure, ...]:
    """The trials that came to something else, in order; without a matcher the AI is not asked."""
    _made_ready(scanner, listens)
    found = (
        failure(name, trial, _scanned(scanner, listens, trial), _matched(matcher, trial, bundle), bundle)
        for name, trial in bundle.suite.items()
    )
    return tuple(one for one in found if one is not None)


def _made_ready(scanner: Scans, listens: Listens | None) -> None:
    """No trial pays with its time for what is made at the first use; what fails here fails there."""
    with contextlib.suppress(Exception):
        scanner.scan(FIRST)
    with contextlib.suppress(Exception):
        _ = listens and listens.signals(FIRST)


def _scanned(scanner: Scans, listens: Listens | None, trial: Trial) -> Receipt:
    return read(scanner, listened(listens, ScanInput(text=trial.say, previous=trial.after)), "")


def _matched(matcher: Matcher | None, trial: Trial, bundle: Bundle) -> Match | None:
    """What the AI takes a message for, where the trial says what it should; nothing, if it fails."""
    if matcher is None or trial.becomes not in bundle.playbooks:
        return None
    try:
        return matcher.match(trial.say)
    except Exception as error:
        return Match(None, 0.0, calibrated=False, why=(type(error).__name__,))


async def watch(house: House) -> None:
    """The periodic look: once a day each version in force is tried, and what fails is told."""
    for workflow, running in house.in_force().items():
        try:
            await _day(house, running)
        except Unavailable:
            raise
        except Exception as error:  # one workflow's trouble holds up no other's
            log.warning("suite.failed", workflow=workflow, code=type(error).__name__)


async def _day(house: House, running: Running) -> None:
    """A day that another worker has tried meanwhile stays theirs: the store has one run of each."""
    bundle = running.bundle
    if not bundle.suite:
        return
    async with house.db.tx(WATCH, read_only=True) as tx:
        if await rows.ran(tx, running.id):
            return
    failures = await asyncio.to_thread(tried, bundle, running.scanner, running.matcher, house.listens)
    async with house.db.tx(WATCH) as tx:
        run = Run(policy_id=running.id, trials=len(bundle.suite), failed=tuple(one.name for one in failures))
        if await rows.add(tx, run) and failures:
            await notices.add(tx, *(_notice(running, address) for address in (POLICY_OWNERS, SUPERVISORS)))


def _notice(running: Running, address: str) -> Notice:
    data = {"workflow": running.bundle.workflow, "number": running.number}
    return Notice(kind="suite.failed", address=address, about=str(running.id), data=data)
