"""Rows of what people do by their own authority, and of all that was done in a case."""

from datetime import datetime
from uuid import UUID

import msgspec

from newel.domain.deed import Hand
from newel.domain.errors import NotFound
from newel.domain.playbook import Action as Payload
from newel.store.action import place
from newel.store.case import Case
from newel.store.db import Tx, sql
from newel.store.envelope import Envelope


class Deed(msgspec.Struct, frozen=True, kw_only=True):
    """One act in a case: what exactly, by whose authority, and how it stands."""

    id: UUID
    state: str
    authority: str
    payload: Payload
    reference: str
    reason: str
    at: datetime
    ended_at: datetime | None
    by: str | None
    staff_id: UUID | None
    message_id: UUID


async def hand(tx: Tx, staff_id: UUID) -> Hand:
    """A person with the limit of their own; ``NotFound`` when the account is closed."""
    row = await tx.row(sql("deed").hand, staff_id)
    if row is None:
        raise NotFound(what="active account", id=staff_id)
    return Hand(**dict(row))


async def others(tx: Tx, amount_minor: int, but: UUID, customer_id: UUID) -> tuple[str, ...]:
    """The names of some who have a limit that is enough."""
    return tuple(row["name"] for row in await tx.rows(sql("deed").others, amount_minor, but, customer_id))


async def of_case(tx: Tx, envelope: Envelope, case: Case) -> tuple[Deed, ...]:
    """All acts of a case, the first first."""
    return tuple(_deed(envelope, case, dict(row)) for row in await tx.rows(sql("deed").of_case, case.id))


def _deed(envelope: Envelope, case: Case, values: dict[str, object]) -> Deed:
    sealed, which = values.pop("args_sealed"), values["id"]
    values.pop("class")
    assert isinstance(sealed, bytes), "arguments are sealed"  # noqa: S101
    assert isinstance(which, UUID), "an action has an id"  # noqa: S101
    payload = case.sealer(envelope).open_value(place(which), sealed, Payload)
    return msgspec.convert({**values, "payload": payload}, Deed)


async def unsettled(tx: Tx, case_id: UUID) -> frozenset[str]:
    """The classes of people's acts in a case that are neither done nor refused yet."""
    return frozenset(row["class"] for row in await tx.rows(sql("deed").unsettled, case_id))
