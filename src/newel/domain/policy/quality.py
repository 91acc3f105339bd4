"""The quality part of a policy: which share people look over, by which questions, and when more."""

import msgspec

from newel.domain.policy.entry import Entry
from newel.domain.words import Pattern


class Gate(Entry, frozen=True, kw_only=True):
    """The pattern of one risk class, and the shares that people look over.

    ``sample_share`` of what the AI released is reviewed afterwards; ``held_share`` waits for a
    reviewer before it leaves (QUA-3).
    """

    pattern: Pattern
    sample_share: float = 0.0
    held_share: float = 0.0


class Criterion(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One question of a scorecard; a critical one that is missed fails the whole."""

    asks: str
    weight: float = 1.0
    critical: bool = False


class Scorecard(Entry, frozen=True, kw_only=True):
    """What a review of this workflow's work asks, the same for people and AI (QUA-1)."""

    criteria: dict[str, Criterion]
    pass_score: float = 0.8


class Sampling(Entry, frozen=True, kw_only=True):
    """Which share of what people did is reviewed, and when sampling rises and eases (QUA-2).

    ``approved_share`` is of cases that the AI proposed and a person approved, ``resolved_share`` of
    those that people resolved. Over the newest ``window`` reviews of one kind of author, sampling
    is ``raised_times`` as much once the share that passed is surely under ``target``, and back once
    it is surely ``floor`` or more; ``confidence`` says how surely.
    """

    approved_share: float
    resolved_share: float
    window: int = 50
    target: float = 0.9
    floor: float = 0.8
    raised_times: float = 4.0
    confidence: float = 0.95
