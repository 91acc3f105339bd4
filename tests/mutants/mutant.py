"""A guard taken out: what is changed, and the tests that must see it."""

from dataclasses import dataclass
from pathlib import Path

from newel.store.migrate import schema

ROOT = Path(__file__).parents[2]
GUARDS = "tests/store/guards"
DELIVERY, ACTION, APPROVALS, CASE, MERGE, QUALITY, DOUBT = (
    f"{GUARDS}/test_{word}.py"
    for word in ("delivery", "action", "approval", "case", "merge", "quality", "doubt")
)
FLOW = "tests/flow"


class NotFound(Exception):
    """The text that a mutant changes is not where it says."""


@dataclass(frozen=True)
class Sql:
    """A statement in the database's template; with ``function``, one of its pieces replaced."""

    statement: str = ""
    function: str = ""
    old: str = ""
    new: str = ""

    def text(self) -> str:
        if not self.function:
            return self.statement
        body = _function(self.function)
        return _replaced(body, self.old, self.new).replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1)


@dataclass(frozen=True)
class Source:
    """A piece of a source file replaced, in a copy."""

    file: str
    old: str
    new: str

    def text(self) -> str:
        return _replaced((ROOT / "src/newel" / self.file).read_text(encoding="utf-8"), self.old, self.new)


@dataclass(frozen=True)
class Mutant:
    """One guard of one invariant, or of one requirement by its id, and its tests."""

    inv: int | str
    guard: str
    change: Sql | Source
    tests: tuple[str, ...]

    @property
    def rule(self) -> str:
        return f"INV-{self.inv}" if isinstance(self.inv, int) else self.inv

    @property
    def name(self) -> str:
        return f"{self.rule} {self.guard}"


def without(inv: int | str, function: str, old: str, *tests: str, new: str = "", guard: str = "") -> Mutant:
    """A piece of a database function taken out."""
    return Mutant(inv, guard or f"{function}: {old.strip()[:60]}", Sql("", function, old, new), tests)


def statement(inv: int | str, text: str, *tests: str) -> Mutant:
    """A change of the database by a statement."""
    return Mutant(inv, text, Sql(text), tests)


def dropped(inv: int | str, trigger: str, table: str, *tests: str) -> Mutant:
    """A trigger taken away."""
    return statement(inv, f"DROP TRIGGER {trigger} ON newel.{table}", *tests)


def patched(inv: int | str, file: str, old: str, new: str, *tests: str) -> Mutant:
    """A piece of a source file replaced."""
    return Mutant(inv, f"{file}: {old.strip().splitlines()[0][:60]}", Source(file, old, new), tests)


def _function(name: str) -> str:
    text = schema()
    start = text.find(f"CREATE FUNCTION newel.{name}(")
    if start < 0:
        raise NotFound(name)
    return text[start : _end(text, start)]


def _end(text: str, start: int) -> int:
    """After the second ``$$`` and what follows it up to the semicolon."""
    body = text.index("$$", start)
    closing = text.index("$$", body + 2)
    return text.index(";", closing) + 1


def _replaced(text: str, old: str, new: str) -> str:
    if text.count(old) != 1:
        raise NotFound(f"{text.count(old)} times: {old!r}")
    return text.replace(old, new)
