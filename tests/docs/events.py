"""Every audit event that the code can write, found in the code: `python -m tests.docs.events` prints them.

An event is the second argument of ``audit.record``. Where it is put together of a word and a
parameter (``f"case.{event}"``), the callers are asked, and theirs, until words are found.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from tests.docs.house import ROOT

from newel.domain.tier import Decision

SOURCE = ROOT / "src" / "newel"
RECORD = ("newel.store.audit.record", "newel.store.audit.record_all")
COMPUTED = {
    "proposal.{made.state}": ("made", "released", "pending"),
    "decision.{decided.kind}": tuple(kind.__name__.lower() for kind in Decision.__args__),
    "scan.{outcome}": ("scanned", "failed"),
}
"""What is neither a word nor a parameter, with the words that it can be."""
_WRITTEN = re.compile(r"(?:ARRAY\[|array_agg\()'([a-z_]+\.[a-z_]+)'")


@dataclass(frozen=True)
class Call:
    """A call with the function in which it stands."""

    of: str
    node: ast.Call
    inside: str
    parameters: tuple[str, ...]


class _Calls(ast.NodeVisitor):
    """All calls of a module, by the full name of what is called."""

    def __init__(self, module: str) -> None:
        self.module, self.names, self.found = module, dict[str, str](), list[Call]()
        self.inside, self.parameters = "", ()

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        for name in node.names:
            self.names[name.asname or name.name] = f"{node.module}.{name.name}"

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef | ast.FunctionDef) -> None:
        before = self.inside, self.parameters
        self.inside = f"{self.module}.{node.name}"
        self.parameters = tuple(one.arg for one in [*node.args.args, *node.args.kwonlyargs])
        self.generic_visit(node)
        self.inside, self.parameters = before

    visit_FunctionDef = visit_AsyncFunctionDef

    def visit_Call(self, node: ast.Call) -> None:
        called = ast.unparse(node.func)
        first, _, rest = called.partition(".")
        whole = self.names.get(first, f"{self.module}.{first}")
        self.found.append(Call(f"{whole}.{rest}" if rest else whole, node, self.inside, self.parameters))
        self.generic_visit(node)


@cache
def calls() -> tuple[Call, ...]:
    """Every call in the source."""
    found: list[Call] = []
    for path in sorted(SOURCE.rglob("*.py")):
        module = ".".join(path.relative_to(SOURCE.parent).with_suffix("").parts).removesuffix(".__init__")
        visitor = _Calls(module)
        visitor.visit(ast.parse(path.read_text("utf-8")))
        found += visitor.found
    return tuple(found)


def events() -> set[str]:
    """Every event: of the calls, and of the statements that end a step by themselves."""
    called = {e for call in calls() if call.of in RECORD for e in _said(call, _argument(call, 1, "event"))}
    return called | {
        e for path in SOURCE.rglob("store/sql/*.sql") for e in _WRITTEN.findall(path.read_text())
    }


def _said(call: Call, value: ast.expr | None) -> Iterator[str]:
    """The words that an expression can be."""
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        yield value.value
    elif isinstance(value, ast.IfExp):
        yield from _said(call, value.body)
        yield from _said(call, value.orelse)
    elif isinstance(value, ast.JoinedStr):
        yield from _joined(call, value)
    elif isinstance(value, ast.Name) and value.id in call.parameters:
        yield from _handed(call.inside, call.parameters.index(value.id), value.id)
    else:
        raise LookupError(f"{call.inside}: {ast.unparse(value) if value else 'nothing'} is no word")


def _joined(call: Call, value: ast.JoinedStr) -> Iterator[str]:
    written = ast.unparse(value)[2:-1]
    prefix, filled = value.values
    assert isinstance(prefix, ast.Constant)
    assert isinstance(filled, ast.FormattedValue)
    rest = COMPUTED.get(written) or _said(call, filled.value)
    yield from (f"{prefix.value}{word}" for word in rest)


def _handed(function: str, position: int, name: str) -> Iterator[str]:
    """What a function is called with."""
    for call in calls():
        if call.of in _known_as(function):
            yield from _said(call, _argument(call, position, name))


@cache
def _known_as(function: str) -> frozenset[str]:
    """A function of a package is also called by the package's name."""
    module, _, name = function.rpartition(".")
    package = module.rpartition(".")[0]
    return frozenset({function, f"{package}.{name}"})


def _argument(call: Call, position: int, name: str) -> ast.expr | None:
    given = call.node.args
    if len(given) > position:
        return given[position]
    return next((one.value for one in call.node.keywords if one.arg == name), None)


if __name__ == "__main__":
    print("\n".join(sorted(events())))
