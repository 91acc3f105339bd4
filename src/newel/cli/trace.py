"""``newel trace``: the whole story of a case, readable or as JSON."""

import asyncio
import re
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import msgspec
import typer

from newel.domain.access import system
from newel.domain.errors import Invalid
from newel.domain.trace import Step, Story

if TYPE_CHECKING:
    from rich.console import Console

OPERATOR = system("cli")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def trace(
    case: Annotated[str, typer.Argument(help="The case's id.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a page.")] = False,
) -> None:
    """Print the story of a case: each step with its time, its actor and what stood behind it.

    Opening a case's texts is itself recorded in the audit.

    Example: newel trace 0b9f6a3e-7b0c-4c39-9d53-0c6f5a1b2c3d --json
    """
    story = asyncio.run(_story(_id(case)))
    if as_json:
        typer.echo(msgspec.json.format(msgspec.json.encode(story)))
    else:
        show(story)


async def _story(case_id: UUID) -> Story:
    from newel.bootstrap import open_office
    from newel.config import read
    from newel.flow import trace as flow

    async with open_office(read()) as house:
        return await flow.trace(house, OPERATOR, case_id)


def _id(given: str) -> UUID:
    try:
        return UUID(given)
    except ValueError:
        raise Invalid(what=f"the case id {given}", why="it is not a UUID") from None


def show(story: Story, console: "Console | None" = None) -> None:
    """Print a story for people."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    out = console or Console()
    head = story.case
    tier = f"T{head.tier}" if head.tier else "no tier yet"
    out.print(Text(f"Case {head.id}", style="bold"))
    out.print(
        Text(
            f"{head.workflow} · {head.contact_reason or 'no reason yet'} · {head.state} · {tier}"
            f"{' · locked' if head.locked else ''} · P{head.priority} · episode {head.episode}"
            f" · policy {head.policy_version}"
        )
    )
    table = Table("time (UTC)", "stage", "what", "who", box=None, pad_edge=False, show_edge=False)
    table.columns[0].no_wrap = True
    table.columns[2].overflow = "fold"
    for step in story.steps:
        table.add_row(
            f"{step.at:%Y-%m-%d %H:%M:%S}.{step.at.microsecond // 1000:03d}",
            step.stage,
            _what(step),
            f"{step.by.kind} {step.by.name or step.by.id}",
        )
    out.print(table)


def _what(step: Step) -> Any:
    from rich.text import Text

    said = Text(step.event + (f" → {step.state}" if step.state else ""), style="bold")
    for name, value in step.detail.items():
        said.append(f"\n{name}: ", style="dim")
        said.append(inert(_plain(value)), style="")
    return said


def _plain(value: Any) -> str:
    plain = msgspec.to_builtins(value)
    if isinstance(plain, str):
        return plain
    if isinstance(plain, list) and all(isinstance(part, str) for part in plain):
        return ", ".join(plain)
    return msgspec.json.encode(plain).decode()


def inert(text: str) -> str:
    """Text of customers as a terminal may show it: no control characters, no changes of direction."""
    return _CONTROL.sub("�", text)
