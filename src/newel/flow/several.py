"""Several cases at once: each goes its own way as if it were the only one, and each answers for itself."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from newel.domain.access import Actor
from newel.domain.errors import NewelError
from newel.domain.words import Priority
from newel.flow import priority, routing, tag
from newel.flow.house import House

MOST: Final = 50


class Chosen(msgspec.Struct, frozen=True):
    """A case with the token of its work as the person saw it."""

    case_id: UUID
    token: int


class Outcome(msgspec.Struct, frozen=True):
    """What became of one; ``refused`` says why not, and is nothing when it was done."""

    case_id: UUID
    refused: NewelError | None = None


async def take(house: House, actor: Actor, chosen: Sequence[Chosen]) -> list[Outcome]:
    """The person takes these from the queue, as many as they may have."""
    return await _each(chosen, lambda one: routing.take(house, actor, one.case_id))


async def transfer(
    house: House, actor: Actor, chosen: Sequence[Chosen], staff_id: UUID | None, reason: str
) -> list[Outcome]:
    """Pass the person's own on to somebody, or without one back to the queue."""

    async def act(one: Chosen) -> object:
        if staff_id is None:
            return await routing.hand_back(house, actor, one.case_id, one.token, reason)
        return await routing.transfer(house, actor, one.case_id, one.token, staff_id, reason)

    return await _each(chosen, act)


async def snooze(house: House, actor: Actor, chosen: Sequence[Chosen], until: datetime) -> list[Outcome]:
    """Put the person's own aside until a time."""
    return await _each(chosen, lambda one: routing.snooze(house, actor, one.case_id, one.token, until))


async def prioritise(
    house: House, actor: Actor, chosen: Sequence[Chosen], to: Priority, reason: str
) -> list[Outcome]:
    """Give all of them one priority."""
    return await _each(chosen, lambda one: priority.change(house, actor, one.case_id, one.token, to, reason))


async def tags(
    house: House, actor: Actor, chosen: Sequence[Chosen], add: Sequence[str], remove: Sequence[str]
) -> list[Outcome]:
    """Put these tags on all of them, and take those off."""
    return await _each(chosen, lambda one: tag.change(house, actor, one.case_id, one.token, add, remove))


async def _each(chosen: Sequence[Chosen], act: Callable[[Chosen], Awaitable[object]]) -> list[Outcome]:
    found = []
    for one in chosen:
        try:
            await act(one)
        except NewelError as error:
            found.append(Outcome(one.case_id, error))
        else:
            found.append(Outcome(one.case_id))
    return found
