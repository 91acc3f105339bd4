"""The customer's chat: who is in front of it, by signed tokens; how long a person takes, in coarse words."""

import base64
import binascii
import hmac
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Final, TypeVar

import msgspec

from newel.domain.errors import Invalid, Unauthenticated

T = TypeVar("T", bound="Claims")
Mac = Callable[[str], bytes]
Name = Annotated[str, msgspec.Meta(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*\Z")]
Ref = Annotated[str, msgspec.Meta(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*\Z")]
Site = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,39}\Z")]

TOKEN_LIMIT: Final = 4096
STRANGER_LIFE: Final = timedelta(days=30)
KNOWN_LIFE: Final = timedelta(hours=24)
REQUEST: Final = "I would like to talk to a person, please."
"""What the button says for the customer; the scan reads it like any other message (SCN-8)."""


class Door(msgspec.Struct, frozen=True):
    """What the chat is opened with: the sites that may show it, and the secret shared with them."""

    origins: tuple[str, ...] = ()
    secret: bytes = b""

    def admits(self, origin: str) -> bool:
        """Whether a page of this origin may show the chat."""
        return origin in self.origins


class Claims(msgspec.Struct, frozen=True, kw_only=True):
    """What a token says; it counts until ``exp`` (unix seconds)."""

    exp: int


class Identity(Claims, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The host's word on who its signed-in customer is."""

    ref: Annotated[Ref, msgspec.Meta(min_length=1)]
    name: Name = ""


class Visitor(Claims, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who is in front of the chat: the host's customer by ``ref``, or a stranger by an ``id`` of ours.

    ``was``: the stranger of this browser who signed in while their conversation was open; it goes on.
    """

    site: Site
    ref: Ref = ""
    id: Annotated[str, msgspec.Meta(max_length=64)] = ""
    name: Name = ""
    was: Annotated[str, msgspec.Meta(max_length=64)] = ""

    @property
    def thread(self) -> str:
        """The name of their conversation: of a customer by reference, of a stranger by number."""
        own = self.was or self.id
        return f"{self.site}:id:{own}" if own else f"{self.site}:ref:{self.ref}"


def sealed_by(secret: bytes) -> Mac:
    """Signs with a secret: HMAC-SHA256."""
    return lambda text: hmac.digest(secret, text.encode(), "sha256")


def sign(claims: Claims, mac: Mac) -> str:
    """A token: the claims as base64url JSON, a dot, and the signature of that in hexadecimal."""
    body = base64.urlsafe_b64encode(msgspec.json.encode(claims)).decode().rstrip("=")
    return f"{body}.{mac(body).hex()}"


def opened(token: str, mac: Mac, kind: type[T], now: datetime) -> T:
    """What a token says; ``Unauthenticated`` when it is not ours, or no longer counts."""
    body, _, signature = token.partition(".")
    if len(token) > TOKEN_LIMIT or not token.isascii():
        raise Unauthenticated(why="the chat's token is broken")
    if not hmac.compare_digest(mac(body).hex(), signature):
        raise Unauthenticated(why="the chat's token is not signed by us")
    try:
        plain = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
        claims = msgspec.json.decode(plain, type=kind)
    except (binascii.Error, ValueError):  # msgspec's own errors are ValueErrors
        raise Unauthenticated(why="the chat's token says nothing usable") from None
    if claims.exp <= now.timestamp():
        raise Unauthenticated(why="the chat's token has run out")
    return claims


def known(site: str, identity: Identity, now: datetime, was: str = "") -> Visitor:
    """A visitor by the host's word: for as long as that counts, and at most a day."""
    until = min(identity.exp, int((now + KNOWN_LIFE).timestamp()))
    return _visitor(Visitor(site=site, ref=identity.ref, name=identity.name, exp=until, was=was))


def stranger(site: str, fresh: str, now: datetime) -> Visitor:
    """A visitor whom nobody knows: again the same one for as long as the browser keeps the token."""
    return _visitor(Visitor(site=site, id=fresh, exp=int((now + STRANGER_LIFE).timestamp())))


def _visitor(made: Visitor) -> Visitor:
    try:
        return msgspec.convert(msgspec.to_builtins(made), Visitor)
    except msgspec.ValidationError as error:
        raise Invalid(what="the visitor", why=str(error)) from None


class Standing(StrEnum):
    """Where a conversation stands, as its customer may know it (SEC-7)."""

    NEW = "new"
    ASSISTANT = "assistant"
    WORKING = "working"
    OFFERED = "offered"
    SOON = "person_soon"
    PERSON = "person"
    OVER = "over"


_STANDS: Final = {
    "ai": Standing.WORKING,
    "acting": Standing.WORKING,
    "approval": Standing.WORKING,
    "held": Standing.WORKING,
    "deflecting": Standing.OFFERED,
    "queued": Standing.SOON,
    "owned": Standing.PERSON,
    "snoozed": Standing.PERSON,
    "waiting": Standing.ASSISTANT,
    "resolved": Standing.OVER,
}


def standing(state: str, owned: bool) -> Standing:
    """Where it stands by the state of its newest case; nothing of tiers, reasons or priorities."""
    if owned and state != "resolved":
        return Standing.PERSON
    return _STANDS[state]


class Wait(StrEnum):
    """How long it takes until a person answers; the same for everybody who asks at that moment."""

    MINUTES = "minutes"
    QUARTER = "quarter"
    HALF_HOUR = "half_hour"
    HOUR = "hour"
    LONGER = "longer"
    AWAY = "away"


PACE: Final = timedelta(minutes=6)
"""How long a person takes for one case where too few were counted to know."""
_WORDS: Final = (
    (timedelta(minutes=5), Wait.MINUTES),
    (timedelta(minutes=15), Wait.QUARTER),
    (timedelta(minutes=30), Wait.HALF_HOUR),
    (timedelta(minutes=60), Wait.HOUR),
)


def expected(*, at_work: int, free: int, waiting: int, pace: timedelta) -> Wait:
    """How long a request for a person waits: all who wait, shared by those at work.

    Whose work is more urgent plays no part, so that nothing can be read off it.
    """
    if at_work == 0:
        return Wait.AWAY
    if free > waiting:
        return Wait.MINUTES
    ahead = pace * (waiting - free + 1) / at_work
    return next((word for limit, word in _WORDS if ahead <= limit), Wait.LONGER)
