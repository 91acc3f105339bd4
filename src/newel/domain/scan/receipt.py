"""What a scan leaves behind: every trigger that fired, why, and what follows from it."""

import msgspec

from newel.domain.sentence import Sentence
from newel.domain.words import Assist, Cluster, Priority, Tier

SCANNER_FAILED = "scanner.failed"


class Evidence(msgspec.Struct, frozen=True, omit_defaults=True):
    """A place in the raw text (code points, half open), or a fact: in English, and as a sentence."""

    start: int | None = None
    end: int | None = None
    text: str | None = None
    fact: str | None = None
    says: Sentence | None = None


def stated(says: Sentence) -> Evidence:
    """A fact, as evidence."""
    return Evidence(fact=str(says), says=says)


class Marker(msgspec.Struct, frozen=True):
    """One trigger that fired, with its effect and its evidence; ``id`` is the policy's key."""

    id: str
    cluster: Cluster
    floor: int
    lock: bool
    priority: Priority
    assist: Assist
    skills: tuple[str, ...]
    regulated: bool
    preset: str
    evidence: tuple[Evidence, ...]


class Language(msgspec.Struct, frozen=True):
    """The language of a message; confidence 0 means that the default was assumed."""

    code: str
    confidence: float
    mixed: bool = False
    how: str = "detected"


class Factor(msgspec.Struct, frozen=True):
    """What one named factor added to the risk score."""

    name: str
    weight: float


class Risk(msgspec.Struct, frozen=True):
    """A score from 0 to 1 and the factors that it is made of."""

    score: float
    factors: tuple[Factor, ...] = ()


class Receipt(msgspec.Struct, frozen=True):
    """The whole result of one scan under one policy version.

    ``priority``, ``assist``, ``skills``, ``regulated`` and ``preset`` combine the triggers
    that force T3; ``primary`` only names the first reason. ``notes`` says what was looked
    at without firing, such as a claim that the history does not confirm.
    """

    policy_version: str
    tier_floor: Tier
    markers: tuple[Marker, ...] = ()
    clusters: tuple[Cluster, ...] = ()
    locked: bool = False
    priority: Priority = Priority.P3
    assist: Assist = Assist.DRAFT
    skills: tuple[str, ...] = ()
    regulated: bool = False
    preset: str = ""
    primary: str = ""
    language: Language | None = None
    risk: Risk = Risk(0.0)
    not_evaluated: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    error: str = ""


def failure_receipt(policy_version: str, why: str) -> Receipt:
    """What stands in for a scan that failed or ran out of time: a person, and no AI."""
    return Receipt(
        policy_version=policy_version,
        tier_floor=Tier.HUMAN,
        locked=True,
        priority=Priority.P3,
        assist=Assist.NONE,
        primary=SCANNER_FAILED,
        not_evaluated=("all",),
        error=why,
    )
