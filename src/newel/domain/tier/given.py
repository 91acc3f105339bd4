"""What the tier decision is made from: the scan of the latest message, and what stands besides."""

from collections.abc import Mapping

import msgspec

from newel.domain.scan.receipt import Receipt
from newel.domain.words import Assist, Cluster, Priority


class Signals(msgspec.Struct, frozen=True, kw_only=True):
    """What the scan of the latest inbound message says; ``opinion``: what the second opinion names."""

    tier_floor: int = 1
    locked: bool = False
    priority: Priority = Priority.P3
    assist: Assist = Assist.DRAFT
    skills: tuple[str, ...] = ()
    risk: float = 0.0
    language: str = ""
    clusters: tuple[Cluster, ...] = ()
    error: str = ""
    opinion: str = ""


def signals_of(receipt: Receipt) -> Signals:
    """The part of a scan receipt that the decision weighs."""
    return Signals(
        tier_floor=receipt.tier_floor,
        locked=receipt.locked,
        priority=receipt.priority,
        assist=receipt.assist,
        skills=receipt.skills,
        risk=receipt.risk.score,
        language=receipt.language.code if receipt.language else "",
        clusters=receipt.clusters,
        error=receipt.error,
    )


def after_lowering(signals: Signals, to_tier: int) -> Signals:
    """What a scan still says once a person has looked at its message and lowered the case."""
    return msgspec.structs.replace(signals, tier_floor=min(signals.tier_floor, to_tier), locked=False)


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """What stands besides the message: the customer, what was used, who forbade what.

    ``lifetime_value_minor`` is net of refunds, 0 when unknown; the ceiling counts it without this order;
    ``used_minor`` is what this ceiling paid out in its window; ``paid_minor`` is what is left
    of the payment (None: only the playbook's fact counts); ``certificates`` maps a contact
    reason to its certified threshold; ``dice`` (0 to 1) decides the sampling mark, ``sampling`` times
    as often as the policy says, and ``held_dice`` whether a reviewer sees the answer first.
    """

    lifetime_value_minor: int = 0
    used_minor: int = 0
    paid_minor: int | None = None
    certificates: Mapping[str, float] = {}
    killed: bool = False
    deflected: bool = False
    asked: int = 0
    identity_level: int = 1
    dice: float = 0.0
    sampling: float = 1.0
    held_dice: float = 1.0
