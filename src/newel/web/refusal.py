"""Refusals in the reader's language: whole sentences, their parts looked up in the catalogues."""

import re
from collections.abc import Mapping
from typing import Any, Final

from babel.lists import format_list

from newel.domain.access import ALLOWED, IN_WORDS, Act
from newel.domain.errors import Forbidden, NewelError, NotFound, StaleToken, Unavailable
from newel.domain.sentence import Figure, Sentence
from newel.web.catalogue import SOURCE
from newel.web.tongue import N_, Tongue

ACTS: Final = (
    N_("hand messages in"),
    N_("read cases"),
    N_("read conversations"),
    N_("decide on approvals"),
    N_("work on cases"),
    N_("give work to people"),
    N_("lower a tier"),
    N_("mark a case as missed"),
    N_("see the results of reviews"),
    N_("review"),
    N_("keep texts for a team"),
    N_("stop the AI"),
    N_("propose a policy"),
    N_("sign a policy"),
    N_("put a policy in force"),
    N_("read the story of any case"),
    N_("manage accounts and tokens"),
    N_("operate the house"),
)
"""What an act is called, for the catalogues."""
_MINE: Final = N_("You may not %(act)s: %(why)s")
_PLACE: Final = re.compile(r"\{(\w+)\}")


def told(error: NewelError, speaks: Tongue) -> str:
    """What went wrong, in a language."""
    if speaks.code == SOURCE:
        return error.message[:1].upper() + error.message[1:]
    if isinstance(error, Forbidden) and (lacking := _lacking(error, speaks)):
        return lacking
    if isinstance(error, NotFound):
        return speaks.gettext("It is not here, or not any more.")
    if isinstance(error, StaleToken):
        return speaks.gettext("It has passed to somebody else meanwhile; look at it again before you write.")
    if isinstance(error, Unavailable):
        return speaks.gettext("A part of the house does not answer now; try again later.")
    values = _Values(error.told, speaks)
    mine = isinstance(error, Forbidden) and error.told["who"] == "You"
    text = _MINE if mine else template_of(type(error).__doc__ or "")
    said = speaks.gettext(text) % values
    return said[:1].upper() + said[1:]


def template_of(docstring: str) -> str:
    """The message of a class as catalogues hold it: ``{what} is {state}`` → ``%(what)s is %(state)s``."""
    return _PLACE.sub(r"%(\1)s", docstring.strip().splitlines()[0])


class _Values(dict[str, Any]):
    """What an error says of the case at hand, each word of ours in the language."""

    def __init__(self, told: Mapping[str, Any], speaks: Tongue) -> None:
        super().__init__({name: _value(value, speaks) for name, value in told.items()})

    def __missing__(self, _name: str) -> str:
        return "?"


def _value(value: Any, speaks: Tongue) -> str:
    if isinstance(value, Sentence | Figure | int | float) and not isinstance(value, bool):
        return speaks.value(value)
    return _word(str(value), speaks)


def _word(text: str, speaks: Tongue) -> str:
    """A text of ours; a state as the catalogue's own word for it, small within a sentence."""
    said = speaks.gettext(text)
    state = text[:1].upper() + text[1:].replace("_", " ")
    if said != text or (found := speaks.gettext(state)) == state:
        return said
    return found[:1].lower() + found[1:]


def _lacking(error: Forbidden, speaks: Tongue) -> str:
    """Which right is missing and whom to ask; empty for what is refused for another reason."""
    act = next((one for one in Act if one == error.data.get("needs")), None)
    if act is None or not ALLOWED[act]:
        return ""
    names = [role.value.replace("_", " ").capitalize() for role in ALLOWED[act]]
    roles = format_list(sorted(map(speaks.gettext, names)), "or", speaks.locale)
    what = speaks.gettext(IN_WORDS[act])
    return speaks.gettext(
        "You may not %(act)s: it needs the role %(roles)s; ask an admin for it.", act=what, roles=roles
    )
