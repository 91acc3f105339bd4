"""What the commands on policies tell, in words."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from newel.domain.policy.bundle import Bundle
    from newel.domain.policy.diff import Change, Needed
    from newel.domain.policy.parse import Source
    from newel.store.policy import Signature, Version
from newel.cli.policy.acting import role_of


def contents(bundle: "Bundle") -> str:
    """How much a policy holds."""
    counted = (
        (len(getattr(bundle, name)), name) for name in ("triggers", "thresholds", "actions", "playbooks")
    )
    return ", ".join(f"{many} {name}" for many, name in counted)


def tell(changes: "Sequence[Change]", needed: "Needed") -> None:
    """Changes, what loosens first, and who has to sign them."""
    order = {"looser": 0, "neutral": 1, "tighter": 2}
    for change in sorted(changes, key=lambda one: order[one.direction]):
        typer.echo(f"{change.direction:8} {change.kind:10} {change.words}")
    if changes:
        typer.echo(f"{len(changes)} changes, to sign by {', '.join(needed.roles)}, none of them the author")
    else:
        typer.echo("nothing differs")


def tell_draft(version: "Version") -> None:
    """A draft, and what it is still to have."""
    from newel.domain.policy.diff import Needed

    typer.echo(f"{version.label} is a draft, version id {version.id}")
    if version.emergency:
        typer.echo(
            f"{len(version.changes)} to activate at once; {', '.join(version.review)} reviews it after"
        )
    else:
        tell(version.changes, Needed(tuple(map(role_of, version.required))))


def tell_all(versions: Sequence[Any]) -> None:
    """All versions, one a line."""
    for one in versions:
        open_roles = [role for role in one.required if role not in one.signed]
        missing = f", to sign: {', '.join(open_roles)}" if open_roles and one.state == "draft" else ""
        typer.echo(f"{one.workflow}/{one.number}  {one.state}  {one.created_at:%Y-%m-%d %H:%M}{missing}")


def tell_version(version: "Version", signed: "dict[str, Signature]") -> None:
    """One version, its signatures and its changes."""
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


def tell_files(source: "Source") -> None:
    """The files of a version as they were written."""
    for name, text in {source.name: source.text, **source.includes}.items():
        typer.echo(f"# ── {name} ──")
        typer.echo(text, nl=False)
