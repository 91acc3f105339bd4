"""Delivery: which fixed text is true now, when a message is tried again, and when it is given up."""

from datetime import datetime, timedelta
from typing import Final, Literal

import msgspec

from newel.domain.calendar import between, hours_of
from newel.domain.policy.bundle import Bundle
from newel.domain.ports import Delivery
from newel.domain.words import Priority

HANDOVER, OUT_OF_HOURS = "handover", "out_of_hours"
_NAMES: Final[dict[Priority, Literal["P1", "P2", "P3"]]] = {
    Priority.P1: "P1",
    Priority.P2: "P2",
    Priority.P3: "P3",
}

WAITS = (2, 10, 30, 120, 600, 1800, 7200, 21600)
"""Seconds before each further attempt; after the last the message is a dead letter."""


class Delivered(msgspec.Struct, frozen=True):
    """The provider has it."""

    provider_id: str


class Again(msgspec.Struct, frozen=True):
    """Try again after a while."""

    wait: timedelta
    reason: str


class GiveUp(msgspec.Struct, frozen=True):
    """A dead letter: a person looks at it."""

    reason: str


def text_now(key: str, priority: Priority, policy: Bundle, now: datetime, *, here: bool = True) -> str:
    """The fixed text that is true now: a hand-over that waits for business hours says that it does.

    So does one while nobody is ``here``, but for what the on-call is called out for.
    """
    if key == HANDOVER and not here and priority is not Priority.P1:
        return OUT_OF_HOURS
    if key != HANDOVER or policy.sla.targets[_NAMES[priority]].around_the_clock:
        return key
    is_open = between(hours_of(policy.calendar), now, now + timedelta(minutes=1))
    return HANDOVER if is_open else OUT_OF_HOURS


def fixed_text(policy: Bundle, key: str, language: str) -> str:
    """One of the policy's fixed texts in the customer's language, or as the policy itself speaks."""
    for tongue in (language, language.partition("-")[0]):
        if key in policy.texts.get(tongue, {}):
            return policy.texts[tongue][key]
    return policy.messages[key]


def after(said: Delivery, attempts: int) -> Delivered | Again | GiveUp:
    """What follows from the provider's word after ``attempts`` tries (at least 1)."""
    if said.accepted:
        return Delivered(said.provider_id)
    if said.permanent or attempts > len(WAITS):
        return GiveUp(said.reason)
    return Again(timedelta(seconds=WAITS[attempts - 1]), said.reason)
