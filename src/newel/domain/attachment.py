"""Attachments: what is taken, what it is called, who may look at it, and what it means for the tier.

What a file is, its bytes say: the declared type must agree with them. Nothing that a browser would
run is taken (HTML, SVG, scripts, programs), and no AI reads what is.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

import msgspec

from newel.domain.access import Act, Actor
from newel.domain.errors import Invalid, NewelError
from newel.domain.note import Tie
from newel.domain.picture import Extent, extent
from newel.domain.scan.receipt import Marker, Receipt, stated
from newel.domain.sentence import Sentence
from newel.domain.words import Assist, Cluster, Priority, Tier

AT_MOST: Final = 5
"""So many go with one message."""
MEGABYTE: Final = 1 << 20
BYTES_AT_MOST: Final = 10 * MEGABYTE
"""How large one is at most, unless the settings say otherwise."""
KEPT: Final = timedelta(days=1)
"""How long an upload waits to be sent."""
WAITING_AT_MOST: Final = 20
"""So many uploads of one customer, or of one case's people, wait to be sent."""
LONGEST_NAME: Final = 100
UNREAD: Final = "attachment.unread"
_ONE_UNREAD: Final = Sentence("1 attachment that no AI reads")
_TOO_MANY: Final = Sentence("a message has %(most)s at most")
_MANY_UNREAD: Final = Sentence("%(count)s attachments that no AI reads")
"""The marker of a message with attachments: no AI reads them."""


class Kind(StrEnum):
    """What is taken."""

    PNG = "png"
    JPEG = "jpeg"
    WEBP = "webp"
    GIF = "gif"
    PDF = "pdf"
    TEXT = "text"
    CSV = "csv"


class Unsupported(NewelError):
    """This file is not taken: {why}"""

    code = "unsupported_attachment"
    status = 415


class TooBig(NewelError):
    """The file has more than {limit} bytes, which is the most."""

    code = "attachment_too_large"
    status = 413


class Attached(msgspec.Struct, frozen=True, omit_defaults=True):
    """An attachment as lists show it."""

    id: UUID
    name: str
    kind: Kind
    size: int
    extent: Extent | None = None

    @property
    def media_type(self) -> str:
        """What it is served as."""
        return MEDIA[self.kind]

    @property
    def picture(self) -> bool:
        """Whether our own pages show it; everything else is only saved."""
        return self.extent is not None and self.extent.fits


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """An attachment as answers and channels name it; a ``picture`` is shown, everything else only saved."""

    id: UUID
    name: str
    media_type: str
    size: int
    picture: bool
    width: int | None = None
    height: int | None = None


def listed(attached: Iterable[Attached]) -> tuple[Listed, ...]:
    """Attachments as answers and channels name them."""
    return tuple(
        Listed(
            id=one.id,
            name=one.name,
            media_type=one.media_type,
            size=one.size,
            picture=one.picture,
            width=one.extent.width if one.extent else None,
            height=one.extent.height if one.extent else None,
        )
        for one in attached
    )


MEDIA: Final[Mapping[Kind, str]] = {
    Kind.PNG: "image/png",
    Kind.JPEG: "image/jpeg",
    Kind.WEBP: "image/webp",
    Kind.GIF: "image/gif",
    Kind.PDF: "application/pdf",
    Kind.TEXT: "text/plain; charset=utf-8",
    Kind.CSV: "text/csv; charset=utf-8",
}
_PICTURES: Final = frozenset({Kind.PNG, Kind.JPEG, Kind.WEBP, Kind.GIF})
_ENDINGS: Final[Mapping[Kind, tuple[str, ...]]] = {
    Kind.PNG: ("png",),
    Kind.JPEG: ("jpg", "jpeg", "jfif"),
    Kind.WEBP: ("webp",),
    Kind.GIF: ("gif",),
    Kind.PDF: ("pdf",),
    Kind.TEXT: ("txt", "log", "md"),
    Kind.CSV: ("csv",),
}
ENDINGS: Final = tuple(f".{one}" for kind in Kind for one in _ENDINGS[kind])
"""What pages let a person choose."""
_SAYS_NOTHING: Final = frozenset({"", "application/octet-stream", "binary/octet-stream"})
_DECLARED: Final[Mapping[str, Kind]] = {
    "image/png": Kind.PNG,
    "image/jpeg": Kind.JPEG,
    "image/jpg": Kind.JPEG,
    "image/pjpeg": Kind.JPEG,
    "image/webp": Kind.WEBP,
    "image/gif": Kind.GIF,
    "application/pdf": Kind.PDF,
    "text/plain": Kind.TEXT,
    "text/markdown": Kind.TEXT,
    "text/x-log": Kind.TEXT,
    "text/csv": Kind.CSV,
    "application/csv": Kind.CSV,
    "application/vnd.ms-excel": Kind.CSV,
}
"""Spreadsheets on some machines call their plain CSV files after the program."""
_SIGNS: Final = (
    (Kind.PNG, re.compile(rb"\x89PNG\r\n\x1a\n")),
    (Kind.JPEG, re.compile(rb"\xff\xd8\xff")),
    (Kind.WEBP, re.compile(rb"RIFF.{4}WEBP", re.DOTALL)),
    (Kind.GIF, re.compile(rb"GIF8[79]a")),
    (Kind.PDF, re.compile(rb"%PDF-\d\.\d")),
)
_BINARY: Final = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_RUNS: Final = re.compile(rb"(?i)\s*(?:<[!?/a-z]|#!|mz\x90|%!ps|\{\\rtf)")


def recognised(content: bytes, declared: str) -> tuple[Kind, Extent | None]:
    """What the bytes are, and how large a picture is; ``Unsupported`` for all that is not taken."""
    if not content:
        raise Invalid(what="the attachment", why="it is empty")
    kind = sniffed(content)
    if kind is None:
        raise Unsupported(why="pictures (PNG, JPEG, WebP, GIF), PDF, plain text and CSV are")
    kind = _agreed(kind, declared)
    if kind not in _PICTURES:
        return kind, None
    found = extent(kind, content)
    if found is None:
        raise Unsupported(why="the picture is broken")
    return kind, found


def sniffed(content: bytes) -> Kind | None:
    """What the bytes are, whatever anybody says; text is UTF-8 that no browser or shell would run."""
    for kind, sign in _SIGNS:
        if sign.match(content):
            return kind
    plain = content.removeprefix(b"\xef\xbb\xbf")
    if _BINARY.search(plain) or _RUNS.match(plain):
        return None
    try:
        plain.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return Kind.TEXT


def _agreed(kind: Kind, declared: str) -> Kind:
    """The kind, if what was declared is that; a CSV is text that says so."""
    said = declared.partition(";")[0].strip().lower()
    if said in _SAYS_NOTHING:
        return kind
    named = _DECLARED.get(said)
    if named is Kind.CSV and kind is Kind.TEXT:
        return Kind.CSV
    if named is not kind:
        raise Unsupported(why="it is not what its type says")
    return kind


_FORBIDDEN: Final = re.compile(r'[<>:"|?*\\/]')


def clean_name(given: str, kind: Kind) -> str:
    """A name for people and their disks: no path, nothing invisible, an ending that is true.

    Right-to-left marks and other format characters are left out: they make one ending look like another.
    """
    last = re.split(r"[\\/]", unicodedata.normalize("NFC", given))[-1]
    seen = "".join(c if c.isprintable() else " " if c.isspace() else "" for c in last)
    plain = _bare(_FORBIDDEN.sub("", unicodedata.normalize("NFC", seen)))
    stem, ending = _parts(plain, kind)
    return f"{_bare(stem[: LONGEST_NAME - len(ending) - 1]) or 'attachment'}.{ending}"


def _bare(name: str) -> str:
    """Single spaces, and no dot or space at either end."""
    return re.sub(r"\s+", " ", name).strip(" .")


def _parts(name: str, kind: Kind) -> tuple[str, str]:
    """Stem and ending; a wrong ending becomes a part of the stem."""
    stem, dot, ending = name.rpartition(".")
    if dot and ending.lower() in _ENDINGS[kind]:
        return stem, ending.lower()
    if name.lower() in _ENDINGS[kind]:
        return "", name.lower()
    return name, _ENDINGS[kind][0]


def spoken(name: str) -> str:
    """A name as the scan reads it: its words apart."""
    return re.sub(r"[._+-]+", " ", name)


def few(ids: Sequence[UUID]) -> tuple[UUID, ...]:
    """The attachments of one message, each once; ``Invalid`` for too many."""
    once = tuple(dict.fromkeys(ids))
    if len(once) > AT_MOST:
        raise Invalid(what="attachments", why=_TOO_MANY.of(most=AT_MOST))
    return once


def unread(receipt: Receipt, count: int, *, alone: bool, talks: bool) -> Receipt:
    """The receipt of a message with attachments that nobody has read.

    Alone they are for a person. Beside the words of a conversation they are a person's to look at
    before anything leaves: the AI may propose (T2). An item's fields were made of its documents:
    there they change nothing but that they are named as not looked at.
    """
    if not count:
        return receipt
    receipt = msgspec.structs.replace(receipt, not_evaluated=(*receipt.not_evaluated, "attachments"))
    if not (alone or talks):
        return receipt
    floor = Tier.HUMAN if alone else Tier.SUPERVISED
    fact = _MANY_UNREAD.of(count=count) if count > 1 else _ONE_UNREAD
    return msgspec.structs.replace(
        receipt,
        tier_floor=max(receipt.tier_floor, floor),
        markers=(*receipt.markers, _marker(floor, fact)),
        clusters=tuple(c for c in Cluster if c in {*receipt.clusters, Cluster.COMPLEXITY}),
        primary=receipt.primary or UNREAD,
    )


def _marker(floor: Tier, fact: Sentence) -> Marker:
    return Marker(
        id=UNREAD,
        cluster=Cluster.COMPLEXITY,
        floor=floor,
        lock=False,
        priority=Priority.P3,
        assist=Assist.DRAFT,
        skills=(),
        regulated=False,
        preset="",
        evidence=(stated(fact),),
    )


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where an attachment stands: whose upload it is while it waits, and who sees its message."""

    by_kind: str
    by_id: str
    sent: bool
    visible: bool
    """Whether its message is in view of the customer: it came from them, or has left for them."""
    conversation_id: UUID | None = None
    case_state: str = ""


def may_fetch(actor: Actor, place: Place, *, tie: Tie | None = None, own: UUID | None = None) -> bool:
    """Whether an actor may have the content.

    Staff: who has the case or a grant, who decides on its proposal, who traces. A customer: what is in
    view of their own conversation, and their own uploads. A service: what a customer may see, and the
    uploads of services.
    """
    match actor.kind:
        case "customer":
            mine = (place.by_kind, place.by_id) == (actor.kind, actor.id)
            in_view = place.visible and own is not None and place.conversation_id == own
            return in_view or (mine and not place.sent)
        case "staff":
            has_it = tie is not None and (tie.owns or tie.granted)
            decides = actor.may(Act.APPROVE) and place.case_state == "approval"
            return has_it or decides or (actor.may(Act.TRACE) and place.sent)
        case "service":
            waits = place.by_kind == "service" and not place.sent and actor.may(Act.INTAKE)
            return waits or actor.may(Act.TRACE) or (place.visible and actor.may(Act.READ_CONVERSATION))
        case _:
            return False
