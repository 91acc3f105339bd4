"""Wires the house: the only place where the parts meet."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from uuid import UUID

import msgspec
import yaml

import newel
from newel.bootstrap.outside import Outside, Patient, advises, systems, systems_at
from newel.bootstrap.policies import LazyListener, Policies, kept_matcher, library_of, matcher_of
from newel.channels.api.webhook import Shelf, Webhook
from newel.channels.chat.window import Window
from newel.config import Settings
from newel.domain.access import system
from newel.domain.attachment import MEGABYTE
from newel.domain.chat import Door
from newel.domain.errors import Invalid, NotFound
from newel.domain.knowledge import Article
from newel.domain.policy.bundle import Bundle
from newel.domain.ports import Advises, Calls, Channel, Systems
from newel.domain.scan.lexicon import shipped_lexicon
from newel.domain.scan.scanner import compile_scanner
from newel.domain.tour import Tour
from newel.flow.house import House, Running
from newel.store import customer as customers
from newel.store import db
from newel.store import knowledge as articles
from newel.store import policy as versions
from newel.store.db import Db, Tx
from newel.store.embedded import Embedded
from newel.store.envelope import Envelope
from newel.store.migrate import migrate, pending

__all__ = ["LazyListener", "Outside", "Patient", "Policies", "advises", "systems", "systems_at"]


async def in_force(settings: Settings, workflow: str) -> tuple[versions.Version, list[Article]]:
    """The policy of a workflow and the articles that a configured database has in force."""
    pool = await db.connect(database_url(settings), size=1)
    try:
        async with pool.tx(system("replay"), read_only=True) as tx:
            version = await versions.active_of(tx, workflow)
            if version is None:
                raise NotFound(what="workflow with an active policy", id=workflow)
            return version, await articles.current(tx)
    finally:
        await pool.close()


def shadow(
    bundle: Bundle, shelf: list[Article], look_ups: Systems, adviser: Advises | None = None
) -> Running:
    """A policy compiled for a shadow run: no database, and systems that only look up."""
    return Running(
        id=UUID(int=0),
        number=0,
        bundle=bundle,
        scanner=compile_scanner(bundle, shipped_lexicon()),
        matcher=matcher_of(bundle),
        library=library_of(bundle, shelf),
        systems=look_ups,
        advises=adviser,
    )


def channels(settings: Settings, calls: Calls) -> Mapping[str, Channel]:
    """The ways to the customer that are set up."""
    window = Window()
    if settings.webhook_url:
        secret = settings.secret("webhook_secret").encode()
        hook = Webhook(settings.webhook_url, secret, calls)
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
        yield House(
            pool,
            await _envelope(pool, settings),
            {},
            _nothing_runs,
            listens=LazyListener(settings.signals_folder()),
            matcher_of=partial(kept_matcher, settings),
        )
    finally:
        await pool.close()


@asynccontextmanager
async def open_house(settings: Settings, *, train: bool = False) -> AsyncIterator[House]:
    """The wired house on a migrated database; closed at the end.

    ``train`` makes the matchers ready before the first case, as a worker needs them.
    """
    pool = await db.connect(database_url(settings), size=settings.pool_size)
    outside = Outside()
    try:
        running = Policies(pool, settings, outside, train=train)
        house = House(
            pool,
            await _envelope(pool, settings),
            channels(settings, outside),
            running.running,
            listens=LazyListener(settings.signals_folder()),
            matcher_of=partial(kept_matcher, settings),
            attachment_bytes=settings.attachment_megabytes * MEGABYTE,
            in_force=running.in_force,
        )
        await running.refresh()
        beside = [asyncio.create_task(running.keep_fresh())]
        if not train:  # a server scans: its first message does not wait for what is made at the first use
            beside.append(asyncio.create_task(running.warm()))
        try:
            yield house
        finally:
            for task in beside:
                task.cancel()
    finally:
        await outside.close()
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
        "NEWEL_TOUR": settings.tour or str(Path(newel.__file__).parent / "demo" / "data" / "tour.yaml"),
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
