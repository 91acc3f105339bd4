"""A package is opened: masked, by its owner or by a grant, and each value that is shown is audited first."""

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import msgspec

from newel.domain import context as rule
from newel.domain import mask
from newel.domain.access import Act, Actor
from newel.domain.context import (
    Part,
)
from newel.domain.errors import Forbidden, Invalid, NotFound
from newel.domain.mask import Field, Known
from newel.flow.house import House
from newel.store import audit
from newel.store import case as cases
from newel.store import context as rows
from newel.store import customer as customers
from newel.store import routing as work
from newel.store.case import Case
from newel.store.context import Package, Piece
from newel.store.db import Tx

LONGEST_GRANT: Final = timedelta(hours=8)


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """One part as a person sees it: masked, with the fields that an audited act reveals."""

    part: Part
    state: str
    value: Any = None
    fields: tuple[Field, ...] = ()
    gap: str = ""
    deadline: datetime
    filled_at: datetime | None = None


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """A package that somebody has opened."""

    id: UUID
    case_id: UUID
    opened_at: datetime
    complete_at: datetime | None
    parts: tuple[Shown, ...]
    warning: str = rule.WARNING


async def open_package(house: House, actor: Actor, case_id: UUID) -> Opened:
    """The package, masked, for the owner of the case or by a live grant; each opening is audited."""
    async with house.db.tx(actor) as tx:
        case, package, known = await _permitted(tx, house, actor, case_id)
        await audit.record(tx, "context.opened", "package", package.id, case_id=case.id)
        return await shown(tx, house, case, package, known)


async def shown(
    tx: Tx, house: House, case: Case, package: Package, known: Known, *, but: frozenset[Part] = frozenset()
) -> Opened:
    """What a package holds, masked, but for some parts; that it was opened is the caller's to record."""
    pieces = await rows.pieces(tx, house.envelope, case, package.id)
    seen = (p for p in pieces if p.part not in but and rule.visible(p.part, case.assist))
    parts = tuple(_shown(p, known) for p in seen)
    return Opened(
        id=package.id,
        case_id=case.id,
        opened_at=package.opened_at,
        complete_at=package.complete_at,
        parts=parts,
    )


def _shown(piece: Piece, known: Known) -> Shown:
    masked = mask.mask(piece.value, known)
    return Shown(
        part=piece.part,
        state=piece.state,
        value=masked.value,
        fields=masked.fields,
        gap=piece.gap,
        deadline=piece.deadline,
        filled_at=piece.filled_at,
    )


async def reveal(house: House, actor: Actor, case_id: UUID, part: Part, field: str) -> str:
    """One hidden value; that it was shown is written before it is (INV-16)."""
    async with house.db.tx(actor) as tx:
        case, package, known = await _permitted(tx, house, actor, case_id)
        pieces = await rows.pieces(tx, house.envelope, case, package.id)
        piece = next((p for p in pieces if p.part is part and rule.visible(part, case.assist)), None)
        value = mask.reveal(piece.value, known, field) if piece else None
        if value is None:
            raise NotFound(what=f"field of {part}", id=field)
        await audit.record(
            tx, "context.revealed", "package", package.id, case_id=case.id, part=part.value, field=field
        )
    return value


async def _permitted(tx: Tx, house: House, actor: Actor, case_id: UUID) -> tuple[Case, Package, Known]:
    """The assignee, or somebody with a live grant; nobody else, whatever their role."""
    if actor.kind != "staff":
        raise Forbidden(actor=actor.id, act="open a package", why="only people do")
    case = await cases.read(tx, case_id)
    package = await rows.package_of(tx, case_id)
    item = await work.open_of(tx, case_id)
    owns = item is not None and item.id == package.work_item_id and str(item.owner_id) == actor.id
    if not owns and await rows.live_grant(tx, package.id, UUID(actor.id)) is None:
        raise Forbidden(actor=actor.id, act="open this package", why="it is another's; ask for a grant")
    customer = await customers.read(tx, house.envelope, case.customer_id)
    profile = customer.profile
    known = mask.known_of(profile.name, profile.address, profile.phone)
    return case, package, known


async def grant(
    house: House, actor: Actor, case_id: UUID, staff_id: UUID, purpose: str, minutes: int
) -> UUID:
    """A supervisor lets another person open a package, for a purpose and a time."""
    actor.must(Act.ASSIGN)
    if not timedelta() < timedelta(minutes=minutes) <= LONGEST_GRANT or len(purpose.strip()) < 3:
        raise Invalid(what="the grant", why="it needs a purpose, and lasts at most eight hours")
    async with house.db.tx(actor) as tx:
        package = await rows.package_of(tx, case_id)
        sealer = (await cases.read(tx, case_id)).sealer(house.envelope)
        until = tx.now + timedelta(minutes=minutes)
        return await rows.add_grant(tx, sealer, package, staff_id, UUID(actor.id), purpose.strip(), until)
