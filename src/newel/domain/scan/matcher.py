"""Which entries of the lexicon occur in a text, and where.

One pass of the sieve over each view names the phrases that may occur; only their own expressions
are then run for the places. Everything is linear in the length of the text.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from itertools import islice
from typing import NamedTuple, Protocol

import re2

from newel.domain.scan.lexicon import Entry
from newel.domain.scan.phrase import GAP, LETTER, loosely, tightly, whole_words
from newel.domain.scan.quotation import Zones
from newel.domain.scan.sieve import Sieve
from newel.domain.scan.view import BYTES, LONGEST, View
from newel.domain.words import Span

MOST_SPANS = 20
MOST_SPARED = 500
_LOOK = 80
_STOPS = b".!?\n\r,;:>()-"


class Match(Protocol):
    """What is used of a match of RE2."""

    def span(self, group: int = 0) -> tuple[int, int]:
        """Start and end of a group."""


class Verdict(NamedTuple):
    """One occurrence of an entry's words, and why it does not count; empty where it does."""

    span: Span
    spared: str


class Pattern(Protocol):
    """What is used of a pattern of RE2, which has no types of its own."""

    def search(self, text: bytes, pos: int | None = None) -> Match | None:
        """The first match at or after a position."""


def _compile(expression: bytes, options: re2.Options = BYTES) -> Pattern:
    compiled: Pattern = re2.compile(expression, options)
    return compiled


def _any_of(phrases: Sequence[str]) -> str:
    return "|".join(f"(?:{loosely(phrase)})" for phrase in phrases)


class CompiledEntry:
    """An entry with its expressions, each compiled when a text first asks for it; a test reads them all."""

    def __init__(self, entry: Entry) -> None:
        self.entry, self.phrases = entry, entry.phrases
        self._told: dict[int, re2.Set] = {}
        self.bodies = self._bodies()

    def _bodies(self) -> tuple[str, ...]:
        return tuple(map(loosely, self.phrases.say))

    def _framed(self, body: str) -> bytes:
        return f"({body})".encode("latin-1") if self.phrases.anywhere else whole_words(body)

    def phrase(self, number: int) -> re2.Set:
        """One of its phrases, to be told only whether it occurs: a set of one is asked quickest."""
        if number not in self._told:
            phrase = re2.Set.SearchSet(BYTES)
            phrase.Add(self._framed(self.bodies[number]))
            phrase.Compile()
            self._told[number] = phrase
        return self._told[number]

    @cached_property
    def expression(self) -> Pattern:
        """The words of the entry, as its first group."""
        any_of_them = self._framed("|".join(f"(?:{body})" for body in self.bodies))
        return _compile(any_of_them, LONGEST if self.phrases.alone else BYTES)

    @cached_property
    def _after(self) -> Pattern | None:
        return self._context(self.phrases.unless_after, r"(?:^|[^{letter}])(?:{any}){gap}$")

    @cached_property
    def _before(self) -> Pattern | None:
        return self._context(self.phrases.unless_before, r"^{gap}(?:{any})(?:[^{letter}]|$)")

    @cached_property
    def _in(self) -> Pattern | None:
        return self._context(self.phrases.unless_in, r"(?:^|[^{letter}])(?:{any})(?:[^{letter}]|$)")

    @cached_property
    def _near(self) -> Pattern | None:
        return self._context(self.phrases.near, r"(?:^|[^{letter}])(?:{any})(?:[^{letter}]|$)")

    def _context(self, phrases: Sequence[str], frame: str) -> Pattern | None:
        if not phrases:
            return None
        filled = frame.replace("{any}", _any_of(phrases)).replace("{gap}", GAP).replace("{letter}", LETTER)
        return _compile(filled.encode("latin-1"))

    def places(self, view: View, raw: str) -> Iterator[Span]:
        """Where the entry occurs in a view and nothing spares it, in raw positions."""
        return (verdict.span for verdict in self.verdicts(view, raw) if not verdict.spared)

    def verdicts(self, view: View, raw: str) -> Iterator[Verdict]:
        """Every occurrence of the words in a view, with what spares it, if anything does."""
        at, passed = 0, 0
        while (found := self.expression.search(view.data, at)) is not None:
            start, end = found.span(1)
            spared = "it is empty"
            if end > start and view.tells(start, end):
                span = Span(*view.raw(start, end))
                # Who piles up what is spared hides something: from then on it counts.
                spared = "" if passed >= MOST_SPARED else self._spared(view, raw, start, end, span)
                passed += bool(spared)
                yield Verdict(span, spared)
            # Behind a match that was spared another may begin inside of it.
            at = max(start + 1 if spared else end, at + 1)

    def _spared(self, view: View, raw: str, start: int, end: int, span: Span) -> str:
        """Why a match does not count; empty where it does."""
        data, say = view.data, self.phrases
        if _splits_number(data, start, end):
            return "inside of a number"
        before, after = data[max(0, start - _LOOK) : start], data[end : end + _LOOK]
        for context, text, why in (
            (self._after, before, "spared by what stands before it"),
            (self._before, after, "spared by what follows it"),
            (self._in, data[start:end], "spared by what it holds"),
        ):
            if context is not None and context.search(text):
                return why
        if say.alone and not _is_alone(data, start, end):
            return "not a sentence of its own"
        if say.upper and not raw[span.start : span.end].isupper():
            return "not in capitals"
        around = data[max(0, start - say.reach) : end + say.reach]
        if self._near is not None and not self._near.search(around):
            return "without the words that it needs near"
        return ""


@lru_cache(maxsize=1_024)
def compiled(entry: Entry) -> CompiledEntry:
    """An entry as policies share it: most have the shipped ones."""
    return CompiledEntry(entry)


class TightEntry(CompiledEntry):
    """An entry as it is looked for where the gaps between words are gone."""

    def _bodies(self) -> tuple[str, ...]:
        return tuple(map(tightly, self.phrases.say))

    def _framed(self, body: str) -> bytes:
        return f"({body})".encode("latin-1")

    @cached_property
    def plain(self) -> Pattern:
        """The words with gaps between them."""
        return _compile(whole_words(_any_of(self.phrases.say)))

    def _spared(self, view: View, raw: str, start: int, end: int, span: Span) -> str:
        """A word that is written as it should be is judged in its context, not here."""
        if end - start < view.tight:
            return "too short a match without gaps"
        word = view.data[view.data.rfind(b"\n", 0, start) + 1 : view.data.find(b"\n", end)]
        return "a word of its own" if self.plain.search(word) else ""


@lru_cache(maxsize=1_024)
def tightened(entry: Entry) -> TightEntry:
    """The same for texts without gaps."""
    return TightEntry(entry)


class Gate:
    """Names the entries of which a phrase stands in a text; each phrase is compiled when first needed."""

    def __init__(self, entries: Sequence[CompiledEntry]) -> None:
        self._phrases = [
            (index, entry, number)
            for index, entry in enumerate(entries)
            for number in range(len(entry.bodies))
        ]
        self._sieve = Sieve([entry.bodies[number] for _, entry, number in self._phrases])

    def present(self, data: bytes) -> Iterator[int]:
        """The entries by their places, in order; of one that is there no further phrase is tried."""
        last = -1
        for candidate in self._sieve.candidates(data):
            index, entry, number = self._phrases[candidate]
            if index > last and entry.phrase(number).Match(data):
                last = index
                yield index


class Gates:
    """Entries, compiled, with the gates that name those of which something stands in a text."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.entries = tuple(map(compiled, entries))
        self._gate = Gate(self.entries)

    @cached_property
    def tight(self) -> tuple[tuple[int, ...], tuple[TightEntry, ...], Gate]:
        """The entries for texts without gaps: their numbers, themselves, and what names them."""
        numbers = tuple(index for index, each in enumerate(self.entries) if _works_tight(each.entry))
        entries = tuple(tightened(self.entries[index].entry) for index in numbers)
        return numbers, entries, Gate(entries)

    def present(self, view: View) -> Iterator[tuple[int, CompiledEntry]]:
        """The entries whose words occur in a view."""
        if view.tight:
            numbers, entries, gate = self.tight
            for place in gate.present(view.data):
                yield numbers[place], entries[place]
        else:
            for index in self._gate.present(view.data):
                yield index, self.entries[index]


@lru_cache(maxsize=8)
def gates(entries: tuple[Entry, ...]) -> Gates:
    """The gates of a lexicon, as all policies share them."""
    return Gates(entries)


class Matcher:
    """The compiled lexicon and the phrases of one policy version; shared by all threads."""

    def __init__(self, lexicon: Sequence[Entry], own: Sequence[Entry] = ()) -> None:
        self.shared, self._own = gates(tuple(lexicon)), Gates(own)

    def find(self, views: Sequence[View], raw: str, zones: Zones) -> dict[int, tuple[Span, ...]]:
        """The unquoted occurrences of every entry that has some, by its index."""
        found: dict[int, set[Span]] = {}
        for view in views:
            for index, entry in self.present(view):
                spans = (span for span in entry.places(view, raw) if not zones.hold(span.start, span.end))
                new = set(islice(spans, MOST_SPANS))
                if new:
                    found.setdefault(index, set()).update(new)
        return {index: outermost(spans) for index, spans in sorted(found.items())}

    def present(self, view: View) -> Iterator[tuple[int, CompiledEntry]]:
        """The entries whose words occur in a view: those of the lexicon, then those of the policy."""
        yield from self.shared.present(view)
        for index, entry in self._own.present(view):
            yield len(self.shared.entries) + index, entry


def expressions(entries: Sequence[Entry]) -> Iterator[str]:
    """Each phrase that a matcher of these entries looks for, as its sieve reads it."""
    for entry in entries:
        yield from compiled(entry).bodies
        if _works_tight(entry):
            yield from tightened(entry).bodies


def outermost(spans: set[Span]) -> tuple[Span, ...]:
    """The spans that lie in no other, in order, and not more than a reader can use."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        if not kept or span.end > kept[-1].end:
            kept.append(span)
    return tuple(kept[:MOST_SPANS])


def _works_tight(entry: Entry) -> bool:
    say = entry.phrases
    return not (say.alone or say.upper or say.near or say.anywhere or say.weight < 1)


def _splits_number(data: bytes, start: int, end: int) -> bool:
    """Whether the range begins or ends between two digits."""
    opening, closing = data[max(0, start - 1) : start + 1], data[end - 1 : end + 1]
    return any(len(edge) == 2 and edge.isdigit() for edge in (opening, closing))


def _is_alone(data: bytes, start: int, end: int) -> bool:
    """Whether a sentence, line or clause begins before and ends after the range."""
    before, after = data[max(0, start - _LOOK) : start], data[end : end + _LOOK]
    head = re.search(rb"[^a-z0-9\xff]*\Z", before)
    tail = re.match(rb"[^a-z0-9\xff]*", after)
    lead, rest = head[0] if head else b"", tail[0] if tail else b""
    opens = len(lead) == len(before) or any(sign in _STOPS for sign in lead)
    closes = len(rest) == len(after) or any(sign in _STOPS for sign in rest)
    return opens and closes
