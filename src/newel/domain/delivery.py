"""Delivery: when a message is tried again, and when it is given up."""

from datetime import timedelta

import msgspec

from newel.domain.ports import Delivery

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


def after(said: Delivery, attempts: int) -> Delivered | Again | GiveUp:
    """What follows from the provider's word after ``attempts`` tries (at least 1)."""
    if said.accepted:
        return Delivered(said.provider_id)
    if said.permanent or attempts > len(WAITS):
        return GiveUp(said.reason)
    return Again(timedelta(seconds=WAITS[attempts - 1]), said.reason)
