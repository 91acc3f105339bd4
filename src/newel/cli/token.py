"""``newel token``: service tokens, with which programs use the API."""

import asyncio
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer

from newel.domain.access import Act, system

app = typer.Typer(help="Service tokens: how programs use the API.", no_args_is_help=True)
OPERATOR = system("cli")
SCOPES = ", ".join(act.value for act in Act)


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="What the audit calls it, such as webshop.")],
    scope: Annotated[list[str], typer.Option(help=f"May be given again. One of: {SCOPES}.")],
    days: Annotated[int, typer.Option(help="Days until it expires; 0 for never.", min=0, max=3650)] = 90,
) -> None:
    """Create a token and print it: once, for only its hash is kept.

    Example: newel token create webshop --scope intake --scope read_conversation
    """
    typer.echo(_run(_create(name, scope, days)))


@app.command("list")
def list_() -> None:
    """List all tokens, never their values.

    Example: newel token list
    """
    from rich.console import Console
    from rich.table import Table

    table = Table("name", "scopes", "created", "expires", "revoked")
    for token in _run(_list()):
        times = (token.created_at, token.expires_at, token.revoked_at)
        table.add_row(token.name, " ".join(token.scopes), *(_day(at) for at in times))
    Console().print(table)


@app.command()
def revoke(name: Annotated[str, typer.Argument(help="The token's name.")]) -> None:
    """Take a token out of use; every node refuses it within a second.

    Example: newel token revoke webshop
    """
    _run(_revoke(name))
    typer.echo(f"{name} is revoked")


async def _create(name: str, scopes: list[str], days: int) -> str:
    from newel.bootstrap import open_office
    from newel.config import read
    from newel.flow import access

    expires_at = datetime.now(UTC) + timedelta(days=days) if days else None
    async with open_office(read()) as house:
        return await access.create_token(house, OPERATOR, name, scopes, expires_at=expires_at)


async def _list() -> list[Any]:
    from newel.bootstrap import open_office
    from newel.config import read
    from newel.flow import access

    async with open_office(read()) as house:
        return list(await access.list_tokens(house, OPERATOR))


async def _revoke(name: str) -> None:
    from newel.bootstrap import open_office
    from newel.config import read
    from newel.flow import access

    async with open_office(read()) as house:
        await access.revoke_token(house, OPERATOR, name)


def _run(main: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(main)


def _day(at: datetime | None) -> str:
    return at.strftime("%Y-%m-%d %H:%M") if at else "–"
