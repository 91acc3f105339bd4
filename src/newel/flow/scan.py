"""The scan of a message: what the models hear of it, and its receipt, whatever goes wrong."""

from collections.abc import Sequence
from functools import partial
from uuid import UUID

import msgspec
import structlog

from newel import span
from newel.domain.ports import Listens, Scans
from newel.domain.scan.features import ScanInput
from newel.domain.scan.receipt import Receipt, failure_receipt
from newel.flow.aside import LISTENING, Aside, within
from newel.flow.house import Running

log = structlog.get_logger("scan")


async def heard(aside: Aside, listens: Listens | None, message: ScanInput) -> ScanInput:
    """With the signals of the models; where they fail the rules decide alone, and the receipt says so."""
    try:
        with span.part("model", {"newel.call": "signals"}):
            return await aside.do(partial(_listened, listens, message)) if listens else message
    except Exception as error:
        return _unheard(message, error)


async def scanned(aside: Aside, running: Running, message: ScanInput) -> Receipt:
    """The receipt; whatever goes wrong, and where it takes too long, the case goes to a person."""
    with span.part("scan", {"newel.policy": running.version}) as here:
        try:
            receipt = await aside.do(partial(running.scanner.scan, message))
        except Exception as error:
            receipt = failed(running.version, error)
            here.fail(receipt.error)
        here.tell({"newel.scan.characters": len(message.text) + len(message.subject)})
        here.tell(
            {"newel.scan.markers": len(receipt.markers), "newel.scan.tier_floor": int(receipt.tier_floor)}
        )
        return receipt


async def same(aside: Aside, running: Running, message: ScanInput) -> Sequence[UUID]:
    """The cases of its history to whose matter it comes back; raises what the scanner raises."""
    return await aside.do(partial(running.scanner.again, message))


def listened(listens: Listens | None, message: ScanInput) -> ScanInput:
    """As ``heard``, in the thread at hand, which waits for it."""
    try:
        return within(LISTENING, partial(_listened, listens, message)) if listens else message
    except Exception as error:
        return _unheard(message, error)


def read(scanner: Scans, message: ScanInput, version: str) -> Receipt:
    """As ``scanned``, in the thread at hand. No transaction waits for it: it has the time of the models."""
    try:
        return within(LISTENING, partial(scanner.scan, message))
    except Exception as error:
        return failed(version, error)


def _listened(listens: Listens, message: ScanInput) -> ScanInput:
    return msgspec.structs.replace(message, signals=listens.signals(message))


def _unheard(message: ScanInput, error: Exception) -> ScanInput:
    log.warning("scan.models_failed", error=type(error).__name__)
    return message


def failed(version: str, error: Exception) -> Receipt:
    """The receipt of a scan that went wrong, which is told in the log."""
    log.warning("scan.failed", error=type(error).__name__)
    return failure_receipt(version, type(error).__name__)
