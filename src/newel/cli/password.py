"""Who acts at the command line proves it: their password, asked without echo, or from a file for scripts."""

import sys
from getpass import getpass
from pathlib import Path
from typing import Annotated

import typer

from newel.cli.source import text_of
from newel.domain.access import Unproven

PasswordFile = Annotated[
    Path | None,
    typer.Option(
        envvar="NEWEL_PASSWORD_FILE",
        help="A file that holds the person's password, for scripts; without it it is asked for.",
    ),
]


def password_of(login: str, file: Path | None) -> str:
    """The password of who acts: the first line of the file, else as they type it, unseen."""
    if file is not None:
        return text_of(file).partition("\n")[0].rstrip("\r")
    if not sys.stdin.isatty():
        raise Unproven(login=login, why="nobody can be asked here; name a file by --password-file")
    try:
        return getpass(f"Password of {login}: ")
    except EOFError:
        raise Unproven(login=login, why="nothing was typed") from None
