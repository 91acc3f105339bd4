"""Refusals in the reader's language: whole sentences, or the English one as it is."""

from typing import Final

from babel.lists import format_list

from newel.domain.access import ALLOWED, IN_WORDS, Act
from newel.domain.errors import Forbidden, NewelError, NotFound, StaleToken, Unavailable
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


def told(error: NewelError, speaks: Tongue) -> str:
    """What went wrong, in a language; an error that has no sentence there says its own."""
    if speaks.code == SOURCE:
        return error.message
    if isinstance(error, Forbidden):
        return _lacking(error, speaks) or error.message
    if isinstance(error, NotFound):
        return speaks.gettext("It is not here, or not any more.")
    if isinstance(error, StaleToken):
        return speaks.gettext("It has passed to somebody else meanwhile; look at it again before you write.")
    if isinstance(error, Unavailable):
        return speaks.gettext("A part of the house does not answer now; try again later.")
    return error.message


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
