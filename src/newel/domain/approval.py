"""Approval: what exactly a person is asked to release, who may, and whether it still binds."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from newel.domain.access import Role
from newel.domain.calendar import add, hours_of
from newel.domain.errors import Conflict, Forbidden, NewelError
from newel.domain.playbook import Action
from newel.domain.policy.bundle import Bundle
from newel.domain.sentence import Figure, Sentence

_OVER = Sentence("it is above your limit of %(limit)s; ask somebody with a higher one")


class AboveCeiling(NewelError):
    """{amount} is above the ceiling: at most {ceiling} may be released now."""

    code = "above_ceiling"
    status = 422

    @property
    def told(self) -> dict[str, Any]:
        """The amounts as people write them."""
        return {
            **super().told,
            "amount": Figure(self.data["amount_minor"] / 100),
            "ceiling": Figure(self.data["ceiling_minor"] / 100),
        }


class Approver(msgspec.Struct, frozen=True, kw_only=True):
    """The person who decides, with the limit on what they may release."""

    id: UUID
    roles: frozenset[str]
    limit_minor: int
    customer_id: UUID | None
    active: bool


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What one approval was asked for."""

    customer_id: UUID
    amount_minor: int
    asked_by: UUID | None = None


def times(policy: Bundle, now: datetime) -> tuple[datetime, datetime]:
    """When a person's release is due, and when it comes too late: a multiple of its business minutes."""
    hours, target = hours_of(policy.calendar), timedelta(minutes=policy.sla.approval_minutes)
    return add(hours, now, target), add(hours, now, target * policy.sla.approval_expires_after_targets)


def bound(action: Action | None, text: str, entries: Mapping[str, Any], message: UUID) -> bytes:
    """The canonical bytes that an approval binds (TIR-7): arguments, text, policy entries, message.

    Struct fields in declared order, mapping keys sorted; two equal inputs give equal bytes.
    """
    return msgspec.json.encode([action, text, entries, message], order="sorted")


def entries_used(policy: Bundle, reason: str, action: Action | None) -> dict[str, Any]:
    """The policy entries that a decision used; a change elsewhere does not unbind it."""
    kind = policy.actions.get(action.action) if action else None
    system = policy.systems.get(kind.system) if kind else None
    return {
        "playbook": policy.playbooks.get(reason),
        "action": kind,
        "call": system.actions.get(action.action) if system and action else None,
        "ceiling": policy.ceilings.get(kind.ceiling) if kind else None,
    }


def may_decide(approver: Approver, asked: Asked) -> None:
    """Raise ``Forbidden`` unless the person may release this (INV-12)."""
    act = "decide this approval"
    if not approver.active or Role.APPROVER not in approver.roles:
        raise Forbidden(
            actor=str(approver.id),
            act=act,
            why="it needs the role of an active approver; ask an admin for it",
        )
    if approver.customer_id == asked.customer_id:
        raise Forbidden(
            actor=str(approver.id), act=act, why="it is to your own benefit; another approver decides"
        )
    if approver.id == asked.asked_by:
        raise Forbidden(
            actor=str(approver.id), act=act, why="you asked for it yourself; another approver decides"
        )
    if asked.amount_minor > approver.limit_minor:
        raise Forbidden(
            actor=str(approver.id),
            act=act,
            why=_OVER.of(limit=Figure(approver.limit_minor / 100)),
        )


def within_ceiling(amount_minor: int, cap_minor: int, used_minor: int) -> None:
    """Raise ``AboveCeiling`` when an amount, with what was paid out in the window, passes the cap."""
    left = max(0, cap_minor - max(used_minor, 0))
    if amount_minor > left:
        raise AboveCeiling(amount_minor=amount_minor, ceiling_minor=left)


def must_pend(state: str, approval: UUID) -> None:
    """Raise ``Conflict`` unless it waits for a decision; the state says what became of it."""
    if state != "pending":
        raise Conflict(what=f"approval {approval}", state=state, why="it was decided or ended before")
