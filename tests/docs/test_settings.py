"""Every setting and every command is documented, and each command's help has an example."""

import re
from collections.abc import Iterator

import pytest
import typer
from tests.docs.house import ROOT
from typer.testing import CliRunner

from newel.cli import app
from newel.config import Settings

README = (ROOT / "README.md").read_text("utf-8")


def commands(group: typer.Typer = app, *before: str) -> Iterator[tuple[str, ...]]:
    """Every command as it is written."""
    for one in group.registered_commands:
        assert one.callback
        name = one.name or one.callback.__name__.rstrip("_").replace("_", "-")
        yield (*before, name)
    for inner in group.registered_groups:
        assert inner.typer_instance
        yield from commands(inner.typer_instance, *before, inner.name or "")


def test_every_setting_has_its_row_with_its_default() -> None:
    rows = dict(re.findall(r"^\| `(NEWEL_\w+)` \| (.*?) \|", README, re.M))
    assert set(rows) == {f"NEWEL_{name.upper()}" for name in Settings.__struct_fields__}
    for name, default in zip(Settings.__struct_fields__, Settings.__struct_defaults__, strict=True):
        told = rows[f"NEWEL_{name.upper()}"]
        in_home = f"`{name.removesuffix('_file').replace('_', '-')}` in the home"
        assert told == (f"`{default}`" if default else in_home if name.endswith("_file") else "empty")


def test_every_command_has_its_row() -> None:
    table = README.split("## Commands")[1].split("## Settings")[0]
    told = set()
    for cell in re.findall(r"^\| (`newel .*?) \|", table, re.M):
        first, *others = re.findall(r"`(.*?)`", cell)
        whole = tuple(first.split()[1:])
        told |= {whole, *((*whole[:-1], other) for other in others)}
    assert told == set(commands())


@pytest.mark.parametrize("command", sorted(commands()), ids=" ".join)
def test_a_command_says_what_it_does_with_an_example(command: tuple[str, ...]) -> None:
    said = CliRunner().invoke(app, [*command, "--help"], env={"COLUMNS": "200"})
    assert said.exit_code == 0
    assert f"Example: {example_of(command)}" in said.stdout


def example_of(command: tuple[str, ...]) -> str:
    """How the example begins; the processes are started with their environment before them."""
    written = f"newel {' '.join(command)}"
    return {"serve": "NEWEL_", "migrate": "NEWEL_", "scan": "echo"}.get(command[0], written)
