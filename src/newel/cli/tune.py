"""``newel tune``: set what the scan weighs by the operator's own labelled messages."""

from collections.abc import Sequence
from difflib import unified_diff
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from newel.cli.source import text_of
from newel.domain.errors import Invalid

if TYPE_CHECKING:
    from newel.domain.tune import Labelled, Trade

FLOOR = "emotion_floor"
_TOLD = 20

app = typer.Typer(help="Set what the scan weighs by your own labelled messages.", no_args_is_help=True)


@app.callback()
def tune() -> None:
    """Set what the scan weighs by your own labelled messages."""


@app.command()
def emotion(
    labels: Annotated[Path, typer.Argument(help="A CSV with the columns text and label (yes or no).")],
    policy: Annotated[Path, typer.Option(help="The policy's file whose floor is tuned.")],
    false_alarms: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="How many messages without emotion may fire at most.")
    ] = 0.05,
    out: Annotated[Path | None, typer.Option(help="Where the changed policy is written.")] = None,
) -> None:
    """Show what each emotion floor finds and costs on your messages, and propose one.

    Nothing is activated: the proposal is a policy file like any other, to check, submit and sign.

    Example: newel tune emotion tickets.csv --policy policy/customer-support.yaml --out proposal.yaml
    """
    from newel.domain.tune import best, trades, with_floor

    given = _rows(labels)
    found = trades(_scores(policy, given), [one.shows for one in given])
    chosen = best(found, false_alarms)
    typer.echo("\n".join(_table(found, chosen)))
    if chosen is None:
        why = f"no floor keeps them under {false_alarms:g} for certain; give more labels"
        raise Invalid(what="false alarms", why=why)
    before = text_of(policy)
    after = with_floor(before, FLOOR, chosen.floor)
    if after is None:
        raise Invalid(what=f"the policy {policy}", why=f"it has no threshold {FLOOR}")
    _propose(policy, before, after, out)


def _rows(file: Path) -> "list[Labelled]":
    """The labelled messages; every bad row is told, and then none is used."""
    from newel.domain.tune import BadRow, Labelled, labelled

    rows = list(labelled(text_of(file)))
    bad: list[BadRow] = [row for row in rows if isinstance(row, BadRow)]
    for row in bad[:_TOLD]:
        typer.echo(f"{file}, line {row.line}: {row.why}", err=True)
    if bad:
        raise Invalid(what=f"the file {file}", why=f"{len(bad)} of its rows cannot be used")
    return [row for row in rows if isinstance(row, Labelled)]


def _scores(policy: Path, given: "Sequence[Labelled]") -> list[float]:
    """The emotion score of each message, as the scan would weigh it."""
    from newel.ai.signal import hearing
    from newel.cli.scan import bundle_of, heard
    from newel.domain.scan.features import ScanInput
    from newel.domain.scan.lexicon import shipped_lexicon
    from newel.domain.scan.scanner import compile_scanner

    scanner, model = compile_scanner(bundle_of(policy), shipped_lexicon()), hearing()
    return [scanner.emotion(heard(model, ScanInput(text=one.text))) for one in given]


def _table(found: "Sequence[Trade]", chosen: "Trade | None") -> list[str]:
    """The floors for a terminal, each with its intervals at 95 %."""
    lines = ["floor   found                          false alarms"]
    for trade in found:
        cells = (
            f"{each.count:>5}/{each.of:<5} {each.value:6.1%} ({each.low:.1%}-{each.high:.1%})"
            for each in (trade.recall, trade.alarms)
        )
        mark = "  <- proposed" if trade is chosen else ""
        lines.append(f"{trade.floor:.2f}  " + "   ".join(cells) + mark)
    return lines


def _propose(policy: Path, before: str, after: str, out: Path | None) -> None:
    if before == after:
        typer.echo(f"{policy} has this floor already")
        return
    named = (str(policy), str(out or policy))
    typer.echo("".join(unified_diff(before.splitlines(True), after.splitlines(True), *named, n=1)))
    if out is not None:
        out.write_text(after, encoding="utf-8")
        typer.echo(f"written to {out}; check it with: newel policy check {out}")
