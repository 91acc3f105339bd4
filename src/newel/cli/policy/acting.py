"""How a command on policies runs: refusals as exit codes, the house, who acts, and which version is meant."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from newel.cli.password import password_of
from newel.cli.source import policy_source
from newel.domain.errors import Invalid, NewelError

if TYPE_CHECKING:
    from newel.domain.access import Actor, Proof
    from newel.domain.policy.bundle import Bundle
    from newel.flow.house import House
    from newel.store.policy import Version


_VERSION = re.compile(r"([a-z][a-z0-9-]*)(?:/(\d{1,9}))?")
_REFUSALS = frozenset(
    {
        "broken_policy",
        "unsigned",
        "suite_failed",
        "outdated",
        "unchanged",
        "no_emergency",
        "forbidden",
        "conflict",
        "guarded",
        "unproven",
        "too_many_tries",
    }
)


@contextmanager
def refusals(broken: int = 1) -> Iterator[None]:
    """A typed error as its message and an exit code: 1 for a refusal, 2 for what is not possible."""
    try:
        yield
    except NewelError as error:
        typer.echo(error.message, err=True)
        code = broken if error.code == "broken_policy" else 1
        raise typer.Exit(code if error.code in _REFUSALS else 2) from None


def run(act: "Callable[[House], Awaitable[Any]]") -> Any:
    """Run an act in the house; a refusal is told."""
    from newel.bootstrap import open_office
    from newel.config import read

    async def main() -> Any:
        async with open_office(read()) as house:
            return await act(house)

    with refusals():
        return asyncio.run(main())


def run_as(
    login: str,
    password_file: Path | None,
    act: "Callable[[House, Actor, Proof], Awaitable[Version]]",
) -> "Version":
    """Run an act as a person who has shown who they are; a wrong proof writes nothing of it."""
    with refusals():
        password = password_of(login, password_file)

    async def main(house: "House") -> "Version":
        from newel.flow import access

        async with access.proven(house, login, password) as (actor, proof):
            return await act(house, actor, proof)

    done: Version = run(main)
    return done


def bundles(old: str, new: str) -> "tuple[Bundle, Bundle]":
    """Two policies; the database is asked only for what is no file."""
    from newel.domain.policy.parse import load_bundle

    def from_file(name: str) -> "Bundle":
        source = policy_source(Path(name))
        return load_bundle(source.text, source.name, source.includes)

    names = (old, new)
    read = {name: from_file(name) for name in names if Path(name).is_file()}
    for name in names:
        if name not in read and not _VERSION.fullmatch(name):
            raise Invalid(what=name, why="it is neither a file nor a version such as customer-support/3")

    async def act(house: "House") -> "dict[str, Bundle]":
        from newel.flow.policy import bundle_of

        return {name: bundle_of(await version_of(house, name)) for name in names if name not in read}

    stored: dict[str, Bundle] = {} if len(read) == len(set(names)) else run(act)
    found = {**read, **stored}
    return found[old], found[new]


async def version_of(house: "House", name: str) -> "Version":
    """The version that is meant; of a workflow alone, the one that runs."""
    from newel.flow.policy import find

    match = _VERSION.fullmatch(name)
    if match is None:
        raise Invalid(what=f"the version {name}", why="write it as customer-support/3")
    return await find(house, match.group(1), int(match.group(2)) if match.group(2) else None)


def role_of(name: str) -> Any:
    """The role of that name."""
    from newel.domain.access import Role

    try:
        return Role(name)
    except ValueError:
        raise Invalid(
            what=f"the role {name}", why="write model_risk, legal_compliance or policy_owner"
        ) from None
