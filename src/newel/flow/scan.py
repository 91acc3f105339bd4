"""The scan of a message: what the models hear of it, and its receipt, whatever goes wrong."""

from functools import partial

import msgspec
import structlog

from newel import span
from newel.domain.ports import Listens, Scans
from newel.domain.scan.features import ScanInput
from newel.domain.scan.receipt import Receipt, failure_receipt
from newel.flow.aside import LISTENING, SCANNING, Aside, within
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
            receipt = _failed(running.version, error)
            here.fail(receipt.error)
        here.tell({"newel.scan.characters": len(message.text) + len(message.subject)})
        here.tell(
            {"newel.scan.markers": len(receipt.markers), "newel.scan.tier_floor": int(receipt.tier_floor)}
        )
        return receipt


def read(scanner: Scans, listens: Listens | None, message: ScanInput, version: str) -> Receipt:
    """The receipt likewise, of a message that nobody waits for, with what the models say."""
    try:
        message = within(LISTENING, partial(_listened, listens, message)) if listens else message
    except Exception as error:
        message = _unheard(message, error)
    try:
        return within(SCANNING, partial(scanner.scan, message))
    except Exception as error:
        return _failed(version, error)


def _listened(listens: Listens, message: ScanInput) -> ScanInput:
    return msgspec.structs.replace(message, signals=listens.signals(message))


def _unheard(message: ScanInput, error: Exception) -> ScanInput:
    log.warning("scan.models_failed", error=type(error).__name__)
    return message


def _failed(version: str, error: Exception) -> Receipt:
    log.warning("scan.failed", error=type(error).__name__)
    return failure_receipt(version, type(error).__name__)
