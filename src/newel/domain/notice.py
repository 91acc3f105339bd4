"""Notices in words: what happened, and how much it matters."""

from typing import Final, Literal

import msgspec

from newel.domain.sla import AGAIN, BREACH, Kind

Weight = Literal["info", "warn", "danger"]
_TARGETS: Final = {
    Kind.FIRST_RESPONSE: "to answer first",
    Kind.NEXT_RESPONSE: "to answer",
    Kind.RESOLUTION: "to resolve",
    Kind.APPROVAL: "to decide on an approval",
}
_SAID: Final[dict[str, tuple[str, Weight]]] = {
    "assigned": ("A case is yours", "info"),
    "quality.raised": ("Quality has dropped: more of the work is reviewed now", "warn"),
    "quality.eased": ("Quality is good again: reviews are back to their usual share", "info"),
    "coached": ("A reviewer has a hint for you", "info"),
    "woken": ("A snoozed case is back", "info"),
    "mentioned": ("You are named in a note", "info"),
    "asked": ("You are asked as an expert", "warn"),
    "answered": ("Your question is answered", "info"),
    "act.refused": ("What you had done was refused by the other system", "warn"),
    "act.unknown": ("Nobody knows whether what you had done was done: find out", "danger"),
    "act.void": ("What you asked for was not done: you have no authority for it any more", "warn"),
    "overflow.alerted": ("Far more waits than usual: the overflow pool can be opened", "warn"),
    "overflow.opened": ("Far more waits than usual: the overflow pool has opened", "warn"),
    "overflow.closed": ("The queue is back to its usual: the overflow pool has closed", "info"),
    "sla.again": ("Half as late again as it may take: it needs somebody now", "danger"),
}
_CALLS: Final = {
    "breached": "Late, and no supervisor is on shift",
    "nobody_able_on_shift": "Nobody on shift can take it",
}
_LATE: Final = 75


class Words(msgspec.Struct, frozen=True):
    """A notice as a sentence, and how loud it is."""

    text: str
    weight: Weight


def words_of(kind: str) -> Words:
    """A notice's kind in words; an unknown one is told as it is."""
    if kind in _SAID:
        return Words(*_SAID[kind])
    family, _, rest = kind.partition(".")
    if family == "on_call":
        return Words(_CALLS.get(rest, f"On call: {_plain(rest)}"), "danger")
    target, _, percent = rest.partition(".")
    if family == "sla" and target in set(Kind) and percent.isdigit():
        return _clock(Kind(target), int(percent))
    return Words(_plain(kind).capitalize(), "info")


def _clock(kind: Kind, percent: int) -> Words:
    if percent >= AGAIN:
        return Words(f"Half as long again as the time {_TARGETS[kind]}", "danger")
    if percent >= BREACH:
        return Words(f"The time {_TARGETS[kind]} is up", "danger")
    return Words(
        f"{percent} % of the time {_TARGETS[kind]} has passed", "warn" if percent >= _LATE else "info"
    )


def _plain(key: str) -> str:
    return key.replace("_", " ").replace(".", ": ")
