"""When a signature counts and when a version may go live, as pure rules (POL-2, POL-4, INV-14)."""

from collections.abc import Collection, Mapping
from typing import Final
from uuid import UUID

import msgspec

from newel.domain.access import Role
from newel.domain.errors import Conflict, Forbidden, NewelError
from newel.domain.sentence import Sentence, joined, word

_SIGN: Final = Sentence("sign %(what)s as %(role)s")
_ROLE: Final = Sentence("it needs the role %(role)s; ask an admin for it")
_WANTED: Final = Sentence("%(wanted)s has to sign, not %(role)s")
POLICY: Final = Sentence("policy %(version)s")
"""What is signed, and put in force."""
_NOBODY: Final = Sentence("nobody")
_SIGNED: Final = Sentence("%(role)s has signed it already")


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

    what: Sentence
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
    act = _SIGN.of(what=standing.what, role=word(_spelled(role)))
    if by == standing.author:
        raise Forbidden(actor=by, act=act, why="the author never signs; another person must")
    if role not in roles:
        raise Forbidden(actor=by, act=act, why=_ROLE.of(role=word(_spelled(role))))
    if role not in standing.asked:
        wanted = joined(word(one) for one in standing.asked) if standing.asked else _NOBODY
        raise Conflict(
            what=standing.what, state=standing.state, why=_WANTED.of(wanted=wanted, role=word(str(role)))
        )
    if role in standing.signed:
        raise Conflict(what=standing.what, state="signed", why=_SIGNED.of(role=word(str(role))))


def _spelled(role: str) -> str:
    return str(role).replace("_", " ")


def check_activation(standing: Standing, *, base: UUID | None, running: UUID | None) -> None:
    """Raise unless the draft is compared with what runs, and all have signed."""
    if standing.state != "draft":
        raise Conflict(what=standing.what, state=standing.state, why="only a draft can be activated")
    if base != running:
        raise Outdated(what=standing.what)
    missing = [role for role in standing.required if role not in standing.signed]
    if missing:
        raise Unsigned(what=standing.what, missing=", ".join(missing), roles=missing)
