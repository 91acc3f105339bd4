"""What the customer's chat sends."""

from typing import Annotated

import msgspec

from newel.domain.chat import TOKEN_LIMIT, Site
from newel.domain.survey import Comment, Score
from newel.web.shapes import BIG, Attachments, Language

Token = Annotated[str, msgspec.Meta(max_length=TOKEN_LIMIT, pattern=r"^[\x21-\x7e]*\Z")]
Written = Annotated[str, msgspec.Meta(max_length=20_000, pattern=r"^[^\x00]*\Z")]
Once = Annotated[str, msgspec.Meta(min_length=8, max_length=64, pattern=r"^[A-Za-z0-9-]+\Z")]


class Arrive(msgspec.Struct, frozen=True):
    """Which site shows the page, from where, and in which language."""

    site: Site = "chat"
    language: Language = ""
    host: Annotated[str, msgspec.Meta(max_length=300)] = ""


class Come(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who comes in: by the host's word, by a pass of before, or as a stranger."""

    site: Site
    identity: Token = ""
    kept: Token = ""


class Say(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A message, in words, with attachments or both; the same id again is the same message."""

    id: Once
    text: Written = ""
    attachments: Attachments = ()


class Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A request for a person; the same id again is the same request."""

    id: Once


class Seen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What has left is in view up to this number."""

    seq: Annotated[int, msgspec.Meta(ge=0, le=BIG)]


class Wish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether the customer wants a person always, from now on."""

    prefers_human: bool


class Verdict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How it went, on the scale of what was asked, with a word to it."""

    token: Token
    score: Score
    comment: Comment = ""


class Look(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many of the newest lines."""

    lines: Annotated[int, msgspec.Meta(ge=1, le=300)] = 50
