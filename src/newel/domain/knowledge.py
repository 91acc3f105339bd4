"""Knowledge: owned, dated articles, and the passages and sentences that may be quoted from them."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any, Final

import msgspec
import yaml

from newel.domain.errors import Invalid
from newel.domain.words import DAY

STALE_AFTER: Final = 365 * DAY
_FRONT: Final = re.compile(r"\A---\n(.*?)\n---\n(.*)\Z", re.DOTALL)
_END: Final = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9“\"(])")
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


def read_article(text: str, name: str) -> Article:
    """An article from its document: front matter between ``---`` lines, then the body."""
    parts = _FRONT.match(text.replace("\r\n", "\n"))
    if parts is None:
        raise Invalid(what=name, why="it begins with front matter between two lines of ---")
    try:
        head: Any = yaml.safe_load(parts.group(1))
        return msgspec.convert({**head, "body": parts.group(2).strip()}, Article)
    except (yaml.YAMLError, TypeError, msgspec.ValidationError) as error:
        raise Invalid(what=name, why=str(error)) from error


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
