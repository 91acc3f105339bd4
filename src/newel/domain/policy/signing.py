"""When a signature counts and when a version may go live, as pure rules (POL-2, POL-4, INV-14)."""

from collections.abc import Collection, Mapping
from uuid import UUID

import msgspec

from newel.domain.access import Role
from newel.domain.errors import Conflict, Forbidden, NewelError


class Unsigned(NewelError):
    """{what} is not live yet: still to sign are {missing}"""

    code = "unsigned"
    status = 409


class Outdated(NewelError):
    """{what} was compared with a version that no longer runs; submit it again."""

    code = "outdated"
    status = 409


class Unchanged(NewelError):
    """{what} changes nothing of the version that runs."""

    code = "unchanged"
    status = 409


class NoEmergency(NewelError):
    """An emergency is for tightening only; this is not proved tighter: {changes}"""

    code = "no_emergency"
    status = 422


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """What decides on a signature or an activation; ``signed`` maps a role to its signer."""

    what: str
    state: str
    required: tuple[str, ...]
    review: tuple[str, ...] = ()
    author: UUID | None = None
    signed: Mapping[str, UUID] = {}

    @property
    def asked(self) -> tuple[str, ...]:
        """The roles that sign: before a version is live, or after an emergency."""
        return self.required if self.state == "draft" else self.review


def check_signature(standing: Standing, by: UUID, roles: Collection[str], role: Role) -> None:
    """Raise unless this person may sign in this role, now."""
    role_said = str(role).replace("_", " ")
    act = f"sign {standing.what} as {role_said}"
    if by == standing.author:
        raise Forbidden(actor=by, act=act, why="the author never signs; another person must")
    if role not in roles:
        raise Forbidden(actor=by, act=act, why=f"it needs the role {role_said}; ask an admin for it")
    if role not in standing.asked:
        wanted = ", ".join(standing.asked) or "nobody"
        raise Conflict(what=standing.what, state=standing.state, why=f"{wanted} has to sign, not {role}")
    if role in standing.signed:
        raise Conflict(what=standing.what, state="signed", why=f"{role} has signed it already")


def check_activation(standing: Standing, *, base: UUID | None, running: UUID | None) -> None:
    """Raise unless the draft is compared with what runs, and all have signed."""
    if standing.state != "draft":
        raise Conflict(what=standing.what, state=standing.state, why="only a draft can be activated")
    if base != running:
        raise Outdated(what=standing.what)
    missing = [role for role in standing.required if role not in standing.signed]
    if missing:
        raise Unsigned(what=standing.what, missing=", ".join(missing), roles=missing)
