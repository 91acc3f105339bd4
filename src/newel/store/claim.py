"""Claiming: the most urgent item that a person may take, locked without waiting for anybody (INV-8)."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import msgspec

from newel.domain import routing as rule
from newel.domain.words import Priority
from newel.store.db import Record, Tx, sql
from newel.store.routing import Place, Serving, Way, WorkItem, read

CANDIDATES: Final = 32
_LOOKS: Final = 5


class Waiting(msgspec.Struct, frozen=True):
    """An item in the queue: its case, and its place there."""

    case_id: UUID
    place: Place


async def next_for(
    tx: Tx,
    serving: Serving,
    limit: int = CANDIDATES,
    *,
    least: Priority = Priority.P1,
    without: Sequence[UUID] = (),
) -> WorkItem | None:
    """The most urgent waiting item that this person may take, locked with its case (INV-8).

    Items that another claim holds are passed over; before saying none, it looks again. ``least``
    leaves out what is more urgent, ``without`` what is not theirs after all.
    """
    may = rule.highest(serving.person)
    highest = max(may, least) if may else None
    serving = await _with_room(tx, serving)
    held: list[UUID] = []
    for _ in range(_LOOKS if highest else 0):
        found = [row["id"] for row in await _candidates(tx, serving, [*without, *held], limit, highest)]
        if not found and not held:
            return None
        won = await _winner(tx, serving, found, highest) if found else None
        if won:
            return await read(tx, won)
        held = [*held, *found] if found else []
    return None


async def first_for(tx: Tx, serving: Serving) -> Waiting | None:
    """The first item that this person may take, as seen, not locked."""
    serving = await _with_room(tx, serving)
    for row in await _candidates(tx, serving, [], 1, rule.highest(serving.person)):
        return Waiting(row["case_id"], (row["priority"], row["position"], row["due_at"], row["id"]))
    return None


async def _with_room(tx: Tx, serving: Serving) -> Serving:
    """What the person serves, without the channels of which nothing more fits."""
    if not serving.person.full_of:
        return serving
    full = set(await tx.value(sql("claim").full, sorted(serving.person.full_of)))
    return msgspec.structs.replace(
        serving,
        eligible=tuple(one for one in serving.eligible if one not in full),
        general=tuple(one for one in serving.general if one not in full),
        apart=serving.apart and tuple(way for way in serving.apart if way.bucket not in full),
    )


async def _candidates(
    tx: Tx, serving: Serving, held: Sequence[UUID], limit: int, highest: Priority | None
) -> list[Record]:
    if highest is None:
        return []
    if serving.apart is not None:
        ways = _columns(serving.apart, highest)
        return await tx.rows(sql("claim").candidates_apart, *ways, list(held), limit, serving.person.id)
    return await tx.rows(
        sql("claim").candidates,
        serving.eligible,
        serving.general,
        list(held),
        int(highest),
        limit,
        serving.person.id,
    )


def _columns(ways: Sequence[Way], highest: Priority) -> tuple[list[str], list[int], list[int], list[bool]]:
    return (
        [way.workflow for way in ways],
        [way.bucket for way in ways],
        [int(max(way.highest, highest)) for way in ways],
        [way.wide for way in ways],
    )


async def _winner(tx: Tx, serving: Serving, found: Sequence[UUID], highest: Priority | None) -> UUID | None:
    won: UUID | None
    if serving.apart is not None:
        ways = _columns(serving.apart, highest or Priority.P3)
        won = await tx.value(sql("claim").winner_apart, list(found), *ways, serving.person.id)
        return won
    won = await tx.value(
        sql("claim").winner,
        list(found),
        serving.eligible,
        serving.general,
        int(highest or 9),
        serving.person.id,
    )
    return won
