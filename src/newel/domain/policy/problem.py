"""Mistakes in a policy document, told as a compiler would: where, what, and what would be right."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Literal, NamedTuple

import msgspec

from newel.domain.errors import NewelError

Path = tuple[str, ...]


class Place(NamedTuple):
    """A position in a file; lines and columns count from 1."""

    file: str
    line: int
    column: int


class Problem(msgspec.Struct, frozen=True, order=True):
    """One mistake; a ``warning`` does not stop the document from being used."""

    file: str
    line: int
    column: int
    path: str
    message: str
    hint: str = ""
    severity: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        """``file:line:column: path: what is wrong; what would be right``."""
        where = f"{self.file}:{self.line}:{self.column}: "
        mild = "warning: " if self.severity == "warning" else ""
        path = f"{self.path}: " if self.path else ""
        hint = f"; {self.hint}" if self.hint else ""
        return f"{where}{mild}{path}{self.message}{hint}"


class BrokenPolicy(NewelError):
    """{name} is not a usable policy, {count} to mend:"""

    code = "broken_policy"
    status = 422

    def __init__(self, name: str, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        many = len(self.problems)
        count = f"{many} mistake" if many == 1 else f"{many} mistakes"
        super().__init__(name=name, count=count)

    @property
    def message(self) -> str:
        """The headline, then one line per mistake."""
        return "\n".join([super().message, *map(str, self.problems)])


def did_you_mean(word: object, known: Iterable[str]) -> str:
    """The likely spelling, or else all that is known."""
    options = sorted(known)
    near = get_close_matches(str(word).casefold(), options, n=1, cutoff=0.6)
    if near:
        return f'did you mean "{near[0]}"?'
    return f"known are {listed(options)}" if options else "none is defined yet"


def listed(words: Sequence[str], most: int = 24) -> str:
    """``a, b, c``, cut short when there are very many."""
    rest = len(words) - most
    return ", ".join(words[:most]) + (f" and {rest} more" if rest > 0 else "")
