"""The scan of a message: what the models hear of it, and its receipt, whatever goes wrong."""

import msgspec
import structlog

from newel import span
from newel.domain.ports import Listens, Scans
from newel.domain.scan.features import ScanInput
from newel.domain.scan.receipt import Receipt, failure_receipt
from newel.flow.house import Running

log = structlog.get_logger("scan")


def heard(listens: Listens | None, message: ScanInput) -> ScanInput:
    """With the signals of the models; where they fail the rules decide alone, and the receipt says so."""
    try:
        with span.part("model", {"newel.call": "signals"}):
            signals = listens.signals(message) if listens else ()
    except Exception as error:
        log.warning("scan.models_failed", error=type(error).__name__)
        return message
    return msgspec.structs.replace(message, signals=signals)


def scanned(running: Running, message: ScanInput) -> Receipt:
    """The receipt; whatever goes wrong, the case goes to a person."""
    with span.part("scan", {"newel.policy": running.version}) as here:
        receipt = read(running.scanner, message, running.version)
        if receipt.error:
            here.fail(receipt.error)
        here.tell({"newel.scan.characters": len(message.text) + len(message.subject)})
        here.tell(
            {"newel.scan.markers": len(receipt.markers), "newel.scan.tier_floor": int(receipt.tier_floor)}
        )
        return receipt


def read(scanner: Scans, message: ScanInput, version: str) -> Receipt:
    """What a scanner finds, or a receipt of its failure."""
    try:
        return scanner.scan(message)
    except Exception as error:
        return failure_receipt(version, type(error).__name__)
