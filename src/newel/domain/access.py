"""Actors, roles, clearances and scopes: one table of who may do what."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Literal

import msgspec

from newel.domain.errors import Forbidden
from newel.domain.words import Priority


class Role(StrEnum):
    """What a staff account may act as; one person may hold several (POL-4)."""

    REVIEWER = "reviewer"
    APPROVER = "approver"
    RESOLVER = "resolver"
    IMPROVER = "improver"
    SUPERVISOR = "supervisor"
    POLICY_OWNER = "policy_owner"
    MODEL_RISK = "model_risk"
    LEGAL_COMPLIANCE = "legal_compliance"
    AUDITOR = "auditor"
    ADMIN = "admin"


class Act(StrEnum):
    """What an actor can ask for; service scopes have the same names."""

    INTAKE = "intake"
    READ_CASE = "read_case"
    READ_CONVERSATION = "read_conversation"
    APPROVE = "approve"
    WORK = "work"
    ASSIGN = "assign"
    LOWER = "lower"
    KILL_SWITCH = "kill_switch"
    SUBMIT_POLICY = "submit_policy"
    SIGN_POLICY = "sign_policy"
    ACTIVATE_POLICY = "activate_policy"
    TRACE = "trace"
    MANAGE_ACCESS = "manage_access"
    OPERATE = "operate"


ALLOWED: Mapping[Act, frozenset[Role]] = {
    Act.INTAKE: frozenset(),
    Act.READ_CASE: frozenset({Role.RESOLVER, Role.APPROVER, Role.SUPERVISOR, Role.REVIEWER}),
    Act.READ_CONVERSATION: frozenset({Role.RESOLVER, Role.SUPERVISOR}),
    Act.APPROVE: frozenset({Role.APPROVER}),
    Act.WORK: frozenset({Role.RESOLVER, Role.SUPERVISOR}),
    Act.ASSIGN: frozenset({Role.SUPERVISOR}),
    Act.LOWER: frozenset({Role.RESOLVER, Role.SUPERVISOR}),
    Act.KILL_SWITCH: frozenset({Role.SUPERVISOR, Role.ADMIN, Role.MODEL_RISK}),
    Act.SUBMIT_POLICY: frozenset({Role.POLICY_OWNER, Role.IMPROVER, Role.SUPERVISOR}),
    Act.SIGN_POLICY: frozenset({Role.MODEL_RISK, Role.LEGAL_COMPLIANCE, Role.POLICY_OWNER, Role.IMPROVER}),
    Act.ACTIVATE_POLICY: frozenset({Role.POLICY_OWNER, Role.ADMIN}),
    Act.TRACE: frozenset({Role.AUDITOR, Role.SUPERVISOR, Role.LEGAL_COMPLIANCE, Role.MODEL_RISK}),
    Act.MANAGE_ACCESS: frozenset({Role.ADMIN}),
    Act.OPERATE: frozenset({Role.ADMIN, Role.SUPERVISOR}),
}

CLEARED: Mapping[str, frozenset[Priority]] = {
    "none": frozenset(),
    "junior": frozenset({Priority.P3}),
    "senior": frozenset({Priority.P2, Priority.P3}),
    "specialist": frozenset(Priority),
    "supervisor": frozenset(Priority),
}
CLEARED_FOR_REGULATED = frozenset({"specialist", "supervisor"})


class Actor(msgspec.Struct, frozen=True):
    """Who does this: passed to every call, never ambient."""

    kind: Literal["staff", "service", "system", "ai", "customer"]
    id: str
    roles: frozenset[str] = frozenset()
    scopes: frozenset[str] = frozenset()
    clearance: str = "none"

    def may(self, act: Act) -> bool:
        """Whether a role or a scope of this actor covers the act; the system may do all."""
        if self.kind == "system":
            return True
        return act in self.scopes or any(role in ALLOWED[act] for role in self.roles)

    def must(self, act: Act) -> None:
        """Raise ``Forbidden`` unless the actor may."""
        if not self.may(act):
            wanted = sorted(ALLOWED[act]) or [f"scope {act}"]
            raise Forbidden(actor=self.id, act=act.value, why=f"it needs {' or '.join(wanted)}")


def system(part: str) -> Actor:
    """The system itself, by the part that acts (``sla``, ``routing``)."""
    return Actor(kind="system", id=part)


AI = Actor(kind="ai", id="answer")
