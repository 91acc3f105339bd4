"""What every process of a node needs, loaded and made once in a supervisor that makes copies of itself."""

import contextlib
import hashlib
from importlib import import_module
from importlib.metadata import version as release
from importlib.resources import files
from pathlib import Path

import numpy as np

from newel.ai import encoder
from newel.ai.encoder import NoEncoder
from newel.bootstrap import collector, database_url
from newel.bootstrap.policies import LazyListener, scanner_of
from newel.config import Settings
from newel.domain.access import system
from newel.domain.policy.parse import load_bundle, stored_bundle
from newel.domain.scan import language, sieve
from newel.domain.scan.features import FIRST
from newel.domain.scan.lexicon import shipped_lexicon
from newel.domain.scan.matcher import expressions
from newel.domain.scan.scanner import compile_scanner
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
# What makes the encoder of its weights.
_ENCODER = ("encoder.py", "corrected.py", "graph.py")


def load() -> None:
    """The program, with what collects traces if they are collected."""
    collector.load()
    for name in _PROGRAM:
        import_module(name)


def recall(settings: Settings) -> None:
    """What an earlier start has made of the program's own files, and kept under our seal."""
    from newel.ai.kept import Kept

    kept = Kept(Path(settings.home, "models"), settings.master_key())
    phrases = tuple(expressions(shipped_lexicon().entries))
    code = files("newel.domain.scan").joinpath("sieve.py").read_text("utf-8")
    read = kept.get(_named(code, *phrases), lambda: {phrase: sieve.needed(phrase) for phrase in phrases})
    sieve.remember(read)
    if language.identifier():
        library = _named("languages", release("py3langid"), np.__version__)
        language.remember(kept.get(library, language.unpacked))
    with contextlib.suppress(NoEncoder):
        made_by = [files("newel.ai").joinpath(name).read_text("utf-8") for name in _ENCODER]
        encoder.remember(kept.get(_named(encoder.version(), *made_by), encoder.make))


def _named(*made_from: str) -> str:
    return hashlib.sha256("\x00".join(made_from).encode()).hexdigest()


def warm() -> None:
    """What every policy's scanner is made of: the phrases, what mends slips, the models of it all."""
    from newel.ai.fitted import ears

    ears(Path(), ()).signals(FIRST)
    if model := language.identifier():
        model.classify(FIRST.text)
    text = files("newel.domain.policy").joinpath("default.yaml").read_text("utf-8")
    compile_scanner(load_bundle(text, "default.yaml"), shipped_lexicon()).scan(FIRST)


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
