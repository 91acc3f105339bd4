"""``newel people``: the accounts of the people who work here."""

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer
import yaml

from newel.cli.source import text_of
from newel.domain.access import Account, system
from newel.domain.errors import Invalid, NotFound

if TYPE_CHECKING:
    from newel.domain.access import Staff

app = typer.Typer(help="Accounts of the people who work here.", no_args_is_help=True)
OPERATOR = system("cli")
_FILE_WIDTH = 160
"""As wide as a list is where no window cuts it."""


@app.command()
def put(
    file: Annotated[Path, typer.Argument(help="YAML with `people:`, a list of accounts.")],
) -> None:
    """Create the accounts of a file, or make them what it says; others stay as they are.

    Each has a login and a name, and may have roles, clearance, skills, languages, zone, shifts,
    team, region, capacity, channel_capacity (how much of it by one channel), limit_minor, active.
    Passwords are set by `newel people password`.

    Example: newel people put people.yaml
    """
    accounts = read_people(file)
    asyncio.run(_put(accounts))
    typer.echo(f"{len(accounts)} accounts are as {file.name} says")


@app.command()
def password(
    login: Annotated[str, typer.Argument(help="Whose password.")],
    word: Annotated[
        str, typer.Option("--password", prompt="Password", hide_input=True, help="Asked for when left out.")
    ],
) -> None:
    """Set a person's password, of 10 characters at least; their sessions end.

    Example: newel people password amara
    """
    asyncio.run(_password(login, word))
    typer.echo(f"{login} has a new password")


@app.command("list")
def list_() -> None:
    """List the active accounts with their roles.

    Example: newel people list
    """
    from rich.console import Console
    from rich.table import Table

    table = Table("login", "name", "clearance", "presence", "region", "at once", "roles")
    for person in asyncio.run(_list()):
        table.add_row(
            person.login,
            person.name,
            person.clearance,
            person.presence,
            person.region,
            ", ".join((str(person.capacity), *_limits(person))),
            ", ".join(sorted(person.roles)),
        )
    Console(width=None if sys.stdout.isatty() else _FILE_WIDTH).print(table)


def _limits(person: "Staff") -> list[str]:
    return [f"{most} {channel}" for channel, most in sorted(person.channel_capacity.items())]


def read_people(file: Path) -> list[Account]:
    """The accounts of a file; a mistake is told with the login or number of the entry."""
    try:
        document: Any = yaml.safe_load(text_of(file))
    except yaml.YAMLError as error:
        raise Invalid(what=f"the file {file}", why=" ".join(str(error).split())) from None
    entries = document.get("people") if isinstance(document, dict) else None
    if not isinstance(entries, list) or not entries:
        raise Invalid(what=f"the file {file}", why="it needs `people:` with a list of accounts")
    return [_account(file, number, entry) for number, entry in enumerate(entries, 1)]


def _account(file: Path, number: int, entry: Any) -> Account:
    try:
        return msgspec.convert(entry, Account)
    except msgspec.ValidationError as error:
        who = entry.get("login", number) if isinstance(entry, dict) else number
        raise Invalid(what=f"the account {who} in {file}", why=str(error)) from None


async def _put(accounts: Sequence[Account]) -> None:
    from newel.bootstrap import open_office
    from newel.config import read
    from newel.flow import access

    async with open_office(read()) as house:
        for account in accounts:
            await access.put_staff(house, OPERATOR, account)


async def _password(login: str, word: str) -> None:
    from newel.bootstrap import open_office
    from newel.config import read
    from newel.flow import access

    async with open_office(read()) as house:
        account = await access.account(house, OPERATOR, login)
        if account is None:
            raise NotFound(what="account", id=login)
        await access.put_staff(house, OPERATOR, account, password=word)


async def _list() -> "list[Staff]":
    from newel.bootstrap import open_office
    from newel.config import read
    from newel.flow import access

    async with open_office(read()) as house:
        return await access.people(house, OPERATOR)
