"""Phrase families as values: what the shipped files hold, read once.

A family (``legal``) has entries (``lawyer``); each has its owner and date, what it says,
and what spares it. The files lie beside this module, one per language.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache, cached_property
from importlib import resources
from typing import Any

import msgspec
import yaml

from newel.domain.errors import Invalid
from newel.domain.scan.phrase import expanded, folded, literal
from newel.domain.scan.spelling import Spelling, words_of


class Phrases(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One entry of a family, as written.

    ``unless_after`` and ``unless_before`` spare a match that directly follows or precedes one
    of them, ``unless_in`` one that holds such a phrase; ``near`` asks for one of them within
    ``reach`` characters; ``upper`` for capitals in the raw text; ``alone`` for a sentence of
    its own; ``anywhere`` drops the edges of words. ``weight`` below 1 only counts for a score.
    ``fires`` and ``spares`` are examples that the tests run.
    """

    owner: str
    date: date
    say: tuple[str, ...]
    unless_after: tuple[str, ...] = ()
    unless_before: tuple[str, ...] = ()
    unless_in: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    reach: int = 90
    upper: bool = False
    alone: bool = False
    anywhere: bool = False
    weight: float = 1.0
    fires: tuple[str, ...] = ()
    spares: tuple[str, ...] = ()


class Entry(msgspec.Struct, frozen=True):
    """An entry with its place: family, language and name."""

    family: str
    language: str
    name: str
    phrases: Phrases


class Slips(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What slips are mended to, the words of the phrases too or not, and words that stay as they are."""

    words: str = ""
    phrases: bool = True
    guard: str = ""


class Lexicon(msgspec.Struct, frozen=True, dict=True):
    """All entries of all languages, in the order of the files."""

    entries: tuple[Entry, ...]
    slips: Mapping[str, Slips] = {}

    @property
    def families(self) -> frozenset[str]:
        """The names that a rule may use."""
        return frozenset(entry.family for entry in self.entries)

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages in which requests for a person and the law are known."""
        known = ({entry.language for entry in self.of(family)} for family in ("request", "legal"))
        return tuple(sorted(set.intersection(*known)))

    @cached_property
    def spellings(self) -> Mapping[str, Spelling]:
        """For each language with a guard, what mends slips towards the words of its phrases."""
        return {code: _spelling(code, slips, self) for code, slips in self.slips.items()}

    def of(self, family: str) -> tuple[Entry, ...]:
        """The entries of one family, in every language."""
        return tuple(entry for entry in self.entries if entry.family == family)


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    language: str
    families: dict[str, dict[str, Phrases]] = {}
    spelling: Slips | None = None
    words: dict[str, str] = {}
    stamps: Any = None


def parse_lexicon(files: Mapping[str, str]) -> Lexicon:
    """The lexicon that the texts of the given files make together."""
    read = [_file(name, files[name]) for name in sorted(files)]
    slips = {file.language: file.spelling for file in read if file.spelling is not None}
    return Lexicon(tuple(entry for file in read for entry in _entries(file)), slips)


def _spelling(code: str, slips: Slips, lexicon: Lexicon) -> Spelling:
    phrases = (
        phrase
        for entry in lexicon.entries
        if entry.language == code and slips.phrases
        for phrase in (*entry.phrases.say, *entry.phrases.near, *entry.phrases.unless_after)
    )
    words = {word for phrase in phrases for word in words_of(folded(phrase))}
    return Spelling(words | set(folded(slips.words).split()), folded(slips.guard).split())


@cache
def shipped_lexicon() -> Lexicon:
    """The lexicon of this package, read from its files at the first call."""
    folder = resources.files("newel.domain.scan").joinpath("lexicon")
    files = (path for path in folder.iterdir() if path.name.endswith(".yaml"))
    return parse_lexicon({path.name: path.read_text("utf-8") for path in files})


def own_entry(name: str, phrases: tuple[str, ...], owner: str, since: date) -> Entry:
    """An operator's phrases from the policy, as an entry of their own family."""
    say = tuple(literal(phrase) for phrase in phrases)
    return Entry(f"policy:{name}", "", name, Phrases(owner, since, say))


def _file(name: str, text: str) -> _File:
    try:
        return msgspec.convert(yaml.load(text, Loader=_Loader), _File)  # noqa: S506 - a safe loader
    except (yaml.YAMLError, msgspec.ValidationError) as error:
        raise Invalid(what=f"lexicon file {name}", why=str(error)) from error


# The quick loader is as safe as the other; not every build of the library has it.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _entries(file: _File) -> Iterator[Entry]:
    for family, entries in file.families.items():
        for name, phrases in entries.items():
            yield Entry(family, file.language, name, _spelled_out(phrases, file.words))


def _spelled_out(phrases: Phrases, words: Mapping[str, str]) -> Phrases:
    changes = {
        field: tuple(expanded(say, words) for say in getattr(phrases, field))
        for field in ("say", "unless_after", "unless_before", "unless_in", "near")
    }
    return msgspec.structs.replace(phrases, **changes)
