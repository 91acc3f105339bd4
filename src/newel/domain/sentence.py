"""Sentences with places for values: English as they stand, in other languages by a catalogue."""

from collections.abc import Iterable
from datetime import date
from typing import Final, Union

import msgspec

from newel.domain.words import Money

LANGUAGES: Final = {
    "ar": "Arabic",
    "de": "German",
    "en": "English",
    "es": "Spanish",
    "fr": "French",
    "it": "Italian",
    "nl": "Dutch",
    "pl": "Polish",
    "pt": "Portuguese",
}
"""Languages as a sentence names them."""


class Sum(Money, frozen=True, tag="sum"):
    """An amount of money within a sentence."""


class Figure(msgspec.Struct, frozen=True, tag="figure"):
    """A number with so many digits behind the point."""

    value: float
    digits: int = 2

    def __str__(self) -> str:
        """As ``0.70``."""
        return f"{self.value:.{self.digits}f}"


class Share(msgspec.Struct, frozen=True, tag="share"):
    """A part of the whole, said in per cent."""

    value: float
    digits: int = 0

    def __str__(self) -> str:
        """As ``97.3%``."""
        return f"{self.value:.{self.digits}%}"


class Day(msgspec.Struct, frozen=True, tag="day"):
    """A day of the calendar."""

    value: date

    def __str__(self) -> str:
        """As ``26 Nov 2026``."""
        return f"{self.value:%-d %b %Y}"


class Joined(msgspec.Struct, frozen=True, tag="joined"):
    """Several values, one after the other."""

    parts: tuple["Value", ...]
    between: str = ", "

    def __str__(self) -> str:
        """As ``en, fr``."""
        return self.between.join(map(said, self.parts))


class Sentence(msgspec.Struct, frozen=True, omit_defaults=True, tag="sentence"):
    """A sentence, or a part of one; ``%(name)s`` in its text is the place of a value."""

    text: str
    values: tuple[tuple[str, "Value"], ...] = ()

    def __str__(self) -> str:
        """In English."""
        return self.text % {name: said(value) for name, value in self.values} if self.values else self.text

    def of(self, **values: "Value") -> "Sentence":
        """The same with its places filled."""
        return Sentence(self.text, tuple(values.items()))


Value = Union[str, int, float, Sum, Figure, Share, Day, Joined, Sentence]  # noqa: UP007  # it names itself


def said(value: Value) -> str:
    """A value in English."""
    return f"{value:g}" if isinstance(value, float) else str(value)


def word(text: str) -> Sentence:
    """A name that comes as data; a language says it otherwise where its catalogue knows it."""
    return Sentence(text)


def spelt(key: str) -> Sentence:
    """A key as the word that it stands for: ``account_security`` → ``account security``."""
    return word(key.replace("_", " "))


def spoken(code: str) -> Sentence:
    """What a language is called; a code that nobody knows stays."""
    return word(LANGUAGES.get(code, code))


def joined(parts: Iterable[Value], between: str = ", ") -> Joined:
    """Several values as one."""
    return Joined(tuple(parts), between)
