"""``newel tune``: set what the scan weighs by the operator's own labelled messages."""

from collections.abc import Iterator, Sequence
from difflib import unified_diff
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import msgspec
import typer

from newel.cli.source import text_of
from newel.domain.errors import Invalid

if TYPE_CHECKING:
    from newel.ai.fitted import Fitted
    from newel.ai.tune import Heard
    from newel.domain.tune import Labelled, Ruled, Trade, Way

_TOLD = 20
_PHRASES, _SHIPPED, _OWN, _BOTH = "phrases", "phrases, shipped", "fitted", "fitted, shipped"
_ALL = "fitted, shipped, encoder"

app = typer.Typer(help="Set what the scan weighs by your own labelled messages.", no_args_is_help=True)


class Tuned(NamedTuple):
    """Every way to score the messages, the best of them, and the model that it needs, if any."""

    ways: "tuple[Way, ...]"
    best: "Way | None"
    model: "Fitted | None"


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
    out: Annotated[
        Path | None, typer.Option(help="Where the changed policy is written, and the model beside it.")
    ] = None,
    check: Annotated[
        Path | None, typer.Option(help="Further labels, not learnt from, on which the proposal is measured.")
    ] = None,
) -> None:
    """Fit a model of emotion to your labelled messages, and propose the floor that keeps to your budget.

    It is judged on messages that it had not seen, beside the phrases and the shipped model; the best of
    them is proposed. Nothing is activated: the proposal is a policy file like any other, to check, submit
    and sign, and it names the model by its version.

    Example: newel tune emotion tickets.csv --policy policy/customer-support.yaml --out proposal.yaml
    """
    given = _rows(labels)
    tuned = _tuned(policy, given, false_alarms)
    typer.echo("\n".join(_report(given, tuned, false_alarms)))
    if tuned.best is None or tuned.best.chosen is None:
        why = f"no floor keeps them under {false_alarms:g} for certain; give more labels"
        raise Invalid(what="false alarms", why=why)
    if check:
        typer.echo(_checked(policy, _rows(check), tuned.model, tuned.best.chosen.floor))
    _propose(policy, tuned.best.chosen, tuned.model, out)


def _rows(file: Path) -> "list[Labelled]":
    """The labelled messages; every bad row is told, and then none is used."""
    from newel.domain.tune import BadRow, Labelled, labelled, must_suffice

    rows = list(labelled(text_of(file)))
    bad: list[BadRow] = [row for row in rows if isinstance(row, BadRow)]
    for row in bad[:_TOLD]:
        typer.echo(f"{file}, line {row.line}: {row.why}", err=True)
    if bad:
        raise Invalid(what=f"the file {file}", why=f"{len(bad)} of its rows cannot be used")
    good = [row for row in rows if isinstance(row, Labelled)]
    must_suffice(good)
    return good


def _ruled(policy: Path, given: "Sequence[Labelled]") -> "tuple[Ruled, Heard]":
    """The messages as the rules and as the models read them."""
    from newel.ai.meaning import second
    from newel.ai.signal import hearing
    from newel.ai.tune import heard
    from newel.cli.scan import bundle_of
    from newel.domain.scan.lexicon import shipped_lexicon
    from newel.domain.tune import rules_alone

    typer.echo(f"reading {len(given):,} messages", err=True)
    texts, shows = [one.text for one in given], [one.shows for one in given]
    also = second()
    read = heard(texts, shows, hearing(), also.reads if also else None)
    return rules_alone(bundle_of(policy), shipped_lexicon(), texts), read


def _tuned(policy: Path, given: "Sequence[Labelled]", most_alarms: float) -> Tuned:
    from newel.ai.signal import LANGUAGES, hearing
    from newel.ai.tune import shipped_cues
    from newel.domain.tune import best_way, language_of, way

    (ruled, messages), shows, shipped = _ruled(policy, given), [one.shows for one in given], hearing()
    ways = [way(_PHRASES, ruled.scores, shows, most_alarms)]
    models: dict[str, Fitted] = {}
    if shipped:
        # Where there is a shipped model it is heard; the phrases alone are only shown beside it.
        scores = ruled.with_cues(shipped_cues(messages), LANGUAGES)
        ways.append(way(_SHIPPED, scores, shows, most_alarms))
    usual = ways[-1]
    for name, *beside in _beside(messages, language_of(ruled.codes)):
        typer.echo(f"fitting: {name}", err=True)
        found, model = _fitted(name, beside, ruled, messages, most_alarms)
        ways.append(found)
        models[found.name] = model
    best = best_way((usual, *ways[-len(models) :]))
    return Tuned(tuple(ways), best, models.get(best.name) if best else None)


def _beside(messages: "Heard", language: str) -> Iterator[tuple[str, str, str]]:
    """What a model is fitted beside: by what name, the shipped model, the encoder."""
    from newel.ai import encoder
    from newel.ai.meaning import LANGUAGES
    from newel.ai.signal import hearing

    shipped = hearing()
    yield _OWN, "", ""
    if shipped:
        yield _BOTH, shipped.version, ""
        if len(messages.numbers) and language in LANGUAGES:
            yield _ALL, shipped.version, encoder.version()


def _fitted(
    name: str, beside: Sequence[str], ruled: "Ruled", messages: "Heard", most_alarms: float
) -> "tuple[Way, Fitted]":
    """The model, with as much of the phrases beside it as finds most."""
    from newel.ai.tune import fit
    from newel.domain.tune import PARTS, best_way, language_of, way

    language = language_of(ruled.codes)
    unseen, shows = fit(messages, language, *beside), messages.shows.tolist()
    own = unseen.scores.tolist()
    ways = {f"{name}, phrases x {part:g}" if part else name: part for part in PARTS}
    found = [
        way(title, ruled.beside(own, language, part), shows, most_alarms) for title, part in ways.items()
    ]
    best = best_way(found) or found[0]
    return best, msgspec.structs.replace(unseen.model, cues=ways[best.name])


def _report(given: "Sequence[Labelled]", tuned: Tuned, most_alarms: float) -> Iterator[str]:
    """What each way finds within the budget, and the floors of the best, with intervals at 95 %."""
    from newel.ai.tune import FOLDS

    shown = sum(one.shows for one in given)
    yield f"{len(given):,} messages, {shown:,} show it; each judged by a model of {FOLDS - 1} other fifths"
    yield f"\nat most {most_alarms:.1%} false alarms   floor   found                          false alarms"
    for way in tuned.ways:
        mark = "  <- proposed" if way is tuned.best else ""
        told = _line(way.chosen) if way.chosen else "no floor keeps to it for certain"
        yield f"{way.name:<28} {told}{mark}"
    if tuned.best:
        yield f"\n{tuned.best.name}, by floor"
        marked = (trade for trade in tuned.best.trades if round(trade.floor * 100) % 5 == 0)
        chosen = tuned.best.chosen
        every = {trade.floor: trade for trade in (*marked, *([chosen] if chosen else []))}
        for _, trade in sorted(every.items()):
            yield f"{'':<28} {_line(trade)}" + ("  <- proposed" if trade is chosen else "")


def _line(trade: "Trade") -> str:
    cells = (
        f"{each.count:>5}/{each.of:<5} {each.value:6.1%} ({each.low:.1%}-{each.high:.1%})"
        for each in (trade.recall, trade.alarms)
    )
    return f"{trade.floor:.2f}  " + "   ".join(cells)


def _checked(policy: Path, further: "Sequence[Labelled]", model: "Fitted | None", floor: float) -> str:
    """The proposal on labels that nothing was learnt from."""
    from newel.ai.signal import LANGUAGES
    from newel.ai.tune import judged, shipped_cues
    from newel.domain.tune import trade

    ruled, messages = _ruled(policy, further)
    if model:
        scores = ruled.beside(judged(model, messages).tolist(), model.languages, model.cues)
    else:
        scores = ruled.with_cues(shipped_cues(messages), LANGUAGES)
    yes, no = ([s for s, one in zip(scores, further, strict=True) if one.shows is k] for k in (True, False))
    return f"\n{'on further labels':<28} {_line(trade(floor, yes, no))}"


def _propose(policy: Path, chosen: "Trade", model: "Fitted | None", out: Path | None) -> None:
    from newel.ai.fitted import file_name, packed
    from newel.domain.policy.tuned import EMOTION_FLOOR
    from newel.domain.tune import with_floor

    before, version = text_of(policy), model.version if model else ""
    after = with_floor(before, EMOTION_FLOOR, chosen.floor, version)
    if after is None:
        raise Invalid(what=f"the policy {policy}", why=f"it has no threshold {EMOTION_FLOOR}")
    if before == after:
        typer.echo(f"{policy} has this floor already")
        return
    named = (str(policy), str(out or policy))
    typer.echo("\n" + "".join(unified_diff(before.splitlines(True), after.splitlines(True), *named, n=1)))
    if out is None:
        return
    if model:
        file = out.parent / file_name(version)
        file.write_bytes(packed(model))
        typer.echo(f"the model is {file}: put it into the folder NEWEL_SIGNALS of every node, then sign")
    out.write_text(after, encoding="utf-8")
    typer.echo(f"written to {out}; check it with: newel policy check {out}")
