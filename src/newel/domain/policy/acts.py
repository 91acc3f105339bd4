"""The systems of record of a policy: how they are read and acted upon, and what authority an act needs."""

from typing import Any, Literal

import msgspec

from newel.domain.policy.entry import Entry


class LookUp(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A read of a system of record; ``path`` holds ``{argument}`` places."""

    path: str
    query: dict[str, str] = {}
    pick: str = ""
    source: str


class ActionCall(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How an action class is executed and, afterwards, asked about.

    ``key`` says whether the other system takes an idempotency key; without one the outcome
    can only be asked about by ``reconcile`` (a path with ``{key}`` or ``{reference}``).
    """

    method: Literal["POST", "PUT", "PATCH", "DELETE"]
    path: str
    body: dict[str, Any]
    key: Literal["header", "none"] = "header"
    reconcile: str


class System(Entry, frozen=True, kw_only=True):
    """A system of record: where it is (a setting's name), how it is read and acted upon.

    ``traced``: our calls carry the id of the trace that they are a part of, where traces are collected.
    """

    base_url: str
    timeout_seconds: float = 5.0
    traced: bool = True
    look_ups: dict[str, LookUp] = msgspec.field(default_factory=dict)
    actions: dict[str, ActionCall] = msgspec.field(default_factory=dict)


class ActionClass(Entry, frozen=True, kw_only=True):
    """A kind of act on the world, and the authority that it needs (INV-12)."""

    system: str
    effect: Literal["money", "order", "account", "record", "none"]
    autonomous: bool = False
    autonomous_ceiling_minor: int = 0
    ceiling: str = ""
    identity_level: int = 1


class Ceiling(Entry, frozen=True, kw_only=True):
    """The most that an approval may release of one action class (TIR-5)."""

    cap_minor: int
    floor_minor: int
    lifetime_share: float
    window_days: int = 90
