"""The examples that the models of the scan learn from: written by hand, in a compact form.

A heading ``= anger`` names the labels of the lines under it (``= none``: of none of them). Of each
bracket with bars, ``(ring|phone) me``, a line is read once with the first words, once with the
second, and so on, all brackets moving together.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files

import msgspec

_CHOICE = re.compile(r"\(([^()]*\|[^()]*)\)")
_LOOSE = re.compile(r"\s+([.,!?])")
_NONE = "none"
_WORDS = "words.txt"


class Example(msgspec.Struct, frozen=True):
    """A text with its labels; ``line`` is the same for all readings of one written line."""

    text: str
    labels: tuple[str, ...]
    line: int


@cache
def shipped(*languages: str) -> tuple[Example, ...]:
    """The examples of some languages, in the order of their files."""
    return tuple(read("\n".join(map(_texts, languages))))


@cache
def synonyms(language: str) -> Mapping[str, str]:
    """The shipped words that say the same, as ``word → NAME``; of two names the first counts."""
    found: dict[str, str] = {}
    for line in _text(f"{language}.{_WORDS}").splitlines():
        name, _, words = line.partition(":")
        for word in words.split() if not line.startswith("#") else ():
            found.setdefault(word, name)
    return found


def source(language: str) -> str:
    """All that is written for a language: examples and synonyms."""
    return "\n".join(map(_text, _files(language)))


def _texts(language: str) -> str:
    return "\n".join(_text(name) for name in _files(language) if not name.endswith(_WORDS))


def _files(language: str) -> list[str]:
    folder = files("newel.ai").joinpath("examples")
    return sorted(each.name for each in folder.iterdir() if each.name.startswith(f"{language}."))


def _text(name: str) -> str:
    return files("newel.ai").joinpath("examples", name).read_text("utf-8")


def read(text: str) -> Iterator[Example]:
    """The examples that a text holds."""
    labels: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines()):
        if line.startswith("= "):
            labels = tuple(label for label in line[2:].split() if label != _NONE)
        elif line.strip():
            yield from (Example(each, labels, number) for each in readings(line))


def readings(line: str) -> Iterator[str]:
    """A line once for each of its choices."""
    choices = [choice[1].split("|") for choice in _CHOICE.finditer(line)]
    for turn in range(max(map(len, choices), default=1)):
        chosen = _CHOICE.sub(lambda choice, at=turn: _nth(choice[1].split("|"), at), line)  # type: ignore[misc]
        yield _LOOSE.sub(r"\1", chosen).strip()


def _nth(words: list[str], number: int) -> str:
    return words[number % len(words)]
