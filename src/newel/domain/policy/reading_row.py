"""An entry of a policy as it is read: its name, its sentence, its owner; and how names stand in sentences."""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import reduce
from typing import Final

import msgspec

from newel.domain.policy.entry import Entry
from newel.domain.sentence import Sentence, Value, joined, word

_AND: Final = Sentence("%(these)s and %(last)s")
_OR: Final = Sentence("%(these)s or %(last)s")
_AFTER: Final = Sentence("After %(post_mortem)s.")
_HOURS: Final = Sentence("%(n)s h")
_MINUTES: Final = Sentence("%(n)s min")


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One entry: its name, what it says, who answers for it and since when; ``quotes`` are its own texts."""

    name: Value
    words: Value = ""
    quotes: tuple[str, ...] = ()
    owner: str = ""
    since: date | None = None
    mark: Sentence | None = None


def row_of(
    name: Value, entry: Entry, words: Value, *, quotes: tuple[str, ...] = (), mark: Sentence | None = None
) -> Row:
    """A row of an entry, with the post-mortem that it answers."""
    if entry.post_mortem:
        words = joined((words, _AFTER.of(post_mortem=entry.post_mortem)), " ")
    return Row(name=name, words=words, quotes=quotes, owner=entry.owner, since=entry.date, mark=mark)


def plain(key: str) -> Sentence:
    """A key as words: ``legal.dictionary`` → ``Legal: dictionary``."""
    said = _low(key)
    return word(said[:1].upper() + said[1:])


def low(key: str) -> Sentence:
    """A key within a sentence: ``legal.dictionary`` → ``legal: dictionary``."""
    return word(_low(key))


def _low(key: str) -> str:
    return key.replace("_", " ").replace(".", ": ")


def every(names: Iterable[str]) -> Value:
    """Keys one after the other: ``orders, returns and billing``."""
    return _with(_AND, [low(name) for name in names])


def either(parts: Sequence[Value]) -> Value:
    """One of several: ``this or that``."""
    return reduce(lambda these, last: _OR.of(these=these, last=last), parts)


def both(parts: Sequence[Value]) -> Value:
    """All of several: ``this and that``."""
    return reduce(lambda these, last: _AND.of(these=these, last=last), parts)


def _with(between: Sentence, parts: Sequence[Value]) -> Value:
    if len(parts) < 2:
        return parts[0] if parts else ""
    return between.of(these=joined(parts[:-1]), last=parts[-1])


def span(minutes: int) -> Sentence:
    """Minutes as people say them."""
    if minutes and minutes % 60 == 0:
        return _HOURS.of(n=minutes // 60)
    return _MINUTES.of(n=minutes)
