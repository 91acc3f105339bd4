"""``newel feedback``: what could not be ingested, and the running of it again (LRN-1)."""

import asyncio
from typing import Annotated
from uuid import UUID

import typer

from newel.domain.access import system
from newel.domain.errors import Invalid
from newel.store.feedback import Dead

app = typer.Typer(help="Feedback that could not be ingested.", no_args_is_help=True)
OPERATOR = system("cli")


@app.command()
def dead() -> None:
    """List the dead letters: ids, kinds and error codes, never texts.

    Example: newel feedback dead
    """
    from rich.console import Console
    from rich.table import Table

    table = Table("id", "case", "kind", "attempts", "error", "died")
    for letter in asyncio.run(_dead()):
        died = letter.ended_at.strftime("%Y-%m-%d %H:%M")
        table.add_row(
            str(letter.id), str(letter.case_id), letter.kind, str(letter.attempts), letter.error, died
        )
    Console(width=160).print(table)


@app.command()
def rerun(
    ids: Annotated[list[UUID] | None, typer.Argument(help="Dead letters by id.")] = None,
    every: Annotated[bool, typer.Option("--all", help="All of them.")] = False,
) -> None:
    """Try dead letters again: these, or all.

    Example: newel feedback rerun --all
    """
    if bool(ids) == every:
        raise Invalid(what="the choice", why="name dead letters by id, or say --all")
    count = asyncio.run(_rerun(None if every else ids))
    typer.echo(f"{count} run again")


async def _dead() -> list[Dead]:
    from newel.bootstrap import open_office
    from newel.config import read
    from newel.flow import feedback

    async with open_office(read()) as house:
        return await feedback.dead(house, OPERATOR)


async def _rerun(ids: list[UUID] | None) -> int:
    from newel.bootstrap import open_office
    from newel.config import read
    from newel.flow import feedback

    async with open_office(read()) as house:
        return await feedback.rerun(house, OPERATOR, ids)
