"""``newel policy``: check, compare, submit, sign and activate the policy of a workflow."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from newel.cli.password import PasswordFile, password_of
from newel.cli.source import policy_source
from newel.domain.errors import Invalid, NewelError

if TYPE_CHECKING:
    from newel.domain.access import Actor, Proof
    from newel.domain.policy.bundle import Bundle
    from newel.domain.policy.diff import Change, Needed
    from newel.domain.policy.parse import Source
    from newel.domain.policy.problem import Problem
    from newel.flow.house import House
    from newel.store.policy import Signature, Version

app = typer.Typer(
    help="Policies: check, compare, submit, sign and activate them.\n\n"
    "Exit codes: 0 done or nothing to say, 1 mistakes, differences or a refusal, 2 not possible.",
    no_args_is_help=True,
)
FileArgument = Annotated[Path, typer.Argument(help="The policy's file; what it includes lies beside it.")]
VersionArgument = Annotated[str, typer.Argument(help="A version, as customer-support/3.")]
As = Annotated[
    str,
    typer.Option("--as", help="The login of the person who does it, and who proves it by their password."),
]
_VERSION = re.compile(r"([a-z][a-z0-9-]*)(?:/(\d{1,9}))?")
_ROLES = "model_risk, legal_compliance or policy_owner"
_REFUSALS = frozenset(
    {
        "broken_policy",
        "unsigned",
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


@app.command()
def check(file: FileArgument) -> None:
    """Check a policy file: every mistake with its line, and what would be right.

    Example: newel policy check policy/customer-support.yaml
    """
    with _refusals():
        bundle, problems = _checked(policy_source(file))
    for problem in problems:
        typer.echo(str(msgspec.structs.replace(problem, file=str(file.parent / problem.file))))
    wrong = sum(problem.severity == "error" for problem in problems)
    told = f"{wrong} to mend" if bundle is None or wrong else f"{_contents(bundle)}; nothing to mend"
    typer.echo(f"{file}: {told}")
    raise typer.Exit(1 if wrong else 0)


def _checked(source: "Source") -> "tuple[Bundle | None, tuple[Problem, ...]]":
    from newel.domain.policy.check import check as all_problems
    from newel.domain.policy.parse import load_document
    from newel.domain.policy.problem import BrokenPolicy
    from newel.flow.policy import known

    try:
        document = load_document(source.text, source.name, source.includes)
    except BrokenPolicy as broken:
        return None, broken.problems
    return document.bundle, all_problems(document, known())


@app.command()
def diff(
    old: Annotated[
        str, typer.Argument(help="A file, a version (customer-support/3), or a running workflow.")
    ],
    new: Annotated[str, typer.Argument(help="The same, for what it is compared with.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document instead of words.")] = False,
) -> None:
    """Tell in words what changes between two policies, which way, and who has to sign it.

    Example: newel policy diff customer-support policy/customer-support.yaml
    """
    from newel.domain.policy.diff import compare, signatures_needed

    with _refusals(broken=2):
        before, after = _bundles(old, new)
    changes = compare(before, after)
    needed = signatures_needed(changes)
    if as_json:
        plain = [msgspec.structs.replace(one, words=str(one.words)) for one in changes]
        told = {"changes": plain, "signatures": needed.roles}
        typer.echo(msgspec.json.format(msgspec.json.encode(told), indent=2).decode())
    else:
        _tell(changes, needed)
    raise typer.Exit(1 if changes else 0)


@app.command()
def submit(
    file: FileArgument,
    login: As,
    emergency: Annotated[
        bool, typer.Option(help="Tightening only: live without signatures, reviewed within a business day.")
    ] = False,
    password_file: PasswordFile = None,
) -> None:
    """Store a file as a draft, compared with the version that runs.

    Example: newel policy submit policy/customer-support.yaml --as ivan
    """
    from newel.flow import policy

    async def act(house: "House", actor: "Actor", _proof: "Proof") -> "Version":
        return await policy.submit(house, actor, policy_source(file), emergency=emergency, via="cli")

    _tell_draft(_run_as(login, password_file, act))


@app.command()
def sign(
    version: VersionArgument,
    login: As,
    role: Annotated[str, typer.Option(help=f"{_ROLES}.")],
    password_file: PasswordFile = None,
) -> None:
    """Sign a draft in a role that it asks for; its author never signs.

    Example: newel policy sign customer-support/2 --as june --role model_risk
    """
    from newel.flow import policy

    async def act(house: "House", actor: "Actor", proof: "Proof") -> "Version":
        found = await _find(house, version)
        return await policy.sign(house, actor, found.id, _role(role), proof, via="cli")

    typer.echo(f"{_run_as(login, password_file, act).label} is signed by {login} as {role}")


@app.command()
def activate(version: VersionArgument, login: As, password_file: PasswordFile = None) -> None:
    """Put a signed draft in force; the version before it runs until then.

    Example: newel policy activate customer-support/2 --as june
    """
    from newel.flow import policy

    async def act(house: "House", actor: "Actor", _proof: "Proof") -> "Version":
        return await policy.activate(house, actor, (await _find(house, version)).id, via="cli")

    live = _run_as(login, password_file, act)
    typer.echo(f"{live.label} is in force")
    if live.review_by:
        typer.echo(f"{', '.join(live.review)} must review it by {live.review_by:%Y-%m-%d %H:%M} UTC")


@app.command()
def show(
    version: Annotated[str, typer.Argument(help="A version or a workflow; without it, all versions.")] = "",
    text: Annotated[bool, typer.Option("--text", help="Its files as they were written.")] = False,
) -> None:
    """List versions, or show one: its state, its changes, who signed and who is still to.

    Example: newel policy show customer-support/2
    """
    from newel.flow import policy

    async def act(house: "House") -> None:
        if not version:
            _tell_all(await policy.versions(house))
            return
        found = await _find(house, version)
        if text:
            _tell_files(found.source)
        else:
            _tell_version(found, await policy.signatures(house, found))

    _run(act)


@app.command()
def schema(
    out: Annotated[Path | None, typer.Option(help="Write it to a file instead.")] = None,
) -> None:
    """Print the JSON schema of policy files, for editors that complete and underline.

    Example: newel policy schema --out docs/policy.schema.json
    """
    from newel.domain.policy.schema import schema_text

    if out:
        out.write_text(schema_text(), encoding="utf-8")
    else:
        typer.echo(schema_text(), nl=False)


@contextmanager
def _refusals(broken: int = 1) -> Iterator[None]:
    """A typed error as its message and an exit code: 1 for a refusal, 2 for what is not possible."""
    try:
        yield
    except NewelError as error:
        typer.echo(error.message, err=True)
        code = broken if error.code == "broken_policy" else 1
        raise typer.Exit(code if error.code in _REFUSALS else 2) from None


def _run(act: "Callable[[House], Awaitable[Any]]") -> Any:
    from newel.bootstrap import open_office
    from newel.config import read

    async def main() -> Any:
        async with open_office(read()) as house:
            return await act(house)

    with _refusals():
        return asyncio.run(main())


def _run_as(
    login: str,
    password_file: Path | None,
    act: "Callable[[House, Actor, Proof], Awaitable[Version]]",
) -> "Version":
    """Run an act as a person who has shown who they are; a wrong proof writes nothing of it."""
    with _refusals():
        password = password_of(login, password_file)

    async def main(house: "House") -> "Version":
        from newel.flow import access

        async with access.proven(house, login, password) as (actor, proof):
            return await act(house, actor, proof)

    done: Version = _run(main)
    return done


def _bundles(old: str, new: str) -> "tuple[Bundle, Bundle]":
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

        return {name: bundle_of(await _find(house, name)) for name in names if name not in read}

    stored: dict[str, Bundle] = {} if len(read) == len(set(names)) else _run(act)
    found = {**read, **stored}
    return found[old], found[new]


async def _find(house: "House", name: str) -> "Version":
    from newel.flow.policy import find

    match = _VERSION.fullmatch(name)
    if match is None:
        raise Invalid(what=f"the version {name}", why="write it as customer-support/3")
    return await find(house, match.group(1), int(match.group(2)) if match.group(2) else None)


def _role(name: str) -> Any:
    from newel.domain.access import Role

    try:
        return Role(name)
    except ValueError:
        raise Invalid(
            what=f"the role {name}", why="write model_risk, legal_compliance or policy_owner"
        ) from None


def _contents(bundle: "Bundle") -> str:
    counted = (
        (len(getattr(bundle, name)), name) for name in ("triggers", "thresholds", "actions", "playbooks")
    )
    return ", ".join(f"{many} {name}" for many, name in counted)


def _tell(changes: "Sequence[Change]", needed: "Needed") -> None:
    order = {"looser": 0, "neutral": 1, "tighter": 2}
    for change in sorted(changes, key=lambda one: order[one.direction]):
        typer.echo(f"{change.direction:8} {change.kind:10} {change.words}")
    if changes:
        typer.echo(f"{len(changes)} changes, to sign by {', '.join(needed.roles)}, none of them the author")
    else:
        typer.echo("nothing differs")


def _tell_draft(version: "Version") -> None:
    from newel.domain.policy.diff import Needed

    typer.echo(f"{version.label} is a draft, version id {version.id}")
    if version.emergency:
        typer.echo(
            f"{len(version.changes)} to activate at once; {', '.join(version.review)} reviews it after"
        )
    else:
        _tell(version.changes, Needed(tuple(map(_role, version.required))))


def _tell_all(versions: Sequence[Any]) -> None:
    for one in versions:
        open_roles = [role for role in one.required if role not in one.signed]
        missing = f", to sign: {', '.join(open_roles)}" if open_roles and one.state == "draft" else ""
        typer.echo(f"{one.workflow}/{one.number}  {one.state}  {one.created_at:%Y-%m-%d %H:%M}{missing}")


def _tell_version(version: "Version", signed: "dict[str, Signature]") -> None:
    typer.echo(f"{version.label}  {version.state}  submitted {version.created_at:%Y-%m-%d %H:%M} UTC")
    for role in version.required or version.review:
        typer.echo(f"  {role}: {_told(signed[role]) if role in signed else 'still to sign'}")
    for change in version.changes:
        typer.echo(f"  {change.direction:8} {change.kind:10} {change.words}")


_PROVEN = {
    "session": "in a session of theirs",
    "password": "by their password",
    "unrecorded": "before it was kept how",
}


def _told(signature: "Signature") -> str:
    when = f"{signature.signed_at:%Y-%m-%d %H:%M} UTC"
    return f"signed by {signature.login} {when}, proven {_PROVEN[signature.proof]}"


def _tell_files(source: "Source") -> None:
    for name, text in {source.name: source.text, **source.includes}.items():
        typer.echo(f"# ── {name} ──")
        typer.echo(text, nl=False)
