"""``newel delivery``: messages that were given up, and the sending of them again (RES-2)."""

import asyncio
from typing import Annotated
from uuid import UUID

import typer

from newel.domain.access import system
from newel.domain.errors import Invalid
from newel.store.delivery import Dead

app = typer.Typer(help="Messages to customers that were given up.", no_args_is_help=True)
OPERATOR = system("cli")


@app.command()
def dead() -> None:
    """List the messages that were given up: ids and reasons, never texts.

    Example: newel delivery dead
    """
    from rich.console import Console
    from rich.table import Table

    table = Table("id", "case", "channel", "author", "reason", "given up")
    for letter in asyncio.run(_dead()):
        at = letter.ended_at.strftime("%Y-%m-%d %H:%M")
        table.add_row(str(letter.id), str(letter.case_id), letter.channel, letter.author, letter.reason, at)
    Console(width=160).print(table)


@app.command()
def redeliver(
    ids: Annotated[list[UUID] | None, typer.Argument(help="Messages by the id that `dead` lists.")] = None,
    every: Annotated[bool, typer.Option("--all", help="All of them.")] = False,
) -> None:
    """Send messages again that were given up: these, or all. What may not leave now is refused again.

    Example: newel delivery redeliver --all
    """
    if bool(ids) == every:
        raise Invalid(what="the choice", why="name messages by id, or say --all")
    typer.echo(f"{asyncio.run(_redeliver(None if every else ids))} on their way again")


async def _dead() -> list[Dead]:
    from newel.bootstrap import open_office
    from newel.config import read
    from newel.flow import delivery

    async with open_office(read()) as house:
        return await delivery.dead(house, OPERATOR)


async def _redeliver(ids: list[UUID] | None) -> int:
    from newel.bootstrap import open_office
    from newel.config import read
    from newel.flow import delivery

    async with open_office(read()) as house:
        return await delivery.redeliver(house, OPERATOR, ids)
