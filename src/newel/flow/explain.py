"""Explaining a scan: what a text sets off under a policy in force; nothing of it is kept or logged."""

import asyncio

import msgspec

from newel.domain.access import Actor
from newel.domain.desk import Piece, marks, pieces
from newel.domain.errors import NotFound, TooLarge
from newel.domain.scan.explain import Explanation, explain
from newel.domain.scan.features import ScanInput
from newel.domain.scan.lexicon import shipped_lexicon
from newel.domain.scan.reader import readable
from newel.domain.scan.scanner import Scanner, compile_scanner
from newel.flow.house import House, Running
from newel.flow.scan import heard

LONGEST = 20_000


class Explained(msgspec.Struct, frozen=True):
    """The scan told step by step, and the text with what the fired triggers saw in it."""

    said: Explanation
    text: tuple[Piece, ...]


async def told(house: House, actor: Actor, workflow: str, text: str) -> Explained:
    """Why each trigger of the workflow's running policy fires on this text or does not.

    Raises ``NotFound`` for a workflow without conversations, ``TooLarge`` for a book.
    """
    if len(text) > LONGEST:
        raise TooLarge(what="the text", size=len(text), limit=LONGEST)
    async with house.db.tx(actor, read_only=True) as tx:
        running = await house.running(tx, workflow)
    if running.bundle.kind != "conversations":
        raise NotFound(what="workflow with conversations", id=workflow)
    message = await heard(house.listening, house.listens, ScanInput(text=text))
    return await asyncio.to_thread(_told, running, message)


def _told(running: Running, message: ScanInput) -> Explained:
    """By the scanner itself; where this process has only the way to one, by one of its own."""
    ready = running.scanner
    scanner = ready if isinstance(ready, Scanner) else compile_scanner(running.bundle, shipped_lexicon())
    found = explain(scanner, message)
    return Explained(found, pieces(readable(message.text), (), marks(found.receipt.markers)))
