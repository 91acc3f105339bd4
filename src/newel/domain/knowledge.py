"""Knowledge: owned, dated articles, and the passages and sentences that may be quoted from them."""

import difflib
import re
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import Any, Final, Literal
from uuid import UUID

import msgspec
import yaml

from newel.domain.errors import Conflict, Forbidden, Invalid
from newel.domain.words import DAY

STALE_AFTER: Final = 365 * DAY
_FRONT: Final = re.compile(r"\A---\n(.*?)\n---\n(.*)\Z", re.DOTALL)
_END: Final = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9“\"(])")
_HEADING: Final = re.compile(r"#{1,6}\s+(.*)")
_POINT: Final = re.compile(r"(?:[-*]|\d+\.)\s+(.*)")
_COLLECTION: Final = re.compile(r"[a-z][a-z0-9_-]{0,63}")
_SHAPES: Final = {
    "id": (
        re.compile(r"[a-z0-9][a-z0-9-]{0,79}"),
        "write up to 80 small letters from a to z, digits and hyphens",
    ),
    "collection": (_COLLECTION, "write small letters from a to z, digits, - and _, a letter first"),
    "language": (re.compile(r"[a-z]{2,3}"), "write its short code, such as en"),
    "title": (re.compile(r".*\S.*"), "write one line that says what it is about"),
    "owner": (re.compile(r".*\S.*"), "name who answers for it"),
    "body": (re.compile(r"(?s).*\S.*"), "write what may be quoted"),
}
_APART: Final = re.compile(r"[^a-z0-9]+")
_SHORTENED: Final = re.compile(r"(?:\b(?:e\.g|i\.e|etc|approx|No|Mr|Mrs|Ms|Dr|St|Ltd|Co)|\b[A-Z])\.$")


class Article(msgspec.Struct, frozen=True, kw_only=True):
    """One version of an article; ``owner`` answers for it, ``updated`` is its last review."""

    id: str
    title: str
    collection: str
    owner: str
    updated: date
    language: str
    body: str
    version: int = 1


class Pointer(msgspec.Struct, frozen=True):
    """An article to read, offered to a customer: its place is ``/help/articles/<id>``."""

    id: str
    title: str


def listing(articles: Sequence[Pointer]) -> str:
    """Pointer articles in words, where a channel shows nothing else."""
    return "\n".join(f"- {one.title}" for one in articles)


def read_article(text: str, name: str) -> Article:
    """An article from its document: front matter between ``---`` lines, then the body.

    ``Invalid`` names the document and says what to write instead.
    """
    parts = _FRONT.match(text.replace("\r\n", "\n"))
    if parts is None:
        raise Invalid(what=name, why="it begins with front matter between two lines of ---")
    try:
        head: Any = yaml.safe_load(parts.group(1))
        found = msgspec.convert({**head, "body": parts.group(2).strip()}, Article)
        _check_written(found, head)
    except (yaml.YAMLError, TypeError, ValueError, msgspec.ValidationError) as error:
        raise Invalid(what=name, why=str(error)) from error
    return found


def _check_written(article: Article, head: Collection[str]) -> None:
    """``ValueError`` for what would be taken and then be quoted by nobody, or not be kept at all."""
    known = ("id", "title", "collection", "owner", "updated", "language")
    if unknown := [word for word in head if word not in known]:
        raise ValueError(f"an article has no {unknown[0]!r}: it has {', '.join(known)}")
    for field, (shape, wanted) in _SHAPES.items():
        written = getattr(article, field)
        if "\0" in written:
            raise ValueError(f"its {field} holds a NUL character; save it as text")
        if not shape.fullmatch(written):
            raise ValueError(f"its {field}: {wanted}")


def passages(article: Article) -> tuple[str, ...]:
    """The paragraphs of an article; headings and lists stay with what follows them."""
    return tuple(" ".join(part.split()) for part in re.split(r"\n\s*\n", article.body) if part.strip())


def sentences(text: str) -> tuple[str, ...]:
    """The sentences of a passage, word for word."""
    return tuple(_joined(_END.split(text)))


def _joined(pieces: list[str]) -> Iterator[str]:
    """Pieces that were cut after a shortened word are put together again."""
    held = ""
    for piece in pieces:
        held = f"{held} {piece}" if held else piece
        if not _SHORTENED.search(held):
            yield held
            held = ""
    if held:
        yield held


def stale(article: Article, today: date) -> bool:
    """Whether nobody has looked at the article for a year; it may be shown, with a flag."""
    return today - article.updated > STALE_AFTER


class Block(msgspec.Struct, frozen=True):
    """A piece of an article as a page shows it: a heading, a paragraph, or a list of points."""

    kind: Literal["heading", "paragraph", "points"]
    lines: tuple[str, ...]


class Line(msgspec.Struct, frozen=True):
    """One line of a comparison: kept, gone, or new."""

    kind: Literal["kept", "gone", "new"]
    text: str


def blocks(body: str) -> Iterator[Block]:
    """An article's body as pieces; whatever else its text holds is text."""
    for part in re.split(r"\n\s*\n", body):
        lines = [line.strip() for line in part.splitlines() if line.strip()]
        heading = _HEADING.fullmatch(lines[0]) if lines else None
        if heading:
            yield Block("heading", (heading.group(1),))
            lines = lines[1:]
        points = [_POINT.fullmatch(line) for line in lines]
        if lines and all(points):
            yield Block("points", tuple(found.group(1) for found in points if found))
        elif lines:
            yield Block("paragraph", (" ".join(lines),))


def difference(old: str, new: str) -> Iterator[Line]:
    """What changes between two bodies, line by line."""
    kinds: dict[str, Literal["kept", "gone", "new"]] = {"  ": "kept", "- ": "gone", "+ ": "new"}
    for line in difflib.ndiff(old.splitlines(), new.splitlines()):
        if line[:2] in kinds:
            yield Line(kinds[line[:2]], line[2:])


def slug(title: str) -> str:
    """The id of a new article, from its title."""
    found = _APART.sub("-", title.lower()).strip("-")[:80].strip("-")
    if not found:
        raise Invalid(what="the title", why="it needs a letter or a digit of the Latin alphabet")
    return found


def collection(chosen: str, named: str, known: Collection[str]) -> str:
    """The collection of an article: one that there is, or, where none is chosen, a new one by its name."""
    if chosen:
        if chosen not in known:
            raise Invalid(what="the collection", why="choose one that is offered, or name a new one")
        return chosen
    made = "_".join(named.lower().split())
    if not _COLLECTION.fullmatch(made):
        why = "name it in up to 64 small letters from a to z, digits, hyphens and underscores, a letter first"
        raise Invalid(what="the new collection", why=why)
    return made


def check_publisher(state: str, writer: UUID, by: UUID) -> None:
    """Raise unless this person may put this draft in force: another read it."""
    if state != "review":
        raise Conflict(what="the draft", state=state, why="its writer gives it to review first")
    if by == writer:
        raise Forbidden(actor=by, act="publish this article", why="another person reads it first")


def check_writer(state: str, writer: UUID, by: UUID) -> None:
    """Raise unless this person may change this draft."""
    if state != "draft":
        raise Conflict(what="the draft", state=state, why="only a draft changes")
    if by != writer:
        raise Forbidden(actor=by, act="change this draft", why="it is somebody else's; its writer does")
