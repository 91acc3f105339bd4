"""Wires the house: the only place where the parts meet."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from uuid import UUID

import httpx2
import msgspec
import structlog
import yaml

from newel.channels.api.webhook import Shelf, Webhook
from newel.channels.chat.window import Window
from newel.config import Settings
from newel.connectors.http import Endpoint, HttpSystems
from newel.domain.access import system
from newel.domain.attachment import MEGABYTE
from newel.domain.chat import Door
from newel.domain.errors import Invalid, NotFound
from newel.domain.knowledge import Article
from newel.domain.policy.bundle import Bundle
from newel.domain.policy.parse import stored_bundle
from newel.domain.ports import Channel, Library, Match, Matcher, Passage, Scans, Systems
from newel.domain.scan.features import ScanInput, Signal
from newel.domain.scan.language import identifier
from newel.domain.scan.lexicon import shipped_lexicon
from newel.domain.scan.receipt import Receipt
from newel.domain.scan.scanner import compile_scanner
from newel.domain.tour import Tour
from newel.flow.house import House, Running
from newel.store import customer as customers
from newel.store import db
from newel.store import knowledge as articles
from newel.store import policy as policies
from newel.store.db import Db, Tx
from newel.store.embedded import Embedded
from newel.store.envelope import Envelope
from newel.store.migrate import migrate, pending

REFRESH_SECONDS = 1.0
_TRUSTS_NOBODY = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
_FIRST = ScanInput(text="Is anybody there to be aksed? Its urgnt, 1 am l o s t and y0ur")
log = structlog.get_logger("bootstrap")


class Policies:
    """The compiled running policies; refreshed when another version or article is in force."""

    def __init__(self, pool: Db, settings: Settings, *, train: bool) -> None:
        self._db = pool
        self._settings = settings
        self._train = train
        self._running: dict[str, tuple[tuple[UUID, object], Running]] = {}

    async def running(self, _tx: Tx, workflow: str) -> Running:
        """The version in force, at most a refresh old; ``NotFound`` for an unknown workflow."""
        found = self._running.get(workflow)
        if found is None:
            raise NotFound(what="workflow with an active policy", id=workflow)
        return found[1]

    async def refresh(self) -> None:
        """Compile what has changed, away from the event loop."""
        async with self._db.tx(system("policy"), read_only=True) as tx:
            known, stamp = await policies.in_force(tx), await articles.stamp(tx)
            old = {workflow for workflow, found in known.items() if self._key(workflow) != (found, stamp)}
            stale = [v for v in await policies.active(tx) if v.workflow in old] if old else []
            shelf = await articles.current(tx) if stale else []
        for version in stale:
            running = await asyncio.to_thread(self._compile, version, shelf)
            self._running[version.workflow] = ((version.id, stamp), running)

    def _key(self, workflow: str) -> tuple[UUID, object] | None:
        found = self._running.get(workflow)
        return found[0] if found else None

    def _compile(self, version: policies.Version, shelf: list[Article]) -> Running:
        bundle = stored_bundle(version.body)
        matcher, library = self._models(version, bundle, shelf)
        return Running(
            id=version.id,
            number=version.number,
            bundle=bundle,
            scanner=self._scanner(bundle),
            matcher=matcher,
            library=library,
            systems=systems(bundle, self._settings),
        )

    def warm(self) -> None:
        """Scan once, as a scanner makes the most of its phrases when they are first needed."""
        identifier()
        LazyListener().signals(_FIRST)
        for _, running in list(self._running.values()):
            if running.bundle.kind == "conversations":
                running.scanner.scan(_FIRST)

    def _scanner(self, bundle: Bundle) -> Scans:
        """A server has the scanner of its conversations before the first message."""
        if self._train or bundle.kind == "items":
            return LazyScanner(bundle)
        return compile_scanner(bundle, shipped_lexicon())

    def _models(
        self, version: policies.Version, bundle: Bundle, shelf: list[Article]
    ) -> tuple[Matcher, Library]:
        """A worker has its models before the first case; others make them when they are asked."""
        if not self._train:
            return LazyMatcher(bundle), LazyLibrary(bundle, shelf)
        from newel.ai.kept import Kept

        kept = Kept(Path(self._settings.home, "models"), self._settings.master_key())
        matcher, library = kept.models(version.body, bundle, shelf)
        log.info("matcher_ready", policy_version=version.label, target=matcher.version if matcher else "")
        return matcher or LazyMatcher(bundle), library

    async def keep_fresh(self) -> None:
        """Refresh until cancelled; a database that is away only means that nothing changes."""
        while True:
            await asyncio.sleep(REFRESH_SECONDS)
            with contextlib.suppress(Exception):
                await self.refresh()


# What a process does not need before it serves is made, and its libraries are loaded, at the first use:
# whoever was killed is back the sooner.


class LazyScanner:
    """Compiled at the first message."""

    def __init__(self, bundle: Bundle) -> None:
        self._scanner = cache(lambda: compile_scanner(bundle, shipped_lexicon()))

    def scan(self, message: ScanInput) -> Receipt:
        """As ``Scanner``."""
        return self._scanner().scan(message)


class LazyMatcher:
    """Loaded and trained at the first question."""

    def __init__(self, bundle: Bundle) -> None:
        self._matcher = cache(lambda: _matcher(bundle))

    @property
    def version(self) -> str:
        """As ``Intent``."""
        return self._matcher().version

    def match(self, text: str) -> Match:
        """As ``Intent``."""
        return self._matcher().match(text)


class LazyLibrary:
    """Loaded and made at the first question."""

    def __init__(self, bundle: Bundle, shelf: Sequence[Article]) -> None:
        self._library = cache(lambda: _library(bundle, shelf))

    def search(self, text: str, limit: int) -> Sequence[Passage]:
        """As ``Knowledge``."""
        return self._library().search(text, limit)

    def titles(self, articles: Sequence[str]) -> Sequence[str]:
        """As ``Knowledge``."""
        return self._library().titles(articles)


class LazyListener:
    """The models of the scan, loaded at the first message; where they are missing nothing is heard."""

    def signals(self, message: ScanInput) -> tuple[Signal, ...]:
        """As ``Hearing``."""
        from newel.ai.signal import hearing

        found = hearing()
        return found.signals(message) if found else ()


def _matcher(bundle: Bundle) -> Matcher:
    from newel.ai.intent import Intent

    return Intent.lazy(bundle)


def _library(bundle: Bundle, shelf: Sequence[Article]) -> Library:
    from newel.ai.knowledge import Knowledge

    return Knowledge.of(shelf, bundle)


def systems(bundle: Bundle, settings: Settings) -> HttpSystems:
    """The systems of record that a policy names, with their address and token from the settings."""
    return systems_at(bundle, Endpoint(settings.systems_url, settings.secret("systems_token")))


def systems_at(bundle: Bundle, place: Endpoint) -> HttpSystems:
    """The systems of record that a policy names, all at one place."""
    endpoints = {system.base_url: place for system in bundle.systems.values()}
    return HttpSystems(bundle.systems, bundle.actions, endpoints, client(place.url), _now)


async def in_force(settings: Settings, workflow: str) -> tuple[policies.Version, list[Article]]:
    """The policy of a workflow and the articles that a configured database has in force."""
    pool = await db.connect(database_url(settings), size=1)
    try:
        async with pool.tx(system("replay"), read_only=True) as tx:
            version = await policies.active_of(tx, workflow)
            if version is None:
                raise NotFound(what="workflow with an active policy", id=workflow)
            return version, await articles.current(tx)
    finally:
        await pool.close()


def shadow(bundle: Bundle, shelf: list[Article], look_ups: Systems) -> Running:
    """A policy compiled for a shadow run: no database, and systems that only look up."""
    return Running(
        id=UUID(int=0),
        number=0,
        bundle=bundle,
        scanner=compile_scanner(bundle, shipped_lexicon()),
        matcher=_matcher(bundle),
        library=_library(bundle, shelf),
        systems=look_ups,
    )


def client(url: str) -> httpx2.AsyncClient:
    """A client for one address; the trusted authorities are read, which takes a while, only for TLS."""
    trusted = ssl.create_default_context() if url.lower().startswith("https:") else _TRUSTS_NOBODY
    return httpx2.AsyncClient(verify=trusted)


def _now() -> datetime:
    return datetime.now(UTC)


def channels(settings: Settings) -> Mapping[str, Channel]:
    """The ways to the customer that are set up."""
    window = Window()
    if settings.webhook_url:
        secret = settings.secret("webhook_secret").encode()
        hook = Webhook(settings.webhook_url, secret, client=client(settings.webhook_url))
        return {"api": hook, window.name: window}
    return {"api": Shelf(), window.name: window}


def chat_door(settings: Settings) -> Door:
    """How the customers' chat is opened: the sites that may show it, and the secret shared with them."""
    return Door(settings.origins(), settings.secret("chat_secret").encode())


def tour(settings: Settings) -> Tour | None:
    """The tour of a show company; ``Invalid`` names what is wrong in its file."""
    if not settings.tour:
        return None
    try:
        read = yaml.safe_load(Path(settings.tour).read_text("utf-8"))
        found = msgspec.convert(read, Tour)
    except (OSError, yaml.YAMLError, msgspec.ValidationError) as error:
        raise Invalid(what=f"NEWEL_TOUR ({settings.tour})", why=str(error)) from None
    missing = {step.seat for step in found.steps} - {seat.login for seat in found.seats}
    if missing:
        raise Invalid(what="NEWEL_TOUR", why=f"it has no seat {min(missing)}")
    return found


async def _nothing_runs(_tx: Tx, workflow: str) -> Running:
    raise NotFound(what="workflow with an active policy", id=workflow)


@asynccontextmanager
async def open_office(settings: Settings) -> AsyncIterator[House]:
    """The house without its running policies: for accounts, tokens and the policies themselves."""
    pool = await db.connect(database_url(settings), size=2)
    try:
        yield House(pool, await _envelope(pool, settings), {}, _nothing_runs)
    finally:
        await pool.close()


@asynccontextmanager
async def open_house(settings: Settings, *, train: bool = False) -> AsyncIterator[House]:
    """The wired house on a migrated database; closed at the end.

    ``train`` makes the matchers ready before the first case, as a worker needs them.
    """
    pool = await db.connect(database_url(settings), size=settings.pool_size)
    try:
        running = Policies(pool, settings, train=train)
        house = House(
            pool,
            await _envelope(pool, settings),
            channels(settings),
            running.running,
            listens=LazyListener(),
            attachment_bytes=settings.attachment_megabytes * MEGABYTE,
        )
        await running.refresh()
        beside = [asyncio.create_task(running.keep_fresh())]
        if not train:  # a server scans: its first message does not wait for what is made at the first use
            beside.append(asyncio.create_task(asyncio.to_thread(running.warm)))
        try:
            yield house
        finally:
            for task in beside:
                task.cancel()
    finally:
        await pool.close()


async def _envelope(pool: Db, settings: Settings) -> Envelope:
    """The master key's envelope; one that does not fit would make customers and messages anew."""
    envelope = Envelope(settings.master_key())
    async with pool.tx(system("keys")) as tx:
        await customers.must_fit(tx, envelope)
    return envelope


def has_database(settings: Settings) -> bool:
    """Whether a database is configured, or an embedded one has left its address."""
    return bool(settings.database_url) or Path(settings.home, "database-url").exists()


def database_url(settings: Settings) -> str:
    """The external database, or the address that the embedded one has left in the home."""
    if settings.database_url:
        return settings.database_url
    left = Path(settings.home, "database-url")
    if not left.exists():
        raise db.NoDatabase(why=f"none runs in {settings.home}; start `newel up`, or set NEWEL_DATABASE_URL")
    return left.read_text(encoding="utf-8").strip()


async def migrate_database(settings: Settings) -> list[str]:
    """Apply what the database lacks, as its owner; the names applied."""
    return await migrate(settings.owner_url or database_url(settings))


async def pending_migrations(settings: Settings) -> list[str]:
    """What the database lacks."""
    return await pending(database_url(settings))


def demo_environment(settings: Settings, port: int) -> dict[str, str]:
    """Where the demo company's systems are, and that its shop may show the chat."""
    at = f"http://127.0.0.1:{port}"
    shops = (at, f"http://localhost:{port}", *settings.origins())
    return {
        "NEWEL_SYSTEMS_URL": at,
        "NEWEL_WEBHOOK_URL": f"{at}/hooks/newel",
        "NEWEL_CHAT_ORIGINS": " ".join(dict.fromkeys(shops)),
        "NEWEL_TOUR": settings.tour or str(Path(__file__).parent / "demo" / "data" / "tour.yaml"),
    }


def prepare_secrets(settings: Settings) -> None:
    """Make the secrets that are missing, before two processes do."""
    for name in ("master_key", "systems_token", "webhook_secret", "chat_secret"):
        settings.secret(name)


async def prepare_home(settings: Settings, postgres: Embedded | None) -> None:
    """The database and its schema."""
    home = Path(settings.home)
    if postgres is not None:
        await postgres.create()
        await migrate(postgres.owner_url)
        _write_secret(home / "database-url", postgres.app_url)
    else:
        await migrate_database(settings)


def _write_secret(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")
