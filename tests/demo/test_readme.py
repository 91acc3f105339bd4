"""The page about the demo names every route, body field, class and fault that there is."""

from pathlib import Path

import msgspec

from newel.demo import faults
from newel.demo.effects.all import EFFECTS
from newel.demo.reads import READS

PAGE = (Path(faults.__file__).parent / "README.md").read_text("utf-8")


def test_every_question_is_told() -> None:
    assert not [path for path in READS if f"`GET {path.replace(':str', '')}`" not in PAGE]


def test_every_effect_is_told_with_its_body() -> None:
    for effect in EFFECTS:
        row = next(line for line in PAGE.splitlines() if f"`{effect.class_}`" in line and "| `" in line)
        assert f"`{effect.method} {effect.path.replace(':str', '')}`" in row
        assert not [f.name for f in msgspec.structs.fields(effect.ask) if f.name not in row]


def test_every_fault_is_told() -> None:
    assert not [mode for mode in faults.Mode if f"`{mode}`" not in PAGE]
    assert not [f.name for f in msgspec.structs.fields(faults.Fault) if f.name not in PAGE]
