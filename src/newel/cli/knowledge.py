"""``newel knowledge``: the articles that the AI may quote."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from newel.cli.source import articles
from newel.domain.access import system

if TYPE_CHECKING:
    from newel.domain.knowledge import Article

app = typer.Typer(help="Articles: what the AI may quote.", no_args_is_help=True)
OPERATOR = system("cli")


@app.callback()
def _words() -> None:
    """Articles: what the AI may quote."""


@app.command()
def publish(
    folder: Annotated[Path, typer.Argument(help="A folder of articles: Markdown with front matter.")],
) -> None:
    """Publish each article of a folder that is new or has changed, as its next version.

    Example: newel knowledge publish articles/
    """
    found = articles(folder)
    changed = asyncio.run(_publish(found))
    typer.echo(f"{changed} of {len(found)} articles are new or changed, and in force within a second")


async def _publish(found: "list[Article]") -> int:
    from newel.bootstrap import open_office
    from newel.config import read
    from newel.flow import knowledge

    async with open_office(read()) as house:
        return await knowledge.publish(house, OPERATOR, found)
