"""What docs/map.md says of the house, computed from the house: `python -m tests.docs.house` writes it."""

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from newel.domain.states import MACHINES
from newel.flow.way import WAY

ROOT = Path(__file__).parents[2]
MAP = ROOT / "docs" / "map.md"
FLOORS = (
    "domain",
    "flow",
    "store",
    "web/api",
    "web/console",
    "cli",
    "ai",
    "channels",
    "connectors",
    "worker",
)
_PLACE = "<!-- {0}:begin -->\n{1}\n<!-- {0}:end -->"


def words() -> dict[str, list[str]]:
    """Each word with the floors that it lives on."""
    found: dict[str, list[str]] = {}
    for floor in FLOORS:
        for word in _on(ROOT / "src" / "newel" / floor):
            found.setdefault(word, []).append(floor)
    return dict(sorted(found.items()))


def _on(folder: Path) -> Iterator[str]:
    for path in sorted(folder.iterdir()):
        if path.name.startswith("_") or path.name in {"schema", "migrations", "sql", "templates"}:
            continue
        if path.is_dir() and any(path.glob("*.py")):
            yield path.name
        elif path.suffix == ".py":
            yield path.stem


def words_table() -> str:
    """Words down, floors across."""
    lines = ["| word | " + " | ".join(FLOORS) + " |", "|---" * (len(FLOORS) + 1) + "|"]
    for word, floors in words().items():
        lines.append(f"| {word} | " + " | ".join("x" if f in floors else "" for f in FLOORS) + " |")
    return "\n".join(lines)


def way_table() -> str:
    """Each kind of job with its step and what may follow."""
    lines = ["| job | step | may be followed by |", "|---|---|---|"]
    for kind, stage in WAY.items():
        step = f"{stage.step.__module__.removeprefix('newel.')}.{stage.step.__name__}"
        lines.append(f"| {kind} | `{step}` | {', '.join(stage.next) or 'nothing'} |")
    return "\n".join(lines)


def states() -> str:
    """Every state machine as a diagram."""
    parts = []
    for name, machine in MACHINES.items():
        arrows = [f"    {before} --> {after}" for before, afters in machine.items() for after in afters]
        parts.append("\n".join([f"**{name}**", "", "```mermaid", "stateDiagram-v2", *arrows, "```"]))
    return "\n\n".join(parts)


PARTS = {"words": words_table, "way": way_table, "states": states}


def replaced(text: str, parts: Mapping[str, Callable[[], str]]) -> str:
    """A document with its computed parts as they are now."""
    for name, part in parts.items():
        begin, end = (re.escape(f"<!-- {name}:{edge} -->") for edge in ("begin", "end"))
        now = _PLACE.format(name, part())
        text = re.sub(f"{begin}.*?{end}", lambda _, now=now: now, text, flags=re.S)  # type: ignore[misc]
    return text


def filled(text: str) -> str:
    """The map as it is now."""
    return replaced(text, PARTS)


if __name__ == "__main__":
    MAP.write_text(filled(MAP.read_text("utf-8")), "utf-8")
