"""The running policies, compiled in memory, and what is made of them only when it is needed."""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING
from uuid import UUID

import structlog

from newel.bootstrap.outside import advises, systems
from newel.config import Settings
from newel.domain.access import system
from newel.domain.errors import NotFound
from newel.domain.knowledge import Article, Pointer
from newel.domain.policy.bundle import Bundle
from newel.domain.policy.parse import stored_bundle
from newel.domain.ports import Calls, Library, Listens, Match, Matcher, Passage, Scans
from newel.domain.scan.features import FIRST, ScanInput, Signal
from newel.domain.scan.language import identifier
from newel.domain.scan.lexicon import shipped_lexicon
from newel.domain.scan.receipt import Receipt
from newel.domain.scan.scanner import Scanner, compile_scanner
from newel.flow.house import Running
from newel.store import knowledge as articles
from newel.store import policy as versions
from newel.store.db import Db, Tx

if TYPE_CHECKING:
    from newel.ai.kept import Kept

REFRESH_SECONDS = 1.0
# The model of languages is seldom asked, and takes a while: whoever was killed takes messages first.
SELDOM_SECONDS = 30.0
_SCANNERS = 8
log = structlog.get_logger("bootstrap")


class Policies:
    """The compiled running policies; refreshed when another version or article is in force."""

    def __init__(self, pool: Db, settings: Settings, calls: Calls, *, train: bool) -> None:
        self._db = pool
        self._settings = settings
        self._calls = calls
        self._train = train
        self._running: dict[str, tuple[tuple[UUID, object], Running]] = {}

    async def running(self, _tx: Tx, workflow: str) -> Running:
        """The version in force, at most a refresh old; ``NotFound`` for an unknown workflow."""
        found = self._running.get(workflow)
        if found is None:
            raise NotFound(what="workflow with an active policy", id=workflow)
        return found[1]

    def in_force(self) -> dict[str, Running]:
        """All versions in force by workflow, at most a refresh old."""
        return {workflow: found[1] for workflow, found in sorted(self._running.items())}

    async def refresh(self) -> None:
        """Compile what has changed, away from the event loop."""
        async with self._db.tx(system("policy"), read_only=True) as tx:
            known, stamp = await versions.in_force(tx), await articles.stamp(tx)
            old = {workflow for workflow, found in known.items() if self._key(workflow) != (found, stamp)}
            stale = [v for v in await versions.active(tx) if v.workflow in old] if old else []
            shelf = await articles.current(tx) if stale else []
        for version in stale:
            running = await asyncio.to_thread(self._compile, version, shelf)
            self._running[version.workflow] = ((version.id, stamp), running)

    def _key(self, workflow: str) -> tuple[UUID, object] | None:
        found = self._running.get(workflow)
        return found[0] if found else None

    def _compile(self, version: versions.Version, shelf: list[Article]) -> Running:
        bundle = stored_bundle(version.body)
        matcher, library = self._models(version, bundle, shelf)
        return Running(
            id=version.id,
            number=version.number,
            bundle=bundle,
            scanner=self._scanner(version.body, bundle),
            matcher=matcher,
            library=library,
            systems=systems(bundle, self._settings, self._calls),
            advises=advises(bundle, self._settings, self._calls),
        )

    async def warm(self) -> None:
        """Scan once, as a scanner makes the most of its phrases when they are first needed."""
        await asyncio.to_thread(self._scan)
        await asyncio.sleep(SELDOM_SECONDS)
        if model := identifier():
            await asyncio.to_thread(model.classify, FIRST.text)

    def _scan(self) -> None:
        LazyListener(self._settings.signals_folder()).signals(FIRST)
        for _, running in list(self._running.values()):
            if running.bundle.kind == "conversations":
                running.scanner.scan(FIRST)

    def _scanner(self, body: str, bundle: Bundle) -> Scans:
        """A server has its scanners before the first message."""
        if self._train:
            return _LazyScanner(body)
        return scanner_of(body)

    def _models(
        self, version: versions.Version, bundle: Bundle, shelf: list[Article]
    ) -> tuple[Matcher, Library]:
        """A worker has its models before the first case; others make them when they are asked."""
        if not self._train:
            library = _LazyLibrary(lambda: kept(self._settings).library(version.body, bundle, shelf))
            return kept_matcher(self._settings, bundle), library
        matcher, made = kept(self._settings).models(version.body, bundle, shelf)
        log.info("matcher_ready", policy_version=version.label, target=matcher.version if matcher else "")
        return matcher or matcher_of(bundle), made

    async def keep_fresh(self) -> None:
        """Refresh until cancelled; a database that is away only means that nothing changes."""
        while True:
            await asyncio.sleep(REFRESH_SECONDS)
            with contextlib.suppress(Exception):
                await self.refresh()


# What a process does not need before it serves is made, and its libraries are loaded, at the first use:
# whoever was killed is back the sooner.


# Several threads may be the first to need it: one makes it, the others wait.
_compiling, _loading = Lock(), Lock()


def scanner_of(body: str) -> Scanner:
    """The scanner of a stored policy document; the same one again for the same document."""
    with _compiling:
        return _compiled(body)


@lru_cache(maxsize=_SCANNERS)
def _compiled(body: str) -> Scanner:
    return compile_scanner(stored_bundle(body), shipped_lexicon())


class _LazyScanner:
    """Compiled at the first message."""

    def __init__(self, body: str) -> None:
        self._body = body

    def scan(self, message: ScanInput) -> Receipt:
        """As ``Scanner``."""
        return scanner_of(self._body).scan(message)

    def again(self, message: ScanInput) -> tuple[UUID, ...]:
        """As ``Scanner``."""
        return scanner_of(self._body).again(message)


class _LazyMatcher:
    """Loaded or trained at the first question."""

    def __init__(self, made: Callable[[], Matcher]) -> None:
        self._matcher = cache(made)

    @property
    def version(self) -> str:
        """As ``Intent``."""
        return self._matcher().version

    def match(self, text: str) -> Match:
        """As ``Intent``."""
        return self._matcher().match(text)


class _LazyLibrary:
    """Loaded or made at the first question."""

    def __init__(self, made: Callable[[], Library]) -> None:
        self._library = cache(made)

    def search(self, text: str, limit: int) -> Sequence[Passage]:
        """As ``Knowledge``."""
        return self._library().search(text, limit)

    def answers(self, text: str, limit: int) -> Sequence[Passage]:
        """As ``Knowledge``."""
        return self._library().answers(text, limit)

    def offered(self, articles: Sequence[str]) -> Sequence[Pointer]:
        """As ``Knowledge``."""
        return self._library().offered(articles)


class LazyListener:
    """The models of the scan, loaded at the first message; where they are missing nothing is heard.

    A model that is put into the folder is heard from the next message on.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._loaded: tuple[tuple[str, ...], Listens] | None = None

    def signals(self, message: ScanInput) -> tuple[Signal, ...]:
        """As ``Ears``."""
        return self._ears().signals(message)

    def _ears(self) -> Listens:
        from newel.ai.fitted import ears, names_in

        names, loaded = names_in(self._folder), self._loaded
        if loaded and loaded[0] == names:
            return loaded[1]
        with _loading:
            if self._loaded is None or self._loaded[0] != names:
                self._loaded = (names, ears(self._folder, names))
            return self._loaded[1]


def kept(settings: Settings) -> "Kept":
    """The models that were made once."""
    from newel.ai.kept import Kept

    return Kept(Path(settings.home, "models"), settings.master_key())


def kept_matcher(settings: Settings, bundle: Bundle) -> Matcher:
    """The matcher of a policy: found, or trained and kept for whoever runs it, at its first question."""
    return _LazyMatcher(lambda: kept(settings).matcher(bundle) or matcher_of(bundle))


def matcher_of(bundle: Bundle) -> Matcher:
    """A matcher that trains at its first question."""
    from newel.ai.intent import Intent

    return Intent.lazy(bundle)


def library_of(bundle: Bundle, shelf: Sequence[Article]) -> Library:
    """The articles that a policy lets the AI quote."""
    from newel.ai.knowledge import Knowledge

    return Knowledge.of(shelf, bundle)
