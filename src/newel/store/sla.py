"""Rows of the SLA: targets with their alert moments, and the alerts that fired."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from newel.domain.sla import Alert, Kind, Spec, Timing
from newel.domain.words import Priority
from newel.store import audit
from newel.store.db import Tx, sql


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """One time limit of a case; ``next_percent`` is the first alert that has not fired."""

    id: UUID
    case_id: UUID
    work_item_id: UUID | None = None
    kind: Kind
    state: str = "running"
    priority: Priority
    spec: Spec
    started_at: datetime
    paused_at: datetime | None = None
    paused: timedelta = timedelta(0)
    paused_business: timedelta = timedelta(0)
    schedule: tuple[Alert, ...]
    due_at: datetime
    next_percent: int | None
    breached_at: datetime | None = None

    def timing(self, spec: Spec) -> Timing:
        """What the alert moments follow from, under this or another time limit."""
        paused = self.paused_business if spec.business else self.paused
        return Timing(started_at=self.started_at, spec=spec, paused=paused)

    @property
    def next_at(self) -> datetime | None:
        """When the clock must look again; never while paused or ended."""
        if self.state != "running":
            return None
        return next((a.at for a in self.schedule if a.percent == self.next_percent), None)


async def add(tx: Tx, target: Target, policy_id: UUID, approval_id: UUID | None) -> None:
    """A new running target."""
    await tx.run(
        sql("sla").add,
        target.id,
        target.case_id,
        target.work_item_id,
        approval_id,
        target.kind,
        target.priority,
        target.spec.minutes,
        target.spec.business,
        target.started_at,
        target.due_at,
        [a.percent for a in target.schedule],
        [a.at for a in target.schedule],
        target.next_at,
        target.next_percent,
        policy_id,
    )
    await _record(tx, target, "started", "running")


async def live(tx: Tx, case_id: UUID) -> list[Target]:
    """The running and paused targets of a case, locked."""
    return [_target(row) for row in await tx.rows(sql("sla").live, case_id)]


async def due(tx: Tx, limit: int) -> list[Target]:
    """The targets whose next alert is due, locked; the most overdue first."""
    return [_target(row) for row in await tx.rows(sql("sla").due, tx.now, limit)]


async def read(tx: Tx, target_id: UUID) -> Target | None:
    """One target as it stands."""
    row = await tx.row(sql("sla").read, target_id)
    return _target(row) if row else None


async def save(tx: Tx, before: Target, event: str, **changes: Any) -> Target:
    """Write back a locked target; a change of state writes its one audit event."""
    after = changed(before, **changes)
    await tx.run(sql("sla").save, *_columns(after, tx.now))
    await _record(tx, after, event, after.state if after.state != before.state else None)
    return after


def changed(target: Target, **changes: Any) -> Target:
    """The target with changes, not yet written."""
    return msgspec.structs.replace(target, **changes)


async def fire(tx: Tx, fired: Sequence[tuple[Target, Alert]], after: Iterable[Target]) -> None:
    """Write the alerts of one batch with their events, and the targets that they leave behind."""
    ids, percents = [t.id for t, _ in fired], [a.percent for _, a in fired]
    await tx.run(sql("sla").alerts, ids, percents, [a.at for _, a in fired], tx.now)
    await tx.many(sql("sla").save, [_columns(target, tx.now) for target in after])
    await audit.record_all(
        tx,
        "sla.alerted",
        "sla",
        [(t.id, t.case_id, {"kind": t.kind.value, "percent": a.percent}) for t, a in fired],
    )


async def fired(tx: Tx, target_id: UUID) -> list[int]:
    """The thresholds of a target that have fired."""
    return [row["percent"] for row in await tx.rows(sql("sla").fired, target_id)]


async def next_at(tx: Tx) -> datetime | None:
    """When the next alert is due."""
    found: datetime | None = await tx.value(sql("sla").next_at)
    return found


async def _record(tx: Tx, target: Target, event: str, state: str | None) -> None:
    await audit.record(
        tx,
        f"sla.{event}",
        "sla",
        target.id,
        state=state,
        case_id=target.case_id,
        kind=target.kind.value,
        due_at=target.due_at.isoformat(),
    )


def _columns(target: Target, now: datetime) -> tuple[Any, ...]:
    ended = target.state in {"met", "cancelled"}
    next_at = target.next_at
    return (
        target.id,
        target.state,
        target.priority,
        target.spec.minutes,
        target.spec.business,
        target.due_at,
        target.paused_at,
        target.paused,
        target.paused_business,
        [a.at for a in target.schedule],
        next_at,
        target.next_percent if next_at else None,
        target.breached_at,
        now if ended else None,
        [a.percent for a in target.schedule],
        target.started_at,
    )


def _target(row: Any) -> Target:
    values = dict(row)
    percents, ats = values.pop("percents"), values.pop("alert_ats")
    schedule = tuple(Alert(p, at) for p, at in zip(percents, ats, strict=True))
    values["spec"] = Spec(values.pop("minutes"), values.pop("business_time"))
    values["kind"], values["priority"] = Kind(values["kind"]), Priority(values["priority"])
    return Target(schedule=schedule, **values)
