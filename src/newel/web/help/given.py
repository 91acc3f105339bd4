"""What comes along with a request for a help page: where it was asked, in which language, and its form."""

import re
from typing import Final
from uuid import UUID, uuid4

import msgspec
from litestar.datastructures import FormMultiDict

from newel.domain import help as forms
from newel.domain.chat import Site
from newel.domain.help import Contact
from newel.web.errors import Malformed
from newel.web.tongue import CUSTOMERS, chosen

_ONCE: Final = re.compile(r"[A-Za-z0-9-]{8,64}")


class Look(msgspec.Struct, frozen=True):
    """Which site asks in which language, what for, which topic; what the reader just said of an article."""

    site: str = ""
    q: str = ""
    topic: str = ""
    said: str = ""
    language: str = ""


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """What every form of these pages brings along: its page, whose it is, and its own id."""

    look: Look
    kept: str
    token: str
    once: str


def site_of(given: str) -> str:
    """The site; one that is none of ours is the plain chat."""
    try:
        return msgspec.convert(given, Site)
    except msgspec.ValidationError:
        return "chat"


def language_of(look: Look) -> str:
    """What was asked for and is there; empty leaves it to the browser."""
    found = chosen([look.language], CUSTOMERS)
    return found.code if found else ""


def look_of(given: FormMultiDict) -> Look:
    """Where a form was shown."""
    return Look(site=site_of(one_of(given, "site")), language=one_of(given, "language"))


def form_of(given: FormMultiDict) -> Form:
    """What a form brings along; without an id of its own it gets one."""
    once = one_of(given, "once")
    return Form(
        look=look_of(given),
        kept=one_of(given, "kept"),
        token=one_of(given, "token"),
        once=once if _ONCE.fullmatch(once) else uuid4().hex,
    )


def contact_of(given: FormMultiDict) -> Contact:
    """The fields of the contact form, tidied."""
    return forms.tidy(Contact(**{name: one_of(given, name) for name in Contact.__struct_fields__}))


def attached_of(given: FormMultiDict) -> tuple[UUID, ...]:
    """The uploads that are named; ``Malformed`` for what is no id."""
    try:
        return tuple(UUID(one) for one in given.getall("attachments", []) if one)
    except ValueError:
        raise Malformed(why="a file is named that is none") from None


def one_of(given: FormMultiDict, name: str) -> str:
    """The last value of a field; empty when it is not there."""
    return str(given.getall(name, [""])[-1])
