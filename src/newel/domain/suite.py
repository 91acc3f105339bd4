"""What a trial of the suite came to, and whether that is what the policy says (QUA-7)."""

from typing import Final

import msgspec

from newel.domain.answer import confidence_minimum
from newel.domain.errors import NewelError
from newel.domain.policy.bundle import Bundle
from newel.domain.policy.suite import AI, PERSON, Trial
from newel.domain.ports import Match
from newel.domain.scan.receipt import Receipt
from newel.domain.words import Tier

_NAMED: Final = 3


class SuiteFailed(NewelError):
    """{what} may not go live: its suite fails in {failed}"""

    code = "suite_failed"
    status = 409


class Failure(msgspec.Struct, frozen=True):
    """A trial that came to something else: its name, what it should have become, and what it did."""

    name: str
    becomes: str
    found: str


def failure(name: str, trial: Trial, receipt: Receipt, match: Match | None, policy: Bundle) -> Failure | None:
    """None where the message became what it should; ``match``: what the AI takes it for, if it was asked."""
    if _right(trial, receipt, match, policy):
        return None
    return Failure(name, trial.becomes, _found(receipt, match))


def _right(trial: Trial, receipt: Receipt, match: Match | None, policy: Bundle) -> bool:
    """A scan that failed is right for nobody, though its message goes to a person."""
    if receipt.error:
        return False
    if trial.becomes in policy.triggers:
        return trial.becomes in {marker.id for marker in receipt.markers}
    person = receipt.tier_floor is Tier.HUMAN
    if trial.becomes == PERSON:
        return person
    return not person and (trial.becomes == AI or match is None or _understood(trial.becomes, match, policy))


def _understood(reason: str, match: Match, policy: Bundle) -> bool:
    """Under the policy's minimum the AI would not answer, whatever it took the message for.

    How sure it is counts once it is measured: a draft with new phrases is calibrated after.
    """
    sure = not match.calibrated or match.confidence >= confidence_minimum(policy)
    return match.reason == reason and sure


def _found(receipt: Receipt, match: Match | None) -> str:
    if receipt.error:
        return f"{PERSON}: the scan failed"
    fired = ", ".join(marker.id for marker in receipt.markers)
    if receipt.tier_floor is Tier.HUMAN or fired:
        return f"{PERSON if receipt.tier_floor is Tier.HUMAN else AI}: {fired}"
    return (
        AI if match is None else f"{AI}: {match.reason or 'no contact reason'}, {match.confidence:.0%} sure"
    )


def told_of(one: Failure) -> tuple[str, str]:
    """What is wrong with one, and what to do."""
    return f"became {one.found}, not {one.becomes}", "mend what decides it; or the trial, where it is wrong"


def told(failures: tuple[Failure, ...]) -> str:
    """The first of them in words; how many more there are."""
    first = "; ".join(f"{one.name} ({one.becomes} became {one.found})" for one in failures[:_NAMED])
    more = len(failures) - _NAMED
    return f"{first}; and {more} more" if more > 0 else first
