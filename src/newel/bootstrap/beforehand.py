"""What every process of a node needs, loaded and made once in a supervisor that makes copies of itself."""

from importlib import import_module

from newel.bootstrap import database_url
from newel.bootstrap.policies import FIRST, LazyListener, scanner_of
from newel.config import Settings
from newel.domain.access import system
from newel.domain.policy.parse import stored_bundle
from newel.store import db
from newel.store import policy as versions

_PROGRAM = (
    "uvloop",
    "newel.ai.kept",
    "newel.ai.signal",
    "newel.cli.logs",
    "newel.connectors.calls",
    "newel.store.wake",
    "newel.web.app",
    "newel.web.live",
    "newel.web.server",
    "newel.worker.loop",
    "newel.worker.timetable",
)


def load() -> None:
    """The program."""
    for name in _PROGRAM:
        import_module(name)


async def make(settings: Settings) -> None:
    """The scanners of the policies in force, and the models that they hear."""
    pool = await db.connect(database_url(settings), size=1)
    try:
        async with pool.tx(system("policy"), read_only=True) as tx:
            running = await versions.active(tx)
    finally:
        await pool.close()
    LazyListener(settings.signals_folder()).signals(FIRST)
    for version in running:
        if stored_bundle(version.body).kind == "conversations":
            scanner_of(version.body).scan(FIRST)
