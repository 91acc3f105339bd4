"""Actors, roles, clearances and scopes: one table of who may do what."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

import msgspec

from newel.domain.errors import Forbidden, NewelError, Unauthenticated
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
    MARK_MISS = "mark_miss"
    REVIEW = "review"
    SCORE = "score"
    EDIT_MACRO = "edit_macro"
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
    Act.MARK_MISS: frozenset({Role.RESOLVER, Role.APPROVER, Role.SUPERVISOR}),
    Act.REVIEW: frozenset(
        {Role.REVIEWER, Role.IMPROVER, Role.SUPERVISOR, Role.MODEL_RISK, Role.LEGAL_COMPLIANCE}
    ),
    Act.SCORE: frozenset({Role.REVIEWER, Role.SUPERVISOR}),
    Act.EDIT_MACRO: frozenset({Role.SUPERVISOR, Role.IMPROVER}),
    Act.KILL_SWITCH: frozenset({Role.SUPERVISOR, Role.ADMIN, Role.MODEL_RISK}),
    Act.SUBMIT_POLICY: frozenset({Role.POLICY_OWNER, Role.IMPROVER, Role.SUPERVISOR}),
    Act.SIGN_POLICY: frozenset({Role.MODEL_RISK, Role.LEGAL_COMPLIANCE, Role.POLICY_OWNER, Role.IMPROVER}),
    Act.ACTIVATE_POLICY: frozenset({Role.POLICY_OWNER, Role.ADMIN}),
    Act.TRACE: frozenset({Role.AUDITOR, Role.SUPERVISOR, Role.LEGAL_COMPLIANCE, Role.MODEL_RISK}),
    Act.MANAGE_ACCESS: frozenset({Role.ADMIN}),
    Act.OPERATE: frozenset({Role.ADMIN, Role.SUPERVISOR}),
}

IN_WORDS: Mapping[Act, str] = {
    Act.INTAKE: "hand messages in",
    Act.READ_CASE: "read cases",
    Act.READ_CONVERSATION: "read conversations",
    Act.APPROVE: "decide on approvals",
    Act.WORK: "work on cases",
    Act.ASSIGN: "give work to people",
    Act.LOWER: "lower a tier",
    Act.MARK_MISS: "mark a case as missed",
    Act.REVIEW: "see the results of reviews",
    Act.SCORE: "review",
    Act.EDIT_MACRO: "keep texts for a team",
    Act.KILL_SWITCH: "stop the AI",
    Act.SUBMIT_POLICY: "propose a policy",
    Act.SIGN_POLICY: "sign a policy",
    Act.ACTIVATE_POLICY: "put a policy in force",
    Act.TRACE: "read the story of any case",
    Act.MANAGE_ACCESS: "manage accounts and tokens",
    Act.OPERATE: "operate the house",
}
"""What each act is called when somebody may not do it."""

CLEARED: Mapping[str, frozenset[Priority]] = {
    "none": frozenset(),
    "junior": frozenset({Priority.P3}),
    "senior": frozenset({Priority.P2, Priority.P3}),
    "specialist": frozenset(Priority),
    "supervisor": frozenset(Priority),
}
CLEARED_FOR_REGULATED = frozenset({"specialist", "supervisor"})


class Actor(msgspec.Struct, frozen=True):
    """Who does this: passed to every call, never ambient.

    ``id`` of staff is the account's UUID, of a service its token's name, of the system its part.
    """

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
            raise Forbidden(actor=self.id, act=IN_WORDS[act], why=self._lacks(act), needs=act.value)

    def _lacks(self, act: Act) -> str:
        roles = sorted(role.value.replace("_", " ") for role in ALLOWED[act])
        if self.kind != "staff" or not roles:
            return f"it needs a token with the scope {act.value}"
        return f"it needs the role {' or '.join(roles)}; ask an admin for it"


def system(part: str) -> Actor:
    """The system itself, by the part that acts (``sla``, ``routing``)."""
    return Actor(kind="system", id=part)


AI = Actor(kind="ai", id="answer")

SESSION_IDLE = timedelta(minutes=30)
SESSION_LIFE = timedelta(hours=12)
SEEN_EVERY = timedelta(seconds=60)
SIGN_IN_TRIES = 10
SIGN_IN_WINDOW = timedelta(minutes=5)

Line = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
Key = Annotated[str, msgspec.Meta(max_length=64, pattern=r"^[a-z][a-z0-9_.-]*$")]
Region = Annotated[str, msgspec.Meta(max_length=64, pattern=r"^([a-z][a-z0-9_.-]*)?\Z")]
"""Where somebody is, as the house calls it: `uk`, `eu`; empty where that does not matter."""
Tongue = Annotated[str, msgspec.Meta(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})?$", max_length=12)]
Hours = Annotated[str, msgspec.Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$")]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Clearance = Literal["none", "junior", "senior", "specialist", "supervisor"]


class Unproven(Unauthenticated):
    """Nobody has shown that it is {login} who does this: {why}"""

    code = "unproven"
    status = 401


class TooManyTries(NewelError):
    """Too many failed sign-ins; try again in {seconds} seconds."""

    code = "too_many_tries"
    status = 429
    permanent = False


class Account(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a staff account says of a person: who they are, what they may, can and when."""

    login: Key
    name: Line
    roles: frozenset[Role] = frozenset()
    clearance: Clearance = "none"
    skills: dict[Key, Annotated[int, msgspec.Meta(ge=1, le=5)]] = {}
    languages: tuple[Tongue, ...] = ()
    zone: Line = "UTC"
    shifts: dict[Weekday, tuple[Hours, ...]] = {}
    team: Key = "inhouse"
    capacity: Annotated[int, msgspec.Meta(ge=0, le=1000)] = 0
    channel_capacity: dict[Key, Annotated[int, msgspec.Meta(ge=0, le=1000)]] = {}
    region: Region = ""
    limit_minor: Annotated[int, msgspec.Meta(ge=0, le=10**12)] = 0
    customer_id: UUID | None = None
    active: bool = True


class Staff(msgspec.Struct, frozen=True, kw_only=True):
    """A signed-in person as every page and rule needs them."""

    id: UUID
    login: str
    name: str
    roles: frozenset[str]
    clearance: str
    presence: str
    limit_minor: int
    languages: tuple[str, ...]
    region: str = ""
    capacity: int = 0
    channel_capacity: Mapping[str, int] = {}

    @property
    def actor(self) -> Actor:
        """The person as the actor of a call."""
        return Actor(kind="staff", id=str(self.id), roles=self.roles, clearance=self.clearance)


class Proof(msgspec.Struct, frozen=True):
    """How a person showed that it is them: a session of theirs; ``password``: begun for this act alone."""

    how: Literal["session", "password"]
    session: bytes


def session_lives(now: datetime, *, last_seen_at: datetime, expires_at: datetime) -> bool:
    """Whether a session that was not ended still counts: 30 minutes idle, 12 hours in all."""
    return now < expires_at and now - last_seen_at < SESSION_IDLE


def acts_of(actor: Actor) -> frozenset[Act]:
    """Everything that the actor may ask for."""
    return frozenset(act for act in Act if actor.may(act))


def privileges(account: Account) -> tuple[object, ...]:
    """What nobody may change of their own account."""
    return (account.roles, account.clearance, account.limit_minor, account.active, account.customer_id)
