"""Explaining a scan: what a text sets off under a policy in force; nothing of it is kept or logged."""

import asyncio

import msgspec

from newel.domain.access import Actor
from newel.domain.desk import Piece, marks, pieces
from newel.domain.errors import NotFound, TooLarge, Unavailable
from newel.domain.scan.explain import Explanation, explain
from newel.domain.scan.features import ScanInput
from newel.domain.scan.reader import readable
from newel.domain.scan.scanner import Scanner
from newel.flow.house import House

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
    if not isinstance(running.scanner, Scanner):
        raise Unavailable(what="the scanner")
    return await asyncio.to_thread(_told, running.scanner, text)


def _told(scanner: Scanner, text: str) -> Explained:
    found = explain(scanner, ScanInput(text=text))
    return Explained(found, pieces(readable(text), (), marks(found.receipt.markers)))
