"""Notices in words: what happened, and how much it matters."""

from typing import Final, Literal

import msgspec

from newel.domain.sentence import Sentence, Share, word
from newel.domain.sla import AGAIN, BREACH, Kind

Weight = Literal["info", "warn", "danger"]
_AGAIN: Final = {
    Kind.FIRST_RESPONSE: Sentence("Half as long again as the time to answer first"),
    Kind.NEXT_RESPONSE: Sentence("Half as long again as the time to answer"),
    Kind.RESOLUTION: Sentence("Half as long again as the time to resolve"),
    Kind.APPROVAL: Sentence("Half as long again as the time to decide on an approval"),
}
_UP: Final = {
    Kind.FIRST_RESPONSE: Sentence("The time to answer first is up"),
    Kind.NEXT_RESPONSE: Sentence("The time to answer is up"),
    Kind.RESOLUTION: Sentence("The time to resolve is up"),
    Kind.APPROVAL: Sentence("The time to decide on an approval is up"),
}
_PASSED: Final = {
    Kind.FIRST_RESPONSE: Sentence("%(share)s of the time to answer first has passed"),
    Kind.NEXT_RESPONSE: Sentence("%(share)s of the time to answer has passed"),
    Kind.RESOLUTION: Sentence("%(share)s of the time to resolve has passed"),
    Kind.APPROVAL: Sentence("%(share)s of the time to decide on an approval has passed"),
}
_SAID: Final[dict[str, tuple[Sentence, Weight]]] = {
    "assigned": (Sentence("A case is yours"), "info"),
    "quality.raised": (Sentence("Quality has dropped: more of the work is reviewed now"), "warn"),
    "quality.eased": (Sentence("Quality is good again: reviews are back to their usual share"), "info"),
    "suite.failed": (Sentence("What runs no longer passes its suite"), "danger"),
    "weekly.opened": (Sentence("A weekly review is yours to do"), "info"),
    "weekly.overdue": (Sentence("A weekly review was not done in time"), "warn"),
    "post_mortem.opened": (Sentence("A miss needs your post-mortem"), "info"),
    "post_mortem.overdue": (Sentence("A post-mortem was not written in time"), "warn"),
    "coached": (Sentence("A reviewer has a hint for you"), "info"),
    "woken": (Sentence("A snoozed case is back"), "info"),
    "mentioned": (Sentence("You are named in a note"), "info"),
    "asked": (Sentence("You are asked as an expert"), "warn"),
    "answered": (Sentence("Your question is answered"), "info"),
    "act.refused": (Sentence("What you had done was refused by the other system"), "warn"),
    "act.unknown": (Sentence("Nobody knows whether what you had done was done: find out"), "danger"),
    "act.void": (Sentence("What you asked for was not done: you have no authority for it any more"), "warn"),
    "asked.approved": (Sentence("What you asked for is approved, and is being done"), "info"),
    "asked.rejected": (Sentence("What you asked for was rejected: look at the notes of the case"), "warn"),
    "asked.expired": (Sentence("Nobody decided in time on what you asked for"), "warn"),
    "asked.withdrawn": (Sentence("What you asked for was withdrawn"), "warn"),
    "asked.invalidated": (Sentence("What you asked for no longer fits: the case has changed"), "warn"),
    "overflow.alerted": (Sentence("Far more waits than usual: the overflow pool can be opened"), "warn"),
    "overflow.opened": (Sentence("Far more waits than usual: the overflow pool has opened"), "warn"),
    "overflow.closed": (Sentence("The queue is back to its usual: the overflow pool has closed"), "info"),
    "text_altered": (Sentence("A message was not sent: its text is not what was released"), "danger"),
    "sla.again": (Sentence("Half as late again as it may take: it needs somebody now"), "danger"),
}
_CALLS: Final = {
    "breached": Sentence("Late, and no supervisor is on shift"),
    "nobody_able_on_shift": Sentence("Nobody on shift can take it"),
}
_ON_CALL: Final = Sentence("On call: %(what)s")
_LATE: Final = 75


class Words(msgspec.Struct, frozen=True):
    """A notice as a sentence, and how loud it is."""

    text: Sentence
    weight: Weight


def words_of(kind: str) -> Words:
    """A notice's kind in words; an unknown one is told as it is."""
    if kind in _SAID:
        return Words(*_SAID[kind])
    family, _, rest = kind.partition(".")
    if family == "on_call":
        return Words(_CALLS.get(rest) or _ON_CALL.of(what=word(_plain(rest))), "danger")
    target, _, percent = rest.partition(".")
    if family == "sla" and target in set(Kind) and percent.isdigit():
        return _clock(Kind(target), int(percent))
    return Words(word(_plain(kind).capitalize()), "info")


def _clock(kind: Kind, percent: int) -> Words:
    if percent >= AGAIN:
        return Words(_AGAIN[kind], "danger")
    if percent >= BREACH:
        return Words(_UP[kind], "danger")
    return Words(_PASSED[kind].of(share=Share(percent / 100)), "warn" if percent >= _LATE else "info")


def _plain(key: str) -> str:
    return key.replace("_", " ").replace(".", ": ")
