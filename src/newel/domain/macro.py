"""Macros: canned texts with places from a known list, filled from the case that they are used in."""

import re
from collections.abc import Mapping
from typing import Annotated, Final

import msgspec

from newel.domain.errors import Invalid
from newel.domain.sentence import Sentence

PLACES: Final[Mapping[str, str]] = {
    "customer.first_name": "the customer's first name",
    "customer.name": "the customer's whole name",
    "order": "the order that the customer named last",
    "agent.first_name": "the writer's first name",
}
"""What a macro may stand open for, and what fills it."""
_PLACE: Final = re.compile(r"{([^{}]*)}")

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=40, pattern=r"^[a-z0-9][a-z0-9-]*\Z")]
Body = Annotated[str, msgspec.Meta(min_length=1, max_length=4000, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*\Z")]
Tongue = Annotated[str, msgspec.Meta(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})?\Z", max_length=12)]
Key = Annotated[str, msgspec.Meta(max_length=64, pattern=r"^[a-z][a-z0-9_.-]*\Z")]


class Text(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A macro as it is written: one for each workflow, language and name."""

    workflow: Key
    language: Tongue = "en"
    name: Name
    team: Key
    body: Body


class Filled(msgspec.Struct, frozen=True):
    """The text for the composer; ``missing`` names the places that nothing could fill."""

    text: str
    missing: tuple[str, ...]


def places(body: str) -> tuple[str, ...]:
    """The places of a text, each once, in order."""
    return tuple(dict.fromkeys(_PLACE.findall(body)))


_THEIRS = Sentence("a macro of %(team)s is edited by its own people")


def check(body: str) -> None:
    """Raise ``Invalid`` for a text that is empty, or stands open for what nobody knows."""
    if not body.strip():
        raise Invalid(what="the macro", why="it is empty")
    unknown = [place for place in places(body) if place not in PLACES]
    if unknown or "{" in _PLACE.sub("", body) or "}" in _PLACE.sub("", body):
        known = ", ".join(f"{{{place}}}" for place in PLACES)
        raise Invalid(what="the macro", why=Sentence("its places are of these: %(places)s").of(places=known))


def fill(body: str, values: Mapping[str, str]) -> Filled:
    """The text with its places filled; what is not known stays open for the writer to see."""
    missing = tuple(place for place in places(body) if not values.get(place))
    return Filled(_PLACE.sub(lambda place: values.get(place[1]) or place[0], body), missing)


def may_edit(team: str, own: str | None) -> None:
    """Raise ``Invalid`` unless the macro is of the editor's own team (None: any)."""
    if own is not None and team != own:
        raise Invalid(what="the team", why=_THEIRS.of(team=team))
