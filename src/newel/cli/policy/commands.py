"""``newel policy``: check, compare, submit, sign and activate the policy of a workflow."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from newel.cli.password import PasswordFile
from newel.cli.source import policy_source

if TYPE_CHECKING:
    from newel.domain.access import Actor, Proof
    from newel.domain.policy.bundle import Bundle
    from newel.domain.policy.parse import Document, Source
    from newel.domain.policy.problem import Problem
    from newel.flow.house import House
    from newel.store.policy import Version
from newel.cli.policy.acting import bundles, refusals, role_of, run, run_as, version_of
from newel.cli.policy.telling import contents, tell, tell_all, tell_draft, tell_files, tell_version

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
_ROLES = "model_risk, legal_compliance or policy_owner"


@app.command()
def check(
    file: FileArgument,
    quick: Annotated[bool, typer.Option("--quick", help="Leave out the suite, which asks models.")] = False,
) -> None:
    """Check a policy file: every mistake with its line, and what would be right; then try its suite.

    Example: newel policy check policy/customer-support.yaml
    """
    with refusals():
        bundle, problems = _checked(policy_source(file), quick=quick)
    for problem in problems:
        typer.echo(str(msgspec.structs.replace(problem, file=str(file.parent / problem.file))))
    wrong = sum(problem.severity == "error" for problem in problems)
    told = f"{wrong} to mend" if bundle is None or wrong else f"{contents(bundle)}; nothing to mend"
    typer.echo(f"{file}: {told}")
    raise typer.Exit(1 if wrong else 0)


def _checked(source: "Source", *, quick: bool) -> "tuple[Bundle | None, tuple[Problem, ...]]":
    from newel.domain.policy.check import check as all_problems
    from newel.domain.policy.parse import load_document
    from newel.domain.policy.problem import BrokenPolicy
    from newel.flow.policy import known

    try:
        document = load_document(source.text, source.name, source.includes)
    except BrokenPolicy as broken:
        return None, broken.problems
    problems = all_problems(document, known())
    wrong = any(one.severity == "error" for one in problems)
    return document.bundle, problems if quick or wrong else (*problems, *_tried(document))


def _tried(document: "Document") -> "tuple[Problem, ...]":
    """What fails of the suite, with all models that there are."""
    from newel.bootstrap.policies import LazyListener, matcher_of
    from newel.config import read
    from newel.flow import suite

    bundle = document.bundle
    if not bundle.suite:
        return ()
    typer.echo(f"trying the {len(bundle.suite)} messages of the suite", err=True)
    listens = LazyListener(read().signals_folder())
    return suite.problems(document, suite.compiled(bundle, matcher_of(bundle), listens))


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

    with refusals(broken=2):
        before, after = bundles(old, new)
    changes = compare(before, after)
    needed = signatures_needed(changes)
    if as_json:
        plain = [msgspec.structs.replace(one, words=str(one.words)) for one in changes]
        told = {"changes": plain, "signatures": needed.roles}
        typer.echo(msgspec.json.format(msgspec.json.encode(told), indent=2).decode())
    else:
        tell(changes, needed)
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

    tell_draft(run_as(login, password_file, act))


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
        found = await version_of(house, version)
        return await policy.sign(house, actor, found.id, role_of(role), proof, via="cli")

    typer.echo(f"{run_as(login, password_file, act).label} is signed by {login} as {role}")


@app.command()
def activate(version: VersionArgument, login: As, password_file: PasswordFile = None) -> None:
    """Put a signed draft in force; the version before it runs until then.

    Example: newel policy activate customer-support/2 --as june
    """
    from newel.flow import policy

    async def act(house: "House", actor: "Actor", _proof: "Proof") -> "Version":
        return await policy.activate(house, actor, (await version_of(house, version)).id, via="cli")

    live = run_as(login, password_file, act)
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
            tell_all(await policy.versions(house))
            return
        found = await version_of(house, version)
        if text:
            tell_files(found.source)
        else:
            tell_version(found, await policy.signatures(house, found))

    run(act)


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
