"""Macros: saved texts that people insert; what is in braces is filled with what is known."""

import re
from collections.abc import Mapping
from typing import Annotated, Final

import msgspec

from newel.domain.access import Act, Actor
from newel.domain.errors import Forbidden

LONGEST: Final = 5_000
NAME: Final = r"^[a-z0-9][a-z0-9_-]{0,39}\Z"
PLACES: Final = ("customer", "me")
"""What may stand in braces: the customer's given name, and the writer's."""
_PLACE: Final = re.compile(r"\{(" + "|".join(PLACES) + r")\}")


class Macro(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One saved text: ``name`` is what is typed after the slash; ``workflow`` empty: for all."""

    name: Annotated[str, msgspec.Meta(pattern=NAME)]
    title: Annotated[str, msgspec.Meta(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f]*\Z")]
    body: Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST, pattern=r"^[^\x00]*\Z")]
    workflow: Annotated[str, msgspec.Meta(max_length=100, pattern=r"^[\w.-]*\Z")] = ""
    team: bool = False


def may_put(actor: Actor, *, team: bool) -> None:
    """Everybody saves their own; the team's are a supervisor's."""
    actor.must(Act.WORK)
    if team and not actor.may(Act.ASSIGN):
        raise Forbidden(actor=actor.id, act="save a text for the team", why="it needs a supervisor")


def filled(body: str, known: Mapping[str, str]) -> str:
    """The text with what is known in its places; a place that nothing fills stays to be seen."""
    return _PLACE.sub(lambda place: known.get(place.group(1)) or place.group(0), body)
