"""Rows of the context package: its parts sealed under the case's key, grants, and what it is made from."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import msgspec

from newel.domain.context import Like, Part, Past
from newel.domain.errors import NotFound
from newel.store import audit
from newel.store.case import Case
from newel.store.db import Tx, sql
from newel.store.envelope import Envelope, Sealer


class Package(msgspec.Struct, frozen=True):
    """One package: for one work item."""

    id: UUID
    case_id: UUID
    work_item_id: UUID
    opened_at: datetime
    complete_at: datetime | None


class Piece(msgspec.Struct, frozen=True, kw_only=True):
    """One part as it stands: ready with its value, pending, or a gap with its name."""

    part: Part
    state: str
    value: Any = None
    gap: str = ""
    deadline: datetime
    filled_at: datetime | None
    attempts: int


class Gap(msgspec.Struct, frozen=True):
    """Why a part did not come."""

    why: str


async def begin(tx: Tx, case: Case, work_item_id: UUID, parts: tuple[Part, ...], deadline: datetime) -> UUID:
    """An open package with all its parts pending."""
    package = uuid4()
    await tx.run(sql("context").begin, package, case.id, work_item_id, tx.now, list(parts), deadline)
    await audit.record(tx, "context.begun", "package", package, case_id=case.id)
    return package


async def package(tx: Tx, package_id: UUID) -> Package:
    """A package by its id."""
    row = await tx.row(sql("context").package, package_id)
    if row is None:
        raise NotFound(what="package", id=package_id)
    return Package(**dict(row))


async def package_of(tx: Tx, case_id: UUID) -> Package:
    """The newest package of a case; ``NotFound`` before a person was asked."""
    found = await newest_of(tx, case_id)
    if found is None:
        raise NotFound(what="package of case", id=case_id)
    return found


async def newest_of(tx: Tx, case_id: UUID) -> Package | None:
    """The newest package of a case, if it has one."""
    row = await tx.row(sql("context").package_of, case_id)
    return Package(**dict(row)) if row else None


async def pieces(tx: Tx, envelope: Envelope, case: Case, package_id: UUID) -> list[Piece]:
    """All parts, opened."""
    rows = await tx.rows(sql("context").parts, package_id)
    return [_piece(envelope, case, package_id, row) for row in rows]


def _piece(envelope: Envelope, case: Case, package_id: UUID, row: Any) -> Piece:
    values = dict(row)
    sealed, part = values.pop("sealed"), Part(values.pop("part"))
    place = _place(package_id, part)
    value = case.sealer(envelope).open_value(place, sealed, object) if sealed else None
    return Piece(part=part, value=value, **values)


async def missing(tx: Tx, package_id: UUID) -> dict[Part, int]:
    """The parts that are not ready, with the attempts so far."""
    rows = await tx.rows(sql("context").missing, package_id)
    return {Part(row["part"]): row["attempts"] for row in rows}


async def put(tx: Tx, envelope: Envelope, case: Case, package_id: UUID, made: Mapping[Part, Any]) -> None:
    """Seal what was made of these parts, and note the time when nothing is missing any more.

    A gap is named; one that the package does not have is left out.
    """
    sealer = case.sealer(envelope)
    sealed = [
        None if isinstance(value, Gap) else sealer.seal_value(_place(package_id, part), value)
        for part, value in made.items()
    ]
    gaps = [value.why if isinstance(value, Gap) else "" for value in made.values()]
    await tx.run(sql("context").put, package_id, list(made), sealed, gaps, tx.now)


async def renew(tx: Tx, work_item_id: UUID, parts: Iterable[Part]) -> UUID | None:
    """Make these parts anew; the package that they belong to."""
    found: UUID | None = await tx.value(sql("context").renew, work_item_id, [part.value for part in parts])
    return found


async def add_grant(
    tx: Tx,
    sealer: Sealer,
    package: Package,
    staff_id: UUID,
    granted_by: UUID,
    purpose: str,
    expires_at: datetime,
    *,
    beside: UUID | None = None,
) -> UUID:
    """Let another person open a package, for a purpose (sealed) and a time.

    ``beside`` a case of theirs they read the texts only, masked: the package stays shut.
    """
    grant, masked = uuid4(), beside is not None
    sealed = sealer.seal_value(f"grant.purpose:{grant}", purpose)
    values = (grant, package.id, staff_id, granted_by, sealed, tx.now, expires_at, masked)
    await tx.run(sql("context").add_grant, *values)
    await audit.record(
        tx,
        "context.granted",
        "grant",
        grant,
        case_id=package.case_id,
        package=str(package.id),
        to=str(staff_id),
        expires_at=expires_at.isoformat(),
        **({"beside": str(beside)} if beside else {}),
    )
    return grant


async def live_grant(tx: Tx, package_id: UUID, staff_id: UUID) -> UUID | None:
    """The grant by which a person may open the package now."""
    found: UUID | None = await tx.value(sql("context").live_grant, package_id, staff_id, tx.now)
    return found


async def newest_proposal(tx: Tx, case: Case) -> UUID | None:
    """The AI's last proposal in this episode."""
    found: UUID | None = await tx.value(sql("context").newest_proposal, case.id, case.episode)
    return found


async def reasons(tx: Tx, case: Case) -> tuple[str, ...]:
    """The reasons of this episode's decisions, in order, each once."""
    rows = await tx.rows(sql("context").decisions, case.id, case.episode)
    return tuple(dict.fromkeys(reason for row in rows for reason in row["reasons"]))


async def acts(tx: Tx, case: Case) -> tuple[str, ...]:
    """What became of each act of this episode, as reasons: ``action.unknown:refund``."""
    rows = await tx.rows(sql("context").acts, case.id, case.episode)
    return tuple(dict.fromkeys(f"action.{row['state']}:{row['class']}" for row in rows))


async def past(tx: Tx, case: Case) -> tuple[Past, ...]:
    """The customer's other cases."""
    return tuple(Past(**dict(row)) for row in await tx.rows(sql("context").past, case.customer_id, case.id))


async def similar(tx: Tx, case: Case) -> tuple[Like, ...]:
    """Resolved cases of the same contact reason; without one, of the same rule that asked for a person."""
    if case.contact_reason:
        rows = await tx.rows(sql("context").similar, case.workflow, case.contact_reason, case.id)
    else:
        rows = await tx.rows(sql("context").similar_trigger, case.id)
    return tuple(Like(**dict(row)) for row in rows)


def _place(package_id: UUID, part: Part) -> str:
    return f"context_part:{package_id}:{part}"
